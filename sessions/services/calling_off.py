"""Cancelling one session, or all that a group still had before it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group
from groups.services.locks import hold_group
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession
from sessions.services.days import note_days
from sessions.services.seats import lock_session
from sessions.services.telling import tell_cancelled


class TooLateToCancel(Refused):
    """What is over has happened."""


@transaction.atomic
def cancel_session(actor: User, *, session: GroupSession) -> GroupSession:
    """Call one session off and tell everybody who keeps a seat or waits for one. Seats stay as they are.

    Twice is harmless. Raises NotAllowed, TooLateToCancel.
    """
    hold_group(session.group_id)  # before the session, as whoever ends the group does
    session = lock_session(session)
    ensure(actor, "session.cancel", session)
    if session.is_cancelled:
        return session
    if not session.can_be_cancelled:
        raise TooLateToCancel(_("This session is over, so it cannot be cancelled"))
    session.state = GroupSession.State.CANCELLED
    session.cancelled_at, session.cancelled_by = timezone.now(), actor
    session.save()
    note_days(session.group_id)
    audit.record(actor, "session.cancel", session)
    tell_cancelled(session, by=actor)
    return session


@transaction.atomic
def end_meetings(actor: User | None, *, group: Group) -> int:
    """Cancel every session that has not begun, and let no series go on, because the group has ended.

    In the transaction of whoever ends it. Nobody is told here: everybody in the group hears once that
    it ended. `actor` None is the clock. Returns how many sessions were cancelled.
    """
    now = timezone.now()
    group.series.running().update(ended_at=now)
    coming = group.sessions.scheduled().filter(starts_at__gt=now).order_by("starts_at", "pk")
    for session in coming.select_for_update(no_key=True):
        session.state, session.cancelled_at, session.cancelled_by = GroupSession.State.CANCELLED, now, actor
        session.save(update_fields=["state", "cancelled_at", "cancelled_by"])
        audit.record(actor, "session.cancel", session)
    note_days(group.pk)
    return len(coming)
