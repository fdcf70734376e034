"""A host who cannot make it, and who takes it on instead (R25).

Everybody who can step in is asked at once, and the first to say yes has it. If nobody does by the cut-off, the
session goes on with the other one who leads, or is cancelled.

Lock order: the group, the session, the call.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Membership
from groups.services.locks import hold_group
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import Organisation, User
from people.policy import ensure
from people.querysets import UserQuerySet
from sessions.models import Booking, CoverCall, GroupSession
from sessions.querysets import LATEST_COVER
from sessions.services.days import note_days
from sessions.services.hosting import DoubleBooked, book, end_settled_calls, room_of
from sessions.services.offers import ids_of
from sessions.services.seats import lock_session
from sessions.services.telling import tell_cancelled

TIME_TO_ANSWER = timedelta(hours=1)  # asked less than this before the cut-off, there is time until LATEST_COVER
State = CoverCall.State


class TooLateForCover(Refused):
    """Nobody reads a message in time: somebody rings, or the session is cancelled."""


class CallIsClosed(Refused):
    """Somebody was quicker, or it is not needed any more."""


@transaction.atomic
def ask_cover(actor: User, *, session: GroupSession) -> CoverCall:
    """ "I can't make it": ask everybody who could lead it instead. No reason is asked for, and twice is once.

    Raises NotAllowed unless the actor is booked, and TooLateForCover.
    """
    hold_group(session.group_id)
    session = lock_session(session)
    ensure(actor, "cover.ask", session)
    duty = session.bookings.get(host=actor).duty
    if standing := CoverCall.objects.open().filter(session=session, asked_by=actor).first():
        return standing
    now = timezone.now()
    until = cut_off(session, now)
    if session.is_cancelled or until <= now:
        raise TooLateForCover(_("It begins in less than half an hour. Ring whoever leads with you, or cancel it"))
    call = CoverCall.objects.create(session=session, duty=duty, asked_by=actor, until=until)
    audit.record(actor, "cover.ask", call)
    tell(may_be_asked(session, but=actor), "cover.asked", _key("asked", call), **_ids(call))
    return call


@transaction.atomic
def take_cover(actor: User, *, call: CoverCall) -> CoverCall:
    """Lead it instead. The first to say so has it; twice by the same person is once.

    Raises NotAllowed, CallIsClosed, and DoubleBooked for whoever leads another session then.
    """
    call = _hold(call)
    ensure(actor, "cover.take", call)
    if call.state == State.TAKEN and call.taken_by_id == actor.pk:
        return call
    _ensure_open(call)
    _give_booking(call, actor)
    _close(call, State.TAKEN, taken_by=actor)
    end_settled_calls([call.session])
    audit.record(actor, "cover.take", call, about=call.asked_by)
    others = {call.asked_by, *_hosts_beside(call.session, actor)}
    tell(sorted(others, key=lambda user: user.pk), "cover.taken", _key("taken", call), **_ids(call))
    return call


@transaction.atomic
def withdraw_cover(actor: User, *, call: CoverCall) -> CoverCall:
    """Lead it after all. Twice is harmless. Raises NotAllowed, and CallIsClosed where somebody has taken it."""
    call = _hold(call)
    ensure(actor, "cover.withdraw", call)
    if call.state == State.WITHDRAWN:
        return call
    _ensure_open(call)
    _close(call, State.WITHDRAWN)
    audit.record(actor, "cover.back", call)
    return call


def run_out_calls() -> int:
    """Decide what nobody took by the cut-off, each in a transaction of its own. Returns how many ran out.

    The other one who leads goes on alone, and those who should know are told; without another one the session is
    cancelled by the clock, with notice to everybody who comes. Safe to run twice and late.
    """
    return sum(_run_out(call) for call in CoverCall.objects.due())


def cut_off(session: GroupSession, asked_at: datetime) -> datetime:
    """Until when somebody can take it: some hours before the start, or half an hour where it was asked late."""
    planned = session.starts_at - timedelta(hours=Organisation.current().cover_hours)
    return planned if planned - asked_at >= TIME_TO_ANSWER else session.starts_at - LATEST_COVER


def may_be_asked(session: GroupSession, *, but: User) -> UserQuerySet:
    """Who runs the group or stands on its list, and leads nothing else at that time."""
    run = Membership.objects.running().filter(group=session.group_id).values("user")
    listed = session.group.stand_ins.able().values("user")
    busy = Booking.objects.overlapping(session.starts_at, session.ends_at).exclude(session=session)
    people: UserQuerySet = User.objects.active().filter(Q(pk__in=run) | Q(pk__in=listed)).exclude(pk=but.pk)
    return people.exclude(Exists(busy.filter(host=OuterRef("pk")))).order_by("pk")


@transaction.atomic
def _run_out(call: CoverCall) -> int:
    call = _hold(call)
    if call.state != State.OPEN:
        return 0
    until = cut_off(call.session, call.asked_at)
    if not call.session.is_cancelled and until > timezone.now():
        CoverCall.objects.filter(pk=call.pk).update(until=until)  # it was moved to a later time
        return 0
    _close(call, State.PASSED)
    audit.record(None, "cover.pass", call)
    if not call.session.is_cancelled and not call.session.has_begun:
        _go_on_without(call)
    return 1


def _go_on_without(call: CoverCall) -> None:
    session = call.session
    session.bookings.filter(host=call.asked_by).delete()
    beside = _hosts_beside(session, call.asked_by)
    if beside and not CoverCall.objects.open().filter(session=session).exists():
        lead = beside[0]
        book([session], lead=lead, room=room_of(session))
        run = Membership.objects.running().filter(group=session.group_id).values("user")
        people = User.objects.active().filter(Q(pk__in=run) | Q(is_admin=True) | Q(pk=lead.pk)).order_by("pk")
        tell(people, "cover.alone", _key("alone", call), **_ids(call))
    elif not beside:
        _call_off(session)
        tell([call.asked_by], "cover.nobody", _key("nobody", call), **_ids(call))


def _call_off(session: GroupSession) -> None:
    """By the clock: everybody who comes hears of it, and those who run the group."""
    session.state = GroupSession.State.CANCELLED
    session.cancelled_at, session.cancelled_by = timezone.now(), None
    session.save(update_fields=["state", "cancelled_at", "cancelled_by"])
    note_days(session.group_id)
    audit.record(None, "session.cancel", session)
    tell_cancelled(session)


def _hold(call: CoverCall) -> CoverCall:
    """The call as it is now, with its session held first."""
    hold_group(call.session.group_id)
    session = lock_session(call.session)
    row = CoverCall.objects.select_for_update(of=("self",)).select_related("asked_by", "taken_by").get(pk=call.pk)
    row.session = session
    return row


def _ensure_open(call: CoverCall) -> None:
    if call.state == State.TAKEN:
        raise CallIsClosed(_("Somebody else has taken it already. Thank you for being ready"))
    if call.state == State.WITHDRAWN:
        raise CallIsClosed(_("It is not needed any more. Thank you for being ready"))
    if call.state == State.PASSED or call.session.is_cancelled or call.session.has_begun:
        raise CallIsClosed(_("The time for this is over. Look at the session to see what stands"))


def _give_booking(call: CoverCall, actor: User) -> None:
    """Whoever steps in has the duty of the one who asked; a helper who leads instead has no second duty."""
    session, lead = call.session, call.duty == Booking.Duty.LEAD
    other = next((host for host in _hosts_beside(session, call.asked_by) if host != actor), None)
    first, second = (actor, other) if lead else (other, actor)
    try:
        book([session], lead=first, co=second, room=room_of(session))
    except DoubleBooked as no:
        raise DoubleBooked(_("You lead another session at that time, so you cannot take this one"), "host") from no


def _hosts_beside(session: GroupSession, user: User) -> list[User]:
    """The other hosts who can still sign in, the one who leads first."""
    rows = session.bookings.of_hosts().exclude(host=user).filter(host__is_active=True).select_related("host")
    return [row.host for row in rows.order_by("-duty") if row.host]


def _close(call: CoverCall, state: str, taken_by: User | None = None) -> None:
    call.state, call.taken_by, call.closed_at = state, taken_by, timezone.now()
    call.save(update_fields=["state", "taken_by", "closed_at"])


def _ids(call: CoverCall) -> dict[str, Any]:
    return ids_of(call.session) | {"call": str(call.public_id)}


def _key(what: str, call: CoverCall) -> str:
    return f"cover.{what} {call.public_id}"
