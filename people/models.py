"""People, the organisation they belong to, and the ground of trust under both."""

import uuid
import zoneinfo
from datetime import time
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.consents import COVERS, TITLES
from people.open_hours import OpenHours, hours_words
from people.querysets import AuditQuerySet, ConsentQuerySet, UserManager
from people.words import zone_words


def _monday_to_friday() -> list[int]:
    return [0, 1, 2, 3, 4]


def default_help_phrases() -> str:
    """Words at which the help lines are offered to the writer alone (R47). The organisation changes them."""
    return "\n".join(["kill myself", "end my life", "suicide", "want to die", "hurt myself", "self-harm", "not safe"])


def known_zone(name: str) -> None:
    """Raise ValidationError unless this is a time zone we can reckon with."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone from the list"))


class User(AbstractBaseUser):
    """A person: member, facilitator, admin or all of these. Erased, never deleted."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        DEACTIVATED = "deactivated", _("Closed")
        ERASED = "erased", _("Erased")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True)
    display_name = models.CharField(max_length=40, blank=True)
    pronouns = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[known_zone])
    locale = models.CharField(max_length=12, default="en-gb")
    quiet_from = models.TimeField(default=time(20))  # R59
    quiet_to = models.TimeField(default=time(8))
    discreet = models.BooleanField(default=True)
    # safe contact (R124): what must never be done to reach this person; the sender keeps to it
    no_mail = models.BooleanField(default=False)  # nothing is sent: everything waits in the app
    no_calls = models.BooleanField(default=False)
    no_voicemail = models.BooleanField(default=False)
    no_texts = models.BooleanField(default=False)
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    is_admin = models.BooleanField(default=False)
    is_safety_lead = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    is_active = models.BooleanField(default=True)  # what sign-in asks; follows `state`, see the constraint
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_email_lower", condition=models.Q(email=Lower("email"))),
            models.CheckConstraint(
                name="user_state", condition=models.Q(state__in=["active", "suspended", "deactivated", "erased"])
            ),
            models.CheckConstraint(
                name="user_active_iff_state",
                condition=models.Q(state="active", is_active=True)
                | (~models.Q(state="active") & models.Q(is_active=False)),
            ),
            models.CheckConstraint(
                name="user_erased_is_empty",
                condition=~models.Q(state="erased") | models.Q(display_name="", pronouns="", password__startswith="!"),  # noqa: S106  # the mark of no password
            ),
        ]

    def __str__(self) -> str:
        return f"person {self.pk}"  # never a name or an address: this reaches logs

    @property
    def called(self) -> str:
        """The name to greet or list this person by."""
        return self.display_name or str(_("Someone new"))

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def move_to(self, state: str) -> None:
        self.state = state
        self.is_active = state == self.State.ACTIVE


