"""Who came, and calling one session off."""

from datetime import timedelta

import pytest

from notices.models import Delivery, Notice
from notices.registry import topic
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import GroupSession, Seat
from sessions.services import (
    NotOnTheRoll,
    TooEarly,
    TooLateToCancel,
    cancel_session,
    keep_attendance,
    roll_of,
)
from tests import factories

pytestmark = pytest.mark.django_db


def group_with(starts_in, *names):
    session = factories.SessionFactory(starts_in=starts_in)
    facilitator = factories.FacilitatorFactory(group=session.group, alias="Tunde").user
    joined = session.starts_at - timedelta(days=30)
    people = [factories.MembershipFactory(group=session.group, alias=n, joined_at=joined).user for n in names]
    return session, facilitator, people


@pytest.mark.parametrize("who", ["member", "other facilitator", "admin"])
def test_only_the_groups_own_facilitators_keep_the_roll(who):
    session, _, people = group_with(timedelta(0), "Ines")
    person = {
        "member": lambda: people[0],
        "other facilitator": lambda: factories.FacilitatorFactory().user,
        "admin": factories.AdminFactory,
    }[who]()

    with pytest.raises(NotAllowed):
        keep_attendance(person, session=session, marks={people[0].pk: "came"})


def test_nobody_came_before_the_door_opens():
    session, facilitator, people = group_with(timedelta(minutes=16), "Ines")

    with pytest.raises(TooEarly):
        keep_attendance(facilitator, session=session, marks={people[0].pk: "came"})


def test_nobody_came_to_a_cancelled_session():
    session, facilitator, people = group_with(timedelta(minutes=5), "Ines")
    cancel_session(facilitator, session=session)

    with pytest.raises(TooEarly):
        keep_attendance(facilitator, session=session, marks={people[0].pk: "came"})


def test_a_stranger_is_not_on_the_roll():
    session, facilitator, _ = group_with(timedelta(0), "Ines")

    with pytest.raises(NotOnTheRoll):
        keep_attendance(facilitator, session=session, marks={factories.MembershipFactory().user.pk: "came"})

    assert not Seat.objects.exists()


def test_marks_are_kept_and_move_no_seat():
    session, facilitator, people = group_with(timedelta(minutes=14), "Ines", "Jun", "Kofi")
    factories.SeatFactory(session=session, user=people[0])
    factories.SeatFactory(session=session, user=people[1], state="waiting", queue=1)

    keep_attendance(facilitator, session=session, marks={person.pk: "came" for person in people})

    kept = Seat.objects.order_by("user").values_list("state", "queue", "came", "marked_by")
    assert list(kept) == [
        ("going", None, "came", facilitator.pk),
        ("waiting", 1, "came", facilitator.pk),
        ("declined", None, "came", facilitator.pk),
    ]
    assert Seat.objects.get(user=people[2]).answered_at is None
    assert GroupSession.objects.get().state == "scheduled"


def test_a_part_of_the_roll_leaves_the_rest_as_it_is():
    session, facilitator, people = group_with(timedelta(0), "Ines", "Jun")
    keep_attendance(facilitator, session=session, marks={people[0].pk: "apologies"})

    keep_attendance(facilitator, session=session, marks={people[1].pk: "away"})

    assert [(line.name, line.came, line.said) for line in roll_of(session)] == [
        ("Ines", "apologies", "No answer"),
        ("Jun", "away", "No answer"),
    ]


def test_saved_after_the_end_the_session_was_held_by_the_first_who_said_so():
    session, facilitator, people = group_with(timedelta(hours=-3), "Ines")
    second = factories.FacilitatorFactory(group=session.group).user

    held = keep_attendance(facilitator, session=session, marks={people[0].pk: "came"})
    again = keep_attendance(second, session=session, marks={people[0].pk: "away"})

    assert (held.state, held.held_by) == ("held", facilitator)
    assert (again.held_at, again.held_by) == (held.held_at, facilitator)
    assert Seat.objects.get().came == "away"
    assert AuditEntry.objects.filter(action="attendance.keep").count() == 2


def test_the_roll_holds_members_and_who_had_a_seat_and_left():
    session, _, people = group_with(timedelta(hours=-3), "Ines", "Jun", "Kofi", "Leila", "Mo")
    for person, state in zip(people[:4], ["going", "declined", "going", "declined"], strict=True):
        factories.SeatFactory(session=session, user=person, state=state)
    for person in people[2:4]:
        person.memberships.update(state="left", ended_at=session.ends_at)
    factories.MembershipFactory(group=session.group, alias="Newcomer")
    factories.RequestFactory(group=session.group, alias="Asking")

    assert [(line.name, line.said) for line in roll_of(session)] == [
        ("Ines", "Said yes"),
        ("Jun", "Said no"),
        ("Kofi", "Left the group"),
        ("Mo", "No answer"),
    ]


def test_who_left_and_came_back_stands_once():
    session, _, people = group_with(timedelta(hours=-3), "Ines")
    people[0].memberships.update(state="left", ended_at=session.starts_at - timedelta(days=9))
    factories.MembershipFactory(
        group=session.group, user=people[0], alias="Ines again", joined_at=session.starts_at - timedelta(days=2)
    )

    assert [line.name for line in roll_of(session)] == ["Ines again"]


# -- calling off -----------------------------------------------------------------------------------
def test_a_member_cannot_cancel():
    session, _, people = group_with(timedelta(days=1), "Ines")

    with pytest.raises(NotAllowed):
        cancel_session(people[0], session=session)


def test_what_is_over_cannot_be_cancelled():
    session, facilitator, _ = group_with(timedelta(hours=-2))

    with pytest.raises(TooLateToCancel):
        cancel_session(facilitator, session=session)


def test_cancelling_tells_who_kept_a_seat_or_waited_and_twice_is_once():
    session, facilitator, people = group_with(timedelta(days=1), "Ines", "Jun", "Kofi", "Leila")
    for person, state in zip(people[:3], ["going", "waiting", "declined"], strict=True):
        factories.SeatFactory(session=session, user=person, state=state, queue=1 if state == "waiting" else None)

    first = cancel_session(facilitator, session=session)
    again = cancel_session(facilitator, session=session)

    assert (first.state, first.cancelled_by, again.cancelled_at) == ("cancelled", facilitator, first.cancelled_at)
    assert list(Notice.objects.order_by("user").values_list("user", "topic")) == [
        (people[0].pk, "session.cancelled"),
        (people[1].pk, "session.cancelled"),
    ]
    assert Delivery.objects.count() == 2
    assert list(session.seats.order_by("user").values_list("state", flat=True)) == ["going", "waiting", "declined"]


def test_who_left_meanwhile_is_not_told_any_more():
    session, facilitator, people = group_with(timedelta(days=1), "Ines")
    factories.SeatFactory(session=session, user=people[0])
    cancel_session(facilitator, session=session)
    notice = Notice.objects.get()
    cancelled = topic(notice.topic)
    assert cancelled.may(people[0], notice.ids)

    people[0].memberships.update(state="left", ended_at=session.starts_at)

    assert not cancelled.may(people[0], notice.ids)


def test_what_is_told_names_no_group(settings):
    session, facilitator, people = group_with(timedelta(days=1), "Ines")
    factories.SeatFactory(session=session, user=people[0])
    cancel_session(facilitator, session=session)
    notice = Notice.objects.get()

    line = topic("session.cancelled").line(notice.ids, people[0])

    assert line.startswith("Cancelled: ")
    assert session.group.name not in line
    assert topic("session.cancelled").link(notice.ids, people[0]) == session.get_absolute_url()
