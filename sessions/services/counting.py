"""How often a group met and how many came, month by month: numbers, and nobody's name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMonth

from groups.models import Group
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, GuestSeat, Seat
from sessions.querysets import HERE

MONTHS = 12


@dataclass
class Month:
    """One month on the group's own calendar. Of sessions where only heads were counted, nobody knows who came."""

    first: date
    held: int = 0
    cancelled: int = 0
    attendances: int = 0
    first_timers: int = 0
    heads: int = 0  # of the attendances, those counted without names
    people: set[str] = field(default_factory=set, repr=False)

    @property
    def different_people(self) -> int:
        return len(self.people)

    @property
    def row(self) -> list[Any]:
        """As it stands in the file."""
        counts = [self.held, self.cancelled, self.different_people, self.attendances, self.first_timers, self.heads]
        return [f"{self.first:%Y-%m}", *counts]


def months_of(reader: User, *, group: Group) -> list[Month]:
    """The last twelve months up to this one, the newest first. Five questions, however long the group has met.

    Raises NotAllowed.
    """
    ensure(reader, "attendance.count", group)
    this = group.today.replace(day=1)
    months = {first: Month(first) for first in (this - relativedelta(months=back) for back in range(MONTHS))}
    since = min(months)
    _count_sessions(months, group.sessions.filter(local_date__gte=since, local_date__lt=this + relativedelta(months=1)))
    _count_people(months, _seats(group, since), "user")
    _count_people(months, _guest_seats(group, since), "guest")
    return list(months.values())


def _count_sessions(months: dict[date, Month], sessions: QuerySet[GroupSession]) -> None:
    by_month = sessions.order_by().annotate(month=TruncMonth("local_date"))
    counted = by_month.values_list("month", "state", "headcount").annotate(number=Count("pk"))
    for first, state, heads, number in counted:
        month = months[first]
        if state == GroupSession.State.HELD:
            month.held += number
            month.heads += number * (heads or 0)
            month.attendances += number * (heads or 0)
        month.cancelled += number * (state == GroupSession.State.CANCELLED)


def _count_people(months: dict[date, Month], rows: Iterable[tuple[int, date, bool]], kind: str) -> None:
    """`rows` are who was there, when, and whether they had been there before all this; the oldest first."""
    known: set[int] = set()
    for person, day, been_before in rows:
        month = months.get(day.replace(day=1))
        if month is None:
            continue
        month.attendances += 1
        month.people.add(f"{kind} {person}")
        month.first_timers += not been_before and person not in known
        known.add(person)


def _seats(group: Group, since: date) -> Iterable[tuple[int, date, bool]]:
    here = Seat.objects.filter(session__group=group, came__in=HERE).exclude(session__state="cancelled")
    earlier = here.filter(user=OuterRef("user"), session__local_date__lt=since)
    rows = here.filter(session__local_date__gte=since).annotate(before=Exists(earlier))
    return rows.order_by("session__starts_at", "pk").values_list("user_id", "session__local_date", "before")


def _guest_seats(group: Group, since: date) -> Iterable[tuple[int, date, bool]]:
    here = GuestSeat.objects.filter(session__group=group, came__in=HERE).exclude(session__state="cancelled")
    earlier = here.filter(guest=OuterRef("guest"), session__local_date__lt=since)
    rows = here.filter(session__local_date__gte=since).annotate(before=Exists(earlier))
    return rows.order_by("session__starts_at", "pk").values_list("guest_id", "session__local_date", "before")
