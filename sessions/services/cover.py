"""A host who cannot make it, and who takes it on instead (R25).

Whoever helps to lead is asked first. When they cannot, or have not answered for a while, everybody else is asked who
can step in, and the first to say yes has it. If nobody does by the cut-off, the session goes on with the second one,
unless they said that they cannot, or is cancelled. The call itself says whose turn it is: no worker has to live on.

Lock order: the group, the session, the call.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Away, Membership
from groups.services.locks import hold_group
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import Organisation, User
from people.policy import ensure
from people.querysets import UserQuerySet
from sessions.models import Booking, CoverCall, GroupSession
from sessions.querysets import LATEST_COVER, CoverCallQuerySet
from sessions.services.days import note_days
from sessions.services.hosting import DoubleBooked, book, end_settled_calls, room_of
from sessions.services.offers import ids_of
from sessions.services.seats import lock_session
from sessions.services.telling import tell_cancelled

TIME_TO_ANSWER = timedelta(hours=1)  # asked less than this before the cut-off, there is time until LATEST_COVER
LONGEST_WAIT = timedelta(hours=4)  # for the second one to answer, before everybody else is asked
State = CoverCall.State


class TooLateForCover(Refused):
    """Nobody reads a message in time: somebody rings, or the session is cancelled."""


class CallIsClosed(Refused):
    """Somebody was quicker, or it is not needed any more."""


@transaction.atomic
def ask_cover(actor: User, *, session: GroupSession) -> CoverCall:
    """ "I can't make it": ask the second one, and then everybody else who could lead it. No reason is asked for, and
    twice is once. Where somebody else waits for the actor's own answer, this is one: they cannot.

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
    others_at = ask_others_at(session, now)
    times = {"asked_at": now, "others_at": others_at, "until": until}
    call = CoverCall.objects.create(session=session, duty=duty, asked_by=actor, **times)
    audit.record(actor, "cover.ask", call)
    tell(first_asked(call), "cover.asked", _key("asked", call), **_ids(call))
    _ask_others(call, now)
    for waiting in _unasked().filter(session=session).exclude(pk=call.pk):
        _ask_others(waiting, now)
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


@transaction.atomic
def decline_cover(actor: User, *, call: CoverCall) -> CoverCall:
    """The second one cannot lead it: everybody else is asked at once. They still help, and may take it all the same.

    Twice is harmless. Raises NotAllowed and CallIsClosed.
    """
    call = _hold(call)
    ensure(actor, "cover.decline", call)
    _ensure_open(call)
    if call.declined_by_id == actor.pk:
        return call
    call.declined_by = actor
    call.save(update_fields=["declined_by"])
    audit.record(actor, "cover.decline", call, about=call.asked_by)
    _ask_others(call, timezone.now())
    return call


def ask_others() -> int:
    """Ask everybody else where the second one has not answered for long enough, each in a transaction of its own.

    Nobody is asked after the cut-off. Returns how many calls went on. Safe to run twice and late.
    """
    return sum(_go_on_to_others(call) for call in _unasked())


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


def ask_others_at(session: GroupSession, asked_at: datetime) -> datetime:
    """When everybody else is asked: the second one has a third of the time until the cut-off, and four hours at most.
    With less than an hour left, nobody waits for anybody.
    """
    left = cut_off(session, asked_at) - asked_at
    return asked_at if left < TIME_TO_ANSWER else asked_at + min(LONGEST_WAIT, left / 3)


def may_be_asked(session: GroupSession, *, but: User) -> UserQuerySet:
    """Who runs the group or stands on its list, leads nothing at that time, is not away that day, and has not said of
    this session that they cannot.
    """
    gone = Away.objects.on(session.local_date)
    run = Membership.objects.running().filter(group=session.group_id).exclude(Exists(gone.filter(seat=OuterRef("pk"))))
    listed = session.group.stand_ins.able().exclude(user__in=gone.values("seat__user"))
    busy = Booking.objects.overlapping(session.starts_at, session.ends_at)
    helps = Q(session=session, duty=Booking.Duty.CO)
    cannot = session.cover_calls.open().values("asked_by")
    people = User.objects.active().filter(Q(pk__in=run.values("user")) | Q(pk__in=listed.values("user")))
    able: UserQuerySet = people.exclude(Exists(busy.exclude(helps).filter(host=OuterRef("pk"))))
    return able.exclude(pk=but.pk).exclude(pk__in=cannot).order_by("pk")


def first_to_ask(session: GroupSession, *, asker: User) -> UserQuerySet:
    """The second one, where whoever leads cannot. Nobody where there is none, or they cannot either."""
    seconds = session.bookings.filter(duty=Booking.Duty.CO).exclude(host=asker).values("host")
    return may_be_asked(session, but=asker).filter(pk__in=seconds)


def first_asked(call: CoverCall) -> UserQuerySet:
    """Whose answer a call waits for, before everybody else is asked."""
    waits = first_to_ask(call.session, asker=call.asked_by).exclude(pk=call.declined_by_id or 0)
    return waits if call.state == State.OPEN and call.others_asked_at is None else waits.none()


def calls_for(user: User) -> CoverCallQuerySet:
    """What this person was asked and can still take: as the second one, or since everybody else is asked."""
    helps = Booking.objects.filter(session=OuterRef("session"), host=user)
    asked = CoverCall.objects.visible_to(user).exclude(asked_by=user).to_answer()
    return asked.filter(Q(others_asked_at__isnull=False) | Exists(helps))


def _unasked() -> CoverCallQuerySet:
    """Calls of which only the second one knows, if there is one."""
    return CoverCall.objects.to_answer().filter(others_asked_at=None).select_related("session__group", "asked_by")


@transaction.atomic
def _go_on_to_others(call: CoverCall) -> int:
    call = _hold(call)
    return _ask_others(call, timezone.now()) if call.can_be_taken and call.others_asked_at is None else 0


def _ask_others(call: CoverCall, now: datetime) -> int:
    """If it is their turn. Where the session was moved, its new start counts."""
    turn = min(call.others_at, ask_others_at(call.session, call.asked_at))
    if (turn > now and first_asked(call).exists()) or cut_off(call.session, call.asked_at) <= now:
        return 0
    call.others_asked_at = now
    call.save(update_fields=["others_asked_at"])
    tell(may_be_asked(call.session, but=call.asked_by), "cover.asked", _key("asked", call), **_ids(call))
    return 1


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
    beside = [host for host in _hosts_beside(session, call.asked_by) if host != call.declined_by]
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
    session.call_off(None, timezone.now())
    session.save(update_fields=GroupSession.CALLED_OFF)
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
    """Whoever steps in has the duty of the one who asked; whoever is there already leads, and has no second duty."""
    session, lead = call.session, call.duty == Booking.Duty.LEAD
    beside = _hosts_beside(session, call.asked_by)
    other = next((host for host in beside if host != actor), None)
    first, second = (actor, other) if lead or actor in beside else (other, actor)
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
