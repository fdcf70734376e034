"""Who came, and calling one session off."""

from datetime import timedelta

import pytest

from notices.models import Delivery, Notice
from notices.registry import topic
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import GroupSession, Guest, GuestSeat, Seat
from sessions.services import (
    NotOnTheRoll,
    TooEarly,
    TooLateToCancel,
    TooManyHeads,
    add_guest,
    cancel_session,
    keep_attendance,
    keep_headcount,
    prefill,
    roll_for,
    roll_of,
)
from sessions.signals import roll_kept
from tests import factories
from tests.catalogue import refused_by

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


# -- left early, guests, and how many --------------------------------------------------------------
def test_who_left_early_was_there(organisation):
    session, facilitator, people = group_with(timedelta(hours=-3), "Ines")
    for day in (9, 16):
        before = factories.SessionFactory(group=session.group, starts_in=-timedelta(days=day))
        keep_attendance(facilitator, session=before, marks={people[0].pk: "left"})

    keep_attendance(facilitator, session=session, marks={people[0].pk: "left"})

    assert [line.came for line in roll_of(session)] == ["left"]
    assert people[0].memberships.get().fit_asked_at is not None


def test_each_keeping_is_heard_above():
    session, facilitator, people = group_with(timedelta(hours=-3), "Ines")
    heard = []

    def hear(sender, session, actor, **_):
        heard.append((session.pk, actor, [*session.seats.values_list("came", flat=True)]))

    roll_kept.connect(hear)
    keep_attendance(facilitator, session=session, marks={people[0].pk: "left"})
    keep_headcount(facilitator, session=session, count=3)
    roll_kept.disconnect(hear)

    assert heard == [(session.pk, facilitator, ["left"]), (session.pk, facilitator, [""])]


def test_answers_fill_a_form_and_mark_nobody():
    session, facilitator, people = group_with(timedelta(0), "Ines", "Jun", "Kofi", "Leila", "Mo")
    for person, state in zip(people[:4], ["going", "declined", "waiting", "going"], strict=True):
        factories.SeatFactory(session=session, user=person, state=state, queue=1 if state == "waiting" else None)
    keep_attendance(facilitator, session=session, marks={people[3].pk: "away"})

    roll = roll_of(session)

    said = prefill(roll)
    assert [said.get(line.key) for line in roll] == ["came", "apologies", None, None, None]
    assert [line.came for line in roll] == ["", "", "", "away", ""]


def test_a_mark_without_an_answer_says_nothing_beforehand():
    session, facilitator, people = group_with(timedelta(0), "Ines")
    keep_attendance(facilitator, session=session, marks={people[0].pk: "came"})
    keep_attendance(facilitator, session=session, marks={people[0].pk: ""})

    assert prefill(roll_of(session)) == {}


def test_guests_stand_after_members():
    session, facilitator, _ = group_with(timedelta(0), "Zoe")
    add_guest(facilitator, session=session, called="Ann", regular=True)
    add_guest(facilitator, session=session, called="Bo")
    Guest.objects.update(created_at=session.starts_at - timedelta(days=9))
    other = factories.SessionFactory(group=session.group, starts_in=timedelta(0))
    old = factories.SessionFactory(group=session.group, starts_in=-timedelta(days=60))

    assert [(line.name, line.came, line.said, line.user_id is None) for line in roll_of(session)] == [
        ("Zoe", "", "No answer", False),
        ("Ann", "came", "Guest, without an account", True),
        ("Bo", "came", "Guest, without an account", True),
    ]
    assert [(line.name, line.came) for line in roll_of(other)] == [("Zoe", ""), ("Ann", "")]
    assert roll_of(old) == []


def test_guests_are_marked_and_unmarked():
    session, facilitator, _ = group_with(timedelta(0))
    ann = add_guest(facilitator, session=session, called="Ann", regular=True)

    keep_attendance(facilitator, session=session, guests={ann.pk: "left"})
    assert [line.came for line in roll_of(session)] == ["left"]

    keep_attendance(facilitator, session=session, guests={ann.pk: ""})
    assert [line.came for line in roll_of(session)] == [""]
    assert not GuestSeat.objects.exists()


def test_a_guest_of_another_group_is_not_on_the_roll():
    session, facilitator, _ = group_with(timedelta(0))
    elsewhere, other, _ = group_with(timedelta(0))
    guest = add_guest(other, session=elsewhere, called="Ann", regular=True)

    with pytest.raises(NotOnTheRoll):
        keep_attendance(facilitator, session=session, guests={guest.pk: "came"})

    assert GuestSeat.objects.get().session == elsewhere


@pytest.mark.parametrize("who", ["member", "other facilitator", "admin"])
def test_only_who_leads_counts_heads(who):
    session, _, people = group_with(timedelta(0), "Ines")
    person = {
        "member": lambda: people[0],
        "other facilitator": lambda: factories.FacilitatorFactory().user,
        "admin": factories.AdminFactory,
    }[who]()

    with pytest.raises(NotAllowed):
        keep_headcount(person, session=session, count=3)

    assert GroupSession.objects.get(pk=session.pk).headcount is None


def test_heads_are_counted_not_before_the_door_opens_and_no_thousands():
    session, facilitator, _ = group_with(timedelta(minutes=16))
    with pytest.raises(TooEarly):
        keep_headcount(facilitator, session=session, count=3)
    open_now, facilitator, _ = group_with(timedelta(0))
    for count in (-1, 501):
        with pytest.raises(TooManyHeads):
            keep_headcount(facilitator, session=open_now, count=count)

    assert not GroupSession.objects.exclude(headcount=None).exists()


def test_a_number_takes_the_names_away_and_names_the_number():
    session, facilitator, people = group_with(timedelta(hours=-3), "Ines", "Jun")
    factories.SeatFactory(session=session, user=people[0])
    add_guest(facilitator, session=session, called="Ann")
    keep_attendance(facilitator, session=session, marks={people[0].pk: "left"})

    counted = keep_headcount(facilitator, session=session, count=0)
    again = keep_attendance(facilitator, session=session, marks={})

    assert (counted.headcount, counted.state, again.headcount) == (0, "held", 0)
    assert [(line.name, line.came, line.said) for line in roll_of(session)] == [
        ("Ines", "", "Said yes"),
        ("Jun", "", "No answer"),
    ]
    assert [*session.seats.values_list("came", "marked_by", "marked_at")] == [("", None, None)]
    assert AuditEntry.objects.filter(action="attendance.keep", reason="count").count() == 1

    named = keep_attendance(facilitator, session=session, marks={people[1].pk: "came"})
    assert named.headcount is None


def test_the_database_takes_no_thousands():
    session = factories.SessionFactory()

    with refused_by("session_headcount"):
        GroupSession.objects.filter(pk=session.pk).update(headcount=501)


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


def test_who_steps_in_from_outside_sees_and_marks_those_who_come_and_no_others():
    session, facilitator, (coming, silent) = group_with(timedelta(hours=-1), "Mo", "Kofi")
    host = factories.UserFactory()
    factories.booking(session, host=host)
    factories.SeatFactory(session=session, user=coming)
    Guest.objects.create(group=session.group, called="Ann", regular=True, kept_by=facilitator)

    assert [line.name for line in roll_for(host, session)] == ["Mo"]
    assert {line.name for line in roll_for(facilitator, session)} >= {"Mo", "Kofi"}
    with pytest.raises(NotOnTheRoll):
        keep_attendance(host, session=session, marks={silent.pk: "came"})
    assert keep_attendance(host, session=session, marks={coming.pk: "came"})
