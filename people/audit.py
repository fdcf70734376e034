"""Writes the record of what was done: ids and reasons, never words from a note or an answer."""

from typing import Any

from people.models import AuditEntry, User


def record(
    actor: User | None, action: str, obj: Any = None, *, about: User | None = None, reason: str = ""
) -> AuditEntry:
    """Add one entry, in the transaction of whatever it records.

    `actor` is None for the clock. `about` is the person the thing concerns: they may see the entry.
    """
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        object_kind=obj._meta.label_lower if obj is not None else "",
        object_id=str(getattr(obj, "public_id", obj.pk)) if obj is not None else "",
        about=about,
        reason=reason,
    )
