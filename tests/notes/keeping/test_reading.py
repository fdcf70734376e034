"""Who may read; reading."""

import pytest
from django.db import DatabaseError, connection

from notes.models import Note, NoteKey, NoteVersion
from notes.services import (
    read_note,
    write_note,
)
from peerhub.roles import as_owner
from people.models import AuditEntry
from people.policy import NotAllowed
from people.reader import as_reader
from people.sealed import Unreadable
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    SafetyLeadFactory,
    UserFactory,
)
from tests.notes.keeping.world import WORDS, leave, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


@pytest.mark.parametrize("make", [UserFactory, AdminFactory, SafetyLeadFactory, lambda: FacilitatorFactory().user])
def test_nobody_from_outside_reads(make, note):
    reader = make()

    with pytest.raises(NotAllowed):
        read_note(reader, note=note)
    assert not Note.objects.visible_to(reader).exists()
    assert [entry[0] for entry in record()] == ["note.write"]


def test_the_author_alone_reads_what_is_theirs_alone(facilitator, colleague, group):
    note = write_note(facilitator, group=group, words=WORDS, readers="author")

    with pytest.raises(NotAllowed):
        read_note(colleague, note=note)
    assert not Note.objects.visible_to(colleague).exists()
    assert [version.words for version in read_note(facilitator, note=note)] == [WORDS]


def test_the_person_it_is_about_does_not_read_it_even_as_a_facilitator(facilitator, colleague, group):
    note = write_note(facilitator, group=group, words=WORDS, member=colleague)

    with pytest.raises(NotAllowed):
        read_note(colleague, note=note)
    assert not Note.objects.visible_to(colleague).exists()


def test_an_author_who_left_reads_no_more(note, facilitator, group):
    leave(facilitator, group)

    with pytest.raises(NotAllowed):
        read_note(facilitator, note=note)
    assert not Note.objects.visible_to(facilitator).exists()


def test_policy_and_list_agree(note, facilitator, colleague, member):
    asked = [facilitator, colleague, member, AdminFactory(), SafetyLeadFactory(), FacilitatorFactory().user]

    seen = [user for user in asked if Note.objects.visible_to(user).filter(pk=note.pk).exists()]

    assert seen == [facilitator, colleague]
    assert [user for user in asked if _reads(user, note)] == seen


def _reads(user, note):
    try:
        return bool(read_note(user, note=note))
    except NotAllowed:
        return False


def test_a_reading_names_reader_and_subject(facilitator, colleague, group, member):
    note = write_note(facilitator, group=group, words=WORDS, member=member)

    versions = read_note(colleague, note=note)

    assert [(v.number, v.author_name, v.words) for v in versions] == [(1, "Marisol", WORDS)]
    assert record()[1:] == [("note.read", colleague.pk, member.pk, str(note.public_id), "")]
    assert list(AuditEntry.objects.visible_to(member).values_list("action", flat=True)) == ["note.write", "note.read"]


def test_opened_words_do_not_show_in_a_repr(note, facilitator):
    assert "Quiet" not in repr(read_note(facilitator, note=note))


def test_the_reading_is_written_down_before_anything_is_opened(note, facilitator, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as asked:
        read_note(facilitator, note=note)

    spoken = [query["sql"] for query in asked.captured_queries]
    recorded = next(n for n, sql in enumerate(spoken) if "INSERT INTO" in sql and "people_auditentry" in sql)
    opened = next(n for n, sql in enumerate(spoken) if "notes_noteversion" in sql)
    assert recorded < opened


@pytest.mark.django_db(transaction=True)
def test_nothing_is_opened_when_the_reading_cannot_be_recorded(note, facilitator, django_assert_max_num_queries):
    """A real cause: the record refuses new rows."""
    _let_the_application_record("REVOKE INSERT ON people_auditentry FROM {}")
    try:
        with django_assert_max_num_queries(30) as asked, pytest.raises(DatabaseError):
            read_note(facilitator, note=note)
    finally:
        _let_the_application_record("GRANT INSERT ON people_auditentry TO {}")

    assert not [q for q in asked.captured_queries if "notes_noteversion" in q["sql"] or "notes_notekey" in q["sql"]]


def _let_the_application_record(statement):
    role = connection.settings_dict["USER"]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement.format(connection.ops.quote_name(role)))


@pytest.mark.django_db(transaction=True)
def test_a_recorded_reading_stands_even_if_the_words_do_not_open(note, facilitator):
    with as_reader(facilitator):
        NoteKey.objects.all().delete()

    with pytest.raises(Unreadable):
        read_note(facilitator, note=note)

    assert [entry[0] for entry in record()] == ["note.write", "note.read", "note.unreadable"]


def test_words_moved_under_another_note_do_not_open(facilitator, group):
    mine, other = (write_note(facilitator, group=group, words=words) for words in ("one", "two"))
    with as_reader(facilitator):
        stolen = mine.versions.get()
        moved = NoteVersion.objects.create(note=other, number=2, author=facilitator, words=bytes(stolen.words))
        NoteKey.objects.create(version=moved, note=other, wrapped=bytes(stolen.key.wrapped), master_version=1)

    with pytest.raises(Unreadable):
        read_note(facilitator, note=other)
