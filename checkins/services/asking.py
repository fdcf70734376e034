"""The clock that asks: who is due gets a row, and whoever has a row without a message gets the message.

Both take what they work on with SKIP LOCKED, some thousands at a time: several workers share the work, none
waits for another, and what a killed one held is free again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from os import urandom
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from checkins.models import CheckIn, Rhythm
from checkins.rhythm import GRACE, Wish, clock_in, next_look, owed, zone_of
from checkins.services.prompts import prompts_for
from groups.beside import BELONGING
from notices.services import tell
from notices.wake import wake
from people import audit
from people.models import User

CONSENT = "checkins"
BATCH, MESSAGES = 5000, 1000  # rows in one transaction: made, and told

# Each LIMIT 1 makes the planner look up one row by its index: for few people it would read whole tables otherwise,
# and asking 100,000 would take longer for each of them than asking a million.
CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id, user_id, weekday, part, hour, every, paused_until FROM checkins_rhythm
        WHERE "on" AND next_at <= %(now)s ORDER BY next_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    SELECT due.*, person.time_zone, person.quiet_from, person.quiet_to,
        latest.week, extract(epoch FROM latest.asked_at)::float8,
        person.state = 'active' AND said.yes IS NOT NULL AND belongs.yes IS NOT NULL, person.locale
    FROM due JOIN LATERAL (SELECT state, locale, time_zone, quiet_from, quiet_to FROM people_user
        WHERE id = due.user_id LIMIT 1) AS person ON true
    LEFT JOIN LATERAL (SELECT true AS yes FROM people_consent AS one
        WHERE one.user_id = due.user_id AND one.purpose = %(consent)s AND one.withdrawn_at IS NULL LIMIT 1
    ) AS said ON true
    LEFT JOIN LATERAL (SELECT true AS yes FROM groups_membership AS seat JOIN groups_group AS one
            ON one.id = seat.group_id AND one.state <> 'archived'
        WHERE seat.user_id = due.user_id AND seat.state = ANY(%(belonging)s) LIMIT 1
    ) AS belongs ON true
    LEFT JOIN LATERAL (SELECT week, asked_at FROM checkins_checkin
        WHERE user_id = due.user_id ORDER BY week DESC LIMIT 1) AS latest ON true
"""
MAKE = """
    INSERT INTO checkins_checkin (public_id, user_id, week, prompt, state, asked_at, support, share)
    SELECT public_id, user_id, (%(weeks)s::date[])[week], (%(words)s::text[])[words], 'asked', %(now)s, '', ''
    FROM unnest(%(public_ids)s::uuid[], %(users)s::bigint[], %(week_of)s::int[], %(words_of)s::int[])
        AS one (public_id, user_id, week, words)
    ON CONFLICT (user_id, week) DO NOTHING
"""
# The inner SELECTs hide from the planner how many these are: it would read the whole table for some thousand rows.
MOVE_ON = """
    UPDATE checkins_rhythm SET next_at = (%(looks)s::timestamptz[])[one.look]
    FROM unnest((SELECT %(rhythms)s::bigint[]), (SELECT %(look_of)s::int[])) AS one (id, look)
    WHERE checkins_rhythm.id = one.id
"""
Row = tuple[Any, ...]
Plan = tuple[date | None, datetime]  # the week somebody is asked about now, if any, and when to look again


class Due(NamedTuple):
    """One claimed rhythm and all that is to be known about its person, as CLAIM gives it."""

    rhythm: int
    user: int
    weekday: int
    part: str
    hour: int
    every: str
    paused_until: date | None
    zone: str
    quiet_from: time
    quiet_to: time
    week: date | None
    asked_at: float | None  # as the database counts seconds: most of these are never looked at
    wants: bool
    locale: str

    @property
    def clock(self) -> time:
        """When in their own day they are asked."""
        return clock_in(self.part, self.user, self.quiet_from, self.quiet_to) if self.part else time(self.hour)

    @property
    def wish(self) -> Wish:
        asked_at = None if self.asked_at is None else datetime.fromtimestamp(self.asked_at, UTC)
        last = self.paused_until, self.week, asked_at
        return Wish(self.weekday, self.clock, zone_of(self.zone), self.quiet_from, self.quiet_to, self.every, *last)


