"""A message to everybody in a group."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from groups.models.group import Group
from groups.querysets import AnnouncementQuerySet
from people.models import User
from people.sealed import SealedField


class Announcement(models.Model):
    """News for everybody in a group. It waits a few minutes in which it can be taken back; then people are told."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="announcements")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = SealedField(null=False)  # of the group
    people = models.PositiveIntegerField()  # how many it was counted for when it was confirmed
    written_at = models.DateTimeField(default=timezone.now)
    goes_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="announcement_one_end", condition=Q(told_at=None) | Q(taken_back_at=None)),
            models.CheckConstraint(
                name="announcement_taken_back_by_whom",
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
            ),
            models.CheckConstraint(name="announcement_has_words", condition=~Q(words=b"")),
        ]
        indexes = [
            models.Index(fields=["goes_at"], name="announcement_due", condition=Q(told_at=None, taken_back_at=None)),
            models.Index(fields=["group", "-written_at"], name="announcement_of_group"),
        ]

    def __str__(self) -> str:
        return f"announcement {self.pk}"

    @classmethod
    def _groups_of(cls, user: User) -> "models.QuerySet[Group, int]":
        return Group.objects.of(user).values_list("pk", flat=True)

    @classmethod
    def _groups_run_by(cls, user: User) -> "models.QuerySet[Group, int]":
        return Group.objects.run_by(user).values_list("pk", flat=True)
