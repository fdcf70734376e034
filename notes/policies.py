"""Who may write, read and add to confidential notes, see to what is reported, and write and read concerns."""

from typing import Any

from groups.models import Group
from groups.policies import runs
from notes.models import Concern, Note, Report
from notes.querysets import besides_whom_it_concerns
from people.models import User
from people.policy import Rule, can


def _reads(user: User, note: Note) -> bool:
    """The author and, where shared, the other facilitators, while they run the group (R105)."""
    if note.member_id == user.pk or not runs(user, note.group):
        return False
    return note.author_id == user.pk or note.readers == Note.Readers.FACILITATORS


def _writes(user: User, group: Group) -> bool:
    return runs(user, group)


def _sees_to_report(user: User, report: Report) -> bool:
    """A safety lead, never about or from themself, nor about a group they run or ran, or a session they led. Where
    there is no other lead, an admin likewise.
    """
    others = besides_whom_it_concerns(report)
    if not (user.is_safety_lead or user.is_admin) or not others.filter(pk=user.pk).exists():
        return False
    return user.is_safety_lead or not others.filter(is_safety_lead=True).exists()


def _writes_concern(user: User, obj: Any) -> bool:
    """Whoever may find themself beside somebody in danger."""
    return can(user, "helpcard.see")


def _wrote_concern(user: User, concern: Concern) -> bool:
    return concern.author_id == user.pk and concern.about_id != user.pk


def _adds_to_concern(user: User, concern: Concern) -> bool:
    return _wrote_concern(user, concern) and concern.sent_at is not None


def _looks_after_concern(user: User, concern: Concern) -> bool:
    """A safety lead, once it was sent; never of their own, and never of one about themself."""
    return user.is_safety_lead and concern.sent_at is not None and user.pk not in {concern.author_id, concern.about_id}


def _reads_concern(user: User, concern: Concern) -> bool:
    return _wrote_concern(user, concern) or _looks_after_concern(user, concern)


RULES: dict[str, Rule] = {
    "concern.add": _adds_to_concern,
    "concern.write": _writes_concern,
    "concern.change": _wrote_concern,
    "concern.read": _reads_concern,
    "concern.see": _looks_after_concern,  # and closes it
    "note.write": _writes,
    "note.read": _reads,
    "note.add": _reads,
    "report.read": _sees_to_report,
}
