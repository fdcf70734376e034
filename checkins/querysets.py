"""Questions about how people are, and who needs a word."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from groups.models import Away, Membership
from groups.querysets import AwayQuerySet
from people.models import AuditEntry

if TYPE_CHECKING:
    from checkins.models import CheckIn, Escalation, FollowUp, Prompt, Reply, Rhythm
    from people.models import User

SHOWN_FOR = timedelta(days=14)  # how long the list of follow-ups shows what was shared


class RhythmQuerySet(models.QuerySet["Rhythm"]):
    """When people want to be asked."""

    def visible_to(self, user: "User") -> "RhythmQuerySet":
        return self.filter(user=user)

    def due(self) -> "RhythmQuerySet":
        return self.filter(on=True, next_at__lte=timezone.now())

    def asked_to_rest(self) -> "RhythmQuerySet":
        """Those whom we asked whether to rest after long silence, and who have not said (R44)."""
        return self.filter(on=True, paused_at=None, rest_asked_at__isnull=False)


class PromptQuerySet(models.QuerySet["Prompt"]):
    """The questions that may be asked."""

    def visible_to(self, user: "User") -> "PromptQuerySet":
        """Those of groups this person runs; the organisation's own for admins."""
        mine = Q(group__in=Membership.objects.facilitated_by(user).values("group_id"))
        return self.filter(mine | Q(group=None) if user.is_admin else mine)

    def in_use(self) -> "PromptQuerySet":
        return self.filter(retired_at=None)

    def in_turn(self) -> "PromptQuerySet":
        """By language, as they were added."""
        return self.order_by("language", "created_at", "pk")


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    """Questions asked and answers given."""

    def visible_to(self, user: "User") -> "CheckInQuerySet":
        """Your own; and what was shared with the facilitators of a group you run, while you run it."""
        run = Membership.objects.facilitated_by(user).values("group_id")
        return self.filter(Q(user=user) | Q(share="facilitators", state="answered", group__in=run))

    def of(self, user: "User") -> "CheckInQuerySet":
        """A person's own, the newest first."""
        return self.filter(user=user).order_by("-week")

    def shared_with(self, user: "User") -> "CheckInQuerySet":
        """What others shared with the facilitators of a group this person runs."""
        run = Membership.objects.facilitated_by(user).values("group_id")
        return self.filter(share="facilitators", state="answered", group__in=run).exclude(user=user)

    def shared_by(self, user: "User") -> models.QuerySet["CheckIn", dict[str, Any]]:
        """With whose facilitators this person shared answers, how many, and when the latest."""
        rows = self.filter(user=user, share="facilitators", state="answered").order_by().values("group__name")
        found: Any = rows.annotate(weeks=Count("pk"), latest=Max("answered_at"))
        shared: models.QuerySet[CheckIn, dict[str, Any]] = found.order_by("group__name")
        return shared

    def to_read(self) -> "CheckInQuerySet":
        """Shared lately, to be read and no more: what the list of follow-ups shows. A mood without words is, too."""
        shared = self.filter(share="facilitators", state="answered", answered_at__gte=timezone.now() - SHOWN_FOR)
        return shared.without_followup()

    def without_followup(self) -> "CheckInQuerySet":
        """Nobody is to get in touch because of them."""
        return self.exclude(followups__state__in=["open", "taken", "done"])

    def unopened(self) -> "CheckInQuerySet":
        """Those that nobody they were shared with has opened: each opening is in the record."""
        whose = Cast(OuterRef("public_id"), models.CharField())
        opened = AuditEntry.objects.filter(object_kind="checkins.checkin", object_id=whose, action="checkin.read")
        return self.exclude(Exists(opened))

    def waiting(self) -> "CheckInQuerySet":
        return self.filter(state__in=["asked", "reminded"])

    def wanted(self) -> "CheckInQuerySet":
        """Waiting, and the person still belongs somewhere and has neither switched questions off nor paused them."""
        belongs = Membership.objects.belonging().of_living_groups().filter(user=OuterRef("user"))
        ahead = Q(user__rhythm__paused_until=None) | Q(user__rhythm__paused_until__gt=timezone.localdate())
        rests = Q(user__rhythm__on=False) | Q(user__rhythm__paused_at__isnull=False) & ahead
        return self.waiting().filter(Exists(belongs)).exclude(rests)

    def latest_of(self, users: "Iterable[int]") -> dict[int, tuple[date, datetime]]:
        """Week and moment of each of these people's latest question."""
        newest = self.filter(user__in=users).order_by("user_id", "-week").distinct("user_id")
        return {user: (week, at) for user, week, at in newest.values_list("user_id", "week", "asked_at")}

    def with_names(self) -> "CheckInQuerySet":
        """Adds `person`: the name they have in the group they shared it with."""
        return self.annotate(person=_alias("user")).select_related("group")


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """The one work list about people."""

    def visible_to(self, user: "User") -> "FollowUpQuerySet":
        """Those of groups you run. A safety lead sees all of them (design section 8)."""
        others = self.exclude(about=user)
        if user.is_safety_lead:
            return others
        return others.filter(group__in=Membership.objects.facilitated_by(user).values("group_id"))

    def mine(self, user: "User") -> "FollowUpQuerySet":
        """What this person took on, what nobody has yet, and what they look after while a colleague is away (R62)."""
        stands_in = Q(cover__user=user) | Q(cover=None)  # where nobody was named, everybody else is there
        left_to_them = Exists(_away_keeper().filter(stands_in))
        return self.filter(Q(owner=user) | Q(owner=None) | Q(left_to_them))

    def with_names(self) -> "FollowUpQuerySet":
        """Adds `person` and `keeper`, the names that both have in the group, and whether and until when one is away."""
        return self.annotate(
            person=Coalesce(_alias("about"), "about__display_name", Value("")),
            keeper=Coalesce(_alias("owner"), "owner__display_name", Value("")),
            keeper_is_away=Exists(_away_keeper()),
            keeper_away_until=Subquery(_away_keeper().values("ends_on")[:1]),
        ).select_related("group", "checkin", "owner", "session")

    def left_behind(self) -> "FollowUpQuerySet":
        """Those whose keeper is taking time off today."""
        return self.filter(Exists(_away_keeper()))

    def to_do(self) -> "FollowUpQuerySet":
        """Soonest first."""
        return self.filter(state__in=["open", "taken"]).order_by("due_at", "pk")

    def waiting_unseen(self) -> "FollowUpQuerySet":
        """Flagged, and nobody has looked although somebody should have by now. The longest wait first (T13)."""
        late = self.model._escalations().filter(followup=OuterRef("pk"), dropped_at=None, due_at__lte=timezone.now())
        since = late.filter(Q(followup__seen_at=None) | Q(planned_at__gt=OuterRef("seen_at")))
        return self.filter(Exists(since), Q(state="open") | Q(state="taken", seen_at=None)).order_by("created_at", "pk")

    def overseen_by(self, user: "User") -> "FollowUpQuerySet":
        """Of whose waiting this person hears: safety leads of all, coordinators of their pairs, admins of the rest."""
        others = self.exclude(about=user)
        if user.is_safety_lead:
            return others
        run = Membership.objects.facilitated_by(user).values("group_id")
        coordinated = Q(group__kind="pair", group__parent__in=run)
        if not user.is_admin:
            return others.filter(coordinated)
        coordinators = Membership.objects.running().filter(group=OuterRef("group__parent"))
        return others.filter(coordinated | ~Q(group__kind="pair") | ~Exists(coordinators))

    def closed(self) -> "FollowUpQuerySet":
        """The latest first. What was taken back before anybody saw it is shown to nobody."""
        seen = self.filter(Q(state="done") | Q(state="dropped", seen_at__isnull=False))
        return seen.order_by("-closed_at", "-pk")

    def asked_by(self, user: "User") -> "FollowUpQuerySet":
        """Those for which this person asked, and which are still owed to them."""
        return self.filter(about=user, cause="support").to_do()


