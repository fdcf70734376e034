"""The clock that asks: who is due gets a row, and whoever has a row without a message gets the message.

Both take what they work on with SKIP LOCKED, some thousands at a time: several workers share the work, none
waits for another, and what a killed one held is free again.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from checkins.models import CheckIn
from checkins.rhythm import GRACE, Wish, clock_in, next_look, owed, zone_of
from checkins.services.prompts import prompts_for
from groups.beside import BELONGING
from notices.services import tell
from people import audit
from people.models import User

CONSENT = "checkins"
BATCH, MESSAGES = 5000, 1000  # rows in one transaction: made, and told

CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id, user_id, weekday, part, hour, every, paused_until FROM checkins_rhythm
        WHERE "on" AND next_at <= %(now)s ORDER BY next_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    )
    SELECT due.*, person.time_zone, person.quiet_from, person.quiet_to,
        latest.week, extract(epoch FROM latest.asked_at)::float8,
        person.state = 'active' AND said.yes IS NOT NULL AND belongs.yes IS NOT NULL, person.locale
    FROM due JOIN people_user AS person ON person.id = due.user_id
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
# What is decided is the same for many: it travels once, and each person with its number.
DECIDED = """
    WITH decided AS MATERIALIZED (
        SELECT * FROM unnest(%(weeks)s::date[], %(words)s::text[], %(looks)s::timestamptz[])
            WITH ORDINALITY AS one (week, words, look, number)
    ), person AS MATERIALIZED (
        SELECT rhythm, user_id, week, words, look
        FROM unnest(%(rhythms)s::bigint[], %(users)s::bigint[], %(numbers)s::int[]) AS each (rhythm, user_id, number)
        JOIN decided USING (number)
    ), moved_on AS (
        UPDATE checkins_rhythm SET next_at = person.look FROM person WHERE checkins_rhythm.id = person.rhythm
    )
    INSERT INTO checkins_checkin (public_id, user_id, week, prompt, state, asked_at, support, share)
    SELECT gen_random_uuid(), user_id, week, words, 'asked', %(now)s, '', '' FROM person WHERE week IS NOT NULL
    ON CONFLICT (user_id, week) DO NOTHING
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
    one row a person, and what is too late or would come in quiet hours is let go or held back.
    """
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
        cursor.execute(DECIDED, _columns(due, _reckon(due, now)) | {"now": now})
        return cursor.rowcount


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


def _columns(due: list[Row], plans: list[Plan]) -> dict[str, Any]:
    """What the database is given: each distinct decision with its words once, and everybody's number of one."""
    words = prompts_for([(row[1], row[-1], week) for row, (week, _look) in zip(due, plans, strict=True)])
    decided: dict[tuple[Plan, str], int] = {}
    numbers = [decided.setdefault(one, len(decided) + 1) for one in zip(plans, words, strict=True)]
    return {
        "weeks": [week for (week, _look), _words in decided],
        "looks": [look for (_week, look), _words in decided],
        "words": [words for _plan, words in decided],
        "rhythms": _array(row[0] for row in due),
        "users": _array(row[1] for row in due),
        "numbers": _array(numbers),
    }


def _array(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes them: many times faster than one at a time."""
    return "{" + ",".join(map(str, numbers)) + "}"


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
