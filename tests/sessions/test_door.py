"""The door: each way it stays shut, then the one way through it."""

from datetime import timedelta

import pytest

from people.models import AuditEntry
from people.policy import can
from people.sealed import seal
from sessions.services import AgreementFirst, DoorShut, cancel_session, open_door
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
