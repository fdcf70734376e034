"""Each promise that models make stands in the database under its spoken name."""

import pytest
from django.apps import apps
from django.db import connection

from peerhub.roles import INSERT_ONLY
from tests.catalogue import named_in_database, named_in_models

pytestmark = pytest.mark.django_db
OURS = ("people", "notices", "groups", "group_sessions", "checkins", "resources", "notes")
GUARDED_BY_ROW = {"checkins_answer", "checkins_reply", "notes_noteversion", "notes_notekey"}


def test_every_constraint_stands_in_the_database():
    assert named_in_models(*OURS) - named_in_database() == set()


def test_every_constraint_has_a_test_that_tries_to_break_it():
    from pathlib import Path

    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("*/test_*.py"))
    assert {name for name in named_in_models(*OURS) if f'"{name}"' not in tests} == set()


def test_the_application_is_neither_owner_nor_mighty():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


def test_tables_that_only_grow_refuse_the_application():
    with connection.cursor() as cursor:
        for table, rights in INSERT_ONLY.items():
            for right in [*rights.split(", "), "TRUNCATE"]:
                cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, right])
                assert cursor.fetchone() == (False,), (table, right)


def test_no_table_may_be_truncated_by_the_application():
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'TRUNCATE')", [model._meta.db_table])
            assert cursor.fetchone() == (False,), model


def test_row_level_security_is_forced_where_words_stand():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        assert {row[0] for row in cursor.fetchall()} == GUARDED_BY_ROW


def test_the_record_cannot_be_changed_even_by_its_owner():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger"
            " WHERE tgrelid = 'people_auditentry'::regclass AND NOT tgisinternal AND tgenabled = 'O'"
        )
        assert cursor.fetchall() == [("people_auditentry_append_only",)]
