"""A seat that comes free is offered: to the first in line, for a while, then to the next (R13)."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from notices.services import tell
from people import audit
from people.local_time import after_quiet
from people.models import User
from sessions.models import GroupSession, Seat

NEAR = timedelta(hours=2)  # an offer that reaches somebody closer to the start stands until then
SHORTEST, LONGEST, PART = timedelta(hours=1), timedelta(hours=24), 4
STEP = timedelta(minutes=15)  # offers end at a quarter of an hour, which is easy to say
State = Seat.State


def offer(seat: Seat) -> Seat:
    """Hold a seat for somebody in line, and tell them. The caller holds the session."""
    seat.state, seat.offered_until = State.OFFERED, held_until(seat.user, seat.session)
    seat.save()
    audit.record(None, "seat.offer", seat.session, about=seat.user)
    _say_until_when(seat, seat.offered_until)
    return seat


def say_it_went_on(seat: Seat, *, to_next: bool) -> None:
    """Nobody took it in time. A line in the app, once for each offer, and no mail: it asks for nothing."""
    key = f"seat.went-on {seat.public_id} {seat.queue} {int(timezone.now().timestamp())}"
    tell([seat.user], "seat.went-on", key, mail=False, **ids_of(seat.session), next=to_next)


def shorten_offers(session: GroupSession) -> None:
    """It begins sooner than when seats were offered: whoever waits behind has less time too. Tells them until when.

    The caller holds the session.
    """
    for seat in session.seats.filter(state=State.OFFERED).select_related("user").order_by("queue"):
        seat.session, until = session, held_until(seat.user, session)
        if seat.offered_until is not None and until < seat.offered_until:
            seat.offered_until = until
            seat.save(update_fields=["offered_until"])
            _say_until_when(seat, until)


def held_until(user: User, session: GroupSession) -> datetime:
    """A quarter of the time to the start, from an hour to a day, both counted from when the message may reach them:
    what is made by night is as long as if it were made in their morning (decision 0050).

    It never ends inside their quiet hours, and near the start it ends with it.
    """
    reached = after_quiet(timezone.now(), user.zone, user.quiet_from, user.quiet_to)
    left = session.starts_at - reached
    if left < NEAR:
        return session.starts_at
    end = _quarter(reached + min(LONGEST, max(SHORTEST, left / PART)))
    return min(session.starts_at, after_quiet(end, user.zone, user.quiet_from, user.quiet_to))


def ids_of(session: GroupSession) -> dict[str, Any]:
    """What a notice keeps of a session: which one, and its time, so that a list of notices asks nothing more."""
    return {"session": str(session.public_id), "at": session.starts_at.isoformat()}


def _say_until_when(seat: Seat, end: datetime) -> None:
    until = end.isoformat()
    key = f"seat.free {seat.public_id} {seat.queue} {until}"
    tell([seat.user], "seat.free", key, **ids_of(seat.session), until=until)


def _quarter(moment: datetime) -> datetime:
    """The next full quarter of an hour."""
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole + -(-(moment - whole) // STEP) * STEP
