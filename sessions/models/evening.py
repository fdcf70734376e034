"""What a session leaves behind: what was checked before it, how it was closed, what its people keep and say of it."""

import uuid
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User
from people.sealed import SealedField
from sessions.models.session import GroupSession
from sessions.querysets import ClosingQuerySet, FeedbackQuerySet, SummaryQuerySet, TickQuerySet


class Tick(models.Model):
    """One thing that a host looked at before the session began (R28)."""

    class Item(models.TextChoices):
        LINK = "link", _("Room and link tested")
        QUIET = "quiet", _("Waiting room on, recording and note-taking apps off")
        COLLEAGUE = "colleague", _("The other one who leads is here")
        HELP = "help", _("Help card and local address at hand")
        PEOPLE = "people", _("Newcomers and access needs read")
        FIT = "fit", _("How am I today? Fit to lead?")

    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="ticks")
    item = models.CharField(max_length=10, choices=Item)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = TickQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tick_item", condition=Q(item__in=["link", "quiet", "colleague", "help", "people", "fit"])
            ),
            models.UniqueConstraint(name="tick_once", fields=["session", "item", "user"]),
        ]

    def __str__(self) -> str:
        return f"tick {self.pk}"


class Closing(models.Model):
    """How a session was closed: a minute of writing down, of which every part can be left empty."""

    class Theme(models.TextChoices):
        SLEEP = "sleep", _("Sleep")
        WORK = "work", _("Work")
        FAMILY = "family", _("Family")
        MONEY = "money", _("Money")
        ALONE = "alone", _("Being alone")
        MEDICATION = "medication", _("Medication")
        OTHER = "other", _("Something else")

    class Talked(models.TextChoices):
        UNSAID = "", _("No answer")
        NOW = "now", _("Yes, just now")
        TOMORROW = "tomorrow", _("We will tomorrow")
        NO = "no", _("Not this time")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.OneToOneField(GroupSession, on_delete=models.PROTECT, related_name="closing")
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(default=timezone.now)
    themes = ArrayField(models.CharField(max_length=10, choices=Theme), blank=True, default=list)
    win = SealedField()  # of the group, without names: its members read it
    tool = SealedField()  # what was shown: the members read it
    talked = models.CharField(max_length=8, choices=Talked, blank=True)
    wants_talk = models.BooleanField(default=False)  # the one who closed it would like to talk to somebody themself

    objects = ClosingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="closing_talked", condition=Q(talked__in=["", "now", "tomorrow", "no"])),
        ]

    def __str__(self) -> str:
        return f"closing {self.pk}"


class Summary(models.Model):
    """What a session agreed to keep of itself, for those who were there and nobody else (R33)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.OneToOneField(GroupSession, on_delete=models.PROTECT, related_name="summary")
    words = SealedField(null=False)  # what it was about
    agreed = SealedField()  # what was agreed to do
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    shared_at = models.DateTimeField(null=True, blank=True)  # empty: a draft of those who run the group

    objects = SummaryQuerySet.as_manager()

    @property
    def changed_at(self) -> datetime | None:
        """When it was changed after people could read it."""
        return self.written_at if self.shared_at and self.written_at > self.shared_at else None

    def __str__(self) -> str:
        return f"summary {self.pk}"


def nothing_said() -> list[list[int]]:
    """Four questions, four answers each, none given."""
    return [[0] * 4 for _question in range(4)]


class Feedback(models.Model):
    """How a session was for those who were there (R104), added up as it comes in.

    No answer is kept, only how often each was given: a row of its own for every person would tell by its
    number, or by the transaction that wrote it, whose it is. The one row is written anew each time.

    Whoever owns the database can still learn something: by looking before and after somebody answered, or by
    digging out what the row was before (the write-ahead log, old row versions until they are vacuumed, two
    backups with one answer between them). Nobody can who only reads the tables as they are.
    """

    class Question(models.IntegerChoices):
        HEARD = 0, _("I felt heard")
        WORTHWHILE = 1, _("It was worth my time")
        PACE = 2, _("The pace was right for me")
        PART_OF_IT = 3, _("I felt part of it")

    class Level(models.IntegerChoices):
        NO = 1, _("Not really")
        PARTLY = 2, _("Partly")
        MOSTLY = 3, _("Mostly")
        YES = 4, _("Yes")

    session = models.OneToOneField(GroupSession, on_delete=models.PROTECT, related_name="feedback")
    # By question and answer. `shown` is what those who run the group may see, so that no single answer can be told
    # from what was there before it.
    given = ArrayField(ArrayField(models.PositiveSmallIntegerField(), size=4), size=4, default=nothing_said)
    shown = ArrayField(ArrayField(models.PositiveSmallIntegerField(), size=4), size=4, default=nothing_said)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="feedback_four_questions", condition=Q(given__len=4, shown__len=4)),
        ]

    def __str__(self) -> str:
        return f"feedback {self.pk}"


class FeedbackGiven(models.Model):
    """That somebody has said how a session was, so that nobody says it twice. Gone when nobody can say it any more."""

    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="feedbackgiven_once", fields=["session", "user"])]

    def __str__(self) -> str:
        return f"feedback given {self.pk}"
