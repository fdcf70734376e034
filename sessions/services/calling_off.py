"""Cancelling one session."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession
from sessions.services.seats import ids_of, lock_session


class TooLateToCancel(Refused):
    """What is over has happened."""


@transaction.atomic
def cancel_session(actor: User, *, session: GroupSession) -> GroupSession:
    """Call one session off and tell everybody who keeps a seat or waits for one. Seats stay as they are.

    Twice is harmless. Raises NotAllowed, TooLateToCancel.
    """
    session = lock_session(session)
    ensure(actor, "session.cancel", session)
    if session.is_cancelled:
        return session
    if not session.can_be_cancelled:
        raise TooLateToCancel(_("This session is over, so it cannot be cancelled"))
    session.state = GroupSession.State.CANCELLED
    session.cancelled_at, session.cancelled_by = timezone.now(), actor
    session.save()
    audit.record(actor, "session.cancel", session)
    key = f"session.cancelled {session.public_id} {session.cancelled_at.isoformat()}"
    seats = session.seats.holding().select_related("user").order_by("pk")
    tell([seat.user for seat in seats], "session.cancelled", key, **ids_of(session))
    return session
