"""Who may write, read and add to confidential notes, and see to what is reported."""

from groups.models import Group
from groups.policies import runs
from notes.models import Note, Report
from people.models import User
from people.policy import Rule


def _reads(user: User, note: Note) -> bool:
    """The author and, where shared, the other facilitators, while they run the group (R105)."""
    if note.member_id == user.pk or not runs(user, note.group):
        return False
    return note.author_id == user.pk or note.readers == Note.Readers.FACILITATORS


def _writes(user: User, group: Group) -> bool:
    return runs(user, group)


def _sees_to_report(user: User, report: Report) -> bool:
    """A safety lead, never about themself or from themself. Where there is no other lead, an admin likewise."""
    if user.pk in {report.about_id, report.reporter_id}:
        return False
    leads = User.objects.active().filter(is_safety_lead=True).exclude(pk__in=[report.about_id or 0, report.reporter_id])
    return user.is_safety_lead or (user.is_admin and not leads.exists())


RULES: dict[str, Rule] = {
    "note.write": _writes,
    "note.read": _reads,
    "note.add": _reads,
    "report.read": _sees_to_report,
}