def ask_due() -> int:
    """Make the rows of everybody whose moment has come. Returns how many are asked (R46).

    Twice, late or beside another asker is harmless: due rhythms are claimed with SKIP LOCKED, a week has
    one row a person, and what is too late or would come in quiet hours is let go or held back. Where that is more
    than one batch, another process of the worker is called to help.
    """
    if Rhythm.objects.due()[: BATCH + 1].count() > BATCH:
        wake("checkins.tasks.ask_due")
    asked, batch = 0, _ask_batch()
    while batch is not None:
        asked, batch = asked + batch, _ask_batch()
    if asked:
        audit.record(None, "checkin.ask", reason=str(asked))
    return asked


@transaction.atomic
def _ask_batch() -> int | None:
    """Claim some due rhythms, ask whom we may, look ahead for all of them. None when nothing is due."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "batch": BATCH, "consent": CONSENT, "belonging": list(BELONGING)})
        due = cursor.fetchall()
        if not due:
            return None
        plans = _reckon(due, now)
        made = _make(cursor, due, plans, now)
        looks, look_of = _numbered(look for _week, look in plans)
        cursor.execute(MOVE_ON, {"looks": looks, "look_of": look_of, "rhythms": _array(row[0] for row in due)})
    return made


def _make(cursor: CursorWrapper, due: list[Row], plans: list[Plan], now: datetime) -> int:
    """The rows of those who are asked now. Somebody else's row of that week stands."""
    asked = [(row[1], row[-1], week) for row, (week, _look) in zip(due, plans, strict=True) if week]
    if not asked:
        return 0
    weeks, week_of = _numbered(week for _user, _locale, week in asked)
    words, words_of = _numbered(prompts_for(asked))
    people: dict[str, Any] = {
        "users": _array(user for user, _locale, _week in asked),
        "public_ids": _array(_uuids(len(asked))),
    }
    numbers = {"weeks": weeks, "week_of": week_of, "words": words, "words_of": words_of}
    cursor.execute(MAKE, people | numbers | {"now": now})
    made: int = cursor.rowcount
    return made


def _reckon(due: list[Row], now: datetime) -> list[Plan]:
    """What is decided for each: reckoned once for all who want the same and were last asked at the same time.

    Rows stay the plain tuples they are until one is new: this is the inside of the loop over everybody.
    """
    known: dict[Row, Plan] = {}
    plans = []
    for row in due:
        part, facts = row[3], row[2:]
        key = (*facts, clock_in(part, row[1], row[8], row[9])) if part else facts
        plan = known.get(key)
        if plan is None:
            plan = known[key] = _plan(Due(*row), now)
        plans.append(plan)
    return plans


def _plan(one: Due, now: datetime) -> Plan:
    wish = one.wish
    slot = owed(wish, now) if one.wants else None
    if slot is None:
        return None, next_look(wish, now)
    return slot.week, next_look(wish._replace(asked_week=slot.week, asked_at=now), now)


def _numbered(values: Iterable[Any]) -> tuple[list[Any], str]:
    """Each distinct value once, and everybody's number of one: most have the same as many others."""
    known: dict[Any, int] = {}
    numbers = [known.setdefault(value, len(known) + 1) for value in values]
    return list(known), _array(numbers)


def _array(values: Iterable[Any]) -> str:
    """Numbers as PostgreSQL writes them: many times faster than one at a time."""
    return "{" + ",".join(map(str, values)) + "}"


def _uuids(count: int) -> Iterator[str]:
    """Random ones (version 4), from one look at the system's randomness instead of one each."""
    drawn = urandom(16 * count).hex()
    for start in range(0, 32 * count, 32):
        one = drawn[start : start + 32]
        yield f"{one[:12]}4{one[13:16]}{'89ab'[int(one[16], 16) & 3]}{one[17:]}"


def tell_asked() -> int:
    """Tell whoever has a row and no message yet. Returns how many rows were seen to.

    What is older than the grace is marked without a message: a question that late is let go.
    """
    seen, batch = 0, _tell_batch()
    while batch is not None:
        seen, batch = seen + batch, _tell_batch()
    return seen


@transaction.atomic
def _tell_batch() -> int | None:
    """Claim some rows, tell their people, mark them: all of it or nothing. None when no row waits."""
    rows = list(
        CheckIn.objects.filter(told_at=None)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("user")
        .order_by("asked_at")[:MESSAGES]
    )
    if not rows:
        return None
    now = timezone.now()
    people: dict[date, list[User]] = defaultdict(list)  # around midnight the world has two Mondays
    for row in rows:
        if row.asked_at > now - GRACE:
            people[row.week].append(row.user)
    for week, users in sorted(people.items()):
        tell(users, "checkin.ask", f"check-in {week}", week=week.isoformat())
    CheckIn.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=now)
    return len(rows)
