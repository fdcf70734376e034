"""Changing one session; who may, what is refused as a whole, and two at once."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions import services
from sessions.models import GroupSession, Series
from sessions.services import AlreadyMeets, ChangedMeanwhile, DoubleBooked, Scope, TooManyDates
from tests import factories
from tests.sessions.changing.world import NOW, change, days, nth, state, wish

pytestmark = pytest.mark.django_db


# -- who, and when not ---------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["member", "admin", "paused facilitator", "stranger"])
@pytest.mark.parametrize("scope", Scope.values)
def test_only_who_runs_the_group_changes(series, group, who, scope):
    person = {
        "member": lambda: factories.MembershipFactory(group=group).user,
        "admin": factories.AdminFactory,
        "paused facilitator": lambda: factories.FacilitatorFactory(group=group, state="paused").user,
        "stranger": factories.UserFactory,
    }[who]()
    before = state()

    with pytest.raises(NotAllowed):
        change(person, nth(series, 3), scope=scope, local_time=time(20))

    assert state() == before


def test_a_group_that_has_ended_changes_nothing(facilitator, series, group):
    group.state, group.archived_at = "archived", NOW
    group.save()

    with pytest.raises(NotAllowed):
        change(facilitator, nth(series, 3), local_time=time(20))


def test_what_has_begun_or_is_cancelled_stays(facilitator, series, time_machine):
    services.cancel_session(facilitator, session=nth(series, 1))
    with pytest.raises(services.NotToBeChanged, match="Put it back first"):
        change(facilitator, nth(series, 1), local_time=time(20))

    time_machine.move_to(nth(series, 0).starts_at, tick=False)
    with pytest.raises(services.NotToBeChanged, match="has begun"):
        change(facilitator, nth(series, 0), local_time=time(20))


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"local_date": date(2026, 11, 20)}, services.TimeHasPassed),
        ({"local_date": date(2027, 3, 28), "local_time": time(1, 30)}, services.HourIsSkipped),
        ({"local_date": date(2027, 1, 12)}, AlreadyMeets),
        ({"scope": "following", "local_date": date(2026, 11, 20)}, services.TimeHasPassed),
        ({"scope": "following", "local_date": date(2027, 1, 10), "local_time": time(1, 30)}, services.HourIsSkipped),
        ({"scope": "all", "ends_on": date(2036, 1, 1)}, TooManyDates),
        ({"scope": "following", "ends_on": date(2027, 1, 4)}, TooManyDates),
    ],
)
def test_what_cannot_be_is_refused_as_a_whole(facilitator, series, wanted, refusal):
    before = state()

    with pytest.raises(refusal):
        change(facilitator, nth(series, 0), **wanted)

    assert state() == before
    assert not Notice.objects.exists()


def test_following_is_refused_where_the_group_meets_already(facilitator, series):
    """Back by a week: the first of them would stand where the one before it stands."""
    with pytest.raises(AlreadyMeets):
        change(facilitator, nth(series, 4), scope="following", local_date=nth(series, 3).local_date)


@pytest.mark.parametrize("scope", Scope.values)
def test_somebody_who_leads_elsewhere_is_named_and_nothing_moves(facilitator, series, scope):
    other = factories.SessionFactory(starts_at=datetime(2027, 1, 27, 18, 30, tzinfo=UTC))
    factories.booking(other, host=facilitator)
    before = state()

    with pytest.raises(DoubleBooked, match=r"Marisol leads another session then: Wednesday 27 January, 6:30 pm"):
        change(facilitator, nth(series, 3), scope=scope, local_date=date(2027, 1, 27))

    assert state() == before


def test_a_room_that_is_taken_is_named(facilitator, series):
    room = factories.RoomFactory(name="The Quiet Room")
    factories.booking(nth(series, 3), room=room)
    factories.booking(factories.SessionFactory(starts_at=datetime(2027, 1, 27, 18, 30, tzinfo=UTC)), room=room)

    with pytest.raises(DoubleBooked, match="The Quiet Room is taken then"):
        change(facilitator, nth(series, 3), local_date=date(2027, 1, 27))


# -- this one ------------------------------------------------------------------------------------
def test_one_session_moves_with_everything_it_has(facilitator, series):
    session = nth(series, 2)
    seat = factories.SeatFactory(session=session, user=factories.MembershipFactory(group=session.group).user)

    change(facilitator, session, local_time=time(19, 30), minutes=60)

    after = GroupSession.objects.get(pk=session.pk)
    assert (after.public_id, after.series_id, after.slot) == (session.public_id, session.series_id, session.slot)
    assert (after.starts_at, after.ends_at) == (
        datetime(2027, 1, 19, 19, 30, tzinfo=UTC),
        datetime(2027, 1, 19, 20, 30, tzinfo=UTC),
    )
    assert (after.moved_from, after.sequence) == (session.starts_at, 1)
    assert list(after.bookings.values_list("host", "starts_at")) == [(facilitator.pk, after.starts_at)]
    assert list(after.seats.all()) == [seat]
    assert list(Notice.objects.values_list("user", "topic")) == [(seat.user_id, "session.moved")]
    assert AuditEntry.objects.filter(action="session.change", actor=facilitator).count() == 1


def test_moved_and_moved_back_was_never_moved(facilitator, series):
    change(facilitator, nth(series, 2), local_date=date(2027, 1, 20))
    change(facilitator, nth(series, 2), local_date=date(2027, 1, 19))

    assert (nth(series, 2).moved_from, nth(series, 2).sequence) == (None, 2)


def test_a_moved_date_is_not_made_again(facilitator, series, time_machine):
    change(facilitator, nth(series, 2), local_date=date(2027, 1, 20))
    time_machine.move_to(NOW + timedelta(days=30), tick=False)

    assert services.keep_ahead() == 0
    assert date(2027, 1, 19) not in days()


def test_what_is_not_about_time_is_told_to_nobody(facilitator, series):
    session = nth(series, 2)
    factories.SeatFactory(session=session, user=factories.MembershipFactory(group=session.group).user)

    change(facilitator, session, plan="A walk", capacity=4)

    assert (nth(series, 2).plan, nth(series, 2).capacity, nth(series, 2).sequence) == ("A walk", 4, 0)
    assert not Notice.objects.exists()


def test_fewer_seats_remove_nobody_and_more_go_to_the_line(facilitator, series):
    session = nth(series, 2)
    people = [factories.MembershipFactory(group=session.group).user for _ in range(3)]
    change(facilitator, session, capacity=2)
    for person in people:
        services.answer_seat(person, session=session, going=True)

    change(facilitator, nth(series, 2), capacity=1)
    assert session.seats.filter(state="going").count() == 2
    change(facilitator, nth(series, 2), capacity=3)

    assert session.seats.get(user=people[2]).state != "waiting"


def test_a_host_who_was_there_was_there_for_the_old_hour(facilitator, series):
    GroupSession.objects.filter(pk=nth(series, 0).pk).update(opened_at=NOW, opened_by=facilitator)

    change(facilitator, nth(series, 0), local_time=time(20))

    assert nth(series, 0).opened_at is None


# -- two at once, twice ----------------------------------------------------------------------------
def test_the_second_of_two_sees_what_stands_now(facilitator, series):
    session = nth(series, 2)
    seen = services.version_of(session)
    change(facilitator, session, capacity=12)
    before = state()

    with pytest.raises(ChangedMeanwhile):
        change(facilitator, session, seen=seen, local_time=time(20))

    assert state() == before


def test_a_button_that_would_do_something_else_does_nothing(facilitator, series):
    said = services.outcome_of(nth(series, 2), wish(nth(series, 2), scope="following", local_time=time(20))).token
    services.cancel_session(facilitator, session=nth(series, 7))
    before = state()

    with pytest.raises(ChangedMeanwhile):
        change(facilitator, nth(series, 2), said=said, scope="following", local_time=time(20))

    assert state() == before


@pytest.mark.parametrize("scope", Scope.values)
def test_the_same_form_sent_twice_changes_once(facilitator, series, scope):
    session, made_as = nth(series, 2), uuid4()
    seen = services.version_of(session)
    wanted = wish(session, scope=scope, local_date=date(2027, 1, 20))
    for _again in range(2):
        services.change_sessions(facilitator, session=session, wish=wanted, seen=seen, made_as=made_as)

    assert Series.objects.count() == (1 if scope == "one" else 2)
    assert set(GroupSession.objects.values_list("sequence", flat=True)) <= {0, 1}


def test_the_name_of_another_groups_series_is_refused(facilitator, series):
    other = factories.SeriesFactory()

    with pytest.raises(NotAllowed):
        change(facilitator, nth(series, 2), scope="all", made_as=other.public_id, local_time=time(20))


def test_nothing_new_changes_nothing(facilitator, series):
    before = state()

    for scope in Scope.values:
        assert change(facilitator, nth(series, 2), scope=scope).is_empty

    assert state() == before


def test_a_seat_that_is_held_is_held_for_less_time_when_it_begins_sooner(facilitator, series, group):
    session = nth(series, 0)
    held = {"state": "offered", "queue": 1, "offered_until": NOW + timedelta(hours=24)}
    seat = factories.SeatFactory(session=session, user=factories.MembershipFactory(group=group).user, **held)

    change(facilitator, session, local_date=NOW.date(), local_time=time(20))

    seat.refresh_from_db()
    assert seat.offered_until == NOW + timedelta(hours=2)
    told = Notice.objects.filter(user=seat.user).order_by("topic")
    assert [(note.topic, note.ids.get("until")) for note in told] == [
        ("seat.free", seat.offered_until.isoformat()),
        ("session.moved", None),
    ]
