"""A seat that is held for somebody, for a while."""

import random
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from notices.models import Notice
from people.local_time import is_quiet
from sessions.models import Seat
from sessions.services import (
    AnsweringIsOver,
    NotInTheGroup,
    OfferGone,
    OnABreak,
    TooLateToUndo,
    Was,
    answer_seat,
    cancel_session,
    fill,
    move_lines_on,
    take_offer,
    undo_answer,
)
from sessions.services.lines import allot
from sessions.services.offers import held_until
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def session():
    return factories.SessionFactory(capacity=1, starts_in=timedelta(days=2))


@pytest.fixture
def line(session):
    """Four members: the first has the seat, the others wait in this order."""
    people = [factories.MembershipFactory(group=session.group).user for _ in range(4)]
    for person in people:
        answer_seat(person, session=session, going=True)
    return people


def step_back(session, person):
    return answer_seat(person, session=session, going=False)


def states(session):
    return list(session.seats.order_by("user").values_list("state", flat=True))


def after(time_machine, moment):
    time_machine.move_to(moment, tick=False)


# -- taking it ---------------------------------------------------------------------------------
def test_nobody_takes_what_is_not_held_for_them(session, line):
    step_back(session, line[0])
    stranger = factories.UserFactory()

    with pytest.raises(NotInTheGroup):
        take_offer(stranger, session=session)
    for person in (line[0], line[2], factories.MembershipFactory(group=session.group).user):
        with pytest.raises(OfferGone):
            take_offer(person, session=session)

    assert states(session) == ["declined", "offered", "waiting", "waiting"]


def test_taking_it_twice_is_one_seat(session, line):
    step_back(session, line[0])

    taken = [take_offer(line[1], session=session) for _ in range(2)]

    assert [seat.state for seat in taken] == ["going", "going"]
    assert states(session) == ["declined", "going", "waiting", "waiting"]


def test_a_yes_to_a_seat_that_is_held_takes_it(session, line):
    step_back(session, line[0])

    assert answer_seat(line[1], session=session, going=True).state == "going"


def test_letting_it_go_offers_it_to_the_next(session, line):
    step_back(session, line[0])

    step_back(session, line[1])

    assert states(session) == ["declined", "declined", "offered", "waiting"]
    assert list(Notice.objects.order_by("pk").values_list("user", flat=True)) == [line[1].pk, line[2].pk]


def test_a_seat_that_is_held_is_taken_for_everybody_else(session, line):
    step_back(session, line[0])

    assert answer_seat(line[0], session=session, going=True).state == "waiting"


@pytest.mark.parametrize("happens", ["begun", "cancelled", "break"])
def test_it_cannot_be_taken_any_more(session, line, happens, time_machine):
    step_back(session, line[0])
    problem = AnsweringIsOver
    if happens == "begun":
        after(time_machine, session.starts_at)
    elif happens == "cancelled":
        cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)
    else:
        line[1].memberships.update(state="paused")
        problem = OnABreak

    with pytest.raises(problem):
        take_offer(line[1], session=session)


# -- until when --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("starts_in", "until"),
    [
        (timedelta(days=30), datetime(2026, 11, 22, 12, tzinfo=UTC)),  # a day at most
        (timedelta(days=2), datetime(2026, 11, 22, 8, tzinfo=UTC)),  # 12 hours end at midnight: in the morning
        (timedelta(hours=10), datetime(2026, 11, 21, 14, 30, tzinfo=UTC)),  # a quarter of the time
        (timedelta(hours=3), datetime(2026, 11, 21, 13, tzinfo=UTC)),  # an hour at least
        (timedelta(hours=2), datetime(2026, 11, 21, 13, tzinfo=UTC)),  # and an hour for whoever is next
        (timedelta(minutes=119), datetime(2026, 11, 21, 13, 59, tzinfo=UTC)),  # near the start: until then
        (timedelta(minutes=5), datetime(2026, 11, 21, 12, 5, tzinfo=UTC)),
    ],
)
def test_how_long_it_is_held(starts_in, until):
    session, user = factories.SessionFactory(starts_in=starts_in), factories.UserFactory(time_zone="UTC")

    assert held_until(user, session) == until


