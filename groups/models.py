"""Groups, who belongs to them, and what they agreed to."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.querysets import BELONGING, OPEN, GroupQuerySet, InvitationQuerySet, MembershipQuerySet
from people.models import User, known_zone
from people.sealed import SealedField


class Group(models.Model):
    """A circle of people who meet. The other kinds come with their own rules."""

    class Kind(models.TextChoices):
        CIRCLE = "circle", _("Circle")

    class State(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        OPEN = "open", _("Open")
        ARCHIVED = "archived", _("Ended")

    class Format(models.TextChoices):
        ONLINE = "online", _("Online")
        IN_PERSON = "in_person", _("In person")
        HYBRID = "hybrid", _("Online or in person")

    class Intake(models.TextChoices):
        REQUEST = "request", _("People ask to join")
        CLOSED = "closed", _("Nobody new at the moment")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)  # a neutral pair of words: it stands in histories
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CIRCLE)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    purpose = models.CharField(max_length=200)
    about = models.TextField(blank=True)
    format = models.CharField(max_length=10, choices=Format, default=Format.ONLINE)
    place = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=60, default="English")
    access_notes = models.CharField(max_length=300, blank=True)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    intake = models.CharField(max_length=10, choices=Intake, default=Intake.REQUEST)
    adults_only = models.BooleanField(default=True)  # R15
    listed = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[known_zone])
    door = SealedField()  # the video link; only the door of a session opens it
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="group_capacity_positive", condition=Q(capacity=None) | Q(capacity__gt=0)),
            models.CheckConstraint(name="group_kind", condition=Q(kind__in=["circle"])),
            models.CheckConstraint(name="group_state", condition=Q(state__in=["draft", "open", "archived"])),
            models.CheckConstraint(name="group_open_has_time", condition=~Q(state="open") | Q(opened_at__isnull=False)),
            models.UniqueConstraint(
                Lower("name"),
                name="group_name_ci",
                condition=~Q(state="archived"),
                violation_error_message=_("Another group has this name. Choose one that tells them apart"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("groups:detail", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def agreement(self) -> "Agreement | None":
        """The version that holds now."""
        return self.agreements.order_by("-version").first()

    @property
    def places_taken(self) -> int:
        return self.memberships.members().count()

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.places_taken >= self.capacity

    @property
    def free(self) -> int | None:
        """Places still free, None where nobody counts. `with_counts()` spares the query."""
        if self.capacity is None:
            return None
        taken = vars(self).get("taken")
        return max(0, self.capacity - (self.places_taken if taken is None else taken))

    @property
    def lacks_door(self) -> bool:
        """Whether people are to meet online, and there is no way in."""
        return self.state == self.State.OPEN and self.format != self.Format.IN_PERSON and self.door is None

    @property
    def takes_requests(self) -> bool:
        return self.state == self.State.OPEN and self.intake == self.Intake.REQUEST


class Membership(models.Model):
    """One person in one group: asking, belonging or gone. A closed row is history; at most one is open."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        FACILITATOR = "facilitator", _("Facilitator")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Asking to join")
        INVITED = "invited", _("Invited")
        WAITLISTED = "waitlisted", _("On the waitlist")
        ACTIVE = "active", _("Belongs")
        PAUSED = "paused", _("Taking a break")
        DECLINED = "declined", _("Not this group")
        LEFT = "left", _("Left")
        REMOVED = "removed", _("Removed")
        BLOCKED = "blocked", _("Blocked")

    MOVES: ClassVar[dict[str, set[str]]] = {
        "requested": {"active", "waitlisted", "declined", "left", "blocked"},
        "invited": {"active", "declined", "left"},
        "waitlisted": {"invited", "active", "left", "declined"},
        "active": {"paused", "left", "removed", "blocked"},
        "paused": {"active", "left", "removed"},
        "blocked": {"removed"},
        "declined": set(),
        "left": set(),
        "removed": set(),
    }
    CLOSED: ClassVar[set[str]] = {"declined", "left", "removed"}

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
    queued_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_state",
                condition=Q(
                    state__in=[
                        "requested",
                        "invited",
                        "waitlisted",
                        "active",
                        "paused",
                        "declined",
                        "left",
                        "removed",
                        "blocked",
                    ]
                ),
            ),
            models.CheckConstraint(name="membership_role", condition=Q(role__in=["member", "facilitator"])),
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
                condition=Q(ended_at__isnull=False, state__in=["declined", "left", "removed"])
                | (~Q(state__in=["declined", "left", "removed"]) & Q(ended_at=None)),
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
        self.state = state
        if state == self.State.ACTIVE:
            self.joined_at = self.joined_at or now
        if state == self.State.WAITLISTED:
            self.queued_at = now
        if state in self.CLOSED:
            self.ended_at = now


class Agreement(models.Model):
    """What a group agreed to, in one version. Published, never edited."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    sections = models.JSONField()  # [{"topic": …, "promise": …, "meaning": …}], see words.py
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="agreement_version", fields=["group", "version"], nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"


class Acceptance(models.Model):
    """One person said yes to one version."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="acceptances")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="acceptances")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="acceptance_once", fields=["agreement", "user"])]

    def __str__(self) -> str:
        return f"acceptance {self.pk}"


class Invitation(models.Model):
    """A letter to an address: come in, and here is what you will be. One open letter an address and group."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        FACILITATOR = "facilitator", _("Facilitator")
        SAFETY_LEAD = "safety_lead", _("Safety lead")
        ADMIN = "admin", _("Admin")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_made")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations_taken"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="invitation_email_lower", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="invitation_role", condition=Q(role__in=["member", "facilitator", "safety_lead", "admin"])
            ),
            models.CheckConstraint(
                name="invitation_facilitator_has_group", condition=~Q(role="facilitator") | Q(group__isnull=False)
            ),
            models.UniqueConstraint(
                name="invitation_one_open",
                fields=["group", "email"],
                nulls_distinct=False,
                condition=Q(accepted_at=None, revoked_at=None),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_whom",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def has_run_out(self) -> bool:
        """Whether its time is over and its link opens nothing."""
        return self.expires_at <= timezone.now()
