"""Questions about confidential notes. None of them touches the words."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

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
        return self.filter(shared, group__in=run).exclude(member=user)

    def standing(self) -> "NoteQuerySet":
        return self.filter(emptied_at=None).order_by("-created_at", "-pk")
