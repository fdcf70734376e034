"""The database stands behind the policy: asked in plain SQL, it shows and takes only what it should."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from notes.models import Note
from notes.querysets import today
from notes.services import write_note
from people.reader import as_reader
from tests.factories import AdminFactory, FacilitatorFactory, GroupFactory, MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
TABLES = ["notes_noteversion", "notes_notekey"]


@pytest.fixture
def group():
    return GroupFactory()


@pytest.fixture
def facilitator(group):
    return FacilitatorFactory(group=group).user


@pytest.fixture
def note(facilitator, group):
    return write_note(facilitator, group=group, words="Quiet start.")


def count(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("table", TABLES)
def test_without_a_reader_there_is_nothing(note, facilitator, table):
    with as_reader(facilitator):
        there_is_something = count(table)

    assert (there_is_something, count(table)) == (1, 0)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("make", [AdminFactory, UserFactory, lambda: FacilitatorFactory().user])
def test_for_somebody_else_there_is_nothing(note, make, table):
    with as_reader(make()):
        assert count(table) == 0


@pytest.mark.parametrize("table", TABLES)
def test_for_a_member_there_is_nothing(note, group, table):
    with as_reader(MembershipFactory(group=group).user):
        assert count(table) == 0


@pytest.mark.parametrize("table", TABLES)
def test_what_is_the_authors_alone_is_nothing_for_the_others(group, facilitator, table):
    colleague = FacilitatorFactory(group=group).user
    write_note(facilitator, group=group, words="Quiet start.", readers="author")

    with as_reader(colleague):
        assert count(table) == 0


@pytest.mark.parametrize("table", TABLES)
def test_for_the_person_it_is_about_there_is_nothing(group, facilitator, table):
    colleague = FacilitatorFactory(group=group).user
    write_note(facilitator, group=group, words="Quiet start.", member=colleague)

    with as_reader(colleague):
        assert count(table) == 0


@pytest.mark.parametrize("table", TABLES)
def test_once_the_seat_has_ended_there_is_nothing(note, group, facilitator, table):
    membership = group.memberships.get(user=facilitator)
    membership.move_to("left")
    membership.save()

    with as_reader(facilitator):
        assert count(table) == 0


INSERT = """
INSERT INTO notes_noteversion (public_id, note_id, number, author_id, created_at, words)
VALUES (%s, %s, 9, %s, now(), 'x')
"""


def test_a_forged_author_is_refused(note, group, facilitator):
    colleague = FacilitatorFactory(group=group).user

    with pytest.raises(DatabaseError, match="row-level security"), as_reader(facilitator):
        run(INSERT, uuid.uuid4(), note.pk, colleague.pk)


def test_words_in_a_foreign_note_are_refused(note):
    stranger = FacilitatorFactory().user

    with pytest.raises(DatabaseError, match="row-level security"), as_reader(stranger):
        run(INSERT, uuid.uuid4(), note.pk, stranger.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notes_noteversion SET words = 'x'",
        "DELETE FROM notes_noteversion",
        "TRUNCATE notes_noteversion CASCADE",
        "UPDATE notes_notekey SET wrapped = 'x'",
        "TRUNCATE notes_notekey",
    ],
)
def test_what_was_written_is_never_changed(note, facilitator, statement):
    with pytest.raises(DatabaseError, match="permission denied"), as_reader(facilitator):
        run(statement)


def test_the_clock_may_delete_old_keys_and_no_others(note, facilitator, group):
    old = write_note(facilitator, group=group, words="Long ago.")
    Note.objects.filter(pk=old.pk).update(retain_until=today())

    with transaction.atomic():
        run("DELETE FROM notes_notekey")

    with as_reader(facilitator):
        assert (count("notes_notekey"), count("notes_noteversion")) == (1, 2)
