"""Two beats and four workers, real ones: nothing is done twice, and whoever of them is killed, the others go on."""

import os
import signal
import subprocess
import sys
import time

import pytest
from celery import Celery
from django.conf import settings

from tests.faults.crew import WELL
from tests.faults.people import all_is_done, check_each_once, make_due, people_who_will_be_due

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]
PATIENCE = 90
# The clock of peerhub/celery.py in a hurry, on the Monday of these tests.
MONDAY = """
import sys, time_machine
from datetime import UTC, datetime
from celery.__main__ import main
import peerhub.celery as place
for entry in place.app.conf.beat_schedule.values():
    entry["schedule"] = 0.5
keep = {"ask who is due", "send due messages"}
place.app.conf.beat_schedule = {name: row for name, row in place.app.conf.beat_schedule.items() if name in keep}
if sys.argv[3] == "worker":
    time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC), tick=True).start()
sys.exit(main())
"""


class Staff:
    """Processes of Celery's own."""

    def __init__(self, env, folder):
        self.env, self.folder, self.all = os.environ | env, folder, []

    def begin(self, kind, *options):
        number = len(self.all)
        with (self.folder / f"{kind}{number}.log").open("w") as lines:
            self.all.append(
                subprocess.Popen(
                    [sys.executable, "-c", MONDAY, "-A", "peerhub", kind, "-l", "info", *options],
                    cwd=settings.BASE_DIR, env=self.env, stdout=lines, stderr=lines, start_new_session=True,
                )
            )  # fmt: skip
        return self.all[-1]

    def worker(self):
        alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        return self.begin("worker", "--pool", "solo", "-n", f"w{len(self.all)}@here", *alone)

    def beat(self):
        return self.begin("beat", "--pidfile=", "-s", str(self.folder / f"beat{len(self.all)}"))

    def logs(self):
        return "".join(path.read_text() for path in self.folder.glob("*.log"))

    def stop(self):
        for process in self.all:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait(10)


@pytest.fixture
def staff(own_places, sink, tmp_path):
    Celery(broker=own_places["REDIS_URL"]).control.purge()
    staff = Staff(own_places | {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}, tmp_path)
    yield staff
    staff.stop()
    assert "Traceback" not in staff.logs(), staff.logs()[-3000:]


def until(done, patience=PATIENCE):
    end = time.monotonic() + patience
    while not done():
        assert time.monotonic() < end, "it was not done in time"
        time.sleep(0.1)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait(10)


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.nightly)])
def test_two_beats_four_workers_and_somebody_is_killed_again_and_again(staff, sink, kills):
    people = people_who_will_be_due(100 * (kills + 1))
    workers, beats = [staff.worker() for _ in range(4)], [staff.beat() for _ in range(2)]
    make_due(people[:100])
    until(lambda: len(sink.mails) >= 100)

    for round_ in range(1, kills + 1):
        before = len(sink.mails)
        make_due(people[100 * round_ : 100 * (round_ + 1)])
        until(lambda before=before: len(sink.mails) > before)
        crowd, again = (beats, staff.beat) if round_ % 3 == 0 else (workers, staff.worker)
        kill(crowd.pop(0))
        crowd.append(again())
        until(all_is_done)

    check_each_once(people, sink, repeats=kills)


def many_at_once(crew, people, *, workers=4, twice=2):
    """Every task is sent twice at the same time, and four workers take them."""
    make_due(people)
    ends = [crew.end(pid) for pid in [crew.start("ask", "send") for _ in range(workers * twice)]]
    assert set(ends) == {WELL}


def test_each_task_twice_at_once(crew, sink):
    people = people_who_will_be_due(200)
    for _ in range(5):
        many_at_once(crew, people)
    crew.do("ask", "send")
    check_each_once(people, sink, repeats=0)


def test_the_canary_without_a_lock_mails_leave_twice(crew, sink):
    crew.mistakes = ["claim_without_a_lock"]
    people = people_who_will_be_due(100)
    many_at_once(crew, people)
    with pytest.raises(AssertionError, match="more repeats than kills"):
        check_each_once(people, sink, repeats=0)
