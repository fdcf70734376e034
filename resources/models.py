"""Places that can help, and the lines that answer at any hour."""

import hashlib
import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from resources.querysets import STALE_AFTER, CrisisLineQuerySet, ResourceQuerySet

LINES_STALE_AFTER = timedelta(days=90)  # R51


class Resource(models.Model):
    """A place, service or page that can help, with the day somebody last checked it."""

    class Kind(models.TextChoices):
        TALK = "talk", _("Someone to talk to")
        MONEY = "money", _("Money")
        HOUSING = "housing", _("Housing")
        FOOD = "food", _("Food and warmth")
        SLEEP = "sleep", _("Sleep")
        CARERS = "carers", _("Carers")
        OTHER = "other", _("Something else")

    class Cost(models.TextChoices):
        FREE = "free", _("Free")
        SLIDING = "sliding", _("Pay what you can")
        PAID = "paid", _("Paid")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.OTHER)
    what_for = models.CharField(max_length=300)
    who_for = models.CharField(max_length=200, blank=True)
    how_to_start = models.TextField(blank=True)
    good_to_know = models.TextField(blank=True)
    cost = models.CharField(max_length=8, choices=Cost, blank=True)
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
                name="resource_kind",
                condition=Q(kind__in=["talk", "money", "housing", "food", "sleep", "carers", "other"]),
            ),
            models.CheckConstraint(name="resource_cost", condition=Q(cost__in=["", "free", "sliding", "paid"])),
            models.UniqueConstraint(Lower("name"), name="resource_name_ci"),
            models.CheckConstraint(
                name="resource_published_is_checked",
                condition=Q(published=False) | Q(checked_on__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="resource_published_is_reachable",
                condition=Q(published=False) | ~Q(phone="") | ~Q(url="") | ~Q(email=""),
            ),
        ]
        indexes = [models.Index("published", Lower("name"), name="resource_list")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("resources:detail", args=[self.slug])

    @property
    def is_stale(self) -> bool:
        """Not checked for six months (R90)."""
        return self.checked_on is not None and self.checked_on < timezone.localdate() - STALE_AFTER

    @property
    def is_reachable(self) -> bool:
        return bool(self.phone or self.url or self.email)

    @property
    def dial(self) -> str:
        """The number as a telephone takes it."""
        return dialled(self.phone)


class CrisisLine(models.Model):
    """A line that answers at any hour. Shown only once an admin has confirmed it, with the date (R51).

    A confirmed line is never edited: a change is a draft that `replaces` it, so that the number people
    may be ringing at this moment keeps standing until somebody has checked the new one.
    """

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
    elsewhere = models.BooleanField(default=False)  # for readers in another country: on the help page alone (R52)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="drafts")
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
            models.CheckConstraint(
                name="crisisline_elsewhere_says_where", condition=Q(elsewhere=False) | ~Q(country="")
            ),
            models.CheckConstraint(
                name="crisisline_replaces_another", condition=Q(replaces=None) | ~Q(replaces=models.F("id"))
            ),
            models.UniqueConstraint(
                name="crisisline_one_draft", fields=["replaces"], condition=Q(confirmed_at=None, retired_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def href(self) -> str:
        if self.channel == self.Channel.WEB:
            return self.url
        scheme = "sms" if self.channel == self.Channel.TEXT else "tel"
        return f"{scheme}:{dialled(self.number)}"

    @property
    def label(self) -> str:
        if self.channel == self.Channel.WEB:
            return self.name
        word = _("Text") if self.channel == self.Channel.TEXT else _("Call")
        return f"{word} {self.number}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def is_stale(self) -> bool:
        """Nobody has put their name to it for 90 days (R51)."""
        return self.confirmed_at is not None and self.confirmed_at < timezone.now() - LINES_STALE_AFTER

    @property
    def stamp(self) -> str:
        """Changes with whatever people read or ring, so that nobody confirms what they did not see."""
        seen = [self.name, self.channel, self.number, self.url, self.words, self.country]
        marks = [str(self.emergency), str(self.elsewhere)]
        return hashlib.sha256("\n".join(seen + marks).encode()).hexdigest()[:16]


def dialled(number: str) -> str:
    """The digits of a number, and its plus, star and square."""
    return "".join(sign for sign in number if sign.isdigit() or sign in "+*#")
