"""Questions about confidential notes. None of them touches the words."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from groups.models import Membership

if TYPE_CHECKING:
    from notes.models import Note
    from people.models import User


class NoteQuerySet(models.QuerySet["Note"]):
    """Notes, as somebody may see that they exist."""

    def visible_to(self, user: "User") -> "NoteQuerySet":
        """Facilitators of the group while they run it: the author, and the others where it is shared.

        Never the person it is about, never an admin, and no longer an author who has left (R105).
        """
        run = Membership.objects.facilitated_by(user).values("group_id")
        shared = Q(readers="facilitators") | Q(author=user)
        return self.filter(shared, Q(member=None) | ~Q(member=user), group__in=run)

    def standing(self) -> "NoteQuerySet":
        """Those whose words may still be read, newest first. The day of deletion is a promise (R112)."""
        return self.filter(emptied_at=None, retain_until__gt=today()).order_by("-created_at", "-pk")

    def expired(self) -> "NoteQuerySet":
        """Those whose words must go now."""
        return self.filter(emptied_at=None, retain_until__lte=today())


def today() -> date:
    """The date by which words are kept and deleted: UTC, as row-level security reckons it too."""
    return timezone.now().date()
