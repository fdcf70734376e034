"""Many clocks at once, and clocks that stop in the middle: every row once, everybody told once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection

from checkins import tasks
from checkins.models import CheckIn, Rhythm
from checkins.services import asking, lapse_old, reminding, tell_asked
from groups.models import Membership
from notices.models import Delivery, Notice
from people.models import Consent, User
from tests.factories import GroupFactory

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
WEEK = date(2026, 11, 23)
PEOPLE = 300


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    monkeypatch.setattr(asking, "BATCH", 20)
    monkeypatch.setattr(asking, "MESSAGES", 20)
    monkeypatch.setattr(reminding, "BATCH", 20)


@pytest.fixture
def people():
    """Many who are due, made in a few statements."""
    group = GroupFactory()
    made = User.objects.bulk_create(User(email=f"due{n}@example.org", password="!") for n in range(PEOPLE))
    Consent.objects.bulk_create(Consent(user=user, purpose="checkins", version="1") for user in made)
    Membership.objects.bulk_create(
        Membership(group=group, user=user, state="active", alias=f"Due {n}", joined_at=MONDAY)
        for n, user in enumerate(made)
    )
    Rhythm.objects.bulk_create(Rhythm(user=user, next_at=MONDAY, remind=True) for user in made)
    return made


def at_once(deed, *, workers=4):
    """The same deed in threads with a connection each, all beginning together."""
    start = Barrier(workers)

    def run(_number):
        try:
            connection.ensure_connection()
            start.wait()
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, range(workers)))


def each_once():
    """Exactly one row, one notice and one mail for everybody."""
    assert CheckIn.objects.filter(week=WEEK, told_at=MONDAY).count() == CheckIn.objects.count() == PEOPLE
    assert Notice.objects.values("user").distinct().count() == Notice.objects.count() == PEOPLE
    assert Delivery.objects.count() == PEOPLE
    assert not Rhythm.objects.due().exists()


def test_four_clocks_at_once_ask_and_tell_everybody_once(people):
    counts = at_once(tasks.ask_due)

    assert sum(counts) == PEOPLE
    each_once()


def test_two_clocks_that_tick_again_and_again(people):
    assert sum(at_once(lambda: sum(tasks.ask_due() for _ in range(5)), workers=2)) == PEOPLE

    each_once()


def test_several_share_the_work(people):
    """None waits for another: what one holds the others pass by."""
    claimed = at_once(asking._ask_batch)

    assert claimed == [20] * 4


@contextmanager
def killed_at(words, *, time):
    """The worker stops for good when it sends these words for the n-th time: nothing of that transaction stays."""
    left = [time]

    def strike(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        left[0] -= words in sql
        if words in sql and left[0] == 0:
            raise KeyboardInterrupt
        return result

    with connection.execute_wrapper(strike), pytest.raises(KeyboardInterrupt):
        yield


@pytest.mark.parametrize(
    "words",
    [
        "FOR UPDATE SKIP LOCKED",
        "INSERT INTO checkins_checkin",
        "UPDATE checkins_rhythm",
        "INSERT INTO notices_notice",
        "INSERT INTO notices_delivery",
        'UPDATE "checkins_checkin"',
    ],
)
@pytest.mark.parametrize("time", [1, 3])
def test_killed_at_any_step_nothing_is_lost_and_nothing_comes_twice(people, words, time):
    with killed_at(words, time=time):
        tasks.ask_due()
    untold = CheckIn.objects.filter(told_at=None).count()
    assert Notice.objects.count() == Delivery.objects.count() == CheckIn.objects.count() - untold

    tasks.ask_due()
    each_once()


def test_four_clocks_let_go_and_remind_once(people):
    tasks.ask_due()
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        assert sum(at_once(reminding.remind_waiting)) == PEOPLE
    with time_machine.travel(MONDAY + timedelta(days=7), tick=False):
        assert sum(at_once(lapse_old)) == PEOPLE

    assert Notice.objects.filter(topic="checkin.remind").count() == PEOPLE


# -- canaries: the tests above can fail --------------------------------------------------------
def test_the_canary_without_skip_locked_they_do_not_share(people, monkeypatch):
    monkeypatch.setattr(asking, "CLAIM", asking.CLAIM.replace("FOR UPDATE SKIP LOCKED", ""))

    assert at_once(asking._ask_batch) != [20] * 4
    assert CheckIn.objects.count() < 80


def test_the_canary_without_a_mark_people_would_be_told_again_and_again(people, monkeypatch):
    """Only the notice's own key holds then: the mark is what ends the work."""
    asking.ask_due()
    monkeypatch.setattr(asking, "tell", lambda *_args, **_ids: None)

    assert tell_asked() == PEOPLE
    assert Notice.objects.count() == 0


def test_the_canary_a_second_row_of_a_week_is_passed_over_by_the_database(people):
    """A row that nobody saw when the work was claimed: the claim's own look at it is taken away."""
    CheckIn.objects.create(user=people[0], week=WEEK, prompt="-", asked_at=MONDAY, told_at=MONDAY)
    blind = asking.CLAIM.replace("WHERE user_id = due.user_id ORDER BY week", "WHERE false ORDER BY week")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "CLAIM", blind)
        assert asking.ask_due() == PEOPLE - 1
        Rhythm.objects.update(next_at=MONDAY)
        patch.setattr(asking, "MAKE", asking.MAKE.replace("ON CONFLICT (user_id, week) DO NOTHING", ""))
        with pytest.raises(Exception, match="checkin_once_a_week"):
            asking.ask_due()
