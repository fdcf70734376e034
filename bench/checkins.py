"""Asking everybody how they are: from a rhythm that is due to a row that waits for its message, at three sizes."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from bench import Target, copies
from bench.processes import go, line, process, servers, wait_until_ready

SIZES = {10_000: 5, 100_000: 3, 1_000_000: 2}  # people, and how often it is measured: the best counts
GROUPS, FIRST, HOURS = 1000, 1_000_000, 7 * 24
RATE, APART, TICK = 30_000, 0.25, 1  # members a second; each size from their mean; seconds: of issue 5
ZONES = [
    "Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Moscow", "Africa/Lagos", "Africa/Cairo",
    "Africa/Nairobi", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bangkok",
    "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland",
    "Pacific/Chatham", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Honolulu", "America/Anchorage",
    "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Halifax",
    "America/St_Johns", "America/Sao_Paulo", "America/Santiago", "America/Bogota", "Atlantic/Azores", "UTC",
    "Asia/Tehran", "Asia/Kabul", "Asia/Yangon", "Asia/Manila", "Africa/Johannesburg", "America/Mexico_City",
]  # fmt: skip
PERSON = {
    "id": f"{FIRST} + n",
    "email": "'p' || n || '@example.org'",
    "time_zone": "(%(zones)s::text[])[1 + n %% 40]",
}
SEAT = {
    "id": f"{FIRST} + n",
    "user_id": f"{FIRST} + n",
    "group_id": f"{FIRST} + n %% {GROUPS}",
    "alias": "'P' || n",
}
# Everybody's quiet hours begin eight hours from now and end four hours ago: it is day for all of them.
AWAKE = """
    UPDATE people_user SET quiet_from = date_trunc('hour', now() AT TIME ZONE time_zone)::time + interval '8 hours',
        quiet_to = date_trunc('hour', now() AT TIME ZONE time_zone)::time - interval '4 hours'
"""
# Two in three are asked at this very hour, the others at their own minute of a part of the day that has gone by, as
# checkins/rhythm.py spreads them. A week ago they were asked as well, and half of them answered.
DUE = """
    UPDATE checkins_rhythm AS rhythm SET weekday = extract(isodow FROM mine) - 1, hour = extract(hour FROM mine),
        part = one.part, next_at = (date_trunc('day', mine) + CASE one.part
            WHEN '' THEN extract(hour FROM mine) * interval '1 hour'
            WHEN 'morning' THEN interval '9 hours' + (spread * 120 >> 32) * interval '1 minute'
            WHEN 'midday' THEN interval '12 hours' + (spread * 120 >> 32) * interval '1 minute'
            ELSE interval '17 hours' + (spread * 150 >> 32) * interval '1 minute'
        END) AT TIME ZONE time_zone
    FROM (
        SELECT id, time_zone, now() AT TIME ZONE time_zone AS mine, id * 2654435761 & 4294967295 AS spread,
            CASE WHEN id % 3 > 0 THEN '' WHEN quiet_to <= '17:00' AND clock >= '19:30' THEN 'evening'
                WHEN quiet_to <= '12:00' AND clock >= '14:00' THEN 'midday'
                WHEN quiet_to <= '09:00' AND clock >= '11:00' THEN 'morning' ELSE '' END AS part
        FROM people_user, LATERAL (SELECT (now() AT TIME ZONE time_zone)::time AS clock) AS now_there
    ) AS one WHERE one.id = rhythm.user_id
"""
RHYTHMS = """
    INSERT INTO checkins_rhythm (user_id, "on", every, weekday, part, hour, remind, next_at)
    SELECT %(first)s + n, true, 'week', 0, '', 10, false, now() FROM generate_series(%(begin)s, %(end)s) AS n
"""
LAST_WEEK = """
    TRUNCATE checkins_checkin CASCADE;
    INSERT INTO checkins_checkin
        (public_id, user_id, week, prompt, state, asked_at, told_at, answered_at, support, share)
    SELECT gen_random_uuid(), user_id, date_trunc('week', at AT TIME ZONE time_zone)::date, 'How has this week been?',
        CASE user_id % 2 WHEN 0 THEN 'lapsed' ELSE 'answered' END, at, at, CASE user_id % 2 WHEN 1 THEN at END, '', ''
    FROM (
        SELECT rhythm.user_id, time_zone, date_trunc('minute', next_at) - interval '7 days' AS at
        FROM checkins_rhythm AS rhythm JOIN people_user AS person ON person.id = rhythm.user_id
    ) AS asked
"""
ONE_HOUR = """
    DELETE FROM checkins_checkin WHERE told_at IS NULL AND user_id %% %(share)s = 0;
    UPDATE checkins_checkin SET told_at = asked_at WHERE told_at IS NULL;
    UPDATE checkins_rhythm SET next_at = now() - interval '1 minute' WHERE user_id %% %(share)s = 0
