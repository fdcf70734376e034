"""Nobody is there to lead, and it begins in ten minutes."""

from notices.services import tell
from people.models import User
from sessions.models import GroupSession
from sessions.services.offers import ids_of


def raise_alarms() -> int:
    """Tell the admins, once for each session, also by night. Returns how many were told. Safe to run twice and late."""
    told = 0
    for session in GroupSession.objects.unopened():
        key = f"session.alarm {session.public_id} {session.starts_at.isoformat()}"
        told += len(tell(User.objects.admins(), "session.alarm", key, **ids_of(session)))
    return told
