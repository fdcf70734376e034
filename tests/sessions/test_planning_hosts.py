"""From a rule to rows with hosts and a room: nobody twice, and by night without whoever is taken."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices.models import Notice
from notices.registry import topic
from people.models import Organisation
from sessions.models import Booking, GroupSession, Series
from sessions.services import (
    DoubleBooked,
    Hosts,
    NoSuchHosts,
    NotAHost,
    SecondHostNeeded,
    come_every_time,
    create_series,
    keep_ahead,
)
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TUESDAYS = {"starts_on": date(2027, 1, 5), "starts_at": time(19), "minutes": 75}


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def facilitator():
    return factories.FacilitatorFactory().user


@pytest.fixture
def group(facilitator):
    return facilitator.memberships.get().group


@pytest.fixture
def second(group):
    return factories.FacilitatorFactory(group=group, alias="Tunde").user


@pytest.fixture
def room():
    return factories.RoomFactory()


def booked(sessions):
    """Of each session: who leads, who helps, in which room."""
    rows = {session.local_date: [None, None, None] for session in sessions}
    for row in Booking.objects.filter(session__in=sessions).select_related("session", "host", "room"):
        rows[row.session.local_date][{"lead": 0, "co": 1, "": 2}[row.duty]] = row.host or row.room
    return [tuple(rows[day]) for day in sorted(rows)]


def test_every_session_has_its_hosts_and_its_room(facilitator, group, second, room):
    series = create_series(
        facilitator, group=group, **TUESDAYS, count=3, lead=facilitator, co=second, room=room, kept_for_new=2
    )

    assert booked(series.sessions.all()) == [(facilitator, second, room)] * 3
    assert (series.lead, series.co, series.room) == (facilitator, second, room)
    assert set(series.sessions.values_list("kept_for_new", flat=True)) == {2}


def test_one_session_has_them_too(facilitator, group, second, room):
    session = create_series(facilitator, group=group, **TUESDAYS, interval=0, lead=second, room=room)

    assert booked([session]) == [(second, None, room)]


def test_one_date_can_have_others(facilitator, group, second, room):
    others = {date(2027, 1, 12): Hosts(second, None, room), date(2027, 1, 19): Hosts()}
    hosts = {"lead": facilitator, "co": second, "room": room, "hosts_on": others}
    series = create_series(facilitator, group=group, **TUESDAYS, count=3, **hosts)

    assert booked(series.sessions.all()) == [(facilitator, second, room), (second, None, room), (None, None, None)]


def test_who_is_put_down_by_somebody_else_hears_it_once(facilitator, group, second):
    create_series(facilitator, group=group, **TUESDAYS, count=3, lead=facilitator, co=second)

    (notice,) = Notice.objects.all()
    assert (notice.user, notice.topic, len(notice.ids["all"])) == (second, "host.booked", 3)
    assert (
        topic("host.booked").line(notice.ids, second)
        == "You are down to lead 3 dates, the first on Tuesday 5 January, 7:00 pm"
    )


def test_booked_elsewhere_nothing_is_made(facilitator, group, second):
    elsewhere = factories.FacilitatorFactory(user=second).group
    create_series(second, group=elsewhere, **TUESDAYS | {"starts_on": date(2027, 1, 12)}, count=1, lead=second)

    with pytest.raises(DoubleBooked):
        create_series(facilitator, group=group, **TUESDAYS, count=3, lead=facilitator, co=second)

    assert (group.sessions.count(), Series.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("hosts", "error"),
    [
        ("a member leads", NotAHost),
        ("a stranger leads one date", NotAHost),
        ("one person twice", NoSuchHosts),
        ("a room that is gone", NoSuchHosts),
    ],
)
def test_hosts_that_cannot_be(facilitator, group, room, hosts, error):
    given = {
        "a member leads": lambda: {"lead": factories.MembershipFactory(group=group).user},
        "a stranger leads one date": lambda: {"hosts_on": {date(2027, 1, 5): Hosts(factories.UserFactory())}},
        "one person twice": lambda: {"lead": facilitator, "co": facilitator},
        "a room that is gone": lambda: {"room": factories.RoomFactory(retired_at=timezone.now())},
    }[hosts]()

    with pytest.raises(error):
        create_series(facilitator, group=group, **TUESDAYS, count=2, **given)

    assert not GroupSession.objects.exists()


def test_where_two_are_needed_one_is_refused(facilitator, group, second):
    Organisation.objects.update_or_create(pk=1, defaults={"needs_two_hosts": True})

    for hosts in ({}, {"lead": facilitator}, {"co": second}, {"lead": facilitator, "co": second,
                   "hosts_on": {date(2027, 1, 5): Hosts(facilitator)}}):  # fmt: skip
        with pytest.raises(SecondHostNeeded):
            create_series(facilitator, group=group, **TUESDAYS, count=2, **hosts)

    assert create_series(facilitator, group=group, **TUESDAYS, count=2, lead=facilitator, co=second)


# -- hosts by night -----------------------------------------------------------------------------
def night(time_machine):
    """One night a week later, in which the session of 13 April comes into sight."""
    time_machine.move_to(datetime(2027, 1, 12, 2, tzinfo=UTC))
    return keep_ahead()


def test_the_night_books_them_as_well_and_keeps_seats(facilitator, group, second, room, time_machine):
    series = create_series(facilitator, group=group, **TUESDAYS, lead=facilitator, co=second, room=room)
    member = factories.MembershipFactory(group=group).user
    come_every_time(member, series=series)

    assert night(time_machine) == 1
    new = series.sessions.get(slot=date(2027, 4, 13))
    assert booked([new]) == [(facilitator, second, room)]
    assert list(new.seats.values_list("user", "state")) == [(member.pk, "going")]


@pytest.mark.parametrize("taken", ["lead", "co", "room"])
def test_who_is_taken_is_left_out_and_the_session_is_made(facilitator, group, second, room, time_machine, taken):
    hosts = {"lead": facilitator, "co": second, "room": room}
    series = create_series(facilitator, group=group, **TUESDAYS, **hosts)
    at = {"starts_at": datetime(2027, 4, 13, 17, 30, tzinfo=UTC), "local_date": date(2027, 4, 13)}
    other = factories.SessionFactory(**at)
    factories.booking(other, **{"room" if taken == "room" else "host": hosts[taken]})

    assert night(time_machine) == 1
    left = tuple(None if name == taken else who for name, who in hosts.items())
    assert booked([series.sessions.get(slot=date(2027, 4, 13))]) == [left]


def test_who_runs_the_group_no_more_and_a_room_that_is_gone_are_left_out(
    facilitator, group, second, room, time_machine
):
    series = create_series(facilitator, group=group, **TUESDAYS, lead=facilitator, co=second, room=room)
    group.memberships.filter(user=second).update(state="paused")
    type(room).objects.update(retired_at=timezone.now())

    assert night(time_machine) == 1
    assert booked([series.sessions.get(slot=date(2027, 4, 13))]) == [(facilitator, None, None)]


def test_of_two_series_in_one_night_the_first_one_has_the_host(facilitator, group, time_machine):
    other = factories.FacilitatorFactory(user=facilitator).group
    for place in (group, other):
        series = factories.SeriesFactory(group=place, lead=facilitator, created_by=facilitator)
        assert series.lead == facilitator

    assert keep_ahead() == 28
    assert booked(group.sessions.all()) == [(facilitator, None, None)] * 14
    assert booked(other.sessions.all()) == [(None, None, None)] * 14


def test_many_series_are_walked_in_parts(facilitator, group, monkeypatch):
    monkeypatch.setattr("sessions.services.ahead.AT_ONCE", 2)
    for day in range(1, 6):
        factories.SeriesFactory(group=group, starts_on=date(2027, 1, day), created_by=facilitator)

    assert (keep_ahead(), GroupSession.objects.count()) == (70, 70)


def test_a_night_takes_as_many_questions_for_thirty_series_as_for_one(facilitator, group):
    def questions(series):
        for number in range(series):
            at = time(number % 24, 0 if number < 24 else 30)
            factories.SeriesFactory(group=group, starts_at=at, minutes=20, created_by=facilitator, lead=facilitator)
        with CaptureQueriesContext(connection) as asked:
            assert keep_ahead() == 14 * series
        return len(asked)

    one = questions(1)
    Booking.objects.all().delete()
    GroupSession.objects.all().delete()
    Series.objects.all().delete()
    assert questions(30) == one
