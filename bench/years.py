"""Ten years of an organisation with ten thousand groups: five million sessions. A part of `bench sessions`."""

import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from bench import Target, copies

GROUPS, MEMBERS, PEOPLE = 10_000, 8, 20_000
PAST, AHEAD, A_YEAR = 487, 12, 52  # weeks: with this one, 500 of each group
BLOCKS, ROUNDS, PAUSE = 6, 25, 0.5  # seconds: who has the machine for a while has it for some blocks, and not for all
CALENDAR, HISTORY = 0.5, 1.5  # milliseconds and a ratio, promised in issue 4
BESIDE = 2  # milliseconds, promised by nobody: what is over took hundreds when it went through all that has ever met
OVER, WHOLE = "what is over", "the whole page"
PAGE, LINES = "/sessions/", 35  # a member's list: 30 sessions that are to come and the last 5
FIRST = 1_000_000  # keys of what is filled in here, beyond those of the rest of the benchmark
BEGINS = "date_trunc('week', now()) + (w * 7 + n % 7) * interval '1 day' + (8 + n % 12) * interval '1 hour'"
KEY = f"{FIRST} + {GROUPS} * (w + {PAST}) + n"
SESSION = {
    "id": KEY,
    "group_id": f"{FIRST} + n",
    "local_date": "begins::date",
    "local_time": "begins::time",
    "starts_at": "begins",
    "ends_at": "begins + interval '75 minutes'",
}
BOOKING = {
    "id": KEY,
    "session_id": KEY,
    "host_id": f"{FIRST} + n",
    "starts_at": "begins",
    "ends_at": "begins + interval '75 minutes'",
}
MEMBERSHIP = {
    "id": f"{FIRST} + n * {MEMBERS} + k",
    "group_id": f"{FIRST} + n",
    "user_id": f"{FIRST} + CASE k WHEN 0 THEN n ELSE (n * {MEMBERS} + k * 1009) % {PEOPLE} + 1 END",
    "alias": "'P' || k",
    "role": "CASE k WHEN 0 THEN 'facilitator' ELSE 'member' END",
}
SEAT = {"id": f"{FIRST} + row_number() OVER ()", "session_id": "s.id", "user_id": "m.user_id"}
SEATS = """
    group_sessions_groupsession AS s JOIN groups_membership AS m ON m.group_id = s.group_id AND m.role = 'member'
    WHERE s.starts_at > now() - interval '28 days' AND s.id > %d
"""
Asked = tuple[str, Any]  # a question to the database, with its values
TABLES = ("group_sessions_booking", "group_sessions_seat", "group_sessions_groupsession")
# The first is what bookings follow. The other two make that nobody is booked twice: nothing asked here uses them, and
# building them for ten years takes longer than all the rest.
KEPT, LEFT_OUT = ["session_booking_key"], ["booking_host_free", "booking_room_free"]


def targets() -> Iterator[Target]:
    """The organisation's week after one year and after ten, then the calendars of a member and of who leads a group."""
    one = _make_one_of_each()
    _fill_people()
    _fill_weeks(-A_YEAR, AHEAD)
    young = _week(one)
    _fill_weeks(-PAST, -A_YEAR - 1)
    _fill_seats()
    old = _week(one)
    both = f"{old:.3g} ms in the server and {young:.3g} ms"
    yield Target(f"the organisation's week after ten years, of that after one ({both})", old / young, at_most=HISTORY)
    sessions = apps.get_model("group_sessions", "GroupSession").objects.count()
    for who, person in {"a member": _plain_member(), "who leads a group": _leader()}.items():
        for what, took in _took(_asked_by_the_list(person) | _asked_by_the_feed(person)).items():
            most = BESIDE if what in (OVER, WHOLE) else CALENDAR
            yield Target(f"{what} of {who} at {sessions:,} sessions", took, "ms", at_most=most)


