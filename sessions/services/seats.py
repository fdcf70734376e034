"""Who has a seat: answering, giving back, and lines that move on.

Lock order: the person's membership (shared, so that leaving and answering cannot cross), then the
session, then its seats. The session's lock makes the count true and the line exact.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group, Membership
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, Seat
from sessions.querysets import SeatQuerySet
from sessions.services.lines import Seating, seating_of
from sessions.services.offers import offer
from sessions.words import when_words

State = Seat.State


class NotInTheGroup(Refused):
    """The person left, maybe a moment ago."""


class OnABreak(Refused):
    """Who is taking a break takes no seat."""


class NeedsNoSeat(Refused):
    """Who runs the group takes no seat from anybody."""


class OneVisit(Refused):
    """Who comes once to see takes one seat."""


class OfferGone(Refused):
    """The seat is not held for this person, or not any more."""


class AnsweringIsOver(Refused):
    """The session has begun, is over or is cancelled."""


@transaction.atomic
def answer_seat(user: User, *, session: GroupSession, going: bool) -> Seat:
    """Say yes or not this time. Yes takes a seat while one is free for them, else a place in the line.

    Yes to a seat that is offered takes it. The same answer twice changes nothing. Raises NotAllowed,
    NotInTheGroup, OnABreak, NeedsNoSeat, OneVisit, AnsweringIsOver.
    """
    session, seat = hold_seat(user, session, going=going)
    if _already_says(seat, going=going):
        return seat
    moves_on = _take_or_wait(seat) if going else _decline(seat)
    audit.record(user, "seat.answer", session, reason=seat.state)
    if moves_on:
        fill(session)
    return seat


@transaction.atomic
def take_offer(user: User, *, session: GroupSession) -> Seat:
    """Take the seat that is held for this person. A second click changes nothing.

    Nobody else in line: then it is still theirs when the time was over a moment ago. Raises OfferGone,
    and what `answer_seat` raises.
    """
    session, seat = hold_seat(user, session, going=True)
    if seat.state == State.GOING:
        return seat
    late = seat.offered_until is not None and seat.offered_until <= timezone.now()
    if seat.state != State.OFFERED or (late and seating_of(session).line):
        raise OfferGone(_("This seat went to the next person in line"))
    set_answer(seat, State.GOING)
    audit.record(user, "seat.answer", session, reason=seat.state)
    return seat


def hold_seat(user: User, session: GroupSession, *, going: bool) -> tuple[GroupSession, Seat]:
    """Hold the membership and the session, and ask everything that an answer needs. The seat may be a new one."""
    membership = hold_membership(user, session.group_id)
    session = lock_session(session)
    ensure(user, "seat.answer", session)
    _ensure_may_answer(membership, session, going=going)
    return session, Seat.objects.filter(session=session, user=user).first() or Seat(session=session, user=user)


def release_seats(user: User, *, group: Group, until: datetime | None = None) -> int:
    """Give back the coming seats of somebody who leaves, or who takes a break `until` then, in that transaction.

    They have said no to none of these sessions: without a break they are asked again.
    """
    held = Seat.objects.holding().filter(session__group=group, session__starts_at__gt=timezone.now())
    if until is not None:
        held = held.filter(session__starts_at__lt=until)
    return give_back(user, held)


def give_back(user: User, seats: SeatQuerySet) -> int:
    """Take these seats of one person back, and offer them on. Returns how many sessions it was."""
    sessions = GroupSession.objects.filter(pk__in=seats.filter(user=user).values("session_id"))
    held = list(sessions.order_by("starts_at", "pk").select_for_update(no_key=True))
    for session in held:
        seat = Seat.objects.holding().filter(session=session, user=user).first()
        if seat is not None:
            unsay(seat)
            fill(session)
    return len(held)


def take_up_line(user: User, *, group: Group) -> int:
    """Look again at each line that somebody kept a place in while they were away: a seat may have come free."""
    waits = Seat.objects.in_line().filter(user=user, session__group=group, session__starts_at__gt=timezone.now())
    sessions = GroupSession.objects.filter(pk__in=waits.values("session_id")).order_by("starts_at", "pk")
    held = list(sessions.select_for_update(no_key=True))
    for session in held:
        fill(session)
    return len(held)


def fill(session: GroupSession) -> list[Seat]:
    """Offer what is free to the first in line. The caller holds the session's lock, and calls this whenever
    a seat may have come free: an answer, more chairs, a session that is put back. Twice offers nothing twice.
    """
    if session.is_cancelled or session.has_begun:
        return []
    return [offer(seat) for seat in seating_of(session).next_in_line()]


def lock_session(session: GroupSession) -> GroupSession:
    """The session as it is now, held until the transaction ends. Reads that come before may be stale."""
    return GroupSession.objects.select_for_update(no_key=True).get(pk=session.pk)


def hold_membership(user: User, group_id: int) -> Membership:
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
        return seat.state in {State.GOING, State.WAITING}
    return seat.said_no


def _take_or_wait(seat: Seat) -> bool:
    """Places in the line are given once: who comes back after a no stands behind everybody.

    Whether somebody in line has a seat to be offered: more chairs, or one that was held for this person too long.
    """
    seating = seating_of(seat.session, asks=seat.user_id)
    offered = seat.offered_until is not None and seat.offered_until > timezone.now()
    if offered or seating.has_one_for(seat.user_id):
        set_answer(seat, State.GOING)
    else:
        wait_at_the_end(seat, seating)
    return bool(seating.next_in_line())


def _decline(seat: Seat) -> bool:
    set_answer(seat, State.DECLINED)
    return True


def wait_at_the_end(seat: Seat, seating: Seating) -> None:
    seat.queue = seating.last_place + 1
    set_answer(seat, State.WAITING)


def set_answer(seat: Seat, state: str) -> None:
    """What the person says about this one session."""
    seat.state, seat.answered_at, seat.offered_until, seat.standing = state, timezone.now(), None, False
    seat.save()


def unsay(seat: Seat) -> None:
    """As if they had not answered yet. Their place in the line is gone."""
    seat.queue = None
    set_unanswered(seat, State.DECLINED)


def set_unanswered(seat: Seat, state: str) -> None:
    """What nobody said: the clock, or somebody's break."""
    seat.state, seat.offered_until, seat.standing = state, None, False
    if state == State.DECLINED:
        seat.answered_at = None
    seat.save()
