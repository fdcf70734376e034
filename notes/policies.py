"""Who may write, read and add to a confidential note."""

from groups.models import Group
from groups.policies import runs
from notes.models import Note
from people.models import User
from people.policy import Rule


def _reads(user: User, note: Note) -> bool:
    """The author and, where shared, the other facilitators, while they run the group (R105)."""
    if note.member_id == user.pk or not runs(user, note.group):
        return False
    return note.author_id == user.pk or note.readers == Note.Readers.FACILITATORS


def _writes(user: User, group: Group) -> bool:
    return runs(user, group)


RULES: dict[str, Rule] = {"note.write": _writes, "note.read": _reads, "note.add": _reads}
