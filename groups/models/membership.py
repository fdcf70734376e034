"""Who belongs to a group, who would like to, and when those who run it are away."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.beside import BELONGING
from groups.models.group import Group
from groups.querysets import ENDED, OPEN, AwayQuerySet, FarewellQuerySet, MembershipQuerySet
from people.models import User
from people.sealed import SealedField


class Membership(models.Model):
    """One person in one group: asking, belonging or gone. A closed row is history; at most one is open."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        FACILITATOR = "facilitator", _("Facilitator")
        MENTOR = "mentor", _("Mentor")  # in a programme: may be half of its pairs; in the pair they are its facilitator

    class State(models.TextChoices):
        REQUESTED = "requested", _("Asking to join")
        INVITED = "invited", _("Invited")  # asked whether they want the place; with `offered_until` it ends
        WAITLISTED = "waitlisted", _("On the waitlist")
        VISITING = "visiting", _("Comes once to see")
        ACTIVE = "active", _("Belongs")
        PAUSED = "paused", _("Taking a break")
        DECLINED = "declined", _("Not this group")
        LEFT = "left", _("Left")
        REMOVED = "removed", _("Removed")
        BLOCKED = "blocked", _("Blocked")
        LAPSED = "lapsed", _("The offer ran out")
        VISITED = "visited", _("Came once")

    class Why(models.TextChoices):
        AGREEMENT = "agreement", _("The agreement was broken")
        SAFETY = "safety", _("Somebody was not safe")
        ABSENCE = "absence", _("Has not come for a long time")
        OTHER = "other", _("Another reason, told to the person")

    class Fit(models.TextChoices):
        FITS = "fits", _("Yes, it fits")
        UNSURE = "unsure", _("Not sure yet")
        NOT = "not", _("Not really")
        PASS = "pass", _("Rather not say")

    MOVES: ClassVar[dict[str, set[str]]] = {
        "requested": {"active", "visiting", "waitlisted", "declined", "left", "blocked"},
        "invited": {"active", "waitlisted", "declined", "left", "lapsed", "blocked"},
        "waitlisted": {"invited", "active", "visiting", "left", "declined", "blocked"},
        "visiting": {"active", "requested", "visited", "left", "removed", "blocked"},
        "active": {"paused", "left", "removed", "blocked"},
        "paused": {"active", "left", "removed", "blocked"},
        "blocked": {"removed"},
        "declined": set(),
        "left": set(),
        "removed": set(),
        "lapsed": set(),
        "visited": set(),
    }
    CLOSED: ClassVar[set[str]] = {"declined", "left", "removed", "lapsed", "visited"}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    state = models.CharField(max_length=10, choices=State, default=State.REQUESTED)
    alias = models.CharField(max_length=40)
    pronouns = models.CharField(max_length=40, blank=True)
    words = SealedField()  # what was written with the request; for the facilitators
    by_mail = models.BooleanField(default=True)  # how the answer should come
    created_at = models.DateTimeField(default=timezone.now)
    visit_wanted = models.BooleanField(default=False)  # would like to come once before deciding
    suggestion = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    instead_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    queued_at = models.DateTimeField(null=True, blank=True)
    offered_until = models.DateTimeField(null=True, blank=True)  # a free place is held for them until then (R13)
    offers_lapsed = models.PositiveSmallIntegerField(default=0)
    joined_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=10, choices=Why, blank=True)
    fit_asked_at = models.DateTimeField(null=True, blank=True)
    fit = models.CharField(max_length=6, choices=Fit, blank=True)  # for the person alone
    about = models.CharField(max_length=300, blank=True)  # what somebody who runs the group says of themself
    duty = models.CharField(max_length=200, blank=True)  # what they must pass on, and why (R19)
    hours = models.CharField(max_length=80, blank=True)  # when they answer, in words (R60)
    mentor_wanted_at = models.DateTimeField(null=True, blank=True)  # in a programme: asked for one, or for another

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="membership_state", condition=Q(state__in=[*OPEN, *ENDED])),
            models.CheckConstraint(name="membership_role", condition=Q(role__in=["member", "facilitator", "mentor"])),
            models.UniqueConstraint(name="membership_one_open", fields=["group", "user"], condition=Q(state__in=OPEN)),
            models.UniqueConstraint(
                "group",
                Lower("alias"),
                name="membership_alias_ci",
                condition=Q(state__in=OPEN) & ~Q(alias=""),  # asking holds a name, so that accepting never collides
                violation_error_message=_("Somebody in this group has this name. Choose another"),
            ),
            models.CheckConstraint(
                name="membership_active_has_joined", condition=~Q(state__in=BELONGING) | Q(joined_at__isnull=False)
            ),
            models.CheckConstraint(
                name="membership_ended_iff_closed",
                condition=Q(ended_at__isnull=False, state__in=ENDED) | (~Q(state__in=ENDED) & Q(ended_at=None)),
            ),
            models.CheckConstraint(
                name="membership_offer_only_invited", condition=Q(offered_until=None) | Q(state="invited")
            ),
            models.CheckConstraint(
                name="membership_pause_only_paused", condition=Q(paused_until=None) | Q(state="paused")
            ),
            models.CheckConstraint(
                name="membership_why_only_put_out",
                condition=Q(ended_why="")
                | Q(state__in=["removed", "blocked"], ended_why__in=["agreement", "safety", "absence", "other"]),
            ),
            models.CheckConstraint(
                name="membership_fit_was_asked",
                condition=Q(fit="") | Q(fit__in=["fits", "unsure", "not", "pass"], fit_asked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="membership_waitlist_has_place", condition=~Q(state="waitlisted") | Q(queued_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["user", "state"], name="membership_of")]

    def __str__(self) -> str:
        return f"membership {self.pk}"

    @classmethod
    def _groups_run_by(cls, user: User) -> "models.QuerySet[Membership, int]":
        return cls.objects.facilitated_by(user).values_list("group_id", flat=True)

    @property
    def called(self) -> str:
        """The name in this group, with pronouns where the person gave some."""
        return f"{self.alias} ({self.pronouns})" if self.pronouns else self.alias

    @property
    def belongs(self) -> bool:
        return self.state in BELONGING

    @property
    def runs_it(self) -> bool:
        return self.state == self.State.ACTIVE and self.role == self.Role.FACILITATOR

    @property
    def may_come(self) -> bool:
        """Whether sessions are open to this person: they belong, or they come once to see."""
        return self.belongs or self.state == self.State.VISITING

    @property
    def fit_is_open(self) -> bool:
        """The person was asked whether the group fits, and has not said."""
        return self.state == self.State.ACTIVE and self.fit_asked_at is not None and not self.fit

    @property
    def is_put_out(self) -> bool:
        return self.state in {self.State.REMOVED, self.State.BLOCKED}

    @property
    def may_hold_seats(self) -> bool:
        """Who belongs or comes once does, and so may somebody who asked to belong after they were let in to see."""
        return self.may_come or (self.state == self.State.REQUESTED and self.decided_at is not None)

    @property
    def came_once(self) -> bool:
        """They came, and have not asked to come again."""
        return self.state == self.State.VISITED

    @property
    def can_be_decided(self) -> bool:
        """Whoever runs the group has something to answer: a request, or a visit that can become more."""
        return self.is_waiting or self.state == self.State.VISITING

    @property
    def is_offered(self) -> bool:
        """A free place is held for this person."""
        return self.state == self.State.INVITED and self.offered_until is not None

    @property
    def is_waiting(self) -> bool:
        """Somebody has yet to answer, or a place has yet to come free."""
        return self.state in {self.State.REQUESTED, self.State.WAITLISTED}

    def answer_by(self, days: int) -> datetime:
        """The moment until which the organisation promises an answer."""
        return self.created_at + timedelta(days=days)

    def can_move_to(self, state: str) -> bool:
        return state in self.MOVES[self.state]

    def move_to(self, state: str) -> None:
        """Change the state and the times that follow from it. Raises ValueError on a move that is none."""
        if not self.can_move_to(state):
            raise ValueError(f"no way from {self.state} to {state}")
        now = timezone.now()
        self.state, self.offered_until, self.paused_until = state, None, None
        if state == self.State.ACTIVE:
            self.joined_at = self.joined_at or now
        if state == self.State.WAITLISTED:
            self.queued_at = now
        if state in self.CLOSED:
            self.ended_at = now


class WelcomeTalk(models.Model):
    """A short conversation before the answer: not an interview, it helps both to decide (R9)."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        AGREED = "agreed", _("Agreed")
        DECLINED = "declined", _("Rather not")
        HELD = "held", _("You have talked")

    membership = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="talk")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.OFFERED)
    at = models.DateTimeField()
    how = SealedField()  # by phone, where, which link; for the two of them
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="welcometalk_state", condition=Q(state__in=["offered", "agreed", "declined", "held"])
            ),
        ]

    def __str__(self) -> str:
        return f"welcome talk {self.pk}"

    @property
    def stands(self) -> bool:
        """A time that the person may still answer, or did."""
        return self.state in {self.State.OFFERED, self.State.AGREED}

    @property
    def is_over(self) -> bool:
        return self.stands and self.at <= timezone.now()


class Away(models.Model):
    """Days on which somebody who runs a group is not there, and who looks after it meanwhile (R62)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seat = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="aways")
    cover = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="covers")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # the last day away; empty: until they say
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)  # taken back, or back early

    objects = AwayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="away_dates", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="away_not_own_cover", condition=Q(cover=None) | ~Q(cover=F("seat"))),
        ]

    def __str__(self) -> str:
        return f"away {self.pk}"

    @classmethod
    def _groups_of(cls, user: User) -> "models.QuerySet[Membership, int]":
        return Membership.objects.belonging().filter(user=user).values_list("group_id", flat=True)

    @property
    def is_ahead(self) -> bool:
        """Announced, and not begun where the group is."""
        return self.starts_on > self.seat.group.today

    @property
    def stand_in(self) -> "Membership | None":
        """Who looks after the group meanwhile, while they run it themself."""
        return self.cover if self.cover is not None and self.cover.runs_it else None


class Farewell(models.Model):
    """What somebody said to the facilitators on leaving, apart from who they are unless they wish it (R38)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="farewells")
    words = SealedField()  # sealed for the group, so that nothing ties them to a person
    signed = models.CharField(max_length=40, blank=True)  # the name in the group, where they wished it
    month = models.DateField()  # its first day: a date would tell who left
    read_at = models.DateTimeField(null=True, blank=True)

    objects = FarewellQuerySet.as_manager()

    def __str__(self) -> str:
        return f"farewell {self.pk}"
