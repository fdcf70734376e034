"""Questions about places that can help."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from resources.models import CrisisLine, Resource


class ResourceQuerySet(models.QuerySet["Resource"]):
    """The directory."""

    def visible_to(self, user: Any) -> "ResourceQuerySet":
        """Published entries are everybody's, signed in or not; admins see drafts too (R92)."""
        return self if getattr(user, "is_admin", False) else self.filter(published=True)

    def matching(self, text: str) -> "ResourceQuerySet":
        """Every word somewhere in the name, what it is for, who for, or the area."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(what_for__icontains=word)
                | Q(who_for__icontains=word)
                | Q(area__icontains=word)
            )
        return found


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    """Help lines."""

    def confirmed(self) -> "CrisisLineQuerySet":
        """Those an admin has put their name to, in the order the organisation gave them."""
        return self.filter(confirmed_at__isnull=False, retired_at=None).order_by("position", "pk")

    def current(self) -> "CrisisLineQuerySet":
        return self.filter(retired_at=None).order_by("position", "pk")
