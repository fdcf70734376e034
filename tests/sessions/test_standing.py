"""Coming every time."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from groups.services import leave_group, pause, resume
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import Seat, StandingSeat
from sessions.services import (
    NoMoreOfThem,
    NotInTheGroup,
    OnABreak,
    answer_seat,
    carry_standing_seats,
    come_every_time,
    keep_standing_seats,
    stop_coming_every_time,
    undo_stopping,
)
from tests import factories
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def series():
    return factories.SeriesFactory()


def sessions_of(series, count=2, **facts):
    """Some weeks of it, ahead."""
    return [
        factories.SessionFactory(
            group=series.group,
            series=series,
            slot=date(2027, 1, 5) + timedelta(weeks=n),
            starts_in=timedelta(days=2 + 7 * n),
            **facts,
        )
        for n in range(count)
    ]


def member(series, **facts):
    return factories.MembershipFactory(group=series.group, **facts).user


def standing(series, *people):
    now = timezone.now()
    for n, person in enumerate(people):
        StandingSeat.objects.create(series=series, user=person, since=now + timedelta(seconds=n))


def seats(session):
    return {seat.user: (seat.state, seat.queue, seat.standing) for seat in session.seats.select_related("user")}


# -- new sessions ----------------------------------------------------------------------------------
@pytest.mark.parametrize("facts", [{"state": "left", "ended_at": timezone.now()}, {"state": "paused"}])
def test_who_left_or_rests_without_a_day_gets_no_seat(series, facts):
    standing(series, member(series, **facts))

    keep_standing_seats(sessions_of(series))

    assert not Seat.objects.exists()


def test_who_is_suspended_and_who_stopped_gets_no_seat(series):
    people = [member(series), member(series)]
    standing(series, *people)
    people[0].move_to("suspended")
    people[0].save()
    StandingSeat.objects.filter(user=people[1]).update(ended_at=timezone.now())

    keep_standing_seats(sessions_of(series))

    assert not Seat.objects.exists()


def test_everybody_has_a_seat_in_the_order_of_their_word_and_the_others_wait(series):
    first, second, third = people = [member(series) for _ in range(3)]
    standing(series, *people)
    planned = sessions_of(series, capacity=2)

    keep_standing_seats(planned)
    keep_standing_seats(planned)

    for session in planned:
        assert seats(session) == {
            first: ("going", None, True),
            second: ("going", None, True),
            third: ("waiting", 1, True),
        }


def test_what_they_answered_for_one_session_stays(series):
    person = member(series)
    standing(series, person)
    one, two = sessions_of(series)
    factories.SeatFactory(session=one, user=person, state="declined")

    keep_standing_seats([one, two])

    assert seats(one) == {person: ("declined", None, False)}
    assert seats(two) == {person: ("going", None, True)}


def test_a_break_rests_the_seat_up_to_its_last_day(series):
    one, two = sessions_of(series)
    person = member(series, state="paused", paused_until=two.local_date)
    standing(series, person)

    keep_standing_seats([one, two])

    assert (seats(one), seats(two)) == ({}, {person: ("going", None, True)})


def test_who_comes_every_time_takes_no_seat_that_waits_for_newcomers(series):
    regular, newcomer = member(series), member(series)
    before = factories.SessionFactory(group=series.group, starts_in=timedelta(days=-7))
    marked = {"came": "came", "marked_by": newcomer, "marked_at": before.ends_at}
    factories.SeatFactory(session=before, user=regular, **marked)
    standing(series, regular, newcomer)
    (session,) = sessions_of(series, 1, capacity=1, kept_for_new=1)

    keep_standing_seats([session])

    assert seats(session) == {regular: ("waiting", 1, True), newcomer: ("going", None, True)}


def test_new_sessions_cost_the_same_however_many(series, django_assert_num_queries):
    standing(series, *[member(series) for _ in range(5)])
    few, many = sessions_of(series, 1), sessions_of(factories.SeriesFactory(group=series.group), 20)
    for session in many:
        session.series = series
        session.slot += timedelta(days=1)
        session.save()

    for planned in (few, many):
        with django_assert_num_queries(6):
            keep_standing_seats(planned)

    assert Seat.objects.count() == 21 * 5


def test_the_series_that_goes_on_keeps_their_word(series):
    person = member(series)
    standing(series, person)
    later = factories.SeriesFactory(group=series.group, continues=series)

    carry_standing_seats(series, later)

    assert not series.standing_seats.open().exists()
    assert [seat.user for seat in later.standing_seats.open()] == [person]


# -- saying so -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"state": "left", "ended_at": timezone.now()}, NotInTheGroup),
        ({"state": "requested", "joined_at": None}, NotInTheGroup),
        ({"state": "visiting", "joined_at": None}, NotAllowed),
        ({"role": "facilitator"}, NotAllowed),
        ({"state": "paused"}, OnABreak),
    ],
)
def test_who_may_not_come_every_time(series, facts, problem):
    sessions_of(series)

    with pytest.raises(problem):
        come_every_time(member(series, **facts), series=series)

    assert not Seat.objects.exists()
    assert not StandingSeat.objects.exists()


def test_a_series_that_ended_has_nothing_to_come_to(series):
    series.ended_at = timezone.now()
    series.save()

    with pytest.raises(NoMoreOfThem):
        come_every_time(member(series), series=series)


def test_coming_every_time_keeps_a_seat_in_each_and_twice_changes_nothing(series):
    person, other = member(series), member(series)
    free, full, said, cancelled = sessions_of(series, 4, capacity=1)
    answer_seat(other, session=full, going=True)
    answer_seat(person, session=said, going=False)
    cancelled.state, cancelled.cancelled_at = "cancelled", timezone.now()
    cancelled.save()

    for _ in range(2):
        come_every_time(person, series=series)

    assert seats(free) == {person: ("going", None, True)}
    assert seats(full) == {other: ("going", None, False), person: ("waiting", 1, True)}
    assert seats(said) == {person: ("declined", None, False)}
    assert seats(cancelled) == {}
    assert AuditEntry.objects.filter(action="standing.keep").count() == 1


def test_taking_it_back_gives_up_what_came_from_it_and_keeps_single_answers(series):
    person, waiting = member(series), member(series)
    own, taken, no = sessions_of(series, 3, capacity=1)
    answer_seat(person, session=own, going=True)
    come_every_time(person, series=series)
    answer_seat(person, session=no, going=False)
    answer_seat(waiting, session=taken, going=True)

    assert (stop_coming_every_time(person, series=series), stop_coming_every_time(person, series=series)) == (1, 0)

    assert seats(own) == {person: ("going", None, False)}
    assert seats(taken) == {person: ("declined", None, False), waiting: ("offered", 1, False)}
    assert seats(no) == {person: ("declined", None, False)}
    assert [part.seats.get(user=person).said_no for part in (no, taken)] == [True, False]
    assert not StandingSeat.objects.open().exists()
    assert list(Notice.objects.values_list("user", flat=True)) == [waiting.pk]


@pytest.mark.parametrize(
    ("stops", "minutes", "first_again"),
    [(True, 14, True), (True, 16, False), (False, 0, False)],
    ids=["a moment ago", "a while ago", "never stopped"],
)
def test_undoing_that_they_stopped_gives_the_old_place_in_the_order_back(
    series, time_machine, stops, minutes, first_again
):
    """Of two who come every time the one with the older place has the only seat of a new session."""
    time_machine.move_to("2026-11-23T12:00:00+00:00", tick=False)
    first, second = member(series), member(series)
    if stops:
        come_every_time(first, series=series)
    time_machine.shift(timedelta(days=1))
    come_every_time(second, series=series)
    stop_coming_every_time(first, series=series)
    time_machine.shift(timedelta(minutes=minutes))

    undo_stopping(first, series=series)

    (session,) = sessions_of(series, 1, capacity=1)
    keep_standing_seats([session])
    assert (seats(session)[first][0] == "going", seats(session)[second][0] == "going") == (
        first_again,
        not first_again,
    )


def test_undoing_takes_no_seat_from_whoever_has_it_by_now(series):
    person, waiting = member(series), member(series)
    (session,) = sessions_of(series, 1, capacity=1)
    come_every_time(person, series=series)
    answer_seat(waiting, session=session, going=True)
    stop_coming_every_time(person, series=series)

    undo_stopping(person, series=series)

    assert (seats(session)[person][0], seats(session)[waiting][0]) == ("waiting", "offered")


@pytest.mark.parametrize(
    ("facts", "problem"),
    [({"state": "left", "ended_at": timezone.now()}, NotInTheGroup), ({"state": "paused"}, OnABreak)],
)
def test_who_left_or_rests_undoes_nothing(series, facts, problem):
    person = member(series)
    come_every_time(person, series=series)
    stop_coming_every_time(person, series=series)
    person.memberships.update(**facts)

    with pytest.raises(problem):
        undo_stopping(person, series=series)

    assert not StandingSeat.objects.open().exists()


def test_nobody_stops_somebody_else_from_coming(series):
    person = member(series)
    sessions_of(series)
    come_every_time(person, series=series)

    assert stop_coming_every_time(member(series), series=series) == 0

    assert StandingSeat.objects.open().count() == 1


def test_a_no_and_then_a_yes_is_a_single_answer(series):
    person = member(series)
    (session,) = sessions_of(series, 1)
    come_every_time(person, series=series)
    for going in (False, True):
        answer_seat(person, session=session, going=going)

    stop_coming_every_time(person, series=series)

    assert seats(session) == {person: ("going", None, False)}


def test_leaving_ends_it_and_offers_the_seats_on(series):
    person, waiting = member(series), member(series)
    (session,) = sessions_of(series, 1, capacity=1)
    come_every_time(person, series=series)
    answer_seat(waiting, session=session, going=True)

    leave_group(person, membership=person.memberships.get())

    assert seats(session) == {person: ("declined", None, False), waiting: ("offered", 1, False)}
    assert not StandingSeat.objects.open().exists()


def test_a_break_rests_it_and_coming_back_takes_it_up_again(series):
    person = member(series)
    one, two = sessions_of(series)
    come_every_time(person, series=series)
    answer_seat(person, session=two, going=False)
    pause(person, membership=person.memberships.get(), until=None)
    assert seats(one) == {person: ("declined", None, False)}

    resume(person, membership=person.memberships.get())

    assert seats(one) == {person: ("going", None, True)}
    assert seats(two) == {person: ("declined", None, False)}


def test_coming_every_time_is_said_once(series):
    person = member(series)
    StandingSeat.objects.create(series=series, user=person, ended_at=timezone.now())
    StandingSeat.objects.create(series=series, user=person)

    with refused_by("standingseat_one_open"):
        StandingSeat.objects.create(series=series, user=person)
