"""Rooms that the organisation meets in."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group, Membership
from groups.services.locks import broken
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, Room
from sessions.querysets import SessionQuerySet
from sessions.services.offers import ids_of
from sessions.services.telling import tell_all_places


class RoomNameTaken(Refused):
    """Two rooms with one name are one room to whoever looks for it."""


@transaction.atomic
def keep_room(actor: User, *, room: Room | None = None, **facts: Any) -> Room:
    """Add a room, or change what is said of one: `name`, `address`, `capacity`, `access_notes`.

    Of another name or address everybody hears who is going to a session there, once for each group.
    Raises NotAllowed and RoomNameTaken.
    """
    ensure(actor, "room.keep")
    row = Room.objects.select_for_update(no_key=True).get(pk=room.pk) if room else Room()
    door = _door(row)
    for name in ("name", "address", "capacity", "access_notes"):
        setattr(row, name, facts[name])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as problem:
        if broken(problem) == "room_name_ci":
            raise RoomNameTaken(_("Another room has this name. Choose one that tells them apart")) from problem
        raise
    audit.record(actor, "room.change" if room else "room.add", row)
    if room and _door(row) != door:
        _tell_who_comes(row, by=actor)
    return row


def sessions_in(room: Room) -> SessionQuerySet:
    """What is still to come in a room."""
    return GroupSession.objects.scheduled().upcoming().filter(bookings__room=room).select_related("group")


@transaction.atomic
def retire_room(actor: User, *, room: Room) -> Room:
    """Take a room out of use: nothing new is booked there. What is booked stands until somebody chooses another
    room, and those who run these groups are told. Twice is harmless. Raises NotAllowed.
    """
    ensure(actor, "room.keep")
    row = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    if row.retired_at is not None:
        return row
    row.retired_at = timezone.now()
    row.save(update_fields=["retired_at"])
    audit.record(actor, "room.retire", row)
    _tell_groups(row)
    return row


def _door(room: Room) -> tuple[str, str]:
    """By what people find it, however it is written."""
    return room.name.casefold(), room.address.casefold()


def _tell_who_comes(room: Room, *, by: User) -> None:
    together: dict[int, list[GroupSession]] = {}
    for session in sessions_in(room).filter(starts_at__gt=timezone.now()):
        together.setdefault(session.group_id, []).append(session)
    for sessions in together.values():
        tell_all_places(sessions, by=by)


def _tell_groups(room: Room) -> None:
    """Each group hears once, by the first of its sessions there."""
    first: dict[Group, GroupSession] = {}
    for session in sessions_in(room):
        first.setdefault(session.group, session)
    for group, session in first.items():
        people = User.objects.filter(pk__in=Membership.objects.running().filter(group=group).values("user"))
        tell(people, "room.retired", f"room.retired {room.public_id} {group.pk}", **ids_of(session))
