"""A person's sessions as calendars read them (RFC 5545): each an event of its own, in UTC, that keeps its name.

No rule for repeating: a calendar would reckon it with its own table of time zones, and one week that moves
would need an exception. No METHOD either: RFC 5546 would then want to be told who organises, and who comes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Case, F, Value, When
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from sessions.querysets import SessionQuerySet

# No word of ours may say what kind of place this is: people see these in their calendar's settings.
MAKER, NAME = "-//Notes//Calendar//EN", "Notes"
ASK_AGAIN = timedelta(hours=1)
SHAPE = 1  # to be raised when events are written in another way: calendars then fetch them again


class Entry(NamedTuple):
    """What one event is made of, and nothing else: its tag follows from these values."""

    public_id: UUID
    starts_at: datetime
    ends_at: datetime
    state: str
    sequence: int
    changed_at: datetime
    group: str
    answer: str | None
    answered_at: datetime | None
    runs: bool

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"

    @property
    def is_sure(self) -> bool:
        """Whether the time is taken: with a seat, or by whoever runs the group."""
        return self.runs or self.answer == "going"

    @property
    def told_at(self) -> datetime:
        """When what stands here last changed, for everybody or by this person's own answer."""
        return max(self.changed_at, self.answered_at or self.changed_at)


def entries_of(sessions: SessionQuerySet) -> list[Entry]:
    """One query. `sessions` are such as one person may see, and come from `with_own_place()`."""
    runs = Case(When(place__state="active", place__role="facilitator", then=Value(True)), default=Value(False))
    found = sessions.annotate(runs=runs).order_by("starts_at", "pk")
    return [
        Entry(*row)
        for row in found.values_list(
            "public_id",
            "starts_at",
            "ends_at",
            "state",
            "sequence",
            "changed_at",
            "group__name",
            F("own__state"),
            F("own__answered_at"),
            "runs",
        )
    ]


def tag_of(entries: Iterable[Entry], *, names: bool) -> str:
    """An ETag of all that the calendar would say, in this language, so that nothing has to be written to know it."""
    said = repr((SHAPE, settings.SITE_URL, get_language(), names, list(entries)))
    return f'"{sha256(said.encode()).hexdigest()[:32]}"'


def calendar_of(entries: Iterable[Entry], *, names: bool, title: str = "") -> bytes:
    """The file. Without `names` each event says `title` and its time, and nothing more (R125)."""
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", ASK_AGAIN)
    for entry in entries:
        calendar.add_component(_event(entry, names=names, title=title or _("Busy")))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, *, names: bool, title: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.public_id}@{settings.SITE_HOST}")
    event.add("dtstamp", entry.told_at)
    event.add("last-modified", entry.told_at)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", _summary(entry, entry.group if names else title, names=names))
    event.add("status", _status(entry))
    event.add("transp", "OPAQUE" if entry.is_sure and not entry.is_cancelled else "TRANSPARENT")
    event.add("class", "PRIVATE")
    if names:
        page = settings.SITE_URL + reverse("sessions:detail", args=[entry.public_id])
        event.add("description", page)  # not every calendar shows URL
        event.add("url", page)
    return event


def _summary(entry: Entry, title: str, *, names: bool) -> str:
    """Not every calendar heeds STATUS, so the title says it, too."""
    if not entry.is_cancelled:
        return title
    return _("Cancelled: %(title)s") % {"title": title} if names else _("Cancelled")


def _status(entry: Entry) -> str:
    if entry.is_cancelled:
        return "CANCELLED"
    return "CONFIRMED" if entry.is_sure else "TENTATIVE"
