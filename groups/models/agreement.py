"""What a group agrees to, who said yes, and what somebody would change."""

import uuid
from datetime import date, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.group import Group
from groups.querysets import ProposalQuerySet
from people.models import User
from people.sealed import SealedField

REVIEWED_AFTER = timedelta(days=183)  # R21: half a year


def review_day() -> date:
    return timezone.localdate() + REVIEWED_AFTER


class Agreement(models.Model):
    """What a group agreed to, in one version. Published, never edited."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    sections = models.JSONField()  # [{"topic": …, "promise": …, "meaning": …}], see words.py
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(default=review_day)  # when the group looks at it again

    class Meta:
        constraints = [
            models.UniqueConstraint(name="agreement_version", fields=["group", "version"], nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"

    @property
    def is_due(self) -> bool:
        """Whether the group was to look at it again by now (R21)."""
        return self.review_on <= timezone.localdate()


class Acceptance(models.Model):
    """One person said yes to one version."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="acceptances")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acceptances")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="acceptance_once", fields=["agreement", "user"])]

    def __str__(self) -> str:
        return f"acceptance {self.pk}"


class Proposal(models.Model):
    """A change that somebody would make to the agreement. Who they are is shown to nobody (R21)."""

    class State(models.TextChoices):
        OPEN = "open", _("Not read yet")
        SHOWN = "shown", _("Shown to the group")
        TAKEN_UP = "taken_up", _("Taken up")
        SET_ASIDE = "set_aside", _("Set aside")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="proposals")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="proposals")
    words = SealedField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="proposal_state", condition=Q(state__in=["open", "shown", "taken_up", "set_aside"])
            ),
            models.CheckConstraint(
                name="proposal_decided_iff_closed",
                condition=Q(decided_at=None, state="open") | (~Q(state="open") & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"

    @classmethod
    def _groups_of(cls, user: User) -> "models.QuerySet[Group, int]":
        return Group.objects.of(user).values_list("pk", flat=True)

    @classmethod
    def _groups_run_by(cls, user: User) -> "models.QuerySet[Group, int]":
        return Group.objects.run_by(user).values_list("pk", flat=True)