def test_the_hours_begin_when_the_message_may_reach_them(time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 23, tzinfo=UTC), tick=False)
    user = factories.UserFactory(time_zone="UTC")
    session = factories.SessionFactory(starts_in=timedelta(hours=40))

    assert held_until(user, session) == datetime(2026, 11, 22, 15, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "until"),
    [
        (time(9, 30), time(9, 30)),  # too near their morning: nobody else could make it either
        (time(10), time(9)),  # an hour for them, and one for whoever is next
        (time(11), time(9)),
        (time(13), time(9, 15)),
        (time(7), time(7)),  # it begins in their quiet hours: whoever looks finds it
    ],
)
def test_what_is_offered_late_in_the_evening_does_not_block_the_morning(session, line, time_machine, begins, until):
    """Both people sleep until eight. By day it would be an hour too."""
    for person in line:
        person.time_zone = "UTC"
        person.save()
    session.starts_at = datetime.combine(date(2026, 11, 22), begins, tzinfo=UTC)
    session.ends_at = session.starts_at + timedelta(hours=1)
    session.save()
    time_machine.move_to(datetime(2026, 11, 21, 22, 40, tzinfo=UTC), tick=False)

    step_back(session, line[0])

    held = session.seats.get(user=line[1])
    assert held.offered_until == datetime.combine(date(2026, 11, 22), until, tzinfo=UTC)
    time_machine.move_to(held.offered_until, tick=False)
    move_lines_on()
    assert (session.seats.get(user=line[2]).state == "offered") == (until < begins)


def test_it_never_ends_in_somebodys_quiet_hours_or_after_the_start(time_machine):
    rng = random.Random(5)
    zones = ["Europe/London", "Asia/Tokyo", "America/Santiago", "Australia/Lord_Howe"]
    ended = []
    for _ in range(2000):
        now = NOW + timedelta(minutes=rng.randrange(60 * 24 * 365))
        time_machine.move_to(now, tick=False)
        quiet = (time(rng.randrange(24), rng.choice([0, 30])), time(rng.randrange(24)))
        user = SimpleNamespace(zone=ZoneInfo(rng.choice(zones)), quiet_from=quiet[0], quiet_to=quiet[1])
        session = SimpleNamespace(starts_at=now + timedelta(minutes=rng.randrange(1, 60 * 24 * 14)))

        until = held_until(user, session)

        assert now < until <= session.starts_at
        ended.append(until < session.starts_at)
        if until < session.starts_at:
            assert not is_quiet(until.astimezone(user.zone).time(), *quiet)
    assert 500 < sum(ended) < 2000  # both kinds were looked at


# -- running out -------------------------------------------------------------------------------
def test_an_offer_that_runs_out_goes_on_and_asks_the_person_again(session, line, time_machine):
    step_back(session, line[0])
    until = session.seats.get(state="offered").offered_until
    after(time_machine, until - timedelta(seconds=1))
    assert move_lines_on() == 0

    after(time_machine, until)

    assert (move_lines_on(), move_lines_on()) == (1, 0)
    assert states(session) == ["declined", "declined", "offered", "waiting"]
    seat = session.seats.get(user=line[1])
    assert (seat.ran_out, seat.said_no, seat.answered_at) == (True, False, None)
    assert answer_seat(line[1], session=session, going=True).queue == 4


def test_a_moment_late_is_in_time_while_nobody_else_waits(session, line, time_machine):
    for person in (line[2], line[3], line[0]):
        step_back(session, person)
    after(time_machine, session.seats.get(state="offered").offered_until + timedelta(minutes=1))

    assert take_offer(line[1], session=session).state == "going"


def test_a_moment_late_is_too_late_when_somebody_waits(session, line, time_machine):
    step_back(session, line[0])
    after(time_machine, session.seats.get(state="offered").offered_until)

    with pytest.raises(OfferGone):
        take_offer(line[1], session=session)

    again = answer_seat(line[1], session=session, going=True)
    assert (again.state, again.queue) == ("waiting", 4)
    assert states(session) == ["declined", "waiting", "offered", "waiting"]


def test_at_the_start_offers_end_and_go_to_nobody(session, line, time_machine):
    after(time_machine, session.starts_at - timedelta(minutes=30))
    step_back(session, line[0])
    assert session.seats.get(user=line[1]).offered_until == session.starts_at

    after(time_machine, session.starts_at)

    assert move_lines_on() == 1
    assert states(session) == ["declined", "declined", "waiting", "waiting"]


