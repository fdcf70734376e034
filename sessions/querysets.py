"""Questions about sessions and who comes."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, FilteredRelation, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from groups.models import Membership
from groups.querysets import COMING

if TYPE_CHECKING:
    from people.models import User
    from sessions.models import (
        Booking,
        CalendarLink,
        Closing,
        CoverCall,
        Feedback,
        GroupSession,
        Guest,
        GuestSeat,
        ReminderChoice,
        Room,
        Seat,
        Series,
        StandIn,
        StandingSeat,
        Summary,
        Tick,
    )

CALENDAR_KEEPS = timedelta(days=30)  # what is longer over leaves people's calendars, so that none grows for ever
LATEST_COVER = timedelta(minutes=30)  # before the start: later than that, somebody rings instead
ALARM_BEFORE = timedelta(minutes=10)  # no host there by then: somebody should know (R25)
HOSTS_STAY = timedelta(hours=3)  # after the end: for the roll, the closing, and an evening that ran on
TRUTH = models.BooleanField()

HERE = ["came", "left"]  # who left early was there
# How somebody stands to a session that was read `with_own_place()`.
RUNS = Q(place__state="active", place__role="facilitator")
BELONGS = Q(place__state="active") | Q(place__state="paused", place__paused_until__lte=F("local_date"))
VISITS = Q(place__state="visiting", ends_at__gt=Coalesce("place__decided_at", "place__created_at"))
CHOSEN = Q(own__state__in=["going", "waiting", "offered"])
UNSAID = Q(own=None) | Q(own__state="declined", own__answered_at=None)


class CountOf(Subquery):
    """How many rows there are."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()


class SeriesQuerySet(models.QuerySet["Series"]):
    """Rules that make sessions."""

    def visible_to(self, user: "User") -> "SeriesQuerySet":
        return self.filter(group__in=_groups_of(user))

    def running(self) -> "SeriesQuerySet":
        return self.filter(ended_at=None)


