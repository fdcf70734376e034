"""Who comes: seats, seats for every time, and people without an account."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.models import User
from sessions.models.series import Series
from sessions.models.session import GroupSession
from sessions.querysets import GuestQuerySet, GuestSeatQuerySet, SeatQuerySet, StandingSeatQuerySet

SEATS = ["going", "waiting", "offered", "declined"]
CAME = ["", "came", "apologies", "away", "left"]


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
        LEFT = "left", _("Left early")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="seats", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seats")
    state = models.CharField(max_length=10, choices=State)
    queue = models.PositiveIntegerField(null=True, blank=True)  # given once, under the session's lock
    offered_until = models.DateTimeField(null=True, blank=True)
    standing = models.BooleanField(default=False)  # taken by a standing seat, not by an answer for this one session
    answered_at = models.DateTimeField(default=timezone.now, null=True)  # empty: marked without having answered
    came = models.CharField(max_length=10, choices=Came, blank=True)
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    marked_at = models.DateTimeField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="seat_state", condition=Q(state__in=SEATS)),
            models.CheckConstraint(name="seat_came", condition=Q(came__in=CAME)),
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
        indexes = [
            models.Index(fields=["user", "state"], name="seat_of"),
            models.Index(fields=["session", "state"], name="seat_states"),  # counts each list without reading the rows
        ]

    def __str__(self) -> str:
        return f"seat {self.pk}"

    @property
    def said_no(self) -> bool:
        """They answered: not this time. Nobody else writes that."""
        return self.state == self.State.DECLINED and self.answered_at is not None

    @property
    def ran_out(self) -> bool:
        """It was offered to them, and went on to the next before they answered."""
        return self.state == self.State.DECLINED and self.answered_at is None and self.queue is not None


class StandingSeat(models.Model):
    """Somebody who comes every time: new sessions of the series keep a seat for them. Single absences are answers."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="standing_seats")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="standing_seats")
    since = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = StandingSeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="standingseat_one_open", fields=["series", "user"], condition=Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"standing seat {self.pk}"


class Guest(models.Model):
    """Somebody without an account, under a name that those who run the group keep for the roll."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="guests")
    called = models.CharField(max_length=60)
    regular = models.BooleanField(default=False)  # stands on the roll of every session
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    came: str  # only on guests that were read `on_the_roll_of()` a session
    objects = GuestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="guest_forgotten_has_no_name",
                condition=(Q(forgotten_at=None) & ~Q(called=""))
                | Q(forgotten_at__isnull=False, called="", regular=False),
            ),
        ]

    def __str__(self) -> str:
        return f"guest {self.pk}"


class GuestSeat(models.Model):
    """That a guest came to a session, or did not."""

    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="guest_seats")
    guest = models.ForeignKey(Guest, on_delete=models.PROTECT, related_name="seats")
    came = models.CharField(max_length=10, choices=Seat.Came)
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=timezone.now)

    objects = GuestSeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="guestseat_once", fields=["session", "guest"]),
            models.CheckConstraint(name="guestseat_came", condition=Q(came__in=CAME[1:])),
        ]

    def __str__(self) -> str:
        return f"guest seat {self.pk}"
