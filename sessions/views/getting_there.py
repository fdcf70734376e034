"""What a session's page says about the way there, to this reader, now: the place, and the reminders."""

from typing import Any

from django.utils.translation import gettext as _

from groups.models import Group
from people.models import User
from sessions.models import GroupSession, ReminderChoice
from sessions.services import place_of


def getting_there(reader: User, session: GroupSession) -> dict[str, Any]:
    """`place` is None of a session that meets online alone, or that nobody goes to any more."""
    if session.is_cancelled or session.is_over:
        return {"place": None, "reminder": ""}
    place = None if session.group.format == Group.Format.ONLINE else place_of(reader, session)
    return {"place": place, "reminder": "" if session.has_begun else _reminder_words(reader)}


def _reminder_words(reader: User) -> str:
    choice = ReminderChoice.objects.visible_to(reader).first() or ReminderChoice()
    if choice.day_before and choice.hour_before:
        return _("The day before and one hour before, if you come.")
    if choice.day_before:
        return _("The day before, if you come.")
    if choice.hour_before:
        return _("One hour before, if you come.")
    return _("None, as you chose.")