def _asked_by_the_list(person: Any) -> dict[str, list[Asked]]:
    """Every question of the page as it is asked, and which of them the calendar is."""
    client = import_string("django.test.Client")(SERVER_NAME="localhost")
    client.force_login(person)
    with import_string("django.test.override_settings")(STAFF_MFA_REQUIRED=False):
        asked = _asked(lambda: client.get(PAGE).content.count(b'<li class="line">') == LINES)
    coming, over = (one for one in asked if one[0].startswith('SELECT "group_sessions_groupsession"'))
    (groups,) = (one for one in asked if one[0].startswith('SELECT "groups_group"'))
    (leaders,) = (one for one in asked if one[0].startswith('SELECT "group_sessions_booking"'))
    (calls,) = (one for one in asked if one[0].startswith('SELECT "group_sessions_covercall"'))
    (names,) = (one for one in asked if one[0].startswith('SELECT "groups_membership"."group_id"'))
    return {
        "what is to come, with seats,": [coming],
        "the groups of that": [groups],
        "those who lead that": [leaders, calls],
        "their names": [names],
        "the calendar, which is these five together,": [coming, groups, leaders, calls, names],
        OVER: [over],
        WHOLE: asked,
    }


def _asked_by_the_feed(person: Any) -> dict[str, list[Asked]]:
    sessions = apps.get_model("group_sessions", "GroupSession").objects.in_calendar_of(person)
    facts = import_string("sessions.calendar.FACTS")
    return {"the feed": [sessions.order_by("starts_at", "pk").values_list(*facts).query.sql_with_params()]}


def _asked(do: Callable[[], bool]) -> list[Asked]:
    """What is asked of the database the second time: the first fills what is kept in memory."""
    asked: list[Asked] = []

    def note(execute: Any, words: str, values: Any, many: bool, context: Any) -> Any:
        asked.append((words, values))
        return execute(words, values, many, context)

    assert do()
    with connection.execute_wrapper(note):
        assert do()
    return asked


def _took(asked: dict[str, list[Asked]]) -> dict[str, float]:
    """How long these take in the server: the least that each question took, as others have the machine in between."""
    questions = {str(one): one for of in asked.values() for one in of}
    least = dict.fromkeys(questions, math.inf)
    with connection.cursor() as cursor:
        for number in range(BLOCKS * ROUNDS):
            time.sleep(0 if number % ROUNDS else PAUSE)
            for key, (words, values) in questions.items():
                cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {words}", values)
                took = float(re.findall(r"Execution Time: ([\d.]+)", str(cursor.fetchall()))[0])
                least[key] = min(took, least[key])
    return {what: sum(least[str(one)] for one in of) for what, of in asked.items()}


def _week(admin: Any) -> float:
    """What one page of it takes in the server. The rest of the page has no history."""
    week_of, monday = import_string("sessions.services.week_of"), import_string("sessions.services.monday_of")
    asked = _asked(lambda: week_of(admin, first=monday(timezone.localdate())).is_cut)
    return _took({"week": asked})["week"]


