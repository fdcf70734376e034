"""Mentoring: what each shows of themself, what two agreed to, and how they part. The pair itself is a `Group`."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from groups.models.group import Group
from groups.models.membership import Membership
from people.models import User
from people.sealed import SealedField

PAIR_WEEKS = 12  # R71
REVIEW_BEFORE = timedelta(weeks=3)  # R73


class PairProfile(models.Model):
    """What a mentor or mentee chose to show in a programme to whoever may be their other half."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="profile")
    shows = SealedField()
    is_open = models.BooleanField(default=True)  # to new pairs
    at_most = models.PositiveSmallIntegerField(default=2)  # how many pairs at a time a mentor takes
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="pairprofile_at_most", condition=Q(at_most__gte=1, at_most__lte=10)),
        ]

    def __str__(self) -> str:
        return f"profile {self.pk}"


class PairAgreement(models.Model):
    """What two people agreed to, in one version. It holds once both said yes to it (R71)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="pair_agreements")
    version = models.PositiveSmallIntegerField()
    words = SealedField()  # JSON: purpose, rhythm, place, hours; sealed for the pair
    starts_on = models.DateField()
    ends_on = models.DateField()
    extends = models.BooleanField(default=False)  # the one extension
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    holds_since = models.DateTimeField(null=True, blank=True)  # when the second yes came

    class Meta:
        constraints = [
            models.UniqueConstraint(name="pairagreement_version", fields=["group", "version"]),
            models.UniqueConstraint(
                name="pairagreement_one_extension",
                fields=["group"],
                condition=Q(extends=True, holds_since__isnull=False),
            ),
            models.CheckConstraint(name="pairagreement_dates", condition=Q(ends_on__gt=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return f"pair agreement {self.pk}"


class PairYes(models.Model):
    """One of the two said yes to one version."""

    agreement = models.ForeignKey(PairAgreement, on_delete=models.PROTECT, related_name="yeses")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="pairyes_once", fields=["agreement", "user"])]

    def __str__(self) -> str:
        return f"yes {self.pk}"


class EndingReview(models.Model):
    """One person's look back and forward before a pair ends: what I did, what next, who else is there (R73)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="ending_reviews")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ending_reviews")
    words = SealedField()  # JSON: did, next, others; the other half reads it only when shared
    shared = models.BooleanField(default=False)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="endingreview_once", fields=["group", "user"])]

    def __str__(self) -> str:
        return f"ending review {self.pk}"
