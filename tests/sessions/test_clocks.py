"""When a country changes its clocks the wall clock stays, and the instant goes along."""

from datetime import UTC, datetime, timedelta

import pytest

from notices.models import Notice
from people.models import AuditEntry
from sessions.models import GroupSession
from sessions.services import rederive_clocks
from sessions.tasks import rederive_clocks as task
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEVEN = datetime(2026, 12, 1, 19, tzinfo=UTC)  # in London
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def planned_by_older_rules(starts_at=SEVEN, **given):
    """A session at 7 on the wall, whose instant was reckoned while London was an hour further."""
    session = factories.SessionFactory(starts_at=starts_at, **given)
    GroupSession.objects.filter(pk=session.pk).update(starts_at=starts_at + HOUR, ends_at=session.ends_at + HOUR)
    return GroupSession.objects.get(pk=session.pk)


def test_the_instant_follows_the_wall_clock_once():
    session = planned_by_older_rules()
    away = factories.UserFactory(time_zone="America/New_York")
    for user in (away, factories.UserFactory()):  # the other one lives by the clock that is kept
        factories.SeatFactory(session=session, user=factories.MembershipFactory(group=session.group, user=user).user)

    assert (task(), task()) == (1, 0)

    after = GroupSession.objects.get(pk=session.pk)
    assert (after.starts_at, after.ends_at - after.starts_at) == (SEVEN, timedelta(minutes=75))
    assert (after.sequence, after.moved_from) == (session.sequence + 1, None)
    assert list(Notice.objects.values_list("user", "topic")) == [(away.pk, "session.moved")]
    assert AuditEntry.objects.get(action="session.change").reason == "clock"


@pytest.mark.logs_errors
def test_a_clock_that_nobody_knows_holds_up_no_other(caplog):
    unknown = planned_by_older_rules(starts_at=SEVEN + timedelta(days=1))
    GroupSession.objects.filter(pk=unknown.pk).update(time_zone="Europe/Atlantis")
    planned_by_older_rules()

    assert rederive_clocks() == 1

    assert "time zone that nobody knows" in caplog.text


def test_a_seat_that_is_held_is_not_held_beyond_the_new_start():
    session = planned_by_older_rules(starts_at=NOW + HOUR)
    held = {"state": "offered", "queue": 1, "offered_until": session.starts_at}
    seat = factories.SeatFactory(session=session, **held)

    rederive_clocks()

    seat.refresh_from_db()
    assert seat.offered_until == NOW + HOUR


def test_what_is_right_over_or_cancelled_stays():
    factories.SessionFactory(starts_at=SEVEN)
    planned_by_older_rules(starts_at=NOW - 3 * HOUR)
    planned_by_older_rules(state="cancelled", cancelled_at=NOW)
    before = list(GroupSession.objects.values_list())

    assert rederive_clocks() == 0

    assert list(GroupSession.objects.values_list()) == before


def test_a_host_whom_it_would_take_to_two_places_is_taken_off():
    session = planned_by_older_rules()
    host, room = factories.UserFactory(), factories.RoomFactory()
    factories.booking(session, host=host)
    factories.booking(session, room=room)
    factories.booking(factories.SessionFactory(starts_at=SEVEN - HOUR / 2, minutes=60), host=host)

    assert rederive_clocks() == 1

    assert [row.room for row in session.bookings.all()] == [room]


@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_two_in_a_row_with_one_host_move_on_together(off):
    """Whichever way the clocks went: nobody is taken off because the next one has not moved yet."""
    host = factories.UserFactory()
    for number in range(3):
        session = factories.SessionFactory(starts_at=SEVEN + number * HOUR, minutes=60)
        times = {"starts_at": session.starts_at + off, "ends_at": session.ends_at + off}
        GroupSession.objects.filter(pk=session.pk).update(**times)
        factories.booking(GroupSession.objects.get(pk=session.pk), host=host)

    assert rederive_clocks() == 3

    assert [row.starts_at for row in host.bookings.order_by("starts_at")] == [SEVEN + n * HOUR for n in range(3)]
