"""Places that can help, and the lines that answer at any hour."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from resources.querysets import CrisisLineQuerySet, ResourceQuerySet


class Resource(models.Model):
    """A place, service or page that can help, with the day somebody last checked it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    what_for = models.CharField(max_length=300)
    who_for = models.CharField(max_length=200, blank=True)
    how_to_start = models.TextField(blank=True)
    good_to_know = models.TextField(blank=True)
    cost = models.CharField(max_length=120, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    area = models.CharField(max_length=120, blank=True)
    languages = models.CharField(max_length=120, blank=True)
    access_notes = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    url = models.URLField(blank=True)
    email = models.EmailField(blank=True)
    published = models.BooleanField(default=False)
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="resource_published_is_checked",
                condition=Q(published=False) | Q(checked_on__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="resource_published_is_reachable",
                condition=Q(published=False) | ~Q(phone="") | ~Q(url="") | ~Q(email=""),
            ),
        ]
        indexes = [models.Index(fields=["published", "name"], name="resource_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("resources:detail", args=[self.slug])

    @property
    def is_stale(self) -> bool:
        """Not checked for six months (R90)."""
        return self.checked_on is not None and self.checked_on < timezone.localdate() - timedelta(days=182)


class CrisisLine(models.Model):
    """A line that answers at any hour. Shown only once an admin has confirmed it, with the date (R51)."""

    class Channel(models.TextChoices):
        CALL = "call", _("Call")
        TEXT = "text", _("Text")
        WEB = "web", _("Web chat")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=80)
    channel = models.CharField(max_length=4, choices=Channel, default=Channel.CALL)
    number = models.CharField(max_length=40, blank=True)
    url = models.URLField(blank=True)
    words = models.CharField(max_length=160)  # "Samaritans. Free, at any hour"
    emergency = models.BooleanField(default=False)  # for danger right now: always first
    country = models.CharField(max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = CrisisLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="crisisline_channel", condition=Q(channel__in=["call", "text", "web"])),
            models.CheckConstraint(
                name="crisisline_reachable",
                condition=Q(channel="web") & ~Q(url="") | Q(channel__in=["call", "text"]) & ~Q(number=""),
            ),
            models.CheckConstraint(
                name="crisisline_confirmed_by_whom",
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def href(self) -> str:
        if self.channel == self.Channel.WEB:
            return self.url
        scheme = "sms" if self.channel == self.Channel.TEXT else "tel"
        return f"{scheme}:{''.join(sign for sign in self.number if sign.isdigit() or sign == '+')}"

    @property
    def label(self) -> str:
        if self.channel == self.Channel.WEB:
            return self.name
        word = _("Text") if self.channel == self.Channel.TEXT else _("Call")
        return f"{word} {self.number}"