def _plain_member() -> Any:
    """Somebody in the middle of all who leads nothing: whoever leads a group comes first among the people."""
    members = apps.get_model("groups", "Membership").objects.filter(role="member", user_id__gt=FIRST + GROUPS)
    return members.filter(group_id__gte=FIRST + GROUPS // 2).order_by("pk")[0].user


def _leader() -> Any:
    return apps.get_model("groups", "Membership").objects.get(role="facilitator", group_id=FIRST + GROUPS // 2).user


def _make_one_of_each() -> Any:
    """An admin, of whom others are copies, with a group, a session, a seat and a booking."""
    user, now = apps.get_model("people", "User"), timezone.now()
    group = apps.get_model("groups", "Group")
    admin = user.objects.create_user(email="years@example.org", is_admin=True)
    made = group.objects.create(id=FIRST, slug="years", name="Years", state="open", opened_at=now, created_by=admin)
    made.memberships.create(id=FIRST, user=admin, alias="P", state="active", joined_at=now)
    begins = now - timedelta(days=4000)
    span = {"starts_at": begins, "ends_at": begins + timedelta(minutes=75)}
    clock = {"local_date": begins.date(), "local_time": begins.time(), "minutes": 75, "time_zone": "UTC"}
    session = made.sessions.create(id=FIRST, **clock, **span)
    session.seats.create(id=FIRST, user=admin, state="going")
    session.bookings.create(id=FIRST, host=admin, duty="lead", live=True, **span)
    return admin


def _fill_people() -> None:
    people = {"id": f"{FIRST} + n", "email": "'q' || n || '@example.org'", "is_admin": "false"}
    groups = {"id": f"{FIRST} + n", "slug": "'years-' || n", "name": "'Years ' || n"}
    with import_string("peerhub.roles.as_owner")(), connection.cursor() as cursor:
        _copy(cursor, "people.User", f"generate_series(1, {PEOPLE}) AS n", people)
        _copy(cursor, "groups.Group", f"generate_series(1, {GROUPS}) AS n", groups)
        some = f"generate_series(1, {GROUPS}) AS n, generate_series(0, {MEMBERS - 1}) AS k"
        _copy(cursor, "groups.Membership", f"{some} WHERE {MEMBERSHIP['user_id']} <> {FIRST} + n OR k = 0", MEMBERSHIP)


def _fill_weeks(first: int, last: int) -> None:
    """A session of each group in each of these weeks, led by whoever runs it."""
    weeks = f"generate_series({first}, {last}) AS w, generate_series(1, {GROUPS}) AS n, "
    meetings = f"{weeks} LATERAL (SELECT {BEGINS} AS begins) AS meeting"
    with import_string("peerhub.roles.as_owner")(), connection.cursor() as cursor, _bare(cursor, TABLES):
        _copy(cursor, "group_sessions.GroupSession", meetings, SESSION)
        _copy(cursor, "group_sessions.Booking", meetings, BOOKING)


def _fill_seats() -> None:
    """A seat for every member in what is to come and was of late."""
    with import_string("peerhub.roles.as_owner")(), connection.cursor() as cursor, _bare(cursor, TABLES[1:2]):
        _copy(cursor, "group_sessions.Seat", SEATS % FIRST, SEAT)


def _copy(cursor: Any, name: str, of: str, changed: dict[str, str]) -> None:
    model = apps.get_model(name)
    words = copies(model, of, changed)
    # All rows are like the one that was made for it, and not like the first one of the table.
    first = f"(SELECT * FROM {model._meta.db_table} LIMIT 1)"  # noqa: S608 — names of ours
    cursor.execute(words.replace(first, f"({_one(model)})"))


def _one(model: Any) -> str:
    table = model._meta.db_table
    of = "email = 'years@example.org'" if table == "people_user" else f"id = {FIRST}"
    return f"SELECT * FROM {table} WHERE {of}"  # noqa: S608 — names of ours


@contextmanager
def _bare(cursor: Any, tables: tuple[str, ...]) -> Iterator[None]:
    """Without indexes and keys while many rows come in: to make them anew afterwards is far quicker."""
    cursor.execute("SET maintenance_work_mem = '1GB'")  # what sorts millions of keys
    again = [words for table in tables for words in _stripped(cursor, table)]
    yield
    for words in reversed(again):
        cursor.execute(words)
    for table in tables:
        cursor.execute(f"VACUUM ANALYZE {table}")


def _stripped(cursor: Any, table: str) -> list[str]:
    """Take them off; returns what brings them back, last first."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('f', 'u', 'x') AND conname <> ALL(%s)",
        [table, KEPT],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)",
        [table, table],
    )
    indexes = cursor.fetchall()
    for name, _words in keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _words in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    add = [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {words}' for name, words in keys if name not in LEFT_OUT]
    return [*sorted(add, key=lambda words: "UNIQUE" in words), *(words for _name, words in indexes)]
