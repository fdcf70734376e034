"""When groups meet: the rule, the meetings it makes, and the seats in them."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.local_time import instant
from people.models import User, known_zone
from sessions.querysets import CalendarLinkQuerySet, SeatQuerySet, SeriesQuerySet, SessionQuerySet
from sessions.words import group_clock

DOOR_OPENS_BEFORE = timedelta(minutes=15)  # R85
FACILITATORS_BEFORE = timedelta(minutes=60)
STATES = ["scheduled", "cancelled", "held"]
SEATS = ["going", "waiting", "offered", "declined"]


class Series(models.Model):
    """A rule in local time that makes sessions: every week on this day, at this hour of the wall clock."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="series")
    starts_on = models.DateField()
    starts_at = models.TimeField()
    minutes = models.PositiveSmallIntegerField(default=75)
    interval = models.PositiveSmallIntegerField(default=1)  # weeks
    ends_on = models.DateField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, validators=[known_zone])
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    plan = models.CharField(max_length=300, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"series {self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class GroupSession(models.Model):
    """One meeting of a group. The wall clock is the promise; the instants follow from it."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Planned")
        CANCELLED = "cancelled", _("Cancelled")
        HELD = "held", _("Held")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="sessions")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="sessions")
    slot = models.DateField(null=True, blank=True)  # the date the rule gave: identity inside the series
    local_date = models.DateField()
    local_time = models.TimeField()
    time_zone = models.CharField(max_length=64, validators=[known_zone])
    minutes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    plan = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.SCHEDULED)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Which telling of it people's calendars have. The database raises it and says when: no writer can forget to.
    sequence = models.IntegerField(default=0, db_default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)

    going: int  # places that are gone, and people in line; only on sessions read `with_counts()`
    waiting: int
    objects = SessionQuerySet.as_manager()

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
            models.CheckConstraint(name="session_sequence_counts_up", condition=Q(sequence__gte=0)),
            models.UniqueConstraint(name="session_one_per_slot", fields=["series", "slot"]),
        ]
        indexes = [models.Index(fields=["group", "starts_at"], name="session_of_group")]

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

    @property
    def opens_at(self) -> datetime:
        """When the door opens to members, and from when on one may say who came."""
        return self.starts_at - DOOR_OPENS_BEFORE

    @property
    def opens_to_facilitators_at(self) -> datetime:
        return self.starts_at - FACILITATORS_BEFORE

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
    def group_clock(self) -> str:
        """The group's own date and times, where the reader's clock shows others; else empty."""
        return group_clock(self.starts_at, self.ends_at, self.zone)

    def _is_on_since(self, opening: datetime) -> bool:
        return self.state == self.State.SCHEDULED and opening <= timezone.now() < self.ends_at


class Seat(models.Model):
    """One person and one session: the answer, the place in the line, and whether they came."""

    class State(models.TextChoices):
        GOING = "going", _("Your seat is kept")
        WAITING = "waiting", _("You are in line")
        OFFERED = "offered", _("A seat is free for you")
        DECLINED = "declined", _("Not this time")

    class Came(models.TextChoices):
        CAME = "came", _("Here")
        APOLOGIES = "apologies", _("Told us")
        AWAY = "away", _("Away")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seats")
    state = models.CharField(max_length=10, choices=State)
    queue = models.PositiveIntegerField(null=True, blank=True)  # given once, under the session's lock
    offered_until = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(default=timezone.now, null=True)  # empty: marked without having answered
    came = models.CharField(max_length=10, choices=Came, blank=True)
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    marked_at = models.DateTimeField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="seat_state", condition=Q(state__in=SEATS)),
            models.CheckConstraint(name="seat_came", condition=Q(came__in=["", "came", "apologies", "away"])),
            models.CheckConstraint(
                name="seat_came_says_who",
                condition=Q(came="") | Q(marked_by__isnull=False, marked_at__isnull=False),
            ),
            models.UniqueConstraint(name="seat_once", fields=["session", "user"]),
            models.UniqueConstraint(name="seat_queue_once", fields=["session", "queue"]),
            models.CheckConstraint(
                name="seat_unanswered_is_declined", condition=Q(answered_at__isnull=False) | Q(state="declined")
            ),
            models.CheckConstraint(
                name="seat_waiting_has_place",
                condition=~Q(state__in=["waiting", "offered"]) | Q(queue__isnull=False),
            ),
            models.CheckConstraint(
                name="seat_offer_has_end",
                condition=Q(state="offered", offered_until__isnull=False)
                | (~Q(state="offered") & Q(offered_until=None)),
            ),
        ]
        indexes = [models.Index(fields=["user", "state"], name="seat_of")]

    def __str__(self) -> str:
        return f"seat {self.pk}"


class CalendarLink(models.Model):
    """The private address of one person's calendar. It is shown once; only its hash is kept (safety.md T7)."""

    class Titles(models.TextChoices):
        BUSY = "busy", _("“Busy”, and nothing else")
        NAMES = "names", _("The name of the group, and a link to the session’s page")

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="calendar_link")
    token_hash = models.CharField(max_length=64, unique=True)
    titles = models.CharField(max_length=5, choices=Titles, default=Titles.BUSY)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now)  # to the day: when a calendar last asked

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="calendarlink_titles", condition=Q(titles__in=["busy", "names"])),
        ]

    def __str__(self) -> str:
        return f"calendar {self.pk}"

    @property
    def shows_names(self) -> bool:
        return self.titles == self.Titles.NAMES
