"""Changing one session, this and following, or all: rows keep their keys, and everything stands or falls together."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions import services
from sessions.models import GroupSession, Series
from sessions.services import AlreadyMeets, ChangedMeanwhile, DoubleBooked, Scope, TooManyDates, Wish
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TUESDAY = date(2027, 1, 5)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def facilitator():
    return factories.FacilitatorFactory(alias="Marisol").user


@pytest.fixture
def group(facilitator):
    return facilitator.memberships.get().group


@pytest.fixture
def series(facilitator, group):
    """Twelve Tuesdays at seven, all with a row."""
    plan = {
        "starts_on": TUESDAY,
        "starts_at": time(19),
        "minutes": 75,
        "count": 12,
        "capacity": 10,
        "lead": facilitator,
    }
    return services.create_series(facilitator, group=group, **plan)


def nth(series, number):
    """The session that was the first, second ... of them when they were made."""
    return GroupSession.objects.select_related("series", "group").order_by("pk")[number]


def wish(session, **change):
    """What the page asks for when only this is changed on it."""
    series = session.series
    rhythm = {"interval": series.interval, "nth": series.nth, "ends_on": series.ends_on} if series else {}
    own = {name: getattr(session, name) for name in ("local_date", "local_time", "minutes", "capacity", "plan")}
    return replace(Wish(scope=Scope.ONE, kept_for_new=session.kept_for_new, **own, **rhythm), **change)


def change(actor, session, *, seen="", said="", made_as=None, **wanted):
    given = {"seen": seen, "said": said, "made_as": made_as}
    return services.change_sessions(actor, session=session, wish=wish(session, **wanted), **given)


def state():
    """All that must not change when something is refused."""
    return list(GroupSession.objects.order_by("pk").values_list()), list(Series.objects.order_by("pk").values_list())


def days(**of):
    return [session.local_date for session in GroupSession.objects.filter(**of).order_by("local_date")]


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


# -- this one and all after it ---------------------------------------------------------------------
def test_this_and_following_is_handed_over_row_by_row(facilitator, series):
    before = {row.pk: row for row in GroupSession.objects.all()}

    change(facilitator, nth(series, 2), scope="following", local_date=date(2027, 1, 20), local_time=time(18, 30))

    new = Series.objects.get(continues=series)
    after = list(GroupSession.objects.order_by("pk"))
    assert [row.pk for row in after] == sorted(before)
    assert {row.pk: row.public_id for row in after} == {pk: row.public_id for pk, row in before.items()}
    assert [row.series_id for row in after] == [series.pk] * 2 + [new.pk] * 10
    assert [row.slot for row in after[2:]] == [date(2027, 1, 20) + timedelta(weeks=n) for n in range(10)]
    assert {(row.local_time, row.moved_from) for row in after[2:]} == {(time(18, 30), None)}
    assert [row.sequence for row in after] == [0] * 2 + [1] * 10
    series.refresh_from_db()
    assert (series.ends_on, series.ended_at) == (date(2027, 1, 18), None)
    assert (new.starts_on, new.ends_on, new.lead) == (date(2027, 1, 20), date(2027, 3, 24), facilitator)


def test_nothing_is_made_twice_after_it(facilitator, series, time_machine):
    change(facilitator, nth(series, 2), scope="following", local_date=date(2027, 1, 20))

    time_machine.move_to(NOW + timedelta(weeks=10), tick=False)
    assert services.keep_ahead() == 0


def test_the_first_and_following_ends_the_old_series_at_once(facilitator, series):
    change(facilitator, nth(series, 0), scope="following", local_time=time(20))

    series.refresh_from_db()
    assert (series.ended_at, series.ends_on) == (NOW, date(2027, 3, 23))
    assert GroupSession.objects.filter(series=series).count() == 0


def test_standing_seats_go_with_it(facilitator, series, group):
    member = factories.MembershipFactory(group=group).user
    services.come_every_time(member, series=series)

    change(facilitator, nth(series, 2), scope="following", ends_on=date(2027, 4, 6))

    new = Series.objects.get(continues=series)
    assert list(new.standing_seats.open().values_list("user", flat=True)) == [member.pk]
    assert not series.standing_seats.open().exists()
    assert member.seats.filter(state="going").count() == GroupSession.objects.count()


def test_each_person_hears_once_of_all_that_moved(facilitator, series, group):
    member = factories.MembershipFactory(group=group).user
    for number in (1, 3, 4):
        factories.SeatFactory(session=nth(series, number), user=member)

    change(facilitator, nth(series, 2), scope="following", local_time=time(18))

    assert [(note.user, note.topic, len(note.ids["all"])) for note in Notice.objects.all()] == [
        (member, "session.moved", 2)
    ]


def test_what_was_moved_or_cancelled_by_hand_stays_so(facilitator, series):
    change(facilitator, nth(series, 4), local_date=date(2027, 2, 4), local_time=time(10))
    services.cancel_session(facilitator, session=nth(series, 5))

    change(facilitator, nth(series, 2), scope="following", local_date=date(2027, 1, 20))

    moved, cancelled = nth(series, 4), nth(series, 5)
    assert (moved.local_date, moved.local_time, moved.slot) == (date(2027, 2, 4), time(10), date(2027, 2, 3))
    assert (cancelled.state, cancelled.slot) == ("cancelled", date(2027, 2, 10))
    assert services.keep_ahead() == 0


def test_surplus_rows_are_cancelled_and_told_and_the_others_stay_where_they_are(facilitator, series, group):
    member = factories.MembershipFactory(group=group).user
    for number in (3, 5):
        factories.SeatFactory(session=nth(series, number), user=member)

    change(facilitator, nth(series, 2), scope="following", interval=2)

    assert [row.state[0] for row in GroupSession.objects.order_by("pk")] == list("sss" + "cs" * 4 + "c")
    assert set(GroupSession.objects.filter(state="scheduled").values_list("sequence", flat=True)) == {0}
    assert GroupSession.objects.count() == 12
    assert [(note.topic, len(note.ids["all"])) for note in Notice.objects.filter(user=member)] == [
        ("session.cancelled", 2)
    ]


def test_a_denser_rhythm_adds_dates_between(facilitator, group):
    plan = {"starts_on": TUESDAY, "starts_at": time(19), "minutes": 75, "interval": 2, "count": 4, "lead": facilitator}
    series = services.create_series(facilitator, group=group, **plan)

    change(facilitator, nth(series, 0), scope="all", interval=1)

    assert days() == [TUESDAY + timedelta(weeks=n) for n in range(7)]
    assert {row.bookings.get().host for row in GroupSession.objects.all()} == {facilitator}


def test_back_to_every_week_brings_back_what_the_change_had_cancelled_but_not_what_somebody_had(
    facilitator, series, time_machine
):
    services.cancel_session(facilitator, session=nth(series, 3))
    time_machine.shift(timedelta(seconds=1))
    change(facilitator, nth(series, 2), scope="following", interval=2)
    assert GroupSession.objects.filter(state="cancelled").count() == 5

    change(facilitator, nth(series, 2), scope="following", interval=1, ends_on=date(2027, 3, 23))

    assert GroupSession.objects.count() == 12
    assert [row.pk for row in GroupSession.objects.filter(state="cancelled")] == [nth(series, 3).pk]
    assert len(set(days())) == 12


def test_from_every_week_to_every_month(facilitator, series):
    change(facilitator, nth(series, 1), scope="all", interval=1, nth=2)

    standing = GroupSession.objects.filter(state="scheduled").order_by("local_date")
    assert [row.local_date for row in standing] == [date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9)]
    assert set(standing.values_list("sequence", flat=True)) == {0}


def test_a_monthly_evening_keeps_its_week_when_the_day_changes(facilitator, group):
    plan = {"starts_on": date(2027, 1, 12), "starts_at": time(19), "minutes": 75, "interval": 1, "nth": 2, "count": 4}
    series = services.create_series(facilitator, group=group, **plan)
    keys = list(GroupSession.objects.order_by("pk").values_list("pk", flat=True))

    change(facilitator, nth(series, 1), scope="all", local_date=date(2027, 2, 10), nth=2)

    assert days() == [date(2027, 1, 13), date(2027, 2, 10), date(2027, 3, 10), date(2027, 4, 14)]
    assert list(GroupSession.objects.order_by("pk").values_list("pk", flat=True)) == keys


def test_skipped_dates_stay_skipped(facilitator, group):
    plan = {"starts_on": TUESDAY, "starts_at": time(19), "minutes": 75, "count": 4, "skips": [date(2027, 1, 19)]}
    series = services.create_series(facilitator, group=group, **plan)

    change(facilitator, nth(series, 0), scope="following", local_date=date(2027, 1, 7))

    assert days() == [date(2027, 1, 7), date(2027, 1, 14), date(2027, 1, 28), date(2027, 2, 4)]


# -- all -------------------------------------------------------------------------------------------
def test_all_are_those_that_have_not_begun_also_moved_ones(facilitator, series, time_machine):
    change(facilitator, nth(series, 6), local_date=date(2027, 2, 18))
    time_machine.move_to(datetime(2027, 1, 13, tzinfo=UTC), tick=False)

    change(facilitator, nth(series, 4), scope="all", local_date=date(2027, 2, 4))

    assert days() == [TUESDAY, date(2027, 1, 12)] + [date(2027, 1, 21) + timedelta(weeks=n) for n in range(10)]
    assert not GroupSession.objects.exclude(moved_from=None).exists()


def test_seats_for_all_leave_moved_ones_where_they_are(facilitator, series):
    change(facilitator, nth(series, 6), local_date=date(2027, 2, 18))

    change(facilitator, nth(series, 4), scope="all", capacity=6)

    assert nth(series, 6).local_date == date(2027, 2, 18)
    assert set(GroupSession.objects.values_list("capacity", flat=True)) == {6}


def test_all_refuses_when_the_next_one_would_lie_in_the_past(facilitator, series, time_machine):
    time_machine.move_to(datetime(2027, 1, 12, 8, tzinfo=UTC), tick=False)

    with pytest.raises(services.TimeHasPassed, match="Monday 11 January"):
        change(facilitator, nth(series, 4), scope="all", local_date=date(2027, 2, 1))


def test_a_session_that_was_moved_shows_the_others_the_way(facilitator, series):
    change(facilitator, nth(series, 2), local_date=date(2027, 1, 21))

    change(facilitator, nth(series, 2), scope="following")

    assert days()[2:] == [date(2027, 1, 21) + timedelta(weeks=n) for n in range(10)]


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
