"""When one person wants to be asked how they are."""

from datetime import date, datetime, time

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkins.querysets import RhythmQuerySet
from checkins.rhythm import Wish, clock_in
from people.local_time import local_day
from people.models import User


class Rhythm(models.Model):
    """When one person wants to be asked. It belongs to the person: three groups are never three messages."""

    class Every(models.TextChoices):
        WEEK = "week", _("Every week")
        FORTNIGHT = "fortnight", _("Every 2 weeks")
        MONTH = "month", _("Every month")

    class Part(models.TextChoices):
        EXACT = "", _("At one time")
        MORNING = "morning", _("Morning")
        MIDDAY = "midday", _("Midday")
        EVENING = "evening", _("Evening")

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="rhythm")
    on = models.BooleanField(default=True)
    every = models.CharField(max_length=10, choices=Every, default=Every.WEEK)
    weekday = models.PositiveSmallIntegerField(default=0)  # Monday is 0
    part = models.CharField(max_length=8, choices=Part, default=Part.EXACT, blank=True)  # empty: at `hour`
    hour = models.PositiveSmallIntegerField(default=10)  # of the person's own clock
    remind = models.BooleanField(default=False)  # whether one gentle reminder may come when a question waits
    rest_asked_at = models.DateTimeField(null=True, blank=True)  # when we asked whether to rest (R44), once
    heard_at = models.DateTimeField(null=True, blank=True)  # when they said to go on: silence before it is forgotten
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)  # empty in a pause: until the person is back
    next_at = models.DateTimeField(null=True, blank=True)

    objects = RhythmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="rhythm_when", condition=Q(weekday__lte=6, hour__lte=23)),
            models.CheckConstraint(name="rhythm_every", condition=Q(every__in=["week", "fortnight", "month"])),
            models.CheckConstraint(name="rhythm_part", condition=Q(part__in=["", "morning", "midday", "evening"])),
            models.CheckConstraint(
                name="rhythm_on_has_next",
                condition=Q(on=False) | Q(next_at__isnull=False) | Q(paused_at__isnull=False, paused_until=None),
            ),
            models.CheckConstraint(
                name="rhythm_pause_has_start", condition=Q(paused_until=None) | Q(paused_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="rhythm_due", condition=Q(on=True))]

    def __str__(self) -> str:
        return f"rhythm {self.pk}"

    @property
    def is_paused(self) -> bool:
        """Whether nothing is sent today because the person said so."""
        if self.paused_at is None:
            return False
        return self.paused_until is None or local_day(timezone.now(), self.user.zone) < self.paused_until

    @property
    def waits_for_return(self) -> bool:
        """Paused without an end: the clock does not ask until the person says so."""
        return self.paused_at is not None and self.paused_until is None

    @property
    def rests_by_itself(self) -> bool:
        """Whether the pause is ours, after long silence, and not the person's own."""
        return self.waits_for_return and self.rest_asked_at is not None

    @property
    def clock(self) -> time:
        """The time of the person's own day at which they are asked."""
        user = self.user
        if self.part:
            return clock_in(self.part, self.user_id, user.quiet_from, user.quiet_to)
        return time(self.hour)

    def wish(self, last: tuple[date, datetime] | None = None) -> Wish:
        """What the person chose, for the reckoning. `last` is the week and moment of their latest question."""
        user, end = self.user, self.paused_until
        quiet = user.quiet_from, user.quiet_to
        return Wish(self.weekday, self.clock, user.zone, *quiet, self.every, end, *(last or (None, None)))
