"""The door: each way it stays shut, then the one way through it."""

from datetime import timedelta

import pytest

from groups.services import put_out, set_door
from groups.signals import member_left
from people.models import AuditEntry
from people.policy import can
from people.sealed import seal
from sessions.services import AgreementFirst, DoorShut, cancel_session, open_door, place_of
from tests import factories

pytestmark = pytest.mark.django_db
ROOM = "https://meet.example.org/harbour-evenings"


def at(starts_in):
    """A session of a group with a room and an agreement, and somebody who has all it takes."""
    session = factories.SessionFactory(starts_in=starts_in)
    seal(session.group, "door", ROOM, owner=session.group)
    session.group.save()
    agreement = factories.AgreementFactory(group=session.group)
    person = factories.MembershipFactory(group=session.group).user
    factories.AcceptanceFactory(agreement=agreement, user=person)
    factories.SeatFactory(session=session, user=person)
    return session, person


@pytest.fixture
def now():
    return at(timedelta(minutes=5))


def shut(person, session):
    with pytest.raises(DoorShut) as refusal:
        open_door(person, session=session)
    assert not can(person, "session.enter", session)
    assert not AuditEntry.objects.filter(action="session.enter").exists()
    return str(refusal.value)


@pytest.mark.parametrize("state", ["waiting", "declined", None])
def test_not_without_a_seat(now, state):
    session, person = now
    if state:
        session.seats.update(state=state, queue=1)
    else:
        session.seats.all().delete()

    assert shut(person, session) == "The door opens to people who have a seat"


def test_not_without_the_agreement_that_holds_now(now):
    session, person = now
    factories.AgreementFactory(group=session.group, version=2)

    with pytest.raises(AgreementFirst):
        open_door(person, session=session)

    assert not can(person, "session.enter", session)


def test_not_during_a_break(now):
    session, person = now
    person.memberships.update(state="paused")

    assert shut(person, session) == "You are taking a break from this group. Come back first, then join"


def test_not_after_leaving(now):
    session, person = now
    person.memberships.update(state="left", ended_at=session.starts_at)

    shut(person, session)


def test_not_for_members_of_another_group(now):
    session, _ = now
    other = factories.MembershipFactory().user
    factories.AcceptanceFactory(agreement=session.group.agreement, user=other)
    factories.SeatFactory(session=session, user=other)

    shut(other, session)


@pytest.mark.parametrize("make", [factories.AdminFactory, factories.SafetyLeadFactory])
def test_not_for_admins_and_safety_leads(now, make):
    session, _ = now
    person = make()
    factories.AcceptanceFactory(agreement=session.group.agreement, user=person)

    shut(person, session)


def test_not_for_somebody_suspended(now):
    session, person = now
    person.move_to("suspended")
    person.save()

    shut(person, session)


def test_not_when_cancelled(now):
    session, person = now
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)
    session.refresh_from_db()

    assert shut(person, session) == "This session is cancelled, so nobody is there"


def test_not_for_a_facilitator_who_has_not_agreed(now):
    session, _ = now

    with pytest.raises(AgreementFirst):
        open_door(factories.FacilitatorFactory(group=session.group).user, session=session)


@pytest.mark.parametrize(
    ("starts_in", "opens"),
    [
        (timedelta(days=1), False),
        (timedelta(minutes=15, seconds=5), False),
        (timedelta(minutes=14, seconds=55), True),
        (timedelta(0), True),
        (timedelta(minutes=-74), True),
        (timedelta(minutes=-75), False),
        (timedelta(days=-1), False),
    ],
)
def test_only_from_a_quarter_of_an_hour_before_until_the_end(starts_in, opens):
    session, person = at(starts_in)

    if opens:
        assert open_door(person, session=session) == ROOM
    else:
        assert shut(person, session).startswith(("The door opens on", "This session is over"))


@pytest.mark.parametrize(
    ("starts_in", "opens"),
    [
        (timedelta(minutes=60, seconds=5), False),
        (timedelta(minutes=59), True),
        (timedelta(minutes=-74), True),
        (timedelta(minutes=-75), False),
    ],
)
def test_facilitators_come_an_hour_before_and_need_no_seat(starts_in, opens):
    session, _ = at(starts_in)
    facilitator = factories.FacilitatorFactory(group=session.group).user
    factories.AcceptanceFactory(agreement=session.group.agreement, user=facilitator)

    if opens:
        assert open_door(facilitator, session=session) == ROOM
    else:
        shut(facilitator, session)


@pytest.mark.parametrize(
    "room",
    [
        "",
        "https://evil.example/room",
        "https://meet.example.org.evil.example/room",
        "https://evilmeet.example.org/room",
        "http://meet.example.org/room",
        "javascript://meet.example.org/%0aalert(1)",
        "https://meet.example.org@evil.example/",
        "https://evil.example\\@meet.example.org/",
    ],
)
def test_a_room_elsewhere_stays_shut(now, room):
    session, person = now
    seal(session.group, "door", room, owner=session.group)
    session.group.save()

    with pytest.raises(DoorShut):
        open_door(person, session=session)


def test_a_host_that_is_not_allowed_any_more_leads_nowhere(now, settings):
    session, person = now
    settings.DOOR_HOSTS = ["zoom.us"]

    with pytest.raises(DoorShut):
        open_door(person, session=session)