class Organisation(models.Model):
    """The one organisation of this deployment: its name, what it promises, who may come in."""

    class Signup(models.TextChoices):
        OPEN = "open", _("Anyone may make an account")
        INVITED = "invited", _("Only people we invite")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, default="PeerHub")
    sender = models.CharField(max_length=60, default="PeerHub")  # neutral: stands in inboxes
    signup = models.CharField(max_length=8, choices=Signup, default=Signup.OPEN)
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[known_zone])
    answer_days = models.PositiveSmallIntegerField(default=2)  # how long a request may wait
    contact = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    confidentiality_limits = models.TextField(blank=True)
    note_months = models.PositiveSmallIntegerField(default=12)  # R112
    needs_two_hosts = models.BooleanField(default=False)  # R23: no sessions without a second one who leads
    cover_hours = models.PositiveSmallIntegerField(default=3)  # R25: how long before the start a cover is looked for
    open_days = ArrayField(models.PositiveSmallIntegerField(), default=_monday_to_friday)  # Monday is 0
    opens = models.TimeField(default=time(9))  # on those days, by the organisation's clock
    closes = models.TimeField(default=time(17))
    quiet_from = models.TimeField(default=time(20))  # R59: what new accounts start with, by their own clock
    quiet_to = models.TimeField(default=time(8))
    unseen_hours = models.PositiveSmallIntegerField(default=2)  # T13: open hours until the next people are told
    hello_by_itself = models.BooleanField(default=False)  # R36: a hello after a missed session without a look before
    help_phrases = models.TextField(blank=True, default=default_help_phrases)  # R47: one a line
    news_an_hour = models.PositiveIntegerField(default=1000)  # T14: how many people may be written to at once
    crisis_confirmed_at = models.DateTimeField(null=True, blank=True)
    crisis_confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    exit_checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="organisation_single_row", condition=models.Q(id=1)),
            models.CheckConstraint(name="organisation_signup", condition=models.Q(signup__in=["open", "invited"])),
            models.CheckConstraint(
                name="organisation_answer_days", condition=models.Q(answer_days__gte=1, answer_days__lte=30)
            ),
            models.CheckConstraint(
                name="organisation_note_months", condition=models.Q(note_months__gte=1, note_months__lte=24)
            ),
            models.CheckConstraint(
                name="organisation_cover_hours", condition=models.Q(cover_hours__gte=1, cover_hours__lte=48)
            ),
            models.CheckConstraint(name="organisation_open_hours", condition=models.Q(closes__gt=models.F("opens"))),
            models.CheckConstraint(
                name="organisation_open_days",
                condition=models.Q(open_days__len__gte=1) & models.Q(open_days__contained_by=[0, 1, 2, 3, 4, 5, 6]),
            ),
            models.CheckConstraint(
                name="organisation_unseen_hours", condition=models.Q(unseen_hours__gte=1, unseen_hours__lte=24)
            ),
            models.CheckConstraint(
                name="organisation_quiet_hours", condition=~models.Q(quiet_from=models.F("quiet_to"))
            ),
            models.CheckConstraint(name="organisation_news_an_hour", condition=models.Q(news_an_hour__gte=1)),
            models.CheckConstraint(
                name="organisation_crisis_by_whom",
                condition=models.Q(crisis_confirmed_at=None, crisis_confirmed_by=None)
                | models.Q(crisis_confirmed_at__isnull=False, crisis_confirmed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Organisation":
        """The row, made with its defaults the first time somebody asks."""
        return cls.objects.get_or_create(pk=1)[0]

    @property
    def open_hours(self) -> OpenHours:
        """When the organisation is there, by its own clock."""
        return OpenHours(self.open_days, self.opens, self.closes, zoneinfo.ZoneInfo(self.time_zone))

    @property
    def hours_words(self) -> str:
        """Monday to Friday, 9:00 am to 5:00 pm, London time; and what the organisation adds to that."""
        words = f"{hours_words(self.open_hours)}, {zone_words(self.time_zone)}"
        return f"{words}. {self.hours}" if self.hours else words


class Consent(models.Model):
    """What a person agreed to, in which words, where, and when they took it back."""

    class Channel(models.TextChoices):
        NOT_KNOWN = "", _("Not written down")  # before it was kept
        JOINING = "joining", _("When you asked to join a group")
        INVITATION = "invitation", _("When you took an invitation")
        MESSAGES = "messages", _("On your page of messages")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    channel = models.CharField(max_length=12, choices=Channel, blank=True, default="")  # where it was given
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_channel", condition=models.Q(channel__in=["", "joining", "invitation", "messages"])
            ),
            models.UniqueConstraint(
                name="consent_one_open", fields=["user", "purpose"], condition=models.Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="consent_ends_after_start",
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"

    @property
    def title(self) -> str:
        return str(TITLES.get(self.purpose, self.purpose))

    @property
    def covers(self) -> str:
        """What this person said yes to, in words."""
        return str(COVERS.get((self.purpose, self.version), ""))


class SubjectKey(models.Model):
    """The key of one person (or group, or message), wrapped by the master key. Destroyed, its words are gone."""

    subject_kind = models.CharField(max_length=20)
    subject_public_id = models.UUIDField()
    wrapped = models.BinaryField(null=True)
    master_version = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="subjectkey_once", fields=["subject_kind", "subject_public_id"]),
            models.CheckConstraint(
                name="subjectkey_destroyed_is_gone",
                condition=models.Q(destroyed_at=None, wrapped__isnull=False)
                | models.Q(destroyed_at__isnull=False, wrapped=None),
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.pk}"


class MasterKeyCheck(models.Model):
    """Lets the application see at the start that it holds the right master key."""

    version = models.PositiveSmallIntegerField(unique=True)
    check_value = models.BinaryField()

    def __str__(self) -> str:
        return f"master key {self.version}"


class AuditEntry(models.Model):
    """Who did what to which thing, when and why. Only ever added to; a trigger guards it."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    about = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="audit_about")
    reason = models.CharField(max_length=300, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["object_kind", "object_id", "at"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_kind} {self.object_id}"


class Heartbeat(models.Model):
    """When the clock was last heard."""

    name = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
