"""Two beats and four workers, real ones: nothing is done twice, and whoever of them is killed, the others go on."""

import pytest
from celery import Celery

from tests.faults.crew import WELL
from tests.faults.people import all_is_done, check_each_once, make_due, people_who_will_be_due
from tests.faults.staff import Staff, kill, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(own_places, sink, tmp_path):
    Celery(broker=own_places["REDIS_URL"]).control.purge()
    staff = Staff(own_places | {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}, tmp_path)
    yield staff
    staff.stop()


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
    for _ in range(3):
        many_at_once(crew, people)
    crew.do("ask", "send")
    check_each_once(people, sink, repeats=0)


def test_the_canary_without_a_lock_mails_leave_twice(crew, sink):
    crew.mistakes = ["claim_without_a_lock"]
    people = people_who_will_be_due(100)
    many_at_once(crew, people)
    with pytest.raises(AssertionError, match="more repeats than kills"):
        check_each_once(people, sink, repeats=0)
