"""The rows of the outbox, taken and marked in SQL.

Taking a row marks it as sent in the same breath, in a transaction that ends only when it has left: whoever is killed
in between has marked nothing, and the row is free again (measured: architecture.md 6e). Losing the last marks with
the server means a repeat, never a loss; so nothing waits for the disk.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from notices.models import Delivery
from notices.services.places import ALL, Share

NEXT = """
WITH old AS MATERIALIZED (
    SELECT id, address, body FROM notices_delivery
    WHERE state = 'waiting' AND channel = $1 AND send_at <= $2 AND (urgent OR id % $3 = $4)
    ORDER BY urgent DESC, send_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE notices_delivery AS row SET state = 'sent', sent_at = $2, address = '', body = NULL
FROM old WHERE row.id = old.id
RETURNING row.id, old.address, old.body, set_config('synchronous_commit', 'off', true)
"""
CLAIM = "EXECUTE next_delivery (%(channel)s, %(now)s, %(of)s, %(rest)s)"
IS_READY = "SELECT true FROM pg_prepared_statements WHERE name = 'next_delivery'"
ENDS_LAST = "COMMIT; BEGIN; "
THESE = """
WITH old AS MATERIALIZED (
    SELECT id FROM notices_delivery WHERE id = ANY(%(rows)s) AND state = 'waiting' ORDER BY id FOR UPDATE SKIP LOCKED
)
UPDATE notices_delivery AS row SET state = 'sent', sent_at = %(now)s, carried_by_id = %(carrier)s
FROM old WHERE row.id = old.id RETURNING row.id
"""
# One person at a time, from their newest notices on: of those there are few, and in the outbox there may be many.
BESIDE = """
SELECT beside.id FROM unnest(%(users)s::bigint[]) AS who (id) CROSS JOIN LATERAL (
    SELECT row.id FROM notices_notice AS notice JOIN notices_delivery AS row ON row.notice_id = notice.id
    WHERE notice.user_id = who.id AND notice.created_at > %(since)s AND row.channel = %(channel)s
        AND row.state = 'waiting' AND row.send_at <= %(now)s AND NOT row.urgent AND row.tries = 0
    ORDER BY notice.created_at DESC LIMIT %(most)s
) AS beside
"""
BACK = """
UPDATE notices_delivery SET state = 'waiting', sent_at = NULL, carried_by_id = NULL, send_at = %s,
    trouble = CASE WHEN %s THEN %s ELSE trouble END
WHERE id = %s
"""
DROP = """
UPDATE notices_delivery SET state = 'dropped', sent_at = NULL, carried_by_id = NULL, send_at = %s, dropped_for = %s
WHERE id = %s
"""
OLDEST = timedelta(days=30)  # what waits for longer leaves in a mail of its own
MOST = 20  # messages in one mail


class Claimed(NamedTuple):
    """A row that is ours until the transaction ends, with what was only needed until it leaves."""

    pk: int
    address: str
    body: bytes | None


def get_ready() -> None:
    """What is asked for each message is planned once: planning it costs the database as much as answering it."""
    with connection.cursor() as cursor:
        cursor.execute(IS_READY)
        again = "DEALLOCATE next_delivery; " if cursor.fetchone() else ""  # by what the tables hold by now
        cursor.execute(f"{again}PREPARE next_delivery (text, timestamptz, int, int) AS {NEXT}")


def claim_next(channel: str, share: Share = ALL, *, ends_last: bool = False) -> Claimed | None:
    """The one of our share that goes next: what is urgent before all others, then whatever waits longest.

    None: nothing is due. Needs `get_ready()` once a connection.
    With `ends_last` the transaction of the one before it ends in the same breath, and a new one begins: one wait for
    the database a message, where there were three.
    """
    what = {"channel": channel, "now": timezone.now(), **share._asdict()}
    rows = _run(ENDS_LAST + CLAIM if ends_last else CLAIM, **what)
    return Claimed(*rows[0][:3]) if rows else None


def claim_beside(rows: Sequence[int], carrier: int) -> set[int]:
    """Those of these that nobody else holds: `carrier` tells them as well."""
    return {pk for (pk,) in _run(THESE, rows=list(rows), carrier=carrier, now=timezone.now())}


def beside(users: Collection[int], channel: str) -> list[int]:
    """What else is due to these people and may share a mail."""
    now = timezone.now()
    about = {"users": list(users), "channel": channel, "now": now, "since": now - OLDEST, "most": MOST}
    return [pk for (pk,) in _run(BESIDE, **about)] if users else []


def put_back(pk: int, moment: datetime, *, held_up: bool = False) -> None:
    """It waits again, until then. Admins see what is held up before then."""
    with connection.cursor() as cursor:
        cursor.execute(BACK, [moment, held_up, Delivery.HELD_UP, pk])


def drop(pk: int, why: str) -> None:
    """It is of no use any more; `why` is counted for the admins."""
    assert why in Delivery.Dropped.values
    with connection.cursor() as cursor:
        cursor.execute(DROP, [timezone.now(), why, pk])


def _run(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while cursor.nextset():  # the last of several says something
            pass
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
