"""Tells PostgreSQL who is reading, so that row-level security can stand behind our own policy.

Without a reader the guarded tables (answers, notes and their keys) are empty: the clock and a
forgotten filter see nothing. The setting lives in one transaction and never on a connection.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from people.models import User


@contextmanager
def as_reader(user: User) -> Iterator[None]:
    """One outermost transaction in which the guarded rows are those this person may see.

    Raises RuntimeError when it is not the outermost: the setting would outlive it (architecture.md 7).
    """
    with transaction.atomic(durable=True):
        _set(str(user.pk))
        yield
        _set("")  # the tests' own transaction goes on after ours


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.user_id', %s, true)", [value])
