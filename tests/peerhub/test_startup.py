"""PeerHub serves nobody until the world is as it must be."""

import pytest
from django.db import connection

from peerhub.environment import Trouble
from peerhub.roles import as_owner
from peerhub.startup import verify


@pytest.mark.django_db
def test_an_ordinary_role_and_the_right_key_are_fine():
    assert verify() is None


@pytest.mark.django_db
def test_a_foreign_master_key_is_refused(settings):
    settings.MASTER_KEYS = {1: b"x" * 32}

    with pytest.raises(Trouble, match="does not hold the key 1"):
        verify()


@pytest.mark.django_db(transaction=True)
def test_a_role_that_may_bypass_row_level_security_is_refused(monkeypatch):
    monkeypatch.setattr("peerhub.startup._QUESTION", "SELECT true")

    with pytest.raises(Trouble, match="superuser or may bypass"):
        verify()


@pytest.mark.django_db(transaction=True)
def test_a_database_without_our_tables_is_one_sentence():
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_masterkeycheck RENAME TO elsewhere")
    try:
        with pytest.raises(Trouble, match="this is a new database"):
            verify()
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO people_masterkeycheck")
