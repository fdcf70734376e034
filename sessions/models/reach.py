"""How sessions reach people: their calendar, and reminders."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from sessions.querysets import CalendarLinkQuerySet, ReminderChoiceQuerySet


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


class ReminderChoice(models.Model):
    """Before which sessions somebody wants a reminder, and when. Without a row: both."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="reminder_choice")
    day_before = models.BooleanField(default=True)
    hour_before = models.BooleanField(default=True)

    objects = ReminderChoiceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"reminder choice {self.pk}"
