"""Questions about how people are, and who needs a word."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from groups.models import Membership

if TYPE_CHECKING:
    from checkins.models import CheckIn, FollowUp, Rhythm
    from people.models import User


class RhythmQuerySet(models.QuerySet["Rhythm"]):
    """When people want to be asked."""

    def due(self) -> "RhythmQuerySet":
        return self.filter(on=True, next_at__lte=timezone.now())


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    """Questions asked and answers given."""

    def visible_to(self, user: "User") -> "CheckInQuerySet":
        """Your own; and what was shared with the facilitators of a group you run, while you run it."""
        run = Membership.objects.facilitated_by(user).values("group_id")
        return self.filter(Q(user=user) | Q(share="facilitators", state="answered", group__in=run))

    def of(self, user: "User") -> "CheckInQuerySet":
        return self.filter(user=user).order_by("-week")


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """The one work list about people."""

    def visible_to(self, user: "User") -> "FollowUpQuerySet":
        """Those of groups you run. A safety lead sees all of them (design section 8)."""
        if user.is_safety_lead:
            return self
        return self.filter(group__in=Membership.objects.facilitated_by(user).values("group_id"))

    def to_do(self) -> "FollowUpQuerySet":
        """Soonest first."""
        return self.filter(state__in=["open", "taken"]).order_by("due_at", "pk")

    def closed(self) -> "FollowUpQuerySet":
        return self.filter(state__in=["done", "dropped"]).order_by("-closed_at", "-pk")
