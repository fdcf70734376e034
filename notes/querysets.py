"""Questions about confidential notes. None of them touches the words."""

from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from groups.models import Membership
from groups.querysets import MembershipQuerySet
from people.models import User
from people.querysets import UserQuerySet
from sessions.models import Booking

if TYPE_CHECKING:
    from notes.models import Concern, ConcernAddition, Note, Report


class NoteQuerySet(models.QuerySet["Note"]):
    """Notes, as somebody may see that they exist."""

    def visible_to(self, user: User) -> "NoteQuerySet":
        """Facilitators of the group while they run it: the author, and the others where it is shared.

        Never the person it is about, never an admin, and no longer an author who has left (R105).
        """
        run = Membership.objects.facilitated_by(user).values("group_id")
        shared = Q(readers="facilitators") | Q(author=user)
        return self.filter(shared, Q(member=None) | ~Q(member=user), group__in=run)

    def standing(self) -> "NoteQuerySet":
        """Those whose words may still be read, newest first. The day of deletion is a promise (R112)."""
        return self.filter(emptied_at=None, retain_until__gt=today()).order_by("-created_at", "-pk")

    def expired(self) -> "NoteQuerySet":
        """Those whose words must go now."""
        return self.filter(emptied_at=None, retain_until__lte=today())


def today() -> date:
    """The date by which words are kept and deleted: UTC, as row-level security reckons it too."""
    return timezone.now().date()


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Who may be in danger."""

    def visible_to(self, user: User) -> "ConcernQuerySet":
        """One's own, and for a safety lead what was sent; never what is about oneself."""
        own = Q(author=user)
        seen = own | Q(sent_at__isnull=False) if user.is_safety_lead else own
        return self.filter(Q(about=None) | ~Q(about=user)).filter(seen)

    def open_first(self) -> "ConcernQuerySet":
        """What is not closed, then the rest, with what their authors are called in that group.

        What waits to be read stands before what is to be talked over, and drafts after both; the longest first.
        """
        seats = Membership.objects.filter(group=OuterRef("group"), user=OuterRef("author")).order_by("-pk")
        named = self.annotate(
            unread_since=_unread_since(),
            written_by=Coalesce(Subquery(seats.values("alias")[:1]), F("author__display_name")),
        )
        closed_last, unread_first = F("closed_at").desc(nulls_first=True), F("unread_since").asc(nulls_last=True)
        return named.order_by(closed_last, unread_first, F("sent_at").asc(nulls_last=True), "pk")

    def to_do_for(self, user: User) -> "ConcernQuerySet":
        """What a safety lead has still to read, or to talk over with whoever wrote it (R57)."""
        if not user.is_safety_lead:
            return self.none()
        return self.visible_to(user).filter(sent_at__isnull=False, closed_at=None, emptied_at=None).exclude(author=user)

    def unseen(self) -> "ConcernQuerySet":
        """Sent, and nobody who looks after safety now has read all of it. Adds `unread_since`."""
        return self.annotate(unread_since=_unread_since()).filter(unread_since__isnull=False)

    def expired(self) -> "ConcernQuerySet":
        """Those whose words must go now."""
        return self.filter(emptied_at=None, retain_until__lte=today())


def _unread_since() -> Case:
    """From when on something waits to be read, if it does: all of it, or what was added.

    Whoever read it and looks after safety no more has left it to be read by somebody else.
    """
    added = Subquery(_unread_additions().order_by("written_at").values("written_at")[:1])
    over = Q(sent_at=None) | Q(closed_at__isnull=False) | Q(emptied_at__isnull=False) | Q(retain_until__lte=today())
    return Case(
        When(over, then=None),
        When(seen_at=None, then=Coalesce("left_at", "sent_at")),
        When(~Q(seen_by__state="active") | Q(seen_by__is_safety_lead=False), then=F("seen_at")),
        default=added,
    )


def _unread_additions() -> "models.QuerySet[ConcernAddition]":
    """Of the concern that is asked about."""
    additions: type[ConcernAddition] = apps.get_model("notes", "ConcernAddition")
    return additions._default_manager.filter(concern=OuterRef("pk"), seen_at=None)


class ReportQuerySet(models.QuerySet["Report"]):
    """What somebody said is not right."""

    def visible_to(self, user: User) -> "ReportQuerySet":
        """For safety leads, never about or from themselves, nor about a group they run or ran, or a session they led.
        Where there is no other lead, for admins likewise.
        """
        run = _seats_to_run().filter(user=user).values("group_id")
        led = Booking.objects.filter(host=user).values("session_id")
        others = self.exclude(about=user).exclude(reporter=user).exclude(about=None, group__in=run)
        others = others.exclude(about=None, session__in=led)
        if user.is_safety_lead:
            return others
        if not user.is_admin:
            return self.none()
        whose, which = Case(When(about=None, then=F("group"))), Case(When(about=None, then=F("session")))
        return others.alias(group_itself=whose, session_itself=which).exclude(Exists(_leads_besides_whom_it_concerns()))

    def open_first(self) -> "ReportQuerySet":
        """What nobody has read, what somebody has, what is closed; of what is open the longest first."""
        unread_first = Case(When(state="new", then=0), default=1)
        return self.order_by(F("closed_at").desc(nulls_first=True), unread_first, "created_at", "pk")

    def made_by(self, user: User) -> "ReportQuerySet":
        """A person's own, the newest first."""
        return self.filter(reporter=user).order_by("-created_at", "-pk")


def besides_whom_it_concerns(report: "Report") -> UserQuerySet:
    """Whom a report is neither about nor from. One about a group or its session concerns all who run that group or
    ever ran it, since it may be about that time; and whoever led that session, also from outside.
    """
    others: UserQuerySet = User.objects.active().exclude(pk__in=[report.reporter_id, report.about_id or 0])
    if report.about_id or not report.group_id:
        return others
    led = Booking.objects.filter(session=report.session_id or 0, host__isnull=False)
    run = _seats_to_run().filter(group=report.group_id)
    besides: UserQuerySet = others.exclude(pk__in=run.values("user")).exclude(pk__in=led.values("host"))
    return besides


def _seats_to_run() -> MembershipQuerySet:
    """Of those who run a group, and of those who once did."""
    return Membership.objects.filter(role=Membership.Role.FACILITATOR)


def _leads_besides_whom_it_concerns() -> UserQuerySet:
    """The same as a part of a question about reports."""
    leads = User.objects.active().filter(is_safety_lead=True)
    runs_it = _seats_to_run().filter(user=OuterRef("pk"), group=OuterRef(OuterRef("group_itself")))
    led_it = Booking.objects.filter(host=OuterRef("pk"), session=OuterRef(OuterRef("session_itself")))
    about = Coalesce(OuterRef("about"), 0)
    others: UserQuerySet = leads.exclude(pk=about).exclude(pk=OuterRef("reporter"))
    return others.exclude(Exists(runs_it)).exclude(Exists(led_it))
