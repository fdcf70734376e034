"""Coming every time."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from sessions.models import Seat, StandingSeat
from sessions.services.standing import carry_standing_seats, keep_standing_seats
from tests import factories

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


def test_the_series_that_goes_on_keeps_their_word(series):
    person = member(series)
    standing(series, person)
    later = factories.SeriesFactory(group=series.group, continues=series)

    carry_standing_seats(series, later)

    assert not series.standing_seats.open().exists()
    assert [seat.user for seat in later.standing_seats.open()] == [person]
