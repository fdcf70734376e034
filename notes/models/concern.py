"""That somebody may be in danger: what was seen, what was done, who was told (R54)."""

import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from notes.querysets import ConcernQuerySet, today
from people.models import User
from people.sealed import SealedField
from sessions.models import GroupSession

RING_WITHIN = timedelta(hours=72)
A_DAY = timedelta(days=1)


class Concern(models.Model):
    """Facts, not a score. For its author and the safety leads; never for somebody it is about or who only runs a group.

    Its words have a key of their own, because it may be about somebody who is not here.
    """

    class Told(models.TextChoices):
        PERSON = "person", _("The person, about what we would do")
        EMERGENCY = "emergency", _("Emergency services")
        LEAD = "lead", _("The safety lead")
        OTHER = "other", _("Someone else, with their agreement")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="concerns_written")
    about = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="concerns_about")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="concerns")
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, null=True, blank=True, related_name="concerns")
    happened_at = models.DateTimeField()
    facts = SealedField()  # what was said or seen
    done = SealedField()  # what was done, and by whom
    shared = SealedField()  # what was shared outside the group, at the least
    told = ArrayField(models.CharField(max_length=10, choices=Told), default=list, blank=True)
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)  # empty: a draft, which only its author sees
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reminded_at = models.DateTimeField(null=True, blank=True)  # when those who had not read it were told again
    left_at = models.DateTimeField(null=True, blank=True)  # from when on it waits for somebody new: whoever had it went
    alone_at = models.DateTimeField(null=True, blank=True)  # from when on nobody may read it, and admins know
    retain_until = models.DateField()
    emptied_at = models.DateTimeField(null=True, blank=True)

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="concern_not_about_oneself", condition=Q(about=None) | ~Q(about=F("author"))),
            models.CheckConstraint(
                name="concern_sent_says_what",
                condition=Q(sent_at=None) | Q(facts__isnull=False) | Q(emptied_at__isnull=False),
            ),
            models.CheckConstraint(
                name="concern_seen_by_whom",
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
            models.CheckConstraint(
                name="concern_closed_by_whom",
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="concern_emptied_is_empty", condition=Q(emptied_at=None) | Q(facts=None, done=None, shared=None)
            ),
            models.CheckConstraint(
                name="concern_waits_once_sent",
                condition=Q(left_at=None, alone_at=None) | Q(sent_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["-sent_at"], name="concern_open", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return f"concern {self.pk}"

    @property
    def is_gone(self) -> bool:
        """Its words were deleted, or must not be shown any more because their day has come."""
        over = self.retain_until is not None and self.retain_until <= today()
        return self.emptied_at is not None or over

    @property
    def takes_additions(self) -> bool:
        """Whether its author can still add to it."""
        return self.sent_at is not None and self.closed_at is None and not self.is_gone

    @property
    def ring_by(self) -> datetime | None:
        """Until when whoever wrote it is rung (R57). Somebody new has a day for it at the least."""
        if self.sent_at is None:
            return None
        return max(self.sent_at + RING_WITHIN, (self.left_at or self.sent_at) + A_DAY)


class ConcernAddition(models.Model):
    """What its author learned after sending. It stands below, under the concern's own key, and goes with it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="additions")
    words = SealedField()
    written_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)  # when somebody who looks after safety read it

    class Meta:
        constraints = [
            models.CheckConstraint(name="concernaddition_has_words", condition=~Q(words=b"")),
        ]
        indexes = [models.Index(fields=["concern", "written_at"], name="concernaddition_of")]

    def __str__(self) -> str:
        return f"concern addition {self.pk}"
