"""Before a session begins: who is there, and what was looked at (R28)."""

from django.db import transaction
from django.utils import timezone

from people import audit
from people.models import User
from sessions.models import GroupSession
from sessions.policies import leads


@transaction.atomic
def opened(session: GroupSession, user: User) -> bool:
    """Note that a host is there: by the door, the run sheet, or "I am here". Only the first one counts.

    Nothing happens for anybody who does not lead it, before the hour that hosts have, and when it is over. Says
    whether this was the moment.
    """
    if session.opened_at is not None or not session.door_is_open_to_facilitators or not leads(user, session):
        return False
    now = timezone.now()
    unopened = GroupSession.objects.scheduled().filter(pk=session.pk, opened_at=None)
    first = unopened.update(opened_at=now, opened_by=user)
    if first:
        session.opened_at, session.opened_by = now, user
        audit.record(user, "session.open", session)
    return bool(first)