class ReplyQuerySet(models.QuerySet["Reply"]):
    """What is written inside follow-ups."""

    def visible_to(self, user: "User") -> "ReplyQuerySet":
        """The person it is about, and whoever may look after the follow-up."""
        if user.is_safety_lead:
            return self.all()
        run = Membership.objects.facilitated_by(user).values("group_id")
        return self.filter(Q(followup__about=user) | Q(followup__group__in=run))

    def standing(self) -> "ReplyQuerySet":
        """What its author has not taken back."""
        return self.filter(taken_back_at=None)


class EscalationQuerySet(models.QuerySet["Escalation"]):
    """When things go on to the next people."""

    def ahead(self) -> "EscalationQuerySet":
        return self.filter(happened_at=None, dropped_at=None)

    def due(self) -> "EscalationQuerySet":
        return self.ahead().filter(due_at__lte=timezone.now())


def _away_keeper() -> AwayQuerySet:
    """The time off, in the row's group, of whoever has it. The group knows nothing of follow-ups, so we ask it here."""
    today = Away.objects.on(timezone.localdate())
    return today.filter(seat__group=OuterRef("group"), seat__user=OuterRef("owner"), seat__state="active")


def _alias(person: str) -> Subquery:
    """The name of the person in the row's group, as it was last."""
    theirs = Membership.objects.filter(group=OuterRef("group"), user=OuterRef(person)).order_by("-pk")
    return Subquery(theirs.values("alias")[:1])
