"""A group, and the organisation's own words for what groups are about, whom they are for and where they are."""

import math
import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.querysets import GroupQuerySet, MembershipQuerySet
from groups.words import SIGNED, language_words
from people.local_time import local_day
from people.models import User, known_zone
from people.sealed import SealedField

if TYPE_CHECKING:
    from groups.models.agreement import Agreement


TOLD_BEFORE = timedelta(days=14)  # from then on everybody in a group reads that it ends


EARTH = 6371  # km from its middle
LISTED = Q(listed=True, state="open")  # what the directory shows


def _english() -> list[str]:
    return ["en"]


class Term(models.Model):
    """A word the organisation uses for what groups are about, or whom they are for."""

    class Kind(models.TextChoices):
        TOPIC = "topic", _("What it is about")
        AUDIENCE = "audience", _("Who it is for")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(name="term_kind", condition=Q(kind__in=["topic", "audience"])),
            models.UniqueConstraint(
                "kind", Lower("name"), name="term_once", violation_error_message=_("This word is there already")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Area(models.Model):
    """A part of town or of the country, as people there call it, and where it is."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=60)
    latitude = models.FloatField(null=True, blank=True)  # degrees north; with both, nearest first is possible
    longitude = models.FloatField(null=True, blank=True)  # degrees east

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="area_name_ci", violation_error_message=_("This area is there already")
            ),
            models.CheckConstraint(
                name="area_both_or_neither",
                condition=Q(latitude=None, longitude=None)
                | Q(  # what is not known passes a check: say that both are known
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__gte=-85,
                    latitude__lte=85,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_on_the_map(self) -> bool:
        return self.latitude is not None and self.longitude is not None

    def km_to(self, other: "Area") -> float:
        """As the crow flies; endless where one of the two is on no map."""
        if self.latitude is None or self.longitude is None or other.latitude is None or other.longitude is None:
            return math.inf
        here, there = math.radians(self.latitude), math.radians(other.latitude)
        across = math.sin(math.radians(other.longitude - self.longitude) / 2) ** 2
        bow = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * across
        return 2 * EARTH * math.asin(min(1, math.sqrt(bow)))


class Group(models.Model):
    """People who meet: a circle, a family circle, a cohort with dates, a programme, or a pair inside one."""

    class Kind(models.TextChoices):
        CIRCLE = "circle", _("Circle")
        FAMILY = "family", _("Circle for family and carers")
        COHORT = "cohort", _("Course with a start and an end")
        PROGRAMME = "programme", _("Mentoring programme")
        PAIR = "pair", _("Mentoring pair")

    class State(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        OPEN = "open", _("Open")
        ARCHIVED = "archived", _("Ended")

    class Format(models.TextChoices):
        ONLINE = "online", _("Online")
        IN_PERSON = "in_person", _("In person")
        HYBRID = "hybrid", _("Online or in person")

    class Intake(models.TextChoices):
        OPEN = "open", _("Anyone can come, without asking")
        REQUEST = "request", _("People ask to join")
        INVITATION = "invitation", _("Only people who are invited")
        CLOSED = "closed", _("Nobody new at the moment")

    class Access(models.TextChoices):
        STEP_FREE = "step_free", _("Step-free")
        QUIET_ROOM = "quiet_room", _("Quiet room")
        CAMERA = "camera", _("Camera off is fine")
        CAPTIONS = "captions", _("Captions")

    class Ended(models.TextChoices):
        COMPLETED = "completed", _("Came to its planned end")
        MOVED_ON = "moved_on", _("Moved on")
        NOT_A_MATCH = "not_a_match", _("Was not a match")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)  # a neutral pair of words: it stands in histories
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CIRCLE)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="pairs")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    purpose = models.CharField(max_length=200)
    about = models.TextField(blank=True)
    terms = models.ManyToManyField(Term, blank=True, related_name="groups")
    format = models.CharField(max_length=10, choices=Format, default=Format.ONLINE)
    place = models.CharField(max_length=120, blank=True)
    hides_place = models.BooleanField(default=False)  # shown at the door alone, as a video room is
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="groups")
    languages = ArrayField(models.CharField(max_length=8), default=_english)  # codes, see words.LANGUAGES
    access = ArrayField(models.CharField(max_length=12, choices=Access), default=list, blank=True)
    access_notes = models.CharField(max_length=300, blank=True)
    cost = models.CharField(max_length=80, blank=True)  # in words; empty: free
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    intake = models.CharField(max_length=10, choices=Intake, default=Intake.REQUEST)
    starts_on = models.DateField(null=True, blank=True)  # a cohort's first day; a closed group's
    ends_on = models.DateField(null=True, blank=True)  # the planned end: the group closes after this day
    opens_again_on = models.DateField(null=True, blank=True)  # when it takes people again, where it takes none now
    offer_hours = models.PositiveSmallIntegerField(default=48)  # R13: how long a free place is held for one person
    allows_visits = models.BooleanField(default=False)
    offers_talk = models.BooleanField(default=False)  # R9: a short welcome conversation may come before the answer
    adults_only = models.BooleanField(default=True)  # R15
    shows_members = models.BooleanField(default=True)
    listed = models.BooleanField(default=True)
    indexable = models.BooleanField(default=False)  # whether search engines may keep its page
    shared_openly = models.BooleanField(default=False)  # in the open feed and as schema.org data
    time_zone = models.CharField(max_length=64, default="Europe/London", validators=[known_zone])
    # On which days, at which times of day it meets in the coming weeks, such as "2-evening": noted from above.
    meets = ArrayField(models.CharField(max_length=9), default=list, blank=True, editable=False)
    door = SealedField()  # the video link; only the door of a session opens it
    last_ritual = models.TextField(blank=True)  # what the last session does to part
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(max_length=12, choices=Ended, blank=True)  # of a pair

    objects = GroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="group_capacity_positive", condition=Q(capacity=None) | Q(capacity__gt=0)),
            models.CheckConstraint(
                name="group_kind", condition=Q(kind__in=["circle", "family", "cohort", "programme", "pair"])
            ),
            models.CheckConstraint(name="group_state", condition=Q(state__in=["draft", "open", "archived"])),
            models.CheckConstraint(name="group_format", condition=Q(format__in=["online", "in_person", "hybrid"])),
            models.CheckConstraint(
                name="group_intake", condition=Q(intake__in=["open", "request", "invitation", "closed"])
            ),
            models.CheckConstraint(name="group_open_has_time", condition=~Q(state="open") | Q(opened_at__isnull=False)),
            models.CheckConstraint(
                name="group_archived_iff_time",
                condition=Q(state="archived", archived_at__isnull=False)
                | (~Q(state="archived") & Q(archived_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="group_dates", condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="group_cohort_has_start", condition=~Q(kind="cohort") | Q(starts_on__isnull=False)
            ),
            models.CheckConstraint(
                name="group_parent_iff_pair",
                condition=Q(kind="pair", parent__isnull=False) | (~Q(kind="pair") & Q(parent=None)),
            ),
            models.CheckConstraint(
                name="group_pair_shape",
                condition=~Q(kind="pair")
                | Q(capacity__isnull=False, capacity=1, listed=False, indexable=False, shared_openly=False),
            ),
            models.CheckConstraint(name="group_not_own_parent", condition=Q(parent=None) | ~Q(parent=F("id"))),
            models.CheckConstraint(
                name="group_ended_reason",
                condition=Q(ended_reason="")
                | Q(kind="pair", state="archived", ended_reason__in=["completed", "moved_on", "not_a_match"]),
            ),
            models.CheckConstraint(name="group_offer_hours", condition=Q(offer_hours__gte=12, offer_hours__lte=336)),
            models.CheckConstraint(name="group_speaks", condition=~Q(languages=[])),
            models.CheckConstraint(
                name="group_open_to_robots_is_listed",
                condition=Q(listed=True) | Q(indexable=False, shared_openly=False),
            ),
            models.UniqueConstraint(
                Lower("name"),
                name="group_name_ci",
                condition=~Q(state="archived") & ~Q(kind="pair"),
                violation_error_message=_("Another group has this name. Choose one that tells them apart"),
            ),
        ]
        # The column `search` and its index are the database's own: see migration 0005 and decision 0025.
        indexes = [
            models.Index(Lower("name"), "id", name="group_by_name", condition=LISTED),
            models.Index(Coalesce("area", 0), Lower("name"), "id", name="group_by_area", condition=LISTED),
            models.Index(fields=["languages"], name="group_by_languages", condition=LISTED),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        if self.is_pair:
            return reverse("groups:pair", args=[self.slug])
        return reverse("groups:detail", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def shown_place(self) -> str:
        """The place as anybody may read it: none where only those who go there are told."""
        return "" if self.hides_place else self.place

    @property
    def language_words(self) -> str:
        return language_words(self.languages)

    @property
    def spoken_first(self) -> str:
        """The language its own words are written in, as pages name it; "" where that one is signed."""
        return "" if self.languages[0] in SIGNED else self.languages[0]

    @property
    def terms_by_kind(self) -> dict[str, list[str]]:
        """What it is about and whom it is for, in the organisation's words, for one question."""
        words: dict[str, list[str]] = {kind: [] for kind in Term.Kind.values}
        for term in self.terms.order_by(Lower("name")):
            words[term.kind].append(term.name)
        return words

    @property
    def access_words(self) -> list[str]:
        """What makes coming easier, in the order in which it is always said."""
        return [str(label) for code, label in self.Access.choices if code in self.access]

    @property
    def today(self) -> date:
        """The day it is where the group is."""
        return local_day(timezone.now(), self.zone)

    @property
    def agreement(self) -> "Agreement | None":
        """The version that holds now."""
        return self.agreements.order_by("-version").first()

    @property
    def at_hand(self) -> MembershipQuerySet:
        """Whoever runs it and is there today; all who run it on a day when nobody is (R62)."""
        running = self.memberships.running()
        here = running.there_on(self.today)
        return here if here.exists() else running

    @property
    def is_pair(self) -> bool:
        return self.kind == self.Kind.PAIR

    @property
    def is_for_robots(self) -> bool:
        """Whether search engines may keep its page."""
        return self.listed and self.indexable and self.state == self.State.OPEN

    @property
    def places_taken(self) -> int:
        return self.memberships.holding_places().count()

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
    def has_ended(self) -> bool:
        return self.state == self.State.ARCHIVED

    @property
    def ends_soon(self) -> bool:
        """Whether its people should know by now that it ends: two weeks before, until the day itself."""
        return self.state == self.State.OPEN and self.ends_on is not None and self.ends_on - self.today <= TOLD_BEFORE

    @property
    def next_opening(self) -> date | None:
        """When it takes people again, where it takes none now (R8)."""
        again = self.opens_again_on
        return again if again and again > self.today and not self.takes_requests and not self.has_ended else None

    @property
    def has_started(self) -> bool:
        return self.starts_on is not None and self.starts_on <= self.today

    @property
    def offers_places(self) -> bool:
        """Whether those in line may still be let in: also where nobody new is taken, until they begin (R8, R13)."""
        return self.state == self.State.OPEN and not self.is_among_itself

    @property
    def is_among_itself(self) -> bool:
        """Those who began together have begun: nobody new comes, whoever asks or invites (R8)."""
        return self.shuts_at_start and self.has_started

    @property
    def shuts_at_start(self) -> bool:
        """Whether those who begin together stay among themselves (R8)."""
        return self.kind == self.Kind.COHORT or self.intake == self.Intake.CLOSED

    @property
    def takes_requests(self) -> bool:
        """Whether somebody who is not invited may ask today (R8). The same rule in SQL: `taking_people()`."""
        if self.state != self.State.OPEN or self.is_pair or self.intake == self.Intake.INVITATION:
            return False
        if self.shuts_at_start:
            return self.starts_on is not None and not self.has_started
        return True

    @property
    def takes_invited(self) -> bool:
        """Whether somebody with a letter, or with the group's link, may still come in (R8)."""
        if self.state == self.State.ARCHIVED or self.is_pair:
            return False
        return not self.shuts_at_start or (self.starts_on is not None and not self.has_started)
