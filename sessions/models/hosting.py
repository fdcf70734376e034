"""Who leads a session and where: bookings that cannot overlap, and who steps in."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import BigIntegerField, F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.models import User
from sessions.models.room import Room
from sessions.models.session import GroupSession
from sessions.querysets import BookingQuerySet, CoverCallQuerySet, StandInQuerySet


def _one(name: str) -> Func:
    """A number as a range of one. GiST compares ranges, and numbers only with an extension (decision 0007)."""
    return Func(F(name), F(name), Value("[]"), function="int8range", output_field=BigIntegerField())


def _free(name: str, whose: str) -> ExclusionConstraint:
    """Nothing that is on is booked twice at one moment. Touching is not overlapping."""
    span = Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField())
    return ExclusionConstraint(
        name=name,
        expressions=[(_one(whose), RangeOperators.EQUAL), (span, RangeOperators.OVERLAPS)],
        condition=Q(**{f"{whose}__isnull": False, "live": True}),
        deferrable=models.Deferrable.IMMEDIATE,
    )


class Booking(models.Model):
    """One host or one room, for one session.

    `starts_at`, `ends_at` and `live` are the session's own: a foreign key over all four changes them with it
    (migration 0007), so moving a session moves its bookings, and cancelling it frees them, or is refused as a whole.
    """

    class Duty(models.TextChoices):
        LEAD = "lead", _("Leads")
        CO = "co", _("Helps to lead")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="bookings")
    host = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings", db_index=False
    )
    duty = models.CharField(max_length=4, choices=Duty, blank=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings")
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    live = models.BooleanField(editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    called: str  # the host's name in the group; only on bookings that were read `named()`
    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="booking_host_xor_room",
                condition=Q(host__isnull=False, room=None, duty__in=["lead", "co"])
                | Q(host=None, room__isnull=False, duty=""),
            ),
            models.UniqueConstraint(name="booking_host_once", fields=["session", "host"]),
            models.UniqueConstraint(name="booking_one_room", fields=["session"], condition=Q(room__isnull=False)),
            models.UniqueConstraint(
                name="booking_duty_once", fields=["session", "duty"], condition=Q(host__isnull=False)
            ),
            _free("booking_host_free", "host"),
            _free("booking_room_free", "room"),
        ]
        indexes = [models.Index(fields=["host", "ends_at"], name="booking_of_host")]

    def __str__(self) -> str:
        return f"booking {self.pk}"


class StandIn(models.Model):
    """Somebody who may be asked to lead a session of a group when those who run it cannot."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="stand_ins")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="stands_in")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = StandInQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="standin_once", fields=["group", "user"])]

    def __str__(self) -> str:
        return f"stand-in {self.pk}"


class CoverCall(models.Model):
    """A host who cannot make it, and who takes it on instead (R25). Nobody gives a reason."""

    class State(models.TextChoices):
        OPEN = "open", _("Asked")
        TAKEN = "taken", _("Somebody takes it")
        WITHDRAWN = "withdrawn", _("Taken back")
        PASSED = "passed", _("Nobody could")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="cover_calls")
    duty = models.CharField(max_length=4, choices=Booking.Duty)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="cover_calls")
    asked_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()  # the cut-off: nobody by then, and the session is cancelled
    others_at = models.DateTimeField(default=timezone.now)  # when everybody else is asked, after the second one
    others_asked_at = models.DateTimeField(null=True, blank=True)  # when they were
    declined_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")  # second
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CoverCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="covercall_duty", condition=Q(duty__in=["lead", "co"])),
            models.CheckConstraint(
                name="covercall_closed_iff",
                condition=Q(state="open", closed_at=None)
                | Q(state__in=["taken", "withdrawn", "passed"], closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="covercall_taken_says_who",
                condition=Q(state="taken", taken_by__isnull=False) | (~Q(state="taken") & Q(taken_by=None)),
            ),
            models.UniqueConstraint(name="covercall_one_open", fields=["session", "duty"], condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"cover call {self.pk}"

    @property
    def can_be_taken(self) -> bool:
        """Nobody has it, and the session is on and has not begun. After the cut-off too: late is better than never."""
        return self.state == self.State.OPEN and not self.session.is_cancelled and not self.session.has_begun
