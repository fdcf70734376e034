"""How many send at once: each holds a place in the database, which is free as soon as whoever held it is gone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.db import connection

OURS = 0x70656572  # the first half of the keys of these advisory locks; the second is the number of the place
TAKE = """
SELECT number FROM generate_series(1, %s) AS number WHERE pg_try_advisory_lock(%s, number) LIMIT 1
"""
TAKEN = """
SELECT pid = pg_backend_pid() FROM pg_locks WHERE locktype = 'advisory' AND classid = %s
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY objid
"""
GIVE_BACK = "SELECT pg_advisory_unlock(%s, %s)"


class Share(NamedTuple):
    """Of every `of` messages that are due, the one whose number leaves the rest `rest`."""

    of: int = 1
    rest: int = 0


ALL = Share()


def our_share() -> Share:
    """Who sends at the same moment looks at other messages: all of them, while we are alone.

    It only keeps two from asking about the same ones. That each leaves once is a matter of the claim.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [OURS])
        taken = [is_ours for (is_ours,) in cursor.fetchall()]
    return Share(len(taken), taken.index(True)) if True in taken else ALL


@contextmanager
def a_place() -> Iterator[bool]:
    """Whether one of `SENDERS` places is ours until the block ends. It belongs to the connection: a killed process
    leaves it.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [settings.SENDERS, OURS])
        taken = cursor.fetchone()
    try:
        yield taken is not None
    finally:
        if taken:
            with connection.cursor() as cursor:
                cursor.execute(GIVE_BACK, [OURS, *taken])
