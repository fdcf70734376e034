"""What calendars read: RFC 5545, as two libraries and a strict reader of lines find it."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream

from sessions.calendar import Entry, calendar_of

STARTS = datetime(2027, 3, 28, 18, 0, tzinfo=UTC)  # the evening on which London's clocks went forward
CHANGED = datetime(2027, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
ANSWERED = datetime(2027, 3, 2, 7, 0, tzinfo=UTC)
UID = UUID("7a1ff6f8-3a0c-4c3c-9e57-0a4c3d8c1d11")
NASTY = "Évenings, talking; listening \\ resting\r\nATTACH:https://evil.example 🌙 " + "long " * 30
STAMP = re.compile(r"\d{8}T\d{6}Z")
# What RFC 5545 asks of these, each exactly once in an event.
ONCE = ["UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "TRANSP", "CLASS", "SUMMARY", "LAST-MODIFIED"]


def entry(**facts):
    plain = {
        "public_id": UID,
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(minutes=75),
        "state": "scheduled",
        "sequence": 3,
        "changed_at": CHANGED,
        "group": "Evenings with anxiety",
        "standing": "active",
        "role": "member",
        "answer": "going",
        "answered_at": ANSWERED,
    }
    return Entry(**(plain | facts))


def lines_of(body):
    """The lines as they mean, after a strict look at how they are written."""
    text = body.decode("utf-8")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert "\r" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    return text.replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")[:-1]


def both(body):
    """(title, begin, end, uid, sequence, status, link) of each event, as each of the two libraries reads it."""
    ours = icalendar.Calendar.from_ical(body)
    theirs = IcsCalendarStream.calendar_from_ics(body.decode())
    one = [
        (
            str(event["summary"]),
            event.decoded("dtstart"),
            event.decoded("dtend"),
            str(event["uid"]),
            int(event["sequence"]),
            str(event["status"]),
            str(event["url"]) if "url" in event else None,
        )
        for event in ours.walk("VEVENT")
    ]
    other = [
        (event.summary, event.dtstart, event.dtend, event.uid, event.sequence, str(event.status.value), event.url)
        for event in theirs.events
    ]
    return one, other


def test_two_libraries_read_the_same(settings):
    settings.SITE_HOST, settings.SITE_URL = "hub.example.org", "https://hub.example.org"
    moved = entry(public_id=UUID(int=1), starts_at=STARTS + timedelta(days=7), ends_at=STARTS + timedelta(days=8))

    one, other = both(calendar_of([entry(), moved], names=True))

    assert one == other
    assert one[0] == (
        "Evenings with anxiety",
        STARTS,
        STARTS + timedelta(minutes=75),
        f"{UID}@hub.example.org",
        3,
        "CONFIRMED",
        f"https://hub.example.org/sessions/{UID}/",
    )
    assert len(one) == 2


def test_it_is_written_as_strict_readers_want_it():
    lines = lines_of(calendar_of([entry(), entry(public_id=UUID(int=2))], names=False))
    events = [block.split("|END:VEVENT")[0].split("|") for block in "|".join(lines).split("|BEGIN:VEVENT|")[1:]]

    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert [line for line in lines if line.startswith(("VERSION", "PRODID", "METHOD"))] == [
        "VERSION:2.0",
        "PRODID:-//Notes//Calendar//EN",
    ]
    assert lines[3:6] == ["X-WR-CALNAME:Notes", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    for event in events:
        assert sorted(line.partition(":")[0] for line in event) == sorted(ONCE)
        stamps = [line.partition(":")[2] for line in event if line.startswith(("DT", "LAST"))]
        assert [stamp for stamp in stamps if not STAMP.fullmatch(stamp)] == []
    assert len({line for event in events for line in event if line.startswith("UID")}) == 2


def test_a_calendar_without_sessions_is_one_too():
    lines = lines_of(calendar_of([], names=False))

    assert both(calendar_of([], names=False)) == ([], [])
    assert lines[-1] == "END:VCALENDAR"


def test_discreet_it_says_busy_and_when_and_nothing_else():
    said = entry(group="canary-group")
    assert b"canary-group" in calendar_of([said], names=True)

    body = calendar_of([said], names=False)

    assert b"SUMMARY:Busy\r\n" in body
    for word in (b"canary", b"http", b"DESCRIPTION", b"URL", b"LOCATION", b"PeerHub", b"ORGANIZER", b"ATTENDEE"):
        assert word not in body


def test_a_file_to_keep_calls_it_an_appointment():
    assert b"SUMMARY:Appointment\r\n" in calendar_of([entry()], names=False, title="Appointment")
    assert b"SUMMARY:Evenings with anxiety\r\n" in calendar_of([entry()], names=True, title="Appointment")


def test_no_name_of_a_group_becomes_a_line_of_its_own():
    body = calendar_of([entry(group=NASTY)], names=True)

    one, other = both(body)
    assert [line for line in lines_of(body) if line.startswith("ATTACH")] == []
    assert one[0][0].split() == other[0][0].split() == NASTY.split()


@pytest.mark.parametrize(
    ("facts", "names", "told"),
    [
        ({}, False, ("Busy", "CONFIRMED", "OPAQUE")),
        ({"answer": None, "role": "facilitator"}, False, ("Busy", "CONFIRMED", "OPAQUE")),
        ({"answer": None}, False, ("Busy", "TENTATIVE", "TRANSPARENT")),
        ({"answer": "waiting"}, False, ("Busy", "TENTATIVE", "TRANSPARENT")),
        ({"state": "held"}, False, ("Busy", "CONFIRMED", "OPAQUE")),
        ({"state": "cancelled"}, False, ("Cancelled", "CANCELLED", "TRANSPARENT")),
        ({"state": "cancelled"}, True, ("Cancelled: Evenings with anxiety", "CANCELLED", "TRANSPARENT")),
    ],
)
def test_how_sure_a_session_is(facts, names, told):
    (event,) = icalendar.Calendar.from_ical(calendar_of([entry(**facts)], names=names)).walk("VEVENT")

    assert (event["summary"], event["status"], event["transp"]) == told


def test_it_says_when_it_last_changed_for_everybody_or_for_this_person():
    (event,) = icalendar.Calendar.from_ical(calendar_of([entry()], names=False)).walk("VEVENT")
    (unanswered,) = icalendar.Calendar.from_ical(calendar_of([entry(answered_at=None)], names=False)).walk("VEVENT")

    assert event.decoded("dtstamp") == event.decoded("last-modified") == ANSWERED
    assert unanswered.decoded("dtstamp") == CHANGED.replace(microsecond=0)


def test_the_same_sessions_are_the_same_bytes():
    assert calendar_of([entry()], names=True) == calendar_of([entry()], names=True)