class SessionQuerySet(models.QuerySet["GroupSession"]):
    """Meetings, as somebody may see them."""

    def visible_to(self, user: "User") -> "SessionQuerySet":
        """The sessions of the groups a person belongs to, those where they step in as a host, and nobody else's.

        Who comes once to see is shown those that were not over when they were let in.
        """
        visits = Membership.objects.filter(user=user, state=Membership.State.VISITING, group=OuterRef("group"))
        since = visits.annotate(since=Coalesce("decided_at", "created_at"))
        seen = self.filter(_one_of("group_id", _groups_of(user)) | _one_of("pk", _in_hand_of(user)))
        return seen.exclude(Exists(since.filter(since__gte=OuterRef("ends_at"))))

    def concerning(self, user: "User") -> "SessionQuerySet":
        """Where this person keeps a seat, stands in line, comes every time or is there as a host."""
        seats = Q(pk__in=user.seats.holding().values("session_id"))
        every_time = Q(series__in=user.standing_seats.open().values("series_id"))
        hosts = Q(pk__in=user.bookings.values("session_id")) | Q(group__in=_groups_run_by(user))
        return self.filter(seats | every_time | hosts)

    def upcoming(self) -> "SessionQuerySet":
        """Not over yet, soonest first."""
        return self.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")

    def scheduled(self) -> "SessionQuerySet":
        return self.filter(state="scheduled")

    def ahead(self) -> "SessionQuerySet":
        """Still to come, and on."""
        return self.scheduled().filter(starts_at__gt=timezone.now())

    def within(self, days: int) -> "SessionQuerySet":
        return self.filter(starts_at__lt=timezone.now() + timedelta(days=days))

    def overlapping(self, start: datetime, end: datetime) -> "SessionQuerySet":
        """Those that are on at some moment between the two; touching is not overlapping."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def unopened(self) -> "SessionQuerySet":
        """Those that begin in ten minutes, or have begun, and no host is there. Pairs see to that between the two."""
        now = timezone.now()
        near = self.scheduled().filter(opened_at=None, starts_at__lte=now + ALARM_BEFORE, ends_at__gt=now)
        return near.filter(group__state="open").exclude(group__kind="pair").order_by("starts_at", "pk")

    def with_leader(self) -> "SessionQuerySet":
        """Adds `led_by`, the key of whoever leads, with `leader`, their name in the group, and `asks_cover`.

        All three empty where nobody is booked who can sign in: the session needs a host.
        """
        booked: Any = self.model._meta.get_field("bookings").related_model
        calls: Any = self.model._meta.get_field("cover_calls").related_model
        rows = booked._default_manager.filter(session=OuterRef("pk"), host__is_active=True).order_by("-duty")
        leaders: dict[str, Any] = {
            "led_by": Subquery(rows.values("host_id")[:1]),
            "leader": Subquery(rows.named().values("called")[:1]),
            "asks_cover": Exists(calls._default_manager.open().filter(session=OuterRef("pk"))),
        }
        return self.annotate(**leaders)

    def opened_to_all(self, now: datetime, before: timedelta) -> "SessionQuerySet":
        """Those with a line whose seats waited for newcomers, up to so long before the start."""
        near = self.scheduled().filter(kept_for_new__gt=0, starts_at__gt=now, starts_at__lte=now + before)
        return near.filter(pk__in=near.filter(seats__state="waiting").values("pk"))

    def past(self) -> "SessionQuerySet":
        return self.filter(ends_at__lte=timezone.now()).order_by("-starts_at", "-pk")

    def latest_of(self, user: "User", number: int) -> "SessionQuerySet":
        """The last ones that are over, of those a person may see, in a look at so many of each of their groups.

        Those of all groups together have no index: it would go through a history that grows for ever.
        """
        of_group = self.filter(group=OuterRef("group"), starts_at__lt=timezone.now()).past().values("pk")[:number]
        mine = Membership.objects.coming().filter(user=user)
        some = mine.values(latest=Func(ArraySubquery(of_group), function="unnest"))
        near = self.filter(_one_of("pk", some) | _one_of("pk", _in_hand_of(user)))
        return near.visible_to(user).past().first_ones(number)

    def first_ones(self, number: int) -> "SessionQuerySet":
        """The first of these, chosen before anything that is added to them is looked up."""
        order = self.query.order_by
        return self.model._default_manager.filter(pk__in=self.values("pk")[:number]).order_by(*order)

    def with_own_place(self, user: "User") -> "SessionQuerySet":
        """Adds `place`, how this person stands to the group, and `own`, their seat. Both may be missing."""
        coming = Q(group__memberships__user=user, group__memberships__state__in=COMING)
        return self.annotate(
            place=FilteredRelation("group__memberships", condition=coming),
            own=FilteredRelation("seats", condition=Q(seats__user=user)),
        )

    def in_calendar_of(self, user: "User", *, since: datetime | None = None) -> "SessionQuerySet":
        """What stands in a person's calendar: the sessions of their groups from `calendar_begins()` on.

        Not those to which they said no, nor those of a break; and of a visit the one they chose. No more than
        `visible_to()`, in one look at the membership: calendars ask all day long.
        """
        near = self.filter(starts_at__gte=since or calendar_begins()).with_own_place(user)
        return near.filter(RUNS | (BELONGS & (CHOSEN | UNSAID)) | (VISITS & CHOSEN))

    def with_counts(self) -> "SessionQuerySet":
        """Adds `going` and `waiting`. Counted for the rows of one page, and not for all before the page is cut."""
        seats: Any = self.model._meta.get_field("seats").related_model
        own = seats._default_manager.filter(session=OuterRef("pk")).order_by()
        counts: dict[str, Any] = {"going": CountOf(own.taken()), "waiting": CountOf(own.filter(state="waiting"))}
        return self.annotate(**counts)


class SeatQuerySet(models.QuerySet["Seat"]):
    """Answers, places in the line, and attendance."""

    def visible_to(self, user: "User") -> "SeatQuerySet":
        """Your own, and those of sessions of groups you run."""
        run = Membership.objects.facilitated_by(user).values("group_id")
        return self.filter(Q(user=user) | Q(session__group__in=run))

    def taken(self) -> "SeatQuerySet":
        """Places that are gone: kept, or offered to somebody who has not answered yet."""
        return self.filter(state__in=["going", "offered"])

    def holding(self) -> "SeatQuerySet":
        """Of people who keep a seat or wait for one."""
        return self.filter(state__in=["going", "waiting", "offered"])

    def of_visit(self, visit: Membership) -> "SeatQuerySet":
        """What somebody who comes once to see has taken, or stood in line for, since they may.

        A session that was cancelled, or to which they did not come, does not count as their visit.
        """
        kept = Q(state="going") | Q(state__in=["waiting", "offered"], session__starts_at__gt=timezone.now())
        own = self.filter(kept, user=visit.user_id, session__group=visit.group_id)
        since = own.filter(session__ends_at__gt=visit.decided_at or visit.created_at)
        return since.exclude(session__state="cancelled").exclude(came__in=["apologies", "away"])

    def in_line(self) -> "SeatQuerySet":
        return self.filter(state="waiting").order_by("queue")

    def run_out(self, now: datetime) -> "SeatQuerySet":
        """Offers whose time is over, or whose session has begun since it was moved."""
        return self.filter(Q(offered_until__lte=now) | Q(session__starts_at__lte=now), state="offered")


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    """Private addresses of calendars."""

    def visible_to(self, user: "User") -> "CalendarLinkQuerySet":
        return self.filter(user=user)

    def open(self, since: datetime) -> "CalendarLinkQuerySet":
        """Those that answer: of people whose account is open, and asked for since then."""
        return self.filter(user__state="active", used_at__gt=since)


class ReminderChoiceQuerySet(models.QuerySet["ReminderChoice"]):
    """Who wants which reminders."""

    def visible_to(self, user: "User") -> "ReminderChoiceQuerySet":
        return self.filter(user=user)


class StandingSeatQuerySet(models.QuerySet["StandingSeat"]):
    """Seats for every time."""

    def visible_to(self, user: "User") -> "StandingSeatQuerySet":
        """Your own, and those of series of groups you run."""
        return self.filter(Q(user=user) | Q(series__group__in=_groups_run_by(user)))

    def open(self) -> "StandingSeatQuerySet":
        return self.filter(ended_at=None)


class GuestQuerySet(models.QuerySet["Guest"]):
    """People without an account."""

    def visible_to(self, user: "User") -> "GuestQuerySet":
        """Of those who run the group, and of nobody else."""
        return self.filter(group__in=_groups_run_by(user))

    def known(self) -> "GuestQuerySet":
        return self.filter(forgotten_at=None)

    def on_the_roll_of(self, session: "GroupSession") -> "GuestQuerySet":
        """The regular ones, and those who were marked for it, with `came`. Who was forgotten has no name there."""
        marked = FilteredRelation("seats", condition=Q(seats__session=session))
        regular = Q(regular=True, created_at__lt=session.ends_at)
        guests = self.filter(group=session.group_id).annotate(mark=marked)
        facts = {"came": Coalesce("mark__came", Value(""))}
        return guests.filter(regular | Q(mark__isnull=False)).annotate(**facts)


class GuestSeatQuerySet(models.QuerySet["GuestSeat"]):
    """Whether guests came."""

    def visible_to(self, user: "User") -> "GuestSeatQuerySet":
        return self.filter(session__group__in=_groups_run_by(user))


class RoomQuerySet(models.QuerySet["Room"]):
    """Rooms: no secret from anybody who is signed in."""

    def in_use(self) -> "RoomQuerySet":
        return self.filter(retired_at=None)


class BookingQuerySet(models.QuerySet["Booking"]):
    """Hosts and rooms of sessions."""

    def visible_to(self, user: "User") -> "BookingQuerySet":
        """Of sessions of your groups, and where you are the host."""
        return self.filter(Q(session__group__in=_groups_of(user)) | Q(host=user))

    def of_hosts(self) -> "BookingQuerySet":
        return self.filter(host__isnull=False)

    def named(self) -> "BookingQuerySet":
        """Adds `called`: the name by which the group knows the host; who steps in from outside has their own."""
        inside = Membership.objects.belonging().filter(group=OuterRef("session__group"), user=OuterRef("host"))
        names = {"called": Coalesce(Subquery(inside.values("alias")[:1]), F("host__display_name"))}
        return self.annotate(**names)

    def in_hand(self) -> "BookingQuerySet":
        """Those that give their host rights: to come, or not long over."""
        return self.filter(ends_at__gt=timezone.now() - HOSTS_STAY)

    def overlapping(self, start: datetime, end: datetime) -> "BookingQuerySet":
        """Those that are on at some moment between the two; touching is not overlapping."""
        return self.filter(live=True, starts_at__lt=end, ends_at__gt=start)


class StandInQuerySet(models.QuerySet["StandIn"]):
    """Who may be asked to step in."""

    def visible_to(self, user: "User") -> "StandInQuerySet":
        return self.filter(Q(user=user) | Q(group__in=_groups_run_by(user)))

    def able(self) -> "StandInQuerySet":
        """Those who run something to this day, and whom this group has not put out since they are on its list."""
        runs = Membership.objects.running().beyond_pairs().filter(user=OuterRef("user"))
        own = Membership.objects.filter(user=OuterRef("user"), group=OuterRef("group"))
        out = own.filter(Q(state="blocked") | Q(state="removed", ended_at__gte=OuterRef("created_at")))
        return self.filter(Exists(runs), ~Exists(out))


class CoverCallQuerySet(models.QuerySet["CoverCall"]):
    """Hosts who cannot make it."""

    def open(self) -> "CoverCallQuerySet":
        return self.filter(state="open")

    def to_answer(self) -> "CoverCallQuerySet":
        """Those that somebody can still take: the session is on and has not begun. Soonest first."""
        ahead = self.open().filter(session__state="scheduled", session__starts_at__gt=timezone.now())
        return ahead.order_by("session__starts_at", "pk")

    def due(self) -> "CoverCallQuerySet":
        """Those to look at: nobody took it by the cut-off, or the session moved and begins soon."""
        now = timezone.now()
        return self.open().filter(Q(until__lte=now) | Q(session__starts_at__lte=now + LATEST_COVER)).order_by("pk")

    def visible_to(self, user: "User") -> "CoverCallQuerySet":
        """Of groups you run; of those you may be asked to step in for, until the session is over; and your own, while
        you are down to lead.
        """
        groups = Q(session__group__in=_groups_run_by(user))
        asked = Q(session__group__in=user.stands_in.able().values("group_id"), session__ends_at__gt=timezone.now())
        own = Q(asked_by=user, session__in=_in_hand_of(user))
        return self.filter(groups | asked | own).select_related("session__group", "asked_by", "taken_by")


class TickQuerySet(models.QuerySet["Tick"]):
    """What was looked at before a session. How somebody is today is nobody else's business."""

    def visible_to(self, user: "User") -> "TickQuerySet":
        run = Q(session__group__in=_groups_run_by(user)) | Q(session__bookings__host=user)
        return self.filter(run).exclude(Q(item="fit") & ~Q(user=user)).distinct()


