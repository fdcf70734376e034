"""What was done stays recorded."""

import pytest
from django.db import DatabaseError, connection, transaction

from peerhub.roles import as_owner
from people import audit
from people.models import AuditEntry
from tests.factories import AdminFactory, GroupFactory, UserFactory


@pytest.mark.django_db
def test_an_entry_names_who_what_and_about_whom():
    actor, person, group = AdminFactory(), UserFactory(), GroupFactory()

    entry = audit.record(actor, "group.open", group, about=person, reason="ready")

    assert (entry.actor, entry.object_kind, entry.object_id, entry.about, entry.reason) == (
        actor, "groups.group", str(group.public_id), person, "ready",
    )  # fmt: skip


@pytest.mark.django_db
def test_people_see_what_is_about_them_and_admins_see_all():
    person = UserFactory()
    about, other = audit.record(None, "a", about=person), audit.record(None, "b", about=UserFactory())

    assert list(AuditEntry.objects.visible_to(person)) == [about]
    assert list(AuditEntry.objects.visible_to(AdminFactory()).order_by("pk")) == [about, other]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE people_auditentry SET reason = 'x'", "DELETE FROM people_auditentry", "TRUNCATE people_auditentry"],
)
def test_the_application_cannot_change_the_record(statement):
    audit.record(None, "a")

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ["UPDATE people_auditentry SET reason = 'x'", "DELETE FROM people_auditentry"])
def test_not_even_the_owner_of_the_table_changes_it(statement):
    audit.record(None, "a")

    with pytest.raises(DatabaseError, match="only ever added to"), as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)
