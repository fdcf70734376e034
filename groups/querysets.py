"""Questions about groups and who belongs to them."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

if TYPE_CHECKING:
    from groups.models import Group, Invitation, Membership
    from people.models import User

BELONGING = ("active", "paused")
OPEN = ("requested", "invited", "waitlisted", "active", "paused", "blocked")


class GroupQuerySet(models.QuerySet["Group"]):
    """Groups, as somebody may see them."""

    def visible_to(self, user: Any) -> "GroupQuerySet":
        """Listed open groups are everybody's; others show to admins and to their own people."""
        public = Q(listed=True, state="open")
        if not user.is_authenticated:
            return self.filter(public)
        if user.is_admin:
            return self
        return self.filter(public | Exists(self._memberships(user, state__in=OPEN).exclude(state="blocked")))

    def run_by(self, user: "User") -> "GroupQuerySet":
        return self.filter(Exists(self._memberships(user, state="active", role="facilitator")))

    def of(self, user: "User") -> "GroupQuerySet":
        return self.filter(Exists(self._memberships(user, state__in=BELONGING)))

    def listed(self) -> "GroupQuerySet":
        return self.filter(listed=True, state="open")

    def _memberships(self, user: "User", **held: Any) -> models.QuerySet[Any]:
        """This person's memberships in each group, without importing the models that import this file."""
        membership = self.model._meta.get_field("memberships").related_model
        return membership._default_manager.filter(group=OuterRef("pk"), user=user, **held)  # type: ignore[union-attr]

    def with_counts(self) -> "GroupQuerySet":
        """Adds `taken`: how many members (facilitators not counted) hold a place."""
        places = Q(memberships__state__in=BELONGING, memberships__role="member")
        return self.annotate(taken=models.Count("memberships", filter=places))


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Who belongs where, and how."""

    def visible_to(self, user: "User") -> "MembershipQuerySet":
        """Your own, and those of groups you run. Admins see who belongs where, not what was written."""
        if user.is_admin:
            return self
        return self.filter(Q(user=user) | Q(group__in=self.model._groups_run_by(user)))

    def open(self) -> "MembershipQuerySet":
        return self.filter(state__in=OPEN)

    def belonging(self) -> "MembershipQuerySet":
        return self.filter(state__in=BELONGING)

    def requested(self) -> "MembershipQuerySet":
        return self.filter(state="requested")

    def members(self) -> "MembershipQuerySet":
        return self.belonging().filter(role="member")

    def facilitators(self) -> "MembershipQuerySet":
        return self.filter(state="active", role="facilitator")

    def facilitated_by(self, user: "User") -> "MembershipQuerySet":
        return self.facilitators().filter(user=user)

    def by_name(self) -> "MembershipQuerySet":
        return self.order_by(models.functions.Lower("alias"), "pk")

    def in_line(self) -> "MembershipQuerySet":
        return self.filter(state="waitlisted").order_by(F("queued_at"), "pk")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Letters to people who may have no account yet."""

    def visible_to(self, user: "User") -> "InvitationQuerySet":
        return self if user.is_admin else self.filter(invited_by=user)

    def open(self) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, revoked_at=None)
