"""Questions about places that can help."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

if TYPE_CHECKING:
    from resources.models import CrisisLine, Resource

STALE_AFTER = timedelta(days=182)  # R90: six months
REACHED_BY = {"phone": ~Q(phone=""), "web": ~Q(url=""), "email": ~Q(email="")}


class ResourceQuerySet(models.QuerySet["Resource"]):
    """The directory."""

    def visible_to(self, user: Any) -> "ResourceQuerySet":
        """Published entries are everybody's, signed in or not; admins see drafts too (R92)."""
        return self if getattr(user, "is_admin", False) else self.published()

    def published(self) -> "ResourceQuerySet":
        return self.filter(published=True)

    def drafts(self) -> "ResourceQuerySet":
        return self.filter(published=False)

    def stale(self) -> "ResourceQuerySet":
        """Published, and not checked for six months (R90)."""
        return self.published().filter(checked_on__lt=timezone.localdate() - STALE_AFTER)

    def by_name(self) -> "ResourceQuerySet":
        return self.order_by(Lower("name"), "pk")

    def matching(self, text: str) -> "ResourceQuerySet":
        """Every word somewhere in the name, what it is for, who for, the area or the languages."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(
                Q(name__icontains=word)
                | Q(what_for__icontains=word)
                | Q(who_for__icontains=word)
                | Q(area__icontains=word)
                | Q(languages__icontains=word)
            )
        return found

    def narrowed(self, *, kind: list[str], cost: list[str], by: list[str]) -> "ResourceQuerySet":
        """Any of the kinds, any of the costs, any of the ways to reach them. Nothing chosen: everything."""
        found = self.filter(kind__in=kind) if kind else self
        found = found.filter(cost__in=cost) if cost else found
        ways = Q()
        for way in by:
            ways |= REACHED_BY[way]
        return found.filter(ways)

    def beside(self, resource: "Resource") -> "ResourceQuerySet":
        """Other published places, those of the same kind first: never one option alone (R93)."""
        same_first = models.Case(models.When(kind=resource.kind, then=0), default=1)
        return self.published().exclude(pk=resource.pk).order_by(same_first, Lower("name"), "pk")


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    """Help lines, in the order the organisation gave them. Danger right now is always first (R50)."""

    def confirmed(self) -> "CrisisLineQuerySet":
        """What stands at the foot of every page: confirmed, and for people here."""
        return self.standing().filter(elsewhere=False)

    def elsewhere(self) -> "CrisisLineQuerySet":
        """Confirmed lines of other countries (R52)."""
        return self.standing().filter(elsewhere=True)

    def standing(self) -> "CrisisLineQuerySet":
        """Those an admin has put their name to."""
        return self.current().filter(confirmed_at__isnull=False)

    def drafts(self) -> "CrisisLineQuerySet":
        """New lines and changes that nobody has put their name to yet."""
        return self.current().waiting()

    def waiting(self) -> "CrisisLineQuerySet":
        return self.filter(confirmed_at=None, retired_at=None)

    def current(self) -> "CrisisLineQuerySet":
        return self.filter(retired_at=None).in_order()

    def in_order(self) -> "CrisisLineQuerySet":
        return self.order_by("elsewhere", "-emergency", "position", "pk")
