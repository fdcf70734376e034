"""One week of the whole organisation: what meets when, who leads it and where. No member, no topic of anybody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from people.local_time import instant, local_day
from people.models import User
from people.policy import ensure
from sessions.models import Booking, GroupSession

DAYS = 7
MOST = 400  # sessions that a page of one week shows


@dataclass(frozen=True)
class Meeting:
    """One session with whoever leads it, by name, and its room."""

    session: GroupSession
    hosts: list[str]
    room: str

    @property
    def needs_host(self) -> bool:
        return not self.hosts and not self.session.is_cancelled

    @property
    def needs_room(self) -> bool:
        meets_in_a_place = self.session.group.format != "online" and not self.session.group.place
        return meets_in_a_place and not self.room and not self.session.is_cancelled


@dataclass(frozen=True)
class Week:
    """Seven days on the reader's own calendar, those without a session left out."""

    first: date
    days: list[tuple[date, list[Meeting]]]
    is_cut: bool  # there are more than a page shows


def week_of(reader: User, *, first: date) -> Week:
    """What meets from this day on, in two questions, however much has met before. Pairs see to themselves.

    Raises NotAllowed.
    """
    ensure(reader, "week.see")
    zone = reader.zone
    start, end = (instant(day, time(0), zone) for day in (first, first + timedelta(days=DAYS)))
    meetings = list(_meetings(start, end))
    by_day = groupby(meetings[:MOST], key=lambda meeting: local_day(meeting.session.starts_at, zone))
    return Week(first, [(day, list(rows)) for day, rows in by_day], is_cut=len(meetings) > MOST)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _meetings(start: datetime, end: datetime) -> Iterator[Meeting]:
    near = GroupSession.objects.filter(starts_at__gte=start, starts_at__lt=end).exclude(group__kind="pair")
    sessions = list(near.select_related("group").order_by("starts_at", "pk")[: MOST + 1])
    hosts: dict[int, list[str]] = {}
    rooms: dict[int, str] = {}
    booked = Booking.objects.filter(session__in=sessions).named().select_related("room").order_by("-duty")
    for row in booked:
        if row.room:
            rooms[row.session_id] = row.room.name
        else:
            hosts.setdefault(row.session_id, []).append(row.called)
    for session in sessions:
        yield Meeting(session, hosts.get(session.pk, []), rooms.get(session.pk, ""))