def test_through_the_door_with_an_entry_in_the_record(now):
    session, person = now

    assert open_door(person, session=session) == ROOM
    assert list(AuditEntry.objects.values_list("actor", "action", "object_id")) == [
        (person.pk, "session.enter", str(session.public_id))
    ]


# -- who steps in from outside ----------------------------------------------------------------------
def stand_in(session, **booked):
    person = factories.UserFactory()
    factories.booking(session, host=person, **booked)
    return person


def test_somebody_who_stood_in_for_another_session_stays_outside(now):
    session, _ = now

    shut(stand_in(factories.SessionFactory(group=session.group, starts_in=timedelta(days=7))), session)


@pytest.mark.parametrize(("minutes", "opens"), [(61, False), (59, True), (-74, True), (-76, False)])
def test_a_host_from_outside_comes_an_hour_before_and_owes_no_agreement(minutes, opens):
    session, _ = at(timedelta(minutes=minutes))
    person = stand_in(session)

    if opens:
        assert open_door(person, session=session) == ROOM
    else:
        assert shut(person, session).startswith(("The door opens on", "This session is over"))


def test_a_member_who_leads_this_once_says_yes_to_the_agreement_first(now):
    session, _ = now
    person = factories.MembershipFactory(group=session.group).user
    factories.booking(session, host=person)

    with pytest.raises(AgreementFirst):
        open_door(person, session=session)

    assert not can(person, "session.enter", session)


# -- what changes while the door is open ------------------------------------------------------------
@pytest.mark.parametrize("block", [False, True])
def test_removing_somebody_shuts_the_door_at_once(now, block):
    session, person = now
    assert open_door(person, session=session) == ROOM
    place = person.memberships.get()

    put_out(factories.FacilitatorFactory(group=session.group).user, membership=place, why="absence", block=block)

    assert not can(person, "session.enter", session)
    with pytest.raises(DoorShut):
        open_door(person, session=session)


def test_a_host_who_is_put_out_of_the_group_stays_outside(now):
    session, _ = now
    place = factories.FacilitatorFactory(group=session.group)
    factories.FacilitatorFactory(group=session.group)
    factories.AcceptanceFactory(agreement=session.group.agreement, user=place.user)
    factories.booking(session, host=place.user)
    assert open_door(place.user, session=session) == ROOM
    place.move_to("removed")
    place.ended_at = session.starts_at
    place.save()
    member_left.send(type(place), membership=place)

    with pytest.raises(DoorShut):
        open_door(place.user, session=session)


def test_a_link_that_is_replaced_leads_nowhere_from_that_moment(now):
    session, person = now
    facilitator = factories.FacilitatorFactory(group=session.group).user

    set_door(facilitator, group=session.group, url="https://meet.example.org/another")
    session.group.refresh_from_db()

    assert open_door(person, session=session) == "https://meet.example.org/another"
    assert AuditEntry.objects.filter(actor=facilitator, action="group.door").count() == 1


def test_the_first_host_who_goes_in_opens_the_evening_and_members_do_not(now):
    session, person = now
    facilitator = factories.FacilitatorFactory(group=session.group).user
    factories.AcceptanceFactory(agreement=session.group.agreement, user=facilitator)

    open_door(person, session=session)
    session.refresh_from_db()
    assert session.opened_at is None
    open_door(facilitator, session=session)
    session.refresh_from_db()

    assert session.opened_by == facilitator


# -- a place that the group hides -------------------------------------------------------------------
def in_a_place(session, *, hides=True, room=False):
    group = session.group
    group.format, group.place, group.hides_place = "in_person", "12 Canary Lane", hides
    group.save()
    if room:
        factories.booking(session, room=factories.RoomFactory(name="The blue room", address="3 Other Street"))
    return session


def test_a_hidden_place_is_told_to_nobody_the_door_is_shut_for(now):
    session, person = now
    in_a_place(session)
    without_seat = factories.MembershipFactory(group=session.group).user
    factories.AcceptanceFactory(agreement=session.group.agreement, user=without_seat)
    facilitator = factories.FacilitatorFactory(group=session.group).user  # has not agreed

    assert [place_of(one, session).name for one in (without_seat, facilitator, factories.AdminFactory())] == [""] * 3
    assert [place_of(one, session).owes_agreement for one in (without_seat, facilitator)] == [False, True]
    person.memberships.update(state="paused")
    assert not place_of(person, session).shown


@pytest.mark.parametrize("room", [False, True])
@pytest.mark.parametrize(("minutes", "told"), [(16, False), (14, True), (-74, True), (-76, False)])
def test_a_hidden_place_and_a_room_are_told_while_the_door_is_open(minutes, told, room):
    session, person = at(timedelta(minutes=minutes))
    in_a_place(session, room=room)

    place = place_of(person, session)

    named = ("The blue room", "3 Other Street") if room else ("12 Canary Lane", "")
    assert (place.shown, place.name, place.address) == ((told, *named) if told else (False, "", ""))


def test_a_place_that_is_not_hidden_is_told_on_any_day():
    session, person = at(timedelta(days=9))
    in_a_place(session, hides=False)

    assert place_of(person, session).name == "12 Canary Lane"
    factories.booking(session, room=factories.RoomFactory(name="The blue room"))
    assert place_of(person, session).name == "The blue room"
