"""The rule by which a group meets."""

import uuid
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from groups.models import Group
from people.models import User, known_zone
from sessions.models.room import Room
from sessions.querysets import SeriesQuerySet


class Series(models.Model):
    """A rule in local time that makes sessions: every week on this day, at this hour of the wall clock."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="series")
    starts_on = models.DateField()
    starts_at = models.TimeField()
    minutes = models.PositiveSmallIntegerField(default=75)
    interval = models.PositiveSmallIntegerField(default=1)  # weeks, or months where `nth` is set
    nth = models.SmallIntegerField(null=True, blank=True)  # of the month: 1 to 4, -1 is the last; empty counts weeks
    skips = ArrayField(models.DateField(), blank=True, default=list)  # dates the rule jumps over, such as holidays
    ends_on = models.DateField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, validators=[known_zone])
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    kept_for_new = models.PositiveSmallIntegerField(default=0)  # seats that wait for people who come the first time
    plan = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    co = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="series")
    continues = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="continued_by")
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(name="series_interval", condition=Q(interval__gte=1, interval__lte=12)),
            models.CheckConstraint(name="series_minutes", condition=Q(minutes__gte=5, minutes__lte=720)),
            models.CheckConstraint(name="series_dates", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="series_capacity_positive", condition=Q(capacity=None) | Q(capacity__gt=0)),
            models.CheckConstraint(name="series_nth", condition=Q(nth=None) | Q(nth__in=[1, 2, 3, 4, -1])),
            models.CheckConstraint(name="series_two_hosts", condition=Q(co=None) | Q(lead=None) | ~Q(co=F("lead"))),
        ]

    def __str__(self) -> str:
        return f"series {self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
