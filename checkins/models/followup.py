"""Contact owed to a person, what is written in it, and when it goes on to somebody else."""

import uuid
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkins.models.checkin import CheckIn
from checkins.querysets import EscalationQuerySet, FollowUpQuerySet, ReplyQuerySet
from groups.models import Group
from people.models import User
from people.open_hours import OpenHours
from people.sealed import SealedField
from sessions.models import GroupSession

CAUSES = ["support", "hard", "hand", "missed", "left", "promise", "first"]
READABLE_FOR = timedelta(days=14)  # how long what was written can be read once the follow-up is closed
OF_A_SESSION = ["missed", "left", "promise", "first"]


class FollowUp(models.Model):
    """Contact owed to a person: why, by whom, until when, and what came of it."""

    class Cause(models.TextChoices):
        SUPPORT = "support", _("Asked for support")
        HARD = "hard", _("Had a very hard week")
        HAND = "hand", _("Worth a word")
        MISSED = "missed", _("Was not there")
        LEFT = "left", _("Left early")
        PROMISE = "promise", _("Somebody said they would")
        FIRST = "first", _("Came for the first time")

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

    class Method(models.TextChoices):
        LISTENING = "listening", _("Listening")
        REFLECTING = "reflecting", _("Saying back what I heard")
        VALIDATING = "validating", _("Saying that it makes sense to feel so")
        GUIDANCE = "guidance", _("Thinking about what could come next")
        RESOURCES = "resources", _("Places that can help")
        ACCOUNTABILITY = "accountability", _("Coming back to what we agreed")
        CELEBRATING = "celebrating", _("Being glad about something")

    class Said(models.TextChoices):
        FINE = "fine", _("I'm fine")
        CHAT = "chat", _("I'd like a chat")
        REST = "rest", _("I'm taking a break")
        LEAVE = "leave", _("I'd like to leave the group")

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
    # what was done, in the seven ways that peers help
    methods = ArrayField(models.CharField(max_length=14, choices=Method), default=list, blank=True)
    hello_at = models.DateTimeField(null=True, blank=True)  # when a hello went to the person (R36)
    said = models.CharField(max_length=8, choices=Said, blank=True)  # what the person tapped in answer to it
    said_at = models.DateTimeField(null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="followup_cause", condition=Q(cause__in=CAUSES)),
            models.CheckConstraint(
                name="followup_of_session_has_it",
                condition=~Q(cause__in=OF_A_SESSION) | Q(session__isnull=False),
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
            models.CheckConstraint(
                name="followup_said_has_time",
                condition=Q(said="", said_at=None)
                | Q(said__in=["fine", "chat", "rest", "leave"], said_at__isnull=False, hello_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["group", "due_at"], name="followup_to_do", condition=Q(state__in=["open", "taken"]))
        ]

    def __str__(self) -> str:
        return f"follow-up {self.pk}"

    @staticmethod
    def _escalations() -> EscalationQuerySet:
        """For questions about follow-ups, which stand below the models."""
        return Escalation.objects.all()

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

    @property
    def is_known_to_person(self) -> bool:
        """The person asked for it themself, or was told of it: they may write first (R37)."""
        return self.cause in {self.Cause.SUPPORT, self.Cause.HARD} or self.hello_at is not None

    @property
    def readable_until(self) -> datetime | None:
        """How long what was written in it can be read. None: it is open."""
        return self.closed_at + READABLE_FOR if self.closed_at else None

    @property
    def methods_in_words(self) -> list[str]:
        return [str(self.Method(method).label) for method in self.methods]

    @property
    def may_be_left(self) -> bool:
        """Nobody asked for it and nobody promised it, so that it may be left for now."""
        return self.cause in {self.Cause.HAND, self.Cause.MISSED, self.Cause.FIRST}

    @property
    def takes_hello(self) -> bool:
        """Whether a prepared hello is what it calls for."""
        return self.may_be_left and self.hello_at is None

    def close(self, state: str, *, by: User | None, outcome: str = "") -> None:
        """The end of it, with who and when; the number that was given for it goes. `by` None: the clock."""
        self.state, self.outcome = state, outcome
        self.closed_at, self.closed_by, self.reach = timezone.now(), by, None

    def open_again(self) -> None:
        self.state, self.outcome, self.owner = self.State.OPEN, "", None
        self.closed_at = self.closed_by = None


class Reply(models.Model):
    """One message between a person and whoever follows up. Sealed for the person; never changed (R61, R63).

    Its author can take it back: then its words are gone for everybody, and that it was here stays (R6). Nothing
    here says whether or when anybody read it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    followup = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="replies")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = SealedField()
    written_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "replies"
        constraints = [
            models.CheckConstraint(name="reply_has_words", condition=~Q(words=b"")),
            models.CheckConstraint(
                name="reply_taken_back_is_empty",
                condition=Q(words__isnull=False, taken_back_at=None) | Q(words=None, taken_back_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["followup", "written_at"], name="reply_thread")]

    def __str__(self) -> str:
        return f"reply {self.pk}"


class Escalation(models.Model):
    """When a follow-up that nobody has looked at goes on to the next people (T13). A row, so that nothing loses it."""

    class Step(models.IntegerChoices):
        FACILITATORS = 1, _("Everybody who runs the group")
        COORDINATOR = 2, _("Who looks after the groups")
        SAFETY_LEAD = 3, _("The safety lead")

    followup = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="escalations")
    step = models.PositiveSmallIntegerField(choices=Step)
    planned_at = models.DateTimeField(default=timezone.now)  # who looked before this has given it back since
    due_at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)  # somebody looked before it was due

    objects = EscalationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="escalation_once", fields=["followup", "step"]),
            models.CheckConstraint(name="escalation_step", condition=Q(step__in=[1, 2, 3])),
            models.CheckConstraint(name="escalation_one_end", condition=Q(happened_at=None) | Q(dropped_at=None)),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="escalation_due", condition=Q(happened_at=None, dropped_at=None))
        ]

    def __str__(self) -> str:
        return f"escalation {self.pk}"


class Duty(models.Model):
    """Who reads first what a group's members write, and in which hours of the group's clock (T13, R60).

    Words beside an answer can be switched on only here: without somebody who reads, nobody is asked for them.
    """

    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="duty")
    reader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    days = ArrayField(models.PositiveSmallIntegerField())  # Monday is 0
    opens = models.TimeField()
    closes = models.TimeField()
    takes_words = models.BooleanField(default=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(name="duty_hours", condition=Q(closes__gt=F("opens"))),
            models.CheckConstraint(
                name="duty_days", condition=Q(days__len__gte=1) & Q(days__contained_by=[0, 1, 2, 3, 4, 5, 6])
            ),
        ]

    def __str__(self) -> str:
        return f"duty {self.pk}"

    @property
    def open_hours(self) -> OpenHours:
        """When the reader is there, by the group's clock."""
        return OpenHours(self.days, self.opens, self.closes, self.group.zone)
