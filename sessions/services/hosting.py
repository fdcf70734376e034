"""Who leads a session and where: bookings that cannot overlap.

The database refuses a second booking of one person or one room at one moment. Everything that books or moves holds
the people and rooms it touches, in one order, after the sessions: so two at once wait for each other, not for ever.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group, Membership
from groups.services.locks import broken, hold_group
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import Organisation, User
from people.policy import ensure
from sessions.models import Booking, CoverCall, GroupSession, Room
from sessions.services.offers import ids_of
from sessions.services.seats import lock_session
from sessions.services.telling import tell_place
from sessions.words import when_words

Times = tuple[datetime, datetime]
SPACES = {"host": 0x50480001, "room": 0x50480002}  # of advisory locks: ours, so that nothing else waits for them
_inside: ContextVar[bool] = ContextVar("overlaps are looked at later", default=False)


class DoubleBooked(Refused):
    """Somebody, or a room, is booked for another session at that time. `kind` says which: "host" or "room"."""

    def __init__(self, words: str, kind: str) -> None:
        super().__init__(words)
        self.kind = kind


class NotAHost(Refused):
    """Who leads runs the group, or has stepped in for this one session."""


class NoSuchHosts(Refused):
    """The two who lead are two people, and a room that is retired takes nobody new."""


class SecondHostNeeded(Refused):
    """The organisation wants two who lead (R23)."""


class HostsAreSet(Refused):
    """What is over or cancelled is led by nobody any more."""


@dataclass(frozen=True)
class Clash:
    """A person or a room that is booked already, and for what."""

    kind: str  # "host" or "room"
    who: User | Room
    session: GroupSession


@dataclass(frozen=True)
class Leader:
    """Somebody who leads, under the name that the group knows them by."""

    user: User
    called: str = field(repr=False)
    duty: str


def book(
    sessions: Collection[GroupSession], *, lead: User | None = None, co: User | None = None, room: Room | None = None
) -> None:
    """Say who leads these sessions and where, in the caller's transaction: what stood before and is not named goes.

    Asks no policy: the caller has. Raises DoubleBooked.
    """
    wanted = _wanted(lead, co, room)
    keys = [session.pk for session in sessions]
    with refusing_overlaps(hosts=[who for who in (lead, co) if who], rooms=[room] if room else []):
        standing = Booking.objects.filter(session__in=keys).values_list("session_id", "host_id", "room_id", "duty")
        kept = {row for row in standing if row[1:] in wanted}
        Booking.objects.filter(session__in=keys).exclude(_any_of(wanted)).delete()
        Booking.objects.bulk_create(
            Booking(session_id=pk, host_id=host, room_id=place, duty=duty, starts_at=start, ends_at=end, live=live)
            for pk, start, end, live in _times_of(keys)
            for host, place, duty in wanted
            if (pk, host, place, duty) not in kept
        )


def clashes(
    times: Sequence[Times],
    *,
    lead: User | None = None,
    co: User | None = None,
    room: Room | None = None,
    but: Collection[int] = (),
) -> dict[int, list[Clash]]:
    """Who or what is booked already at these times, by their place in the list. One query.

    `but` are keys of sessions that do not count: those about to be moved or changed.
    """
    asked = Q(host__in=[who for who in (lead, co) if who]) | Q(room__in=[room] if room else [])
    if not times or not (lead or co or room):
        return {}
    near = Booking.objects.overlapping(min(start for start, _end in times), max(end for _start, end in times))
    taken = near.filter(asked).exclude(session__in=but).select_related("host", "room", "session__group")
    found = [(number, row) for row in taken.order_by("starts_at", "pk") for number in _hit(times, row)]
    return {number: [_clash(row) for at, row in found if at == number] for number in sorted({at for at, _row in found})}


@contextmanager
def refusing_overlaps(
    sessions: Collection[GroupSession] = (), *, hosts: Collection[User] = (), rooms: Collection[Room] = ()
) -> Iterator[None]:
    """Turn the database's refusal of two bookings at once into DoubleBooked; the block is undone as a whole.

    Inside, the order of moves does not matter: overlaps are looked at when the block ends, the outer one if there
    are two. Give the `sessions` that move, or are put back: whoever is booked for them is held.
    """
    if _inside.get():
        _hold(sessions, hosts, rooms)
        yield
        return
    token = _inside.set(True)
    try:
        with transaction.atomic():
            _hold(sessions, hosts, rooms)
            _overlaps_are("DEFERRED")
            yield
            _overlaps_are("IMMEDIATE")
    except IntegrityError as problem:
        if refusal := _REFUSALS.get(broken(problem)):
            raise refusal() from problem
        raise
    finally:
        _inside.reset(token)


@transaction.atomic
def set_hosts(
    actor: User, *, session: GroupSession, lead: User | None, co: User | None, room: Room | None
) -> GroupSession:
    """Say who leads one session, who helps, and where. Nobody is a possible answer to each.

    The same twice changes nothing. Who is new to it is told, and of another room everybody who comes.
    Raises NotAllowed, HostsAreSet, NotAHost, NoSuchHosts, SecondHostNeeded, DoubleBooked.
    """
    hold_group(session.group_id)
    session = lock_session(session)
    ensure(actor, "session.host", session)
    if session.is_cancelled or session.is_over:
        raise HostsAreSet(_("This session is over or cancelled, so there is nobody to choose"))
    _ensure_possible(session, lead, co, room)
    before, place = {row.host_id for row in session.bookings.of_hosts()}, room_of(session)
    book([session], lead=lead, co=co, room=room)
    end_settled_calls([session])
    audit.record(actor, "session.host", session)
    _tell_who_is_new(actor, session, before, lead, co)
    if place != room and not session.has_begun:
        tell_place(session, by=actor)
    return session


def leaders_of(session: GroupSession) -> list[Leader]:
    """Who leads one session, the first first. One query."""
    rows = session.bookings.of_hosts().named().select_related("host").order_by("-duty")
    return [Leader(row.host, row.called, row.duty) for row in rows if row.host]


def room_of(session: GroupSession) -> Room | None:
    booked = session.bookings.filter(room__isnull=False).select_related("room").first()
    return booked.room if booked else None


def hosts_to_choose(session: GroupSession) -> list[Leader]:
    """Who may be booked: those who run the group, and whoever stepped in for this session. By name."""
    inside = Membership.objects.running().filter(group=session.group_id).select_related("user")
    leaders = {seat.user_id: Leader(seat.user, seat.alias, "") for seat in inside}
    booked = {leader.user.pk: leader for leader in leaders_of(session) if leader.user.is_active}
    return sorted((booked | leaders).values(), key=lambda leader: (leader.called.casefold(), leader.user.pk))


def ensure_enough_hosts(group: Group, co: User | None) -> None:
    """Raise SecondHostNeeded where the organisation wants two who lead, and there is no second one. A pair has one."""
    if co is None and not group.is_pair and Organisation.current().needs_two_hosts:
        raise SecondHostNeeded(_("Choose a second one to lead. Your organisation asks for two"))


def is_too_small(room: Room | None, seats: int | None, hosts: int = 2) -> bool:
    """Whether the room has fewer chairs than people who may come. It warns, and forbids nothing."""
    return room is not None and room.capacity is not None and seats is not None and room.capacity < seats + hosts


def said_of(reader: User, found: Collection[Clash], names: Mapping[int, str] | None = None) -> list[str]:
    """Clashes in words. Sessions of groups that the reader does not run are named by their time alone. One query."""
    run = set(Group.objects.run_by(reader).values_list("pk", flat=True)) if found else set()
    return [_said(clash, names or {}, clash.session.group_id in run) for clash in found]


def end_settled_calls(sessions: Collection[GroupSession]) -> None:
    """Somebody who is not booked any more needs nobody to take over."""
    still = Booking.objects.filter(session=OuterRef("session"), host=OuterRef("asked_by"), duty=OuterRef("duty"))
    settled = CoverCall.objects.open().filter(session__in=[one.pk for one in sessions]).exclude(Exists(still))
    settled.update(state=CoverCall.State.WITHDRAWN, closed_at=timezone.now())


def _said(clash: Clash, names: Mapping[int, str], is_known: bool) -> str:
    facts = {"when": when_words(clash.session.starts_at), "group": clash.session.group.name}
    if isinstance(clash.who, Room):
        facts["room"] = clash.who.name
        if is_known:
            return _("%(room)s is taken by “%(group)s”: %(when)s") % facts
        return _("%(room)s is taken by another session: %(when)s") % facts
    facts["name"] = names.get(clash.who.pk, clash.who.called)
    if is_known:
        return _("%(name)s leads “%(group)s” then: %(when)s") % facts
    return _("%(name)s leads another session then: %(when)s") % facts


def _ensure_possible(session: GroupSession, lead: User | None, co: User | None, room: Room | None) -> None:
    if lead and lead == co:
        raise NoSuchHosts(_("Choose two different people, or leave the second one empty"))
    may = {leader.user.pk for leader in hosts_to_choose(session)}
    if any(who and who.pk not in may for who in (lead, co)):
        raise NotAHost(_("Choose somebody who runs this group"))
    if room and room.retired_at and not session.bookings.filter(room=room).exists():
        raise NoSuchHosts(_("This room is not in use any more. Choose another"))
    if session.bookings.filter(duty=Booking.Duty.CO).exists():
        # Nobody takes the second one away; a session that never had one can still be changed.
        ensure_enough_hosts(session.group, co)


def _tell_who_is_new(
    actor: User, session: GroupSession, before: Collection[int | None], lead: User | None, co: User | None
) -> None:
    for user in (lead, co):
        if user and user != actor and user.pk not in before:
            tell([user], "host.booked", f"host.booked {session.public_id} {timezone.now()}", **ids_of(session))


def _wanted(lead: User | None, co: User | None, room: Room | None) -> list[tuple[int | None, int | None, str]]:
    rows = [
        (lead.pk if lead else None, None, Booking.Duty.LEAD.value),
        (co.pk if co else None, None, Booking.Duty.CO.value),
        (None, room.pk if room else None, ""),
    ]
    return [row for row in rows if row[0] or row[1]]


def _any_of(wanted: Collection[tuple[int | None, int | None, str]]) -> Q:
    """Rows that stay. Of nothing wanted, none."""
    stays = Q(pk__in=[])
    for host, room, duty in wanted:
        stays |= Q(host=host, room=room, duty=duty)
    return stays


def _times_of(keys: Collection[int]) -> Any:
    """As the database has them: `live` on an object that was saved may be stale."""
    rows = GroupSession.objects.filter(pk__in=keys).order_by("starts_at", "pk")
    return rows.values_list("pk", "starts_at", "ends_at", "live")


def _hit(times: Sequence[Times], row: Booking) -> list[int]:
    return [number for number, (start, end) in enumerate(times) if row.starts_at < end and row.ends_at > start]


def _clash(row: Booking) -> Clash:
    if row.host:
        return Clash("host", row.host, row.session)
    assert row.room is not None  # booking_host_xor_room
    return Clash("room", row.room, row.session)


def _hold(sessions: Collection[GroupSession], hosts: Collection[User], rooms: Collection[Room]) -> None:
    """Whoever books one of them waits until this transaction ends. In one order, so that nobody waits in a circle."""
    booked = Booking.objects.filter(session__in=[session.pk for session in sessions])
    pairs = list(booked.values_list("host_id", "room_id")) if sessions else []
    hosts_held = {host for host, _room in pairs if host} | {host.pk for host in hosts}
    rooms_held = {room for _host, room in pairs if room} | {room.pk for room in rooms}
    held = [(SPACES["host"], pk) for pk in hosts_held] + [(SPACES["room"], pk) for pk in rooms_held]
    if not held:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(space, pk) FROM ("
            "SELECT space, pk FROM unnest(%s::int[], %s::int[]) AS held (space, pk) ORDER BY space, pk"
            ") AS in_order",  # PostgreSQL sorts below, and locks row by row above
            [[space for space, _pk in held], [pk for _space, pk in held]],
        )


def _overlaps_are(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS booking_host_free, booking_room_free {when}")


def _host_taken() -> DoubleBooked:
    return DoubleBooked(_("Somebody who is to lead leads another session at that time"), "host")


def _room_taken() -> DoubleBooked:
    return DoubleBooked(_("The room is taken at that time"), "room")


_REFUSALS = {"booking_host_free": _host_taken, "booking_room_free": _room_taken}
