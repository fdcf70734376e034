"""Tries to break what must never be false, and looks it up in PostgreSQL's own catalogue."""

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction


def refused_by(name):
    """The block must be refused by the constraint with this spoken name."""
    return _Refused(name)


class _Refused:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        return self

    def __exit__(self, kind, problem, trace):
        self.atomic.__exit__(kind, problem, trace)
        assert isinstance(problem, IntegrityError), f"{self.name} let it pass"
        assert problem.__cause__.diag.constraint_name == self.name
        return True


def named_in_models(*labels):
    """Every constraint our models declare."""
    ours = [m for m in apps.get_models() if m._meta.app_label in labels]
    return {c.name for m in ours for c in m._meta.constraints if isinstance(c, models.BaseConstraint)}


def named_in_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'")
        return {row[0] for row in cursor.fetchall()}
