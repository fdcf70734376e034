"""A person's sessions as calendars read them (RFC 5545): each an event of its own, in UTC, that keeps its name.

No rule for repeating: a calendar would reckon it with its own table of time zones, and one week that moves
would need an exception. No METHOD either: RFC 5546 would then want to be told who organises, and who comes.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDatetime, vDuration, vInt, vText, vUri

from people.models import User
from people.often import OftenAsked
from sessions.models import GroupSession
from sessions.querysets import SessionQuerySet, calendar_begins

# No word of ours may say what kind of place this is: people see these in their calendar's settings.
MAKER, NAME = "-//Notes//Calendar//EN", "Notes"
ASK_AGAIN = timedelta(hours=1)
SHAPE = 1  # to be raised when events are written in another way: calendars then fetch them again


class Entry(NamedTuple):
    """What one event is made of, and nothing else. In the order of `FACTS`."""

    public_id: UUID
    starts_at: datetime
    ends_at: datetime
    state: str
    sequence: int
    changed_at: datetime
    group: str
    standing: str
    role: str
    answer: str | None
    answered_at: datetime | None

    @property
    def is_cancelled(self) -> bool:
        return self.state == "cancelled"

    @property
    def is_sure(self) -> bool:
        """Whether the time is taken: with a seat, or by whoever runs the group."""
        return self.answer == "going" or (self.standing == "active" and self.role == "facilitator")

    @property
    def told_at(self) -> datetime:
        """When what stands here last changed, for everybody or by this person's own answer."""
        return max(self.changed_at, self.answered_at or self.changed_at)


FACTS = (
    "public_id",
    "starts_at",
    "ends_at",
    "state",
    "sequence",
    "changed_at",
    "group__name",
    "place__state",
    "place__role",
    "own__state",
    "own__answered_at",
)

# All of it as one short text that differs as soon as one value does. No two rows are written alike, empty or not.
SAID = "SELECT md5(string_agg(fact.row, '' ORDER BY fact.row)) FROM (SELECT own::text AS row FROM ({}) AS own) AS fact"
ASKED = OftenAsked(
    lambda who, since: GroupSession.objects.in_calendar_of(User(pk=who), since=since).order_by().values_list(*FACTS),
    -1,
    datetime.max.replace(tzinfo=UTC),
)


def entries_of(sessions: SessionQuerySet) -> list[Entry]:
    """One query. `sessions` are such as one person may see, and come from `with_own_place()`."""
    return [Entry(*row) for row in sessions.order_by("starts_at", "pk").values_list(*FACTS)]


def tag_of(user: User, *, names: bool) -> str:
    """An ETag of all that this person's calendar would say, in this language, without reading it. One query."""
    ((said,),) = ASKED.rows(user.pk, calendar_begins(), inside=SAID)
    whole = repr((SHAPE, settings.SITE_URL, get_language(), names, said))
    return f'"{sha256(whole.encode()).hexdigest()[:32]}"'


def calendar_of(entries: Iterable[Entry], *, names: bool, title: str = "") -> bytes:
    """The file. Without `names` each event says `title` and its time, and nothing more (R125)."""
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(ASK_AGAIN))  # what Outlook reads
    for entry in entries:
        calendar.add_component(_event(entry, names=names, title=title or _("Busy")))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, *, names: bool, title: str) -> Event:
    """Each value with its type: `add()` would find it out anew for every value of every event."""
    event, told_at = Event(), vDatetime(entry.told_at)
    event["uid"] = vText(f"{entry.public_id}@{settings.SITE_HOST}")
    event["dtstamp"] = event["last-modified"] = told_at
    event["sequence"] = vInt(entry.sequence)
    event["dtstart"] = vDatetime(entry.starts_at)
    event["dtend"] = vDatetime(entry.ends_at)
    event["summary"] = vText(_summary(entry, entry.group if names else title, names=names))
    event["status"] = vText(_status(entry))
    event["transp"] = vText("OPAQUE" if entry.is_sure and not entry.is_cancelled else "TRANSPARENT")
    event["class"] = vText("PRIVATE")
    if names:
        page = settings.SITE_URL + reverse("sessions:detail", args=[entry.public_id])
        event["description"] = vText(page)  # not every calendar shows URL
        event["url"] = vUri(page)
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
