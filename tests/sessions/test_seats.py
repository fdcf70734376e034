"""Seats, the line, and the seat that comes free."""

from datetime import timedelta

import pytest

from groups.signals import member_left
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import Seat
from sessions.services import (
    AnsweringIsOver,
    NeedsNoSeat,
    NotInTheGroup,
    OnABreak,
    answer_seat,
    cancel_session,
    fill,
    move_lines_on,
)
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


def test_a_freed_seat_is_offered_to_the_first_in_line_who_is_told_once(session, people):
    for person in people[:4]:
        say(person, session)

    say(people[0], session, going=False)
    fill(session)

    assert seats(session) == [("declined", None), ("going", None), ("offered", 1), ("waiting", 2)]
    assert list(Notice.objects.values_list("user", "topic")) == [(people[2].pk, "seat.free")]
    offered = AuditEntry.objects.filter(action="seat.offer").values_list("actor", "about")
    assert list(offered) == [(None, people[2].pk)]


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


def test_somebody_offered_a_seat_twice_is_told_twice(session, people):
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

    assert seats(session) == [("going", None), ("going", None), ("offered", 1), ("waiting", 2), ("waiting", 3)]


def test_who_waits_in_name_only_holds_nobody_up(session, people):
    for person in people[:3]:
        say(person, session)
    people[2].memberships.update(state="paused")
    session.capacity = 3
    session.save()

    assert say(people[3], session).state == "going"


def test_fewer_chairs_remove_nobody_and_nobody_comes_in_until_one_is_free(session, people):
    for person in people[:3]:
        say(person, session)
    session.capacity = 1
    session.save()

    say(people[0], session, going=False)

    assert seats(session) == [("declined", None), ("going", None), ("waiting", 1)]


def test_who_takes_a_break_keeps_the_place_but_is_passed_over(session, people):
    for person in people[:4]:
        say(person, session)
    people[2].memberships.update(state="paused")

    say(people[0], session, going=False)

    assert seats(session) == [("declined", None), ("going", None), ("waiting", 1), ("offered", 2)]


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

    assert seats(session) == [("declined", None), ("going", None), ("offered", 1)]
    assert seats(later) == [("declined", None)]
    assert seats(past) == seats(elsewhere) == [("going", None)]
    assert list(Notice.objects.values_list("user", "topic")) == [(people[2].pk, "seat.free")]


def test_who_leaves_the_line_frees_no_seat(session, people):
    for person in people[:4]:
        say(person, session)

    leave(people[2], session.group)

    assert seats(session) == [("going", None), ("going", None), ("declined", None), ("waiting", 2)]


def test_the_seat_of_somebody_who_leaves_a_cancelled_session_goes_to_nobody(session, people):
    for person in people[:3]:
        say(person, session)
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)

    leave(people[0], session.group)

    assert seats(session) == [("declined", None), ("going", None), ("waiting", 1)]


def test_who_gives_seats_back_by_leaving_has_said_no_to_nothing(session, people):
    say(people[0], session)

    leave(people[0], session.group)

    seat = session.seats.get()
    assert (seat.said_no, seat.answered_at) == (False, None)


# -- room for those who come the first time ----------------------------------------------------------
@pytest.fixture
def roomy():
    """Three seats, of which two wait for newcomers."""
    return factories.SessionFactory(capacity=3, kept_for_new=2, starts_in=timedelta(days=3))


def came_before(session, state="active"):
    person = factories.MembershipFactory(group=session.group, state=state).user
    before = factories.SessionFactory(group=session.group, starts_in=timedelta(days=-5))
    facilitator = factories.UserFactory()
    factories.SeatFactory(session=before, user=person, came="came", marked_by=facilitator, marked_at=before.ends_at)
    return person


def newcomer(session):
    return factories.MembershipFactory(group=session.group).user


def test_regulars_take_the_seats_that_are_not_kept(roomy):
    assert [say(came_before(roomy), roomy).state for _ in range(3)] == ["going", "waiting", "waiting"]


def test_newcomers_take_the_kept_ones_first_and_overtake_nobody_on_the_others(roomy):
    regulars = [came_before(roomy) for _ in range(3)]
    for person in regulars[:2]:
        say(person, roomy)

    assert [say(newcomer(roomy), roomy).state for _ in range(3)] == ["going", "going", "waiting"]

    say(regulars[0], roomy, going=False)

    assert roomy.seats.get(user=regulars[1]).state == "offered"


def test_who_visits_again_is_new_and_who_came_elsewhere_is_new(roomy):
    visitor = came_before(roomy, state="visiting")
    visitor.memberships.update(joined_at=None)
    elsewhere = came_before(factories.SessionFactory())
    factories.MembershipFactory(group=roomy.group, user=elsewhere)
    say(came_before(roomy), roomy)

    assert [say(person, roomy).state for person in (visitor, elsewhere)] == ["going", "going"]


def test_a_day_before_the_start_kept_seats_are_anybodys_and_the_line_has_them_in_order(roomy, time_machine):
    regulars = [came_before(roomy) for _ in range(4)]
    for person in regulars:
        say(person, roomy)
    time_machine.move_to(roomy.starts_at - timedelta(hours=24, seconds=1), tick=False)
    assert move_lines_on() == 0
    assert roomy.seats.filter(state="offered").count() == 0

    time_machine.move_to(roomy.starts_at - timedelta(hours=24), tick=False)
    move_lines_on()
    move_lines_on()

    assert seats(roomy) == [("going", None), ("offered", 1), ("offered", 2), ("waiting", 3)]


def test_a_freed_seat_goes_past_regulars_to_a_newcomer_while_it_is_kept(roomy):
    first, second = newcomer(roomy), newcomer(roomy)
    regulars = [came_before(roomy), came_before(roomy)]
    late = newcomer(roomy)
    for person in (first, second, *regulars, late):
        say(person, roomy)
    assert [roomy.seats.get(user=who).state for who in (*regulars, late)] == ["going", "waiting", "waiting"]

    say(first, roomy, going=False)

    assert [roomy.seats.get(user=who).state for who in (regulars[1], late)] == ["waiting", "offered"]