class ClosingQuerySet(models.QuerySet["Closing"]):
    """How sessions were closed."""

    def visible_to(self, user: "User") -> "ClosingQuerySet":
        """Of those who run the group."""
        return self.filter(session__group__in=_groups_run_by(user))


class SummaryQuerySet(models.QuerySet["Summary"]):
    """What sessions agreed to keep."""

    def visible_to(self, user: "User") -> "SummaryQuerySet":
        """Once shared, of those who were there and still belong; the draft of those who led it or run the group."""
        there = Q(
            shared_at__isnull=False,
            session__seats__user=user,
            session__seats__came__in=HERE,
            session__group__in=_groups_of(user),
        )
        led = Q(session__group__in=_groups_run_by(user)) | Q(session__in=user.bookings.in_hand().values("session_id"))
        return self.filter(there | led).distinct()


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """What people said of a session."""

    def visible_to(self, user: "User") -> "FeedbackQuerySet":
        """Of those who run the group. They are shown from five answers on, together (R104)."""
        return self.filter(session__group__in=_groups_run_by(user))


def calendar_begins() -> datetime:
    """What began before is in nobody's calendar any more."""
    return timezone.now() - CALENDAR_KEEPS


def _groups_run_by(user: "User") -> models.QuerySet[Any, Any]:
    return Membership.objects.facilitated_by(user).values("group_id")


def _one_of(name: str, keys: models.QuerySet[Any, Any]) -> Q:
    """As name__in=keys. As arrays, PostgreSQL can look up each of two such conditions in an index of its own; between
    IN and OR it goes through all sessions there ever were.
    """
    is_one = Func(F(name), ArraySubquery(keys), arg_joiner=" = ANY(", template="%(expressions)s)", output_field=TRUTH)
    return Q(is_one)


def _in_hand_of(user: "User") -> models.QuerySet[Any, Any]:
    bookings: Any = user.bookings
    held: models.QuerySet[Any, Any] = bookings.in_hand().values("session_id")
    return held


def _groups_of(user: "User") -> models.QuerySet[Any, Any]:
    return Membership.objects.coming().filter(user=user).values("group_id")
