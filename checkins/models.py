"""Asking how people are, and making sure that somebody answers."""

import uuid
from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkins.querysets import CheckInQuerySet, FollowUpQuerySet, RhythmQuerySet
from checkins.rhythm import Wish
from groups.models import Group
from people.local_time import instant, local_day, monday
from people.models import User
from people.sealed import SealedField
from sessions.models import GroupSession

CAUSES = ["support", "hard", "hand", "missed", "left", "promise"]
LATE_IS_WELCOME = timedelta(days=14)  # how long a question may still be answered when no newer one came


class Rhythm(models.Model):
    """When one person wants to be asked. It belongs to the person: three groups are never three messages."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="rhythm")
    on = models.BooleanField(default=True)
    weekday = models.PositiveSmallIntegerField(default=0)  # Monday is 0
    hour = models.PositiveSmallIntegerField(default=10)  # of the person's own clock
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)  # empty in a pause: until the person is back
    next_at = models.DateTimeField(null=True, blank=True)
    after_missed = models.BooleanField(default=True)  # R36: whether somebody may look when they were not there

    objects = RhythmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="rhythm_when", condition=Q(weekday__lte=6, hour__lte=23)),
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

    def wish(self, last: tuple[date, datetime] | None = None) -> Wish:
        """What the person chose, for the reckoning. `last` is the week and moment of their latest question."""
        user = self.user
        week, at = last or (None, None)
        return Wish(self.weekday, self.hour, user.zone, user.quiet_from, user.quiet_to, self.paused_until, week, at)


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
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="checkins")
    week = models.DateField()  # the Monday of the person's own week
    prompt = models.CharField(max_length=200)  # frozen when asked
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)
    mood = models.PositiveSmallIntegerField(choices=Mood, null=True, blank=True)
    support = models.CharField(max_length=8, choices=Support, blank=True, default="")
    share = models.CharField(max_length=12, choices=Share, blank=True, default="")
    # whose facilitators may read it; with "only me" those who were asked to get in touch, without the words
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


class FollowUp(models.Model):
    """Contact owed to a person: why, by whom, until when, and what came of it."""

    class Cause(models.TextChoices):
        SUPPORT = "support", _("Asked for support")
        HARD = "hard", _("Had a very hard week")
        HAND = "hand", _("Worth a word")
        MISSED = "missed", _("Was not there")
        LEFT = "left", _("Left early")
        PROMISE = "promise", _("Somebody said they would")

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
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, null=True, blank=True, related_name="followups")
    cause = models.CharField(max_length=10, choices=Cause)
    why = SealedField()  # in a few words of whoever put it here; the person may ask to read them
    key = models.CharField(max_length=80, unique=True)  # one row a cause
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="followups_owned")
    reach = SealedField()  # the number the person gave for this one call; emptied when it is closed
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="followup_cause", condition=Q(cause__in=CAUSES)),
            models.CheckConstraint(
                name="followup_of_session_has_it",
                condition=~Q(cause__in=["missed", "left", "promise"]) | Q(session__isnull=False),
            ),
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
            models.CheckConstraint(
                name="followup_closed_forgets_number", condition=Q(state__in=["open", "taken"]) | Q(reach=None)
            ),
        ]
        indexes = [
            models.Index(fields=["group", "due_at"], name="followup_to_do", condition=Q(state__in=["open", "taken"]))
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.OPEN, self.State.TAKEN}

    @property
    def progress(self) -> str:
        """Where it stands, for the person it is about (R61)."""
        if self.state == self.State.DROPPED:
            return str(_("no longer needed"))
        if self.state == self.State.DONE:
            return str(_("done"))
        if self.state == self.State.TAKEN:
            return str(_("being answered"))
        return str(_("seen") if self.seen_at else _("not yet seen"))

    def close(self, state: str, *, by: User, outcome: str = "") -> None:
        """The end of it, with who and when; the number that was given for it goes."""
        self.state, self.outcome = state, outcome
        self.closed_at, self.closed_by, self.reach = timezone.now(), by, None

    def open_again(self) -> None:
        self.state, self.outcome, self.owner = self.State.OPEN, "", None
        self.closed_at = self.closed_by = None
