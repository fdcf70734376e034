"""What somebody looks for and did not find."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.group import Area, Group, Term
from groups.querysets import WishQuerySet
from people.models import User
from people.sealed import SealedField


class Wish(models.Model):
    """Nothing fitted: tell me when something does, suggest something, or let us start one."""

    class Kind(models.TextChoices):
        WAIT = "wait", _("Tell me when a group like this opens")
        SUGGEST = "suggest", _("Suggest a group to me")
        START = "start", _("I would like to help start one")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="wishes")
    kind = models.CharField(max_length=8, choices=Kind)
    term = models.ForeignKey(Term, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    format = models.CharField(max_length=10, choices=Group.Format, blank=True)  # empty: either way
    words = SealedField()
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    suggestion = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)  # when a group that fits opened and they were told
    ended_at = models.DateTimeField(null=True, blank=True)  # taken back

    objects = WishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="wish_kind", condition=Q(kind__in=["wait", "suggest", "start"])),
            models.UniqueConstraint(
                name="wish_one_open", fields=["user", "kind"], condition=Q(answered_at=None, ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"wish {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.ended_at is None

    @property
    def is_promised_an_answer(self) -> bool:
        """Whether a person writes back. Whoever waits for a group hears from us when one opens."""
        return self.kind != self.Kind.WAIT

    @property
    def suggests(self) -> bool:
        """Whether there is a group to go to that anybody can find."""
        group = self.suggestion
        return group is not None and group.listed and group.state == Group.State.OPEN

    def answer_by(self, days: int) -> datetime:
        """The moment until which the organisation promises an answer."""
        return self.created_at + timedelta(days=days)
