"""The door: the only place where the address of the video room is opened, or a place that a group hides is told."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from groups.models import Group, Membership
from groups.policies import runs
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import can
from people.sealed import unseal
from sessions.models import GroupSession, Room, Seat
from sessions.policies import leads, owes_agreement
from sessions.services.evening import opened
from sessions.words import when_words


class DoorShut(Refused):
    """Not now, or not for this person."""


class AgreementFirst(DoorShut):
    """Nobody comes in without having said yes to what the group agreed on (R17)."""


@transaction.atomic
def open_door(user: User, *, session: GroupSession) -> str:
    """The address of the video room, for somebody the policy lets in now. Leaves an audit entry.

    The first host who goes in opens the evening.
    Raises AgreementFirst or DoorShut, which says when the door opens or what is missing.
    """
    group = session.group
    if not session.is_cancelled and not session.is_over and owes_agreement(user, session):
        raise AgreementFirst(_("Read what the group agreed on first, and say yes to it"))
    if not can(user, "session.enter", session):
        raise DoorShut(_why_shut(user, session))
    url = unseal(group, "door", owner=group)
    if not _leads_to_a_known_room(url):
        raise DoorShut(_("There is no video room for this session yet. Ask the people who run the group"))
    audit.record(user, "session.enter", session)
    opened(session, user)
    return url


@dataclass(frozen=True)
class Place:
    """Where a session meets, as one reader is told now."""

    shown: bool  # False where the group hides it, and this is not the moment or not the person
    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    notes: str = field(default="", repr=False)
    owes_agreement: bool = False


def place_of(user: User, session: GroupSession) -> Place:
    """The booked room, else the group's own place. Where the group hides it, by the same rule as the video room."""
    if session.group.hides_place and not can(user, "session.enter", session):
        return Place(shown=False, owes_agreement=owes_agreement(user, session))
    room = Room.objects.filter(bookings__session=session).first()
    if room is None:
        return Place(shown=True, name=session.group.place, notes=session.group.access_notes)
    return Place(shown=True, name=room.name, address=room.address, notes=room.access_notes)


def knows_place(user: User, session: GroupSession) -> bool:
    """Of those who lead it: who steps in from outside is told a place that the group hides when the evening comes."""
    return not session.group.hides_place or runs(user, session.group) or session.is_evening


def _why_shut(user: User, session: GroupSession) -> str:
    if session.is_cancelled:
        return _("This session is cancelled, so nobody is there")
    if session.is_over:
        return _("This session is over")
    if leads(user, session):
        return _opens(session.opens_to_facilitators_at)
    if _is_on_a_break(user, session.group):
        return _("You are taking a break from this group. Come back first, then join")
    if not session.seats.filter(user=user, state=Seat.State.GOING).exists():
        return _("The door opens to people who have a seat")
    return _opens(session.opens_at)


def _opens(at: datetime) -> str:
    return _("The door opens on %(when)s") % {"when": when_words(at)}


def _is_on_a_break(user: User, group: Group) -> bool:
    return Membership.objects.filter(user=user, group=group, state=Membership.State.PAUSED).exists()


def _leads_to_a_known_room(url: str) -> bool:
    """Asked again at the door: an address that was sealed when other hosts were allowed leads nowhere (T8)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    plain = parts.scheme == "https" and "@" not in parts.netloc and "\\" not in url
    return plain and any(host == room or host.endswith(f".{room}") for room in settings.DOOR_HOSTS)
