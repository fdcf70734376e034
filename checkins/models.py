"""Asking how people are, and making sure that somebody answers."""

import uuid
from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkins.querysets import CheckInQuerySet, FollowUpQuerySet, RhythmQuerySet
from groups.models import Group
from people.local_time import instant
from people.models import User
from people.sealed import SealedField


class Rhythm(models.Model):
    """When one person wants to be asked. It belongs to the person: three groups are never three messages."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="rhythm")
    on = models.BooleanField(default=True)
    weekday = models.PositiveSmallIntegerField(default=0)  # Monday is 0
    hour = models.PositiveSmallIntegerField(default=10)  # of the person's own clock
    paused_until = models.DateField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)

    objects = RhythmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="rhythm_when", condition=Q(weekday__lte=6, hour__lte=23)),
            models.CheckConstraint(name="rhythm_on_has_next", condition=Q(on=False) | Q(next_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["next_at"], name="rhythm_due", condition=Q(on=True))]

    def __str__(self) -> str:
        return f"rhythm {self.pk}"


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
        ME = "me", _("Only me")
        FACILITATORS = "facilitators", _("The people who run my group")

    class Support(models.TextChoices):
        UNSAID = "", _("No answer")
        CALL = "call", _("Yes, please call me")
        WRITE = "write", _("Yes, write to me")
        SESSION = "session", _("I'll bring it up at the session")
        NO = "no", _("Not now")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="checkins")
    week = models.DateField()  # the Monday of the person's own week
    prompt = models.CharField(max_length=200)  # frozen when asked
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    mood = models.PositiveSmallIntegerField(choices=Mood, null=True, blank=True)
    support = models.CharField(max_length=8, choices=Support, blank=True, default="")
    share = models.CharField(max_length=12, choices=Share, default=Share.ME)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="checkins")

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="checkin_once_a_week", fields=["user", "week"]),
            models.CheckConstraint(name="checkin_mood", condition=Q(mood=None) | Q(mood__gte=1, mood__lte=5)),
            models.CheckConstraint(name="checkin_week_is_monday", condition=Q(week__iso_week_day=1)),
            models.CheckConstraint(
                name="checkin_state", condition=Q(state__in=["asked", "reminded", "answered", "lapsed"])
            ),
            models.CheckConstraint(name="checkin_share", condition=Q(share__in=["me", "facilitators"])),
            models.CheckConstraint(
                name="checkin_support", condition=Q(support__in=["", "call", "write", "session", "no"])
            ),
            models.CheckConstraint(
                name="checkin_answered_has_time",
                condition=Q(state="answered", answered_at__isnull=False) | (~Q(state="answered") & Q(answered_at=None)),
            ),
            models.CheckConstraint(
                name="checkin_shared_has_group",
                condition=Q(share="me") | Q(group__isnull=False) | Q(state__in=["asked", "reminded", "lapsed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"check-in {self.pk}"

    @property
    def changeable_until(self) -> datetime:
        """Sunday midnight of the person's own week: until then the answer is theirs to change."""
        return instant(self.week + timedelta(days=7), time(0), self.user.zone)

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.changeable_until


class Answer(models.Model):
    """The words of an answer, sealed, one to one with their check-in. Row-level security stands before it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    checkin = models.OneToOneField(CheckIn, on_delete=models.PROTECT, related_name="answer")
    words = SealedField()
    written_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"answer {self.pk}"


class FollowUp(models.Model):
    """Contact owed to a person: why, by whom, until when, and what came of it."""

    class Cause(models.TextChoices):
        SUPPORT = "support", _("Asked for support")
        HARD = "hard", _("Had a very hard week")
        HAND = "hand", _("Worth a word")

    class State(models.TextChoices):
        OPEN = "open", _("Nobody has it yet")
        TAKEN = "taken", _("Somebody has it")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("No longer needed")

    class Outcome(models.TextChoices):
        WROTE = "wrote", _("I wrote")
        CALLED = "called", _("We spoke on the phone")
        MET = "met", _("We spoke in person")
        TRIED = "tried", _("I tried and could not reach them")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    about = models.ForeignKey(User, on_delete=models.PROTECT, related_name="followups")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="followups")
    checkin = models.ForeignKey(CheckIn, on_delete=models.PROTECT, null=True, blank=True, related_name="followups")
    cause = models.CharField(max_length=10, choices=Cause)
    key = models.CharField(max_length=80, unique=True)  # one row a cause
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="followups_owned")
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="followup_state", condition=Q(state__in=["open", "taken", "done", "dropped"])),
            models.CheckConstraint(name="followup_cause", condition=Q(cause__in=["support", "hard", "hand"])),
            models.CheckConstraint(
                name="followup_closed_iff",
                condition=Q(closed_at__isnull=False, state__in=["done", "dropped"])
                | Q(state__in=["open", "taken"], closed_at=None),
            ),
            models.CheckConstraint(name="followup_done_says_how", condition=~Q(state="done") | ~Q(outcome="")),
            models.CheckConstraint(
                name="followup_taken_has_owner", condition=~Q(state="taken") | Q(owner__isnull=False)
            ),
            models.CheckConstraint(name="followup_due_after_made", condition=Q(due_at__gte=F("created_at"))),
        ]
        indexes = [
            models.Index(fields=["group", "due_at"], name="followup_to_do", condition=Q(state__in=["open", "taken"]))
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"
