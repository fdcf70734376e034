"""Two database roles: an owner that makes tables, and the application's, which may only use them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from psycopg import sql

# Tables that are only ever added to, and what the application may not do there.
INSERT_ONLY = {
    "people_auditentry": "UPDATE, DELETE",
    "notes_noteversion": "UPDATE, DELETE",
    "notes_notekey": "UPDATE",
    "groups_agreement": "UPDATE, DELETE",
    "groups_acceptance": "UPDATE, DELETE",
}
# What may change in them all the same: one column says when somebody looks at the text again, not what it says.
YET_CHANGES = {"groups_agreement": "review_on"}


@contextmanager
def as_owner() -> Iterator[None]:
    """Do what follows as the owner of the tables, on a connection of its own."""
    runtime = {name: str(connection.settings_dict[name]) for name in ("USER", "PASSWORD")}
    _become({name: str(settings.DATABASE_OWNER[name]) for name in ("USER", "PASSWORD")})
    try:
        yield
    finally:
        _become(runtime)


def _become(role: dict[str, str]) -> None:
    connection.close()
    connection.settings_dict.update(role)


def _columns(cursor: Any, table: str) -> set[str]:
    """Its columns as they are now: a migration may have gone only a part of the way, or back."""
    return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def grant_to_application() -> None:
    """Give the application's role its rights on every table. Run as the owner after each migration."""
    app, owner = settings.DATABASE_APP_ROLE, settings.DATABASE_OWNER["USER"]
    if app == owner:
        return
    role = sql.Identifier(str(app))
    with connection.cursor() as cursor:
        for right in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        ):
            cursor.execute(sql.SQL(right).format(role))
        present = set(connection.introspection.table_names(cursor))
        for table, rights in INSERT_ONLY.items():
            if table in present:
                statement = f"REVOKE {rights} ON {{}} FROM {{}}"
                cursor.execute(sql.SQL(statement).format(sql.Identifier(table), role))
        for table, column in YET_CHANGES.items():
            if table in present and column in _columns(cursor, table):
                names = (sql.Identifier(column), sql.Identifier(table), role)
                cursor.execute(sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(*names))
