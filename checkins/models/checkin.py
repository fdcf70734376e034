"""A week's question to one person, what they answered, and the words it may be asked in."""

import uuid
from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkins.querysets import CheckInQuerySet, PromptQuerySet
from groups.models import Group
from people.local_time import instant, local_day, monday
from people.models import User
from people.sealed import SealedField

LATE_IS_WELCOME = timedelta(days=14)  # how long a question may still be answered when no newer one came


class Prompt(models.Model):
    """A question in the words of the organisation or of one group, in one language. They take turns."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="prompts")
    language = models.CharField(max_length=8, default="en")
    text = models.CharField(max_length=200)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "group",
                "language",
                Lower("text"),
                name="prompt_once",
                condition=Q(retired_at=None),
                nulls_distinct=False,
                violation_error_message=_("This question is there already"),
            ),
            models.CheckConstraint(name="prompt_has_words", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"prompt {self.pk}"


class CheckIn(models.Model):
    """One week's question to one person, and the two taps of the answer."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        REMINDED = "reminded", _("Reminded")
        ANSWERED = "answered", _("Answered")
        LAPSED = "lapsed", _("Let go")

    class Mood(models.IntegerChoices):
        VERY_HARD = 1, _("Very hard")
        HARD = 2, _("Hard")
        MIXED = 3, _("Mixed")
        OKAY = 4, _("Okay")
        GOOD = 5, _("Good")

    class Share(models.TextChoices):
        UNSAID = "", _("Not chosen yet, so only me")
        ME = "me", _("Only me")
        FACILITATORS = "facilitators", _("The people who run my group")

    class Support(models.TextChoices):
        UNSAID = "", _("No answer")
        CALL = "call", _("Yes, please call me")
        WRITE = "write", _("Yes, write to me")
        SESSION = "session", _("I'll bring it up at the session")
        NO = "no", _("Not now")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # `checkin_once_a_week` finds a person's own: a second index would only slow the asking of everybody
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="checkins", db_index=False)
    week = models.DateField()  # the Monday of the person's own week
    prompt = models.CharField(max_length=200)  # frozen when asked
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)  # empty: the row waits for its message
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    mood = models.PositiveSmallIntegerField(choices=Mood, null=True, blank=True)
    support = models.CharField(max_length=8, choices=Support, blank=True, default="")
    share = models.CharField(max_length=12, choices=Share, blank=True, default="")
    # whose facilitators may read it; with "only me" those who were asked to get in touch, without the words
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="checkins", db_index=False
    )

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="checkin_once_a_week", fields=["user", "week"]),
            models.CheckConstraint(name="checkin_mood", condition=Q(mood=None) | Q(mood__gte=1, mood__lte=5)),
            models.CheckConstraint(name="checkin_week_is_monday", condition=Q(week__iso_week_day=1)),
            models.CheckConstraint(
                name="checkin_state", condition=Q(state__in=["asked", "reminded", "answered", "lapsed"])
            ),
            models.CheckConstraint(name="checkin_share", condition=Q(share__in=["", "me", "facilitators"])),
            models.CheckConstraint(
                name="checkin_support", condition=Q(support__in=["", "call", "write", "session", "no"])
            ),
            models.CheckConstraint(
                name="checkin_answered_has_time",
                condition=Q(state="answered", answered_at__isnull=False) | (~Q(state="answered") & Q(answered_at=None)),
            ),
            models.CheckConstraint(
                name="checkin_shared_has_group",
                condition=~Q(share="facilitators") | Q(group__isnull=False),
            ),
            models.CheckConstraint(
                name="checkin_reminded_has_time", condition=~Q(state="reminded") | Q(reminded_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["group"], name="checkin_of_group", condition=Q(group__isnull=False)),
            models.Index(fields=["asked_at"], name="checkin_to_tell", condition=Q(told_at=None)),
            models.Index(fields=["asked_at"], name="checkin_waiting", condition=Q(state__in=["asked", "reminded"])),
        ]

    def __str__(self) -> str:
        return f"check-in {self.pk}"

    @property
    def changeable_until(self) -> datetime:
        """Sunday midnight of the week it was asked in, or answered late in: until then it is theirs to change."""
        zone = self.user.zone
        week = max(self.week, monday(local_day(self.answered_at or self.asked_at, zone)))
        return instant(week + timedelta(days=7), time(0), zone)

    @property
    def is_late_until(self) -> datetime:
        """How long an unanswered question stays open when no newer one comes."""
        return self.asked_at + LATE_IS_WELCOME

    @property
    def last_day(self) -> datetime:
        """A moment of the Sunday until which it can be changed, to show as a date."""
        return self.changeable_until - timedelta(hours=12)

    @property
    def is_answered(self) -> bool:
        return self.state == self.State.ANSWERED

    @property
    def is_changeable(self) -> bool:
        """Answered, and the week is not over."""
        return self.is_answered and timezone.now() < self.changeable_until

    @property
    def waits(self) -> bool:
        """Asked, neither answered nor skipped nor let go."""
        return self.state in {self.State.ASKED, self.State.REMINDED}

    def forget(self) -> None:
        """As it was before the person answered, but that nobody asks again. It may be answered anew."""
        self.state, self.answered_at, self.mood = self.State.LAPSED, None, None
        self.support = self.share = ""
        self.group = None

    @property
    def is_lowest(self) -> bool:
        return self.mood == self.Mood.VERY_HARD

    @property
    def wants_contact(self) -> bool:
        return self.support in {self.Support.CALL, self.Support.WRITE}

    @property
    def needs_help_first(self) -> bool:
        """Whether the help lines stand first on the page (R43)."""
        return self.is_lowest or self.wants_contact

    @property
    def is_shared(self) -> bool:
        return self.share == self.Share.FACILITATORS


class Answer(models.Model):
    """The words of an answer, sealed, one to one with their check-in. Row-level security stands before it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    checkin = models.OneToOneField(CheckIn, on_delete=models.PROTECT, related_name="answer")
    words = SealedField()
    written_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"answer {self.pk}"
