"""How a place ends, whoever ends it: what was for the time before is forgotten with it."""

from groups.models import Membership, WelcomeTalk


def close_place(row: Membership, state: str) -> None:
    """Move to an end, and forget what was for the time before it. The caller holds the row."""
    row.move_to(state)
    row.words, row.fit, row.instead_of = None, "", None
    row.save()
    WelcomeTalk.objects.filter(membership=row).exclude(how=None).update(how=None)
