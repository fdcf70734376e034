"""Seats, the line, and the seat that comes free."""

from datetime import timedelta

import pytest

from groups.signals import member_left
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import Seat
from sessions.services import AnsweringIsOver, NeedsNoSeat, NotInTheGroup, OnABreak, answer_seat, cancel_session
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.SessionFactory(capacity=2)


@pytest.fixture
def people(session):
    return [factories.MembershipFactory(group=session.group).user for _ in range(5)]


def seats(session):
    """Each person's state and place, by the order they came into the group."""
    return list(session.seats.order_by("user").values_list("state", "queue"))


def say(person, session, going=True):
    return answer_seat(person, session=session, going=going)


# -- who may not ---------------------------------------------------------------------------------
@pytest.mark.parametrize("state", ["left", "removed", "requested", "blocked"])
def test_who_does_not_belong_takes_no_seat(session, state):
    closed = {"left", "removed"}
    joined = None if state == "requested" else session.starts_at
    person = factories.MembershipFactory(
        group=session.group, state=state, joined_at=joined, ended_at=session.starts_at if state in closed else None
    ).user

    with pytest.raises(NotInTheGroup):
        say(person, session)

    assert seats(session) == []


@pytest.mark.parametrize("make", [factories.UserFactory, factories.AdminFactory, factories.SafetyLeadFactory])
def test_strangers_and_staff_take_no_seat(session, make):
    with pytest.raises(NotInTheGroup):
        say(make(), session)


def test_a_suspended_member_takes_no_seat(session, people):
    people[0].move_to("suspended")
    people[0].save()

    with pytest.raises(NotAllowed):
        say(people[0], session)


def test_who_takes_a_break_takes_no_seat_but_may_give_one_back(session, people):
    say(people[0], session)
    people[0].memberships.update(state="paused")

    with pytest.raises(OnABreak):
        say(people[0], session)

    assert say(people[0], session, going=False).state == "declined"


def test_a_facilitator_needs_no_seat(session):
    with pytest.raises(NeedsNoSeat):
        say(factories.FacilitatorFactory(group=session.group).user, session)


@pytest.mark.parametrize("starts_in", [timedelta(0), timedelta(minutes=-5), timedelta(days=-1)])
@pytest.mark.parametrize("going", [True, False])
def test_nobody_answers_after_the_start(starts_in, going):
    session = factories.SessionFactory(starts_in=starts_in)
    person = factories.MembershipFactory(group=session.group).user

    with pytest.raises(AnsweringIsOver):
        say(person, session, going)


def test_nobody_answers_for_a_cancelled_session(session, people):
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)

    with pytest.raises(AnsweringIsOver):
        say(people[0], session)


# -- the line --------------------------------------------------------------------------------------
def test_seats_first_then_the_line(session, people):
    states = [say(person, session).state for person in people]

    assert states == ["going", "going", "waiting", "waiting", "waiting"]
    assert seats(session) == [("going", None), ("going", None), ("waiting", 1), ("waiting", 2), ("waiting", 3)]


def test_where_nobody_counts_everybody_goes(people):
    session = factories.SessionFactory(group=people[0].memberships.get().group, capacity=None)

    assert {say(person, session).state for person in people} == {"going"}


def test_a_second_yes_and_a_second_no_change_nothing(session, people):
    for person in people[:3]:
        say(person, session)
    say(people[3], session, going=False)
    before = list(Seat.objects.order_by("pk").values())
    entries = AuditEntry.objects.count()

    for person, going in [(people[0], True), (people[2], True), (people[3], False)]:
        say(person, session, going)

    assert list(Seat.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.count() == entries


def test_a_freed_seat_goes_to_the_first_in_line_who_is_told_once(session, people):
    for person in people[:4]:
        say(person, session)

    say(people[0], session, going=False)

    assert seats(session) == [("declined", None), ("going", None), ("going", 1), ("waiting", 2)]
    assert list(Notice.objects.values_list("user", "topic")) == [(people[2].pk, "seat.free")]
    given = AuditEntry.objects.filter(action="seat.give").values_list("actor", "about")
    assert list(given) == [(None, people[2].pk)]


def test_a_no_from_the_line_frees_nothing(session, people):
    for person in people[:4]:
        say(person, session)

    say(people[2], session, going=False)

    assert seats(session) == [("going", None), ("going", None), ("declined", 1), ("waiting", 2)]
    assert not Notice.objects.exists()


def test_who_comes_back_stands_at_the_end(session, people):
    for person in people[:4]:
        say(person, session)
    say(people[2], session, going=False)

    assert (say(people[2], session).queue, say(people[4], session).queue) == (3, 4)


def test_somebody_given_a_seat_twice_is_told_twice(session, people):
    for person in people[:3]:
        say(person, session)
    say(people[0], session, going=False)
    say(people[2], session, going=False)
    say(people[3], session)
    say(people[2], session)

    say(people[1], session, going=False)

    assert list(Notice.objects.values_list("user", flat=True)) == [people[2].pk] * 2


def test_while_somebody_waits_nobody_jumps_the_line(session, people):
    """More chairs were put out: the line comes first, in its order."""
    for person in people[:4]:
        say(person, session)
    session.capacity = 3
    session.save()

    say(people[4], session)

    assert seats(session) == [("going", None), ("going", None), ("going", 1), ("waiting", 2), ("waiting", 3)]


def test_who_takes_a_break_keeps_the_place_but_is_passed_over(session, people):
    for person in people[:4]:
        say(person, session)
    people[2].memberships.update(state="paused")

    say(people[0], session, going=False)

    assert seats(session) == [("declined", None), ("going", None), ("waiting", 1), ("going", 2)]


# -- leaving ---------------------------------------------------------------------------------------
def leave(person, group):
    membership = person.memberships.get(group=group)
    membership.move_to("left")
    membership.save()
    member_left.send(type(membership), membership=membership)


def test_who_leaves_gives_back_every_coming_seat_of_that_group_only(session, people):
    later = factories.SessionFactory(group=session.group, starts_in=timedelta(days=8))
    past = factories.SessionFactory(group=session.group, starts_in=timedelta(days=-8))
    elsewhere = factories.SessionFactory()
    for place in (later, elsewhere, past):
        factories.SeatFactory(session=place, user=people[0])
    for person in people[:3]:
        say(person, session)

    leave(people[0], session.group)

    assert seats(session) == [("declined", None), ("going", None), ("going", 1)]
    assert seats(later) == [("declined", None)]
    assert seats(past) == seats(elsewhere) == [("going", None)]
    assert list(Notice.objects.values_list("user", "topic")) == [(people[2].pk, "seat.free")]


def test_who_leaves_the_line_frees_no_seat(session, people):
    for person in people[:4]:
        say(person, session)

    leave(people[2], session.group)

    assert seats(session) == [("going", None), ("going", None), ("declined", 1), ("waiting", 2)]


def test_the_seat_of_somebody_who_leaves_a_cancelled_session_goes_to_nobody(session, people):
    for person in people[:3]:
        say(person, session)
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)

    leave(people[0], session.group)

    assert seats(session) == [("declined", None), ("going", None), ("waiting", 1)]
