"""What the application's role may do, also on tables that a migration has left half way."""

import pytest
from django.db import connection

from peerhub import roles

pytestmark = pytest.mark.django_db(transaction=True)


def may_change(column):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_column_privilege(current_user, 'groups_agreement', %s, 'UPDATE')",  # as the application
            [column],
        )
        return cursor.fetchone()[0]


def test_of_an_agreement_only_the_day_to_look_at_it_may_change():
    assert (may_change("review_on"), may_change("sections")) == (True, False)


def test_a_column_that_a_migration_took_back_is_passed_over(monkeypatch):
    monkeypatch.setattr(roles, "YET_CHANGES", {"groups_agreement": "gone_again", "groups_nothing": "review_on"})

    with roles.as_owner():
        roles.grant_to_application()

    assert not may_change("sections")


@pytest.fixture(autouse=True)
def rights_as_they_were():
    yield
    with roles.as_owner():
        roles.grant_to_application()