"""


def run() -> Iterator[Target]:
    before = dict(os.environ)  # what names none of our servers: they are gone when the messages are measured
    with servers():
        yield from _targets()
    yield from _sending(before)


def _targets() -> Iterator[Target]:
    _make_one_of_each()
    rates, have = [], 0
    with process("bench.mails.asker") as one, process("bench.mails.asker") as other:
        wait_until_ready([one, other])
        for people, rounds in SIZES.items():
            _fill(have, people)
            have = people
            rate, alone = max(_rate(people, [one, other]) for _round in range(rounds))
            rates.append(rate)
            print(f"one process alone would ask {alone:,.0f} a second, by the processor time it took")
            yield Target(f"due to rows, {people:,} people, by a worker's 2 processes", rate, "a second", at_least=RATE)
    middle = statistics.mean(rates)
    apart = max(abs(rate / middle - 1) for rate in rates)
    yield Target("how far any of these is from their mean, as a part of it", apart, at_most=APART)
    yield from _tick(have)


def _sending(env: dict[str, str]) -> Iterator[Target]:
    """What carries the messages has a mail server and settings of its own: another process, in the same run."""
    done = subprocess.run([sys.executable, "-m", "bench", "sending"], check=False, env=env)
    yield Target("sending, as measured above: 0 when all of it holds", done.returncode, at_most=0)


def _rate(people: int, askers: list[Any]) -> tuple[float, float]:
    """How many a second get their row when all of them are due, and how many one process would by itself."""
    _run(AWAKE, DUE, LAST_WEEK)
    began = time.perf_counter()
    go(askers)
    done = [line(asker).split() for asker in askers]
    took = time.perf_counter() - began
    asked, worked = (sum(float(answer[place]) for answer in done) for place in (0, 1))
    assert asked == people, f"{asked:,} of {people:,} were asked"
    return people / took, people / worked


def _tick(people: int) -> Iterator[Target]:
    """One look at the clock when the people of one hour of a week are due, and one when nobody is."""
    _run(ONE_HOUR, share=HOURS)
    share = apps.get_model("checkins", "Rhythm").objects.due().count()
    took = _took("ask_due", share)
    yield Target(f"a tick at {people:,} people, {share:,} of them due", took, "s", at_most=TICK)
    yield Target("the next tick, nobody due", _took("ask_due", 0), "s", at_most=TICK / 10)
    told = _took("tell_asked", share)
    yield Target("the same people told: notices and mails queued, a second", share / told, at_least=1000)


def _took(what: str, many: int) -> float:
    began = time.perf_counter()
    done = import_string(f"checkins.services.{what}")()
    took = time.perf_counter() - began
    assert done == many, f"{done:,} and not {many:,}"
    return took


def _make_one_of_each() -> None:
    """A person in a group who said yes to being asked, of whom the others are copies."""
    user, group = apps.get_model("people", "User"), apps.get_model("groups", "Group")
    now = timezone.now()
    names = {"slug": "first", "name": "First", "purpose": "-"}
    person = user.objects.create_user(email="first@example.org")
    made = group.objects.create(id=FIRST, **names, state="open", opened_at=now, created_by=person)
    made.memberships.create(id=FIRST, user=person, alias="P", state="active", joined_at=now)
    person.consents.create(id=FIRST, purpose="checkins", version="1")
    more = {"id": f"{FIRST} + n", "slug": "'group-' || n", "name": "'Group ' || n"}
    _copy("groups.Group", f"generate_series(1, {GROUPS}) AS n", more)


def _fill(have: int, people: int) -> None:
    numbers = f"generate_series({have + 1}, {people}) AS n"
    own = {"id": f"{FIRST} + n", "user_id": f"{FIRST} + n"}
    _copy("people.User", numbers, PERSON)
    _copy("groups.Membership", numbers, SEAT)
    _copy("people.Consent", numbers, own)
    _run(RHYTHMS, first=FIRST, begin=have + 1, end=people)


def _copy(name: str, of: str, changed: dict[str, str]) -> None:
    model = apps.get_model(name)
    table = model._meta.db_table
    triggers = (f"ALTER TABLE {table} {what} TRIGGER USER" for what in ("DISABLE", "ENABLE"))
    _run(next(triggers), copies(model, of, changed), next(triggers), zones=ZONES)


def _run(*commands: str, **values: Any) -> None:
    """As the owner, with fresh statistics afterwards."""
    with import_string("peerhub.roles.as_owner")(), connection.cursor() as cursor:
        for command in commands:
            cursor.execute(command, values or None)
        cursor.execute("VACUUM ANALYZE")