def test_in_a_cancelled_session_they_wait_in_their_place_in_case_it_is_put_back(session, line, time_machine):
    step_back(session, line[0])
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)
    after(time_machine, session.seats.get(state="offered").offered_until)

    assert move_lines_on() == 1
    assert states(session) == ["declined", "waiting", "waiting", "waiting"]

    session.refresh_from_db()
    session.state, session.cancelled_at, session.cancelled_by = "scheduled", None, None
    session.save()
    fill(session)
    assert states(session) == ["declined", "offered", "waiting", "waiting"]


# -- undo ------------------------------------------------------------------------------------------
def answer_and_undo(person, session, *, going):
    was = Was.of(Seat.objects.filter(session=session, user=person).first())
    answer_seat(person, session=session, going=going)
    return undo_answer(person, session=session, was=was)


def test_undo_of_a_first_answer_leaves_none(session):
    person = factories.MembershipFactory(group=session.group).user

    seat = answer_and_undo(person, session, going=True)

    assert (seat.state, seat.answered_at, seat.ran_out) == ("declined", None, False)


def test_undo_of_a_yes_after_a_no_is_that_no(session):
    person = factories.MembershipFactory(group=session.group).user
    step_back(session, person)

    assert answer_and_undo(person, session, going=True).said_no


def test_undo_gives_the_seat_back_while_it_is_free(session, line):
    for person in line[1:]:
        step_back(session, person)

    assert answer_and_undo(line[0], session, going=False).state == "going"


def test_undo_takes_no_seat_from_whom_it_is_held_for(session, line):
    seat = answer_and_undo(line[0], session, going=False)

    assert (seat.state, seat.queue) == ("waiting", 4)
    assert states(session) == ["waiting", "offered", "waiting", "waiting"]


def test_undo_gives_the_old_place_in_line_back(session, line):
    assert answer_and_undo(line[1], session, going=False).queue == 1


def test_undo_holds_a_seat_again_that_went_to_nobody(session, line):
    for person in (line[2], line[3], line[0]):
        step_back(session, person)

    assert answer_and_undo(line[1], session, going=False).state == "offered"


def test_undo_is_for_a_quarter_of_an_hour(session, line, time_machine):
    was = Was.of(session.seats.get(user=line[1]))
    step_back(session, line[1])
    time_machine.shift(timedelta(minutes=15, seconds=1))

    with pytest.raises(TooLateToUndo):
        undo_answer(line[1], session=session, was=was)

    assert states(session) == ["going", "declined", "waiting", "waiting"]


# -- whatever happens --------------------------------------------------------------------------
def test_who_gets_a_seat_is_the_line_in_order():
    assert allot(2, 0, [False, False, False]) == [True, True, False]
    assert allot(None, 3, [False, True]) == [True, True]
    assert allot(2, 2, [False, True, True, True]) == [False, True, True, False]
    assert allot(2, 1, [False, False, True]) == [True, False, True]


@pytest.mark.parametrize("seed", range(12))
def test_never_more_than_the_seats_and_nobody_overtakes(seed, time_machine):
    """Random days of a session without kept seats: at each moment the taken seats fit, and the line is served in
    order."""
    rng = random.Random(seed)
    capacity = rng.randrange(1, 4)
    session = factories.SessionFactory(capacity=capacity, starts_in=timedelta(days=5))
    people = [factories.MembershipFactory(group=session.group).user for _ in range(8)]
    offers = 0
    for _ in range(60):
        waiting = list(session.seats.in_line().values_list("user", flat=True))
        held = set(session.seats.taken().values_list("user", flat=True))
        person = rng.choice(people)
        deed = rng.choice(["yes", "yes", "no", "take", "clock"])
        if deed == "clock":
            time_machine.shift(timedelta(minutes=rng.randrange(200)))
            move_lines_on()
        elif deed == "take" and person.seats.filter(state="offered").exists():
            take_offer(person, session=session)
        else:
            answer_seat(person, session=session, going=deed != "no")

        assert session.seats.taken().count() <= capacity
        free = capacity - session.seats.taken().count()
        assert not (free and session.seats.in_line().exists())
        still = [user for user in waiting if user != person.pk or deed != "no"]
        served = [session.seats.taken().filter(user=user).exists() for user in still]
        assert served == sorted(served, reverse=True)
        new = set(session.seats.taken().values_list("user", flat=True)) - held
        offers += len(new & set(waiting))
        assert not new - set(waiting) or all(served)
    assert offers
