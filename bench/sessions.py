"""Sessions in numbers: a calendar that asks again and again, and the night in which many series get their rows."""

import os
import statistics
import time
from collections.abc import Iterator
from datetime import time as clock
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from bench import Target, years
from bench.processes import servers

SESSIONS, PAST, GROUPS, OTHERS = 100, 1000, 5, 20
ROUNDS, WHOLE, UNCHANGED = 51, 30, 3  # milliseconds, promised in issue 4
SERIES, ROWS, NIGHT = 385, 13, 3  # weekly ones, with 13 weeks each, 5,005 sessions; seconds, promised in issue 4


def run() -> Iterator[Target]:
    with servers():
        yield from _targets(fill())
        yield from _night()
        yield from years.targets()


def _targets(token: str) -> Iterator[Target]:
    client = import_string("django.test.Client")(SERVER_NAME="localhost")
    path = f"/calendar/{token}.ics"
    first = client.get(path)
    assert first.content.count(b"BEGIN:VEVENT") == SESSIONS
    tag = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    yield Target("a feed of 100 sessions", _processor(client, path, 200), "ms", at_most=WHOLE)
    yield Target("the same when nothing changed", _processor(client, path, 304, **tag), "ms", at_most=UNCHANGED)


def _processor(client: Any, path: str, status: int, **headers: str) -> float:
    """The median over some requests. Of this process: the database's own time is not in it."""
    took = []
    for _round in range(ROUNDS):
        began = time.process_time()
        assert client.get(path, **headers).status_code == status
        took.append(1000 * (time.process_time() - began))
    return statistics.median(took)


def _night() -> Iterator[Target]:
    """Every series is a week old and has no row: what one night makes, with 15,015 bookings."""
    _many_series()
    began, worked = time.perf_counter(), _both_worked()
    made = import_string("sessions.services.keep_ahead")()
    took, work = time.perf_counter() - began, _both_worked() - worked
    assert made == SERIES * ROWS
    booked = apps.get_model("group_sessions", "Booking").objects.filter(session__series__isnull=False).count()
    assert booked == 3 * SERIES * ROWS
    what = f"making {made:,} sessions with two hosts and a room"
    yield Target(f"{what}, by the clock on the wall", took, "s", at_most=NIGHT)
    if work:  # a system without /proc tells nobody what the server worked
        yield Target(f"{what}, by the processor, here and in the server", work, "s", at_most=NIGHT)


def _both_worked() -> float:
    """Seconds of processor of this process and of the server's that answers it. 0 where the system does not say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (server,) = cursor.fetchone()
    stat = Path(f"/proc/{server}/stat")
    if not stat.exists():
        return 0
    ticks = stat.read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return time.process_time() + sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _many_series() -> None:
    """A group each, with a lead, somebody who helps and a room that two groups share at different hours."""
    user, group = apps.get_model("people", "User"), apps.get_model("groups", "Group")
    series, room = (apps.get_model("group_sessions", name) for name in ("Series", "Room"))
    now = timezone.now()
    first = timezone.now().date() - timedelta(days=7) + timedelta(days=1)
    for number in range(SERIES):
        hosts = [user.objects.create_user(email=f"h{number}-{who}@example.org") for who in range(2)]
        names = {"slug": f"s{number}", "name": f"Series {number}", "purpose": "-", "time_zone": "Europe/London"}
        made = group.objects.create(**names, state="open", opened_at=now, created_by=hosts[0])
        for host in hosts:
            place = {"user": host, "alias": f"H{host.pk}", "state": "active", "role": "facilitator"}
            made.memberships.create(**place, joined_at=now)
        place = room.objects.get_or_create(name=f"Room {number // 2}")[0]
        series.objects.create(
            group=made, starts_on=first, starts_at=clock(18 + number % 2), minutes=60, time_zone="Europe/London",
            lead=hosts[0], co=hosts[1], room=place, created_by=hosts[0],
        )  # fmt: skip
    with import_string("peerhub.roles.as_owner")(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def fill() -> str:
    """Somebody in five groups with 100 sessions ahead, ten times as many behind, and others in every seat."""
    user, group = apps.get_model("people", "User"), apps.get_model("groups", "Group")
    session, seat = (apps.get_model("group_sessions", name) for name in ("GroupSession", "Seat"))
    people = [user.objects.create_user(email=f"p{number}@example.org") for number in range(OTHERS + 1)]
    now = timezone.now()
    for number in range(GROUPS):
        names = {"slug": f"g{number}", "name": f"Evenings {number}", "purpose": "-"}
        made = group.objects.create(**names, state="open", opened_at=now, created_by=people[0])
        for person in people:
            made.memberships.create(user=person, alias=f"P{person.pk}", state="active", joined_at=now)
        rows = [_session(session, made, now, day) for day in range(-PAST // GROUPS - 31, -31)]
        rows += [_session(session, made, now, day) for day in range(1, SESSIONS // GROUPS + 1)]
        session.objects.bulk_create(rows)
    ahead = session.objects.filter(starts_at__gt=now)
    seat.objects.bulk_create([seat(session=row, user=person, state="going") for row in ahead for person in people])
    with import_string("peerhub.roles.as_owner")(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return str(import_string("sessions.services.make_calendar_link")(people[-1]))


def _session(model: Any, group: Any, now: Any, day: int) -> Any:
    begin = now + timedelta(days=day)
    return model(group=group, local_date=begin.date(), local_time=begin.time(), time_zone="UTC", minutes=75,
                 starts_at=begin, ends_at=begin + timedelta(minutes=75))  # fmt: skip
