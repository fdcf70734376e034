"""Who has a seat: answering, the line, and the seat that comes free.

Lock order: the person's membership (shared, so that leaving and answering cannot cross), then the
session, then its seats. The session's lock makes the count true and the line exact.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group, Membership
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, Seat
from sessions.words import when_words


class NotInTheGroup(Refused):
    """The person left, maybe a moment ago."""


class OnABreak(Refused):
    """Who is taking a break takes no seat."""


class NeedsNoSeat(Refused):
    """Who runs the group takes no seat from anybody."""


class OneVisit(Refused):
    """Who comes once to see takes one seat."""


class AnsweringIsOver(Refused):
    """The session has begun, is over or is cancelled."""


@transaction.atomic
def answer_seat(user: User, *, session: GroupSession, going: bool) -> Seat:
    """Say yes or not this time. Yes takes a seat while one is free and nobody waits, else a place in the line.

    The same answer twice changes nothing. Raises NotAllowed, NotInTheGroup, OnABreak, NeedsNoSeat,
    OneVisit, AnsweringIsOver.
    """
    membership = _hold_membership(user, session.group_id)
    session = lock_session(session)
    ensure(user, "seat.answer", session)
    _ensure_may_answer(membership, session, going=going)
    seat = Seat.objects.filter(session=session, user=user).first() or Seat(session=session, user=user)
    if _already_says(seat, going=going):
        return seat
    if going:
        _take_or_wait(seat)
    else:
        _set_answer(seat, Seat.State.DECLINED)
    audit.record(user, "seat.answer", session, reason=seat.state)
    _fill(session)
    seat.refresh_from_db()
    return seat


def release_seats(user: User, *, group: Group, until: datetime | None = None) -> int:
    """Give back the coming seats of somebody who leaves, or who takes a break `until` then, in that transaction."""
    held = Seat.objects.holding().filter(user=user, session__group=group, session__starts_at__gt=timezone.now())
    if until is not None:
        held = held.filter(session__starts_at__lt=until)
    sessions = GroupSession.objects.filter(pk__in=held.values("session_id")).order_by("starts_at", "pk")
    for session in sessions.select_for_update(no_key=True):
        seat = Seat.objects.holding().filter(session=session, user=user).first()
        if seat is not None:
            _set_answer(seat, Seat.State.DECLINED)
            _fill(session)
    return len(sessions)


def take_up_line(user: User, *, group: Group) -> int:
    """Look again at each line that somebody kept a place in while they were away: a seat may have come free."""
    waits = Seat.objects.in_line().filter(user=user, session__group=group, session__starts_at__gt=timezone.now())
    sessions = GroupSession.objects.filter(pk__in=waits.values("session_id")).order_by("starts_at", "pk")
    for session in sessions.select_for_update(no_key=True):
        _fill(session)
    return len(sessions)


def lock_session(session: GroupSession) -> GroupSession:
    """The session as it is now, held until the transaction ends. Reads that come before may be stale."""
    return GroupSession.objects.select_for_update(no_key=True).get(pk=session.pk)


def ids_of(session: GroupSession) -> dict[str, Any]:
    """What a notice keeps of a session: which one, and its time, so that a list of notices asks nothing more."""
    return {"session": str(session.public_id), "at": session.starts_at.isoformat()}


def _hold_membership(user: User, group_id: int) -> Membership:
    """Share-lock the membership: whoever wants to close it waits. Django's ORM has no FOR SHARE.

    A visit is held alone, so that two answers at once do not make two seats of it.
    """
    visits = Membership.objects.select_for_update(no_key=True)
    visit = visits.filter(group=group_id, user=user, state=Membership.State.VISITING).first()
    if visit is not None:
        return visit
    held = Membership.objects.raw(
        "SELECT * FROM groups_membership WHERE group_id = %s AND user_id = %s AND state = ANY(%s) FOR SHARE",
        [group_id, user.pk, [Membership.State.ACTIVE.value, Membership.State.PAUSED.value]],
    )
    for membership in held:
        return membership
    raise NotInTheGroup(_("You are not in this group any more, so there is no seat to answer for"))


def _ensure_may_answer(membership: Membership, session: GroupSession, *, going: bool) -> None:
    if membership.runs_it:
        raise NeedsNoSeat(_("You run this group, so you can come without a seat"))
    if session.is_cancelled:
        raise AnsweringIsOver(_("This session is cancelled, so there is nothing to answer"))
    if session.has_begun:
        raise AnsweringIsOver(_("This session has begun. Seats can be changed up to the start"))
    if going and membership.state == Membership.State.PAUSED:
        raise OnABreak(_("You are taking a break from this group. Come back first, then take a seat"))
    if going and membership.state == Membership.State.VISITING:
        _ensure_one_visit(membership, session)


def _ensure_one_visit(visit: Membership, session: GroupSession) -> None:
    other = Seat.objects.of_visit(visit).exclude(session=session).select_related("session").first()
    if other is not None:
        raise OneVisit(
            _("You come once to see, and you have a seat on %(when)s. Give that one back first, or ask to join")
            % {"when": when_words(other.session.starts_at, visit.user.zone)}
        )


def _already_says(seat: Seat, *, going: bool) -> bool:
    if going:
        return seat.state in {Seat.State.GOING, Seat.State.WAITING}
    return seat.state == Seat.State.DECLINED and seat.answered_at is not None and seat.pk is not None


@dataclass(frozen=True)
class Room:
    """How a session stands, counted under its lock."""

    free: int | None  # None where nobody counts
    waiting: int
    last_place: int

    @property
    def is_open(self) -> bool:
        """A seat can be taken at once: one is free, and nobody has waited for it."""
        return self.free is None or (self.free > 0 and not self.waiting)


def _room_of(session: GroupSession) -> Room:
    counted = session.seats.aggregate(
        taken=Count("pk", filter=Q(state__in=[Seat.State.GOING, Seat.State.OFFERED])),
        waiting=Count("pk", filter=Q(state=Seat.State.WAITING)),
        last=Max("queue"),
    )
    free = None if session.capacity is None else max(0, session.capacity - counted["taken"])
    return Room(free, counted["waiting"], counted["last"] or 0)


def _take_or_wait(seat: Seat) -> None:
    """Places in the line are given once: who comes back after a no stands behind everybody."""
    room = _room_of(seat.session)
    if room.is_open:
        _set_answer(seat, Seat.State.GOING)
    else:
        seat.queue = room.last_place + 1
        _set_answer(seat, Seat.State.WAITING)


def _set_answer(seat: Seat, state: str) -> None:
    seat.state, seat.answered_at, seat.offered_until = state, timezone.now(), None
    seat.save()


def _fill(session: GroupSession) -> None:
    """Give free seats to the first in line. The caller holds the session's lock."""
    room = _room_of(session)
    if session.is_cancelled or session.has_begun or not room.waiting or room.free == 0:
        return
    may_come = Membership.objects.coming().filter(group=session.group_id).exclude(state=Membership.State.PAUSED)
    line = session.seats.in_line().filter(user__in=may_come.values("user")).select_related("user")
    for seat in line[: room.free]:
        _give(seat)


def _give(seat: Seat) -> None:
    place = seat.queue
    seat.state = Seat.State.GOING
    seat.save()
    audit.record(None, "seat.give", seat.session, about=seat.user)
    tell([seat.user], "seat.free", f"seat.free {seat.public_id} {place}", **ids_of(seat.session))
