"""Somebody says that something is not right, quietly (R54 and the design's report button)."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkins.models import Reply
from groups.models import Announcement, Group
from notes.querysets import ReportQuerySet
from people.models import User
from people.sealed import SealedField
from sessions.models import GroupSession


class Report(models.Model):
    """What is not right, with whom or what. Nobody it concerns learns who said so, or handles it."""

    class State(models.TextChoices):
        NEW = "new", _("Not yet seen")
        SEEN = "seen", _("Being looked at")
        CLOSED = "closed", _("Looked at")

    class Outcome(models.TextChoices):
        TALKED = "talked", _("We talked with the people concerned")
        CHANGED = "changed", _("Something was changed")
        CONCERN = "concern", _("It became a concern")
        NOTHING = "nothing", _("Nothing needed doing")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reports_made")
    about = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="reports_about")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    announcement = models.ForeignKey(
        Announcement, on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    words = SealedField()  # of the report itself: its own key
    may_contact = models.BooleanField(default=False)  # whether who handles it may know who said so, and get in touch
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    handler = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)  # from when on it waits for somebody new: whoever had it went
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="report_state", condition=Q(state__in=["new", "seen", "closed"])),
            models.CheckConstraint(name="report_not_about_oneself", condition=Q(about=None) | ~Q(about=F("reporter"))),
            models.CheckConstraint(
                name="report_not_by_whom_it_is_about",
                condition=Q(about=None) | (~Q(handler=F("about")) | Q(handler=None)),
            ),
            models.CheckConstraint(
                name="report_not_closed_by_whom_it_is_about",
                condition=Q(about=None) | (~Q(closed_by=F("about")) | Q(closed_by=None)),
            ),
            models.CheckConstraint(
                name="report_about_something",
                condition=Q(about__isnull=False)
                | Q(group__isnull=False)
                | Q(session__isnull=False)
                | Q(reply__isnull=False)
                | Q(announcement__isnull=False),
            ),
            models.CheckConstraint(
                name="report_closed_iff",
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")
                | ~Q(state="closed") & Q(closed_at=None, closed_by=None, outcome=""),
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="report_open", condition=~Q(state="closed"))]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def waits_since(self) -> datetime:
        """From when on somebody could have read it."""
        return self.left_at or self.created_at
