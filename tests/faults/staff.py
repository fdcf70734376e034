"""Real beats and workers, as Celery starts them."""

import os
import signal
import subprocess
import sys
import time

from django.conf import settings

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
        self.complains = False  # whether they may

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
        assert self.complains or "Traceback" not in self.logs(), self.logs()[-3000:]


def until(done, patience=PATIENCE):
    end = time.monotonic() + patience
    while not done():
        assert time.monotonic() < end, "it was not done in time"
        time.sleep(0.1)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait(10)
