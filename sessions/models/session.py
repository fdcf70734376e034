"""One meeting of a group."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.local_time import instant
from people.models import User, known_zone
from sessions.models.series import Series
from sessions.querysets import HOSTS_STAY, SessionQuerySet
from sessions.words import group_clock

DOOR_OPENS_BEFORE = timedelta(minutes=15)  # R85
FACILITATORS_BEFORE = timedelta(minutes=60)
STATES = ["scheduled", "cancelled", "held"]


class GroupSession(models.Model):
    """One meeting of a group. The wall clock is the promise; the instants follow from it."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Planned")
        CANCELLED = "cancelled", _("Cancelled")
        HELD = "held", _("Held")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Looked up by two indexes below: by one of the group alone, PostgreSQL would read all that has ever met.
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    slot = models.DateField(null=True, blank=True)  # the date the rule gave: identity inside the series
    local_date = models.DateField()
    local_time = models.TimeField()
    time_zone = models.CharField(max_length=64, validators=[known_zone])
    minutes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    kept_for_new = models.PositiveSmallIntegerField(default=0)  # seats that wait for people who come the first time
    plan = models.CharField(max_length=300, blank=True)
    moved_from = models.DateTimeField(null=True, blank=True)  # when it was to begin before somebody moved it
    state = models.CharField(max_length=10, choices=State, default=State.SCHEDULED)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    headcount = models.PositiveSmallIntegerField(null=True, blank=True)  # how many came, kept instead of names
    opened_at = models.DateTimeField(null=True, blank=True)  # when the first host was there on the day
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What bookings follow. Stale on an object that was changed and saved: ask `is_cancelled`.
    live = models.GeneratedField(
        expression=ExpressionWrapper(~Q(state="cancelled"), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # Which telling of it people's calendars have. The database raises it and says when: no writer can forget to.
    sequence = models.IntegerField(default=0, db_default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    going: int  # places that are gone, and people in line; only on sessions read `with_counts()`
    waiting: int
    led_by: int | None  # whoever leads, their name, and whether they ask for cover; only with `with_leader[s]()`
    leader: str | None
    asks_cover: bool
    objects = SessionQuerySet.as_manager()
    CALLED_OFF = ("state", "cancelled_at", "cancelled_by")

    class Meta:
        constraints = [
            models.CheckConstraint(name="session_state", condition=Q(state__in=STATES)),
            models.CheckConstraint(name="session_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="session_minutes", condition=Q(minutes__gte=5, minutes__lte=720)),
            models.CheckConstraint(name="session_capacity_positive", condition=Q(capacity=None) | Q(capacity__gt=0)),
            models.CheckConstraint(
                name="session_slot_iff_series",
                condition=Q(series=None, slot=None) | Q(series__isnull=False, slot__isnull=False),
            ),
            models.CheckConstraint(
                name="session_cancelled_says_who",
                condition=Q(state="cancelled", cancelled_at__isnull=False)  # by nobody: the clock, when a group ends
                | (~Q(state="cancelled") & Q(cancelled_at=None, cancelled_by=None)),
            ),
            models.CheckConstraint(
                name="session_held_says_who",
                condition=Q(state="held", held_at__isnull=False, held_by__isnull=False)
                | (~Q(state="held") & Q(held_at=None, held_by=None)),
            ),
            models.CheckConstraint(name="session_headcount", condition=Q(headcount=None) | Q(headcount__lte=500)),
            models.CheckConstraint(name="session_sequence_counts_up", condition=Q(sequence__gte=0)),
            models.CheckConstraint(
                name="session_opened_says_who",
                condition=Q(opened_at=None, opened_by=None) | Q(opened_at__isnull=False, opened_by__isnull=False),
            ),
            models.UniqueConstraint(name="session_one_per_slot", fields=["series", "slot"]),
            models.UniqueConstraint(name="session_booking_key", fields=["id", "starts_at", "ends_at", "live"]),
        ]
        indexes = [
            models.Index(fields=["group", "starts_at"], name="session_of_group"),
            models.Index(fields=["group", "ends_at"], name="session_until"),  # what is not over
            models.Index(fields=["starts_at"], name="session_by_start"),  # what begins soon, asked each minute
        ]

    def __str__(self) -> str:
        return f"session {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("sessions:detail", args=[self.public_id])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def set_clock(self) -> None:
        """Derive the instants from the wall clock. The length is added to the instant."""
        self.starts_at = instant(self.local_date, self.local_time, self.zone)
        self.ends_at = self.starts_at + timedelta(minutes=self.minutes)

    def call_off(self, by: User | None, at: datetime) -> None:
        """Cancelled, by nobody where the clock does it. `CALLED_OFF` says what is to be saved."""
        self.state, self.cancelled_at, self.cancelled_by = self.State.CANCELLED, at, by

    def take_place(self) -> None:
        """On again."""
        self.state, self.cancelled_at, self.cancelled_by = self.State.SCHEDULED, None, None

    @property
    def opens_at(self) -> datetime:
        """When the door opens to members, and from when on one may say who came."""
        return self.starts_at - DOOR_OPENS_BEFORE

    @property
    def opens_to_facilitators_at(self) -> datetime:
        return self.starts_at - FACILITATORS_BEFORE

    @property
    def evening_ends_at(self) -> datetime:
        """Until when it is in the hands of whoever steps in from outside, and the run sheet keeps its place."""
        return self.ends_at + HOSTS_STAY

    @property
    def is_evening(self) -> bool:
        """From an hour before the start until a while after the end: the run sheet goes along, step by step."""
        return not self.is_cancelled and self.opens_to_facilitators_at <= timezone.now() < self.evening_ends_at

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def door_is_open(self) -> bool:
        return self._is_on_since(self.opens_at)

    @property
    def door_is_open_to_facilitators(self) -> bool:
        return self._is_on_since(self.opens_to_facilitators_at)

    @property
    def can_be_marked(self) -> bool:
        """Whether it is time to say who came: a quarter of an hour before the start, and ever after."""
        return not self.is_cancelled and self.opens_at <= timezone.now()

    @property
    def can_be_cancelled(self) -> bool:
        return self.state == self.State.SCHEDULED and not self.is_over

    @property
    def can_be_changed(self) -> bool:
        return self.state == self.State.SCHEDULED and not self.has_begun

    @property
    def can_be_put_back(self) -> bool:
        return self.is_cancelled and not self.has_begun

    @property
    def group_clock(self) -> str:
        """The group's own date and times, where the reader's clock shows others; else empty."""
        return group_clock(self.starts_at, self.ends_at, self.zone)

    def _is_on_since(self, opening: datetime) -> bool:
        return self.state == self.State.SCHEDULED and opening <= timezone.now() < self.ends_at
