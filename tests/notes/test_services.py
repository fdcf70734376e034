"""Notes are written for few eyes, every reading is written down first, and their day comes."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from notes.models import Note, NoteKey, NoteVersion
from notes.querysets import today
from notes.services import (
    AboutOneself,
    NoteGone,
    NotOfThisGroup,
    NoWords,
    TooLong,
    add_to_note,
    deletion_date,
    empty_old,
    read_note,
    write_note,
)
from notes.tasks import empty_old as empty_old_task
from peerhub.roles import as_owner
from people.models import AuditEntry
from people.policy import NotAllowed
from people.reader import as_reader
from people.sealed import Unreadable
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    NoteFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
WORDS = "Quiet start, warmer by the end."


@pytest.fixture
def group():
    return GroupFactory()


@pytest.fixture
def facilitator(group):
    return FacilitatorFactory(group=group, alias="Marisol").user


@pytest.fixture
def colleague(group):
    return FacilitatorFactory(group=group, alias="Tunde A.").user


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, alias="Kofi").user


@pytest.fixture
def note(facilitator, group):
    return write_note(facilitator, group=group, words=WORDS)


def record():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "actor", "about", "object_id", "reason"))


def leave(user, group):
    membership = group.memberships.get(user=user)
    membership.move_to("left")
    membership.save()


# -- who may write ----------------------------------------------------------------------------
@pytest.mark.parametrize("make", [UserFactory, AdminFactory, SafetyLeadFactory, lambda: FacilitatorFactory().user])
def test_nobody_from_outside_writes(make, group):
    with pytest.raises(NotAllowed):
        write_note(make(), group=group, words=WORDS)

    assert (Note.objects.count(), record()) == (0, [])


def test_a_member_does_not_write(member, group):
    with pytest.raises(NotAllowed):
        write_note(member, group=group, words=WORDS)


def test_who_no_longer_runs_the_group_does_not_write(facilitator, group):
    leave(facilitator, group)

    with pytest.raises(NotAllowed):
        write_note(facilitator, group=group, words=WORDS)


def test_a_note_is_not_about_oneself(facilitator, group):
    with pytest.raises(AboutOneself):
        write_note(facilitator, group=group, words=WORDS, member=facilitator)


def test_a_note_is_not_about_somebody_elsewhere(facilitator, group):
    with pytest.raises(NotOfThisGroup):
        write_note(facilitator, group=group, words=WORDS, member=MembershipFactory().user)


def test_a_note_is_not_about_somebody_who_only_asked(facilitator, group):
    asking = MembershipFactory(group=group, state="requested", joined_at=None).user

    with pytest.raises(NotOfThisGroup):
        write_note(facilitator, group=group, words=WORDS, member=asking)


def test_a_note_is_not_about_a_session_elsewhere(facilitator, group):
    with pytest.raises(NotOfThisGroup):
        write_note(facilitator, group=group, words=WORDS, session=SessionFactory())


@pytest.mark.parametrize(("words", "reason"), [("  \n ", NoWords), ("x" * 1001, TooLong)])
def test_a_refused_note_leaves_nothing(facilitator, group, words, reason):
    with pytest.raises(reason):
        write_note(facilitator, group=group, words=words)

    assert (Note.objects.count(), record()) == (0, [])


# -- writing ----------------------------------------------------------------------------------
def test_a_note_is_kept_for_the_months_of_the_organisation(facilitator, group, member, organisation):
    organisation.note_months = 1
    organisation.save()

    note = write_note(facilitator, group=group, words="x" * 1000, member=member, readers="author")

    assert note.retain_until == deletion_date()
    assert timedelta(days=28) <= note.retain_until - today() <= timedelta(days=31)
    assert (note.author, note.member, note.readers) == (facilitator, member, "author")
    assert record() == [("note.write", facilitator.pk, member.pk, str(note.public_id), "")]


def test_somebody_who_left_can_still_be_written_about(facilitator, group, member):
    leave(member, group)

    assert write_note(facilitator, group=group, words=WORDS, member=member).member == member


def test_no_word_stands_in_any_table(note, facilitator):
    with as_reader(facilitator):
        version = NoteVersion.objects.get()
        row = bytes(version.words)

    assert b"Quiet" not in row
    assert len(row) == 1 + 12 + 256 + 16
    assert "Quiet" not in f"{note!r}{note}{version!r}{version}{NoteKey(version=version)!r}"


def test_each_version_has_a_key_of_its_own(note, facilitator):
    add_to_note(facilitator, note=note, words="More.")

    with as_reader(facilitator):
        wrapped = {bytes(key.wrapped) for key in NoteKey.objects.all()}
    assert len(wrapped) == 2


def test_the_second_click_finds_the_first_note(facilitator, group):
    click = uuid.uuid4()

    first = write_note(facilitator, group=group, words=WORDS, public_id=click)
    second = write_note(facilitator, group=group, words=WORDS, public_id=click)

    assert (first, Note.objects.count()) == (second, 1)


def test_a_borrowed_id_opens_nothing(note, group):
    with pytest.raises(NotAllowed):
        write_note(FacilitatorFactory().user, group=group, words=WORDS, public_id=note.public_id)
    stranger = FacilitatorFactory()
    with pytest.raises(NotAllowed):
        write_note(stranger.user, group=stranger.group, words=WORDS, public_id=note.public_id)


# -- who may read -----------------------------------------------------------------------------
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


# -- reading ----------------------------------------------------------------------------------
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


# -- adding -----------------------------------------------------------------------------------
def test_who_may_not_read_may_not_add(facilitator, colleague, group):
    note = write_note(facilitator, group=group, words=WORDS, readers="author")

    with pytest.raises(NotAllowed):
        add_to_note(colleague, note=note, words="More.")


def test_what_is_added_stands_below_the_first_words(note, facilitator, colleague):
    add_to_note(colleague, note=note, words="Ines would rather wait.")

    versions = read_note(facilitator, note=note)

    assert [(v.number, v.author_name, v.words) for v in versions] == [
        (1, "Marisol", WORDS),
        (2, "Tunde A.", "Ines would rather wait."),
    ]
    assert [entry[0] for entry in record()] == ["note.write", "note.add", "note.read"]


def test_the_second_click_adds_once(note, facilitator):
    click = uuid.uuid4()

    add_to_note(facilitator, note=note, words="More.", public_id=click)
    add_to_note(facilitator, note=note, words="More.", public_id=click)

    assert [version.words for version in read_note(facilitator, note=note)] == [WORDS, "More."]


def test_nothing_is_added_to_a_note_that_is_gone(facilitator, group):
    note = NoteFactory(group=group, author=facilitator, retain_until=today())

    with pytest.raises(NoteGone):
        add_to_note(facilitator, note=note, words="More.")


# -- two at once --------------------------------------------------------------------------------
def together(*tasks):
    """Run these at the same time, each on a connection of its own."""

    def alone(task):
        try:
            return task()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(alone, tasks))


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_write_one_note(facilitator, group):
    click = uuid.uuid4()

    def write():
        return write_note(facilitator, group=group, words=WORDS, public_id=click)

    notes = together(write, write, write)

    assert {note.pk for note in notes} == {Note.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_two_people_add_at_once_and_both_stand(note, facilitator, colleague):
    together(
        lambda: add_to_note(facilitator, note=note, words="one"),
        lambda: add_to_note(colleague, note=note, words="two"),
    )

    versions = read_note(facilitator, note=note)
    assert [version.number for version in versions] == [1, 2, 3]
    assert {version.words for version in versions[1:]} == {"one", "two"}


# -- the day of deletion ------------------------------------------------------------------------
def test_a_note_is_not_shown_on_the_day_of_its_deletion_even_if_the_clock_is_late(note, facilitator):
    Note.objects.update(retain_until=today())
    note.refresh_from_db()

    with pytest.raises(NoteGone):
        read_note(facilitator, note=note)
    assert not Note.objects.standing().exists()
    assert [entry[0] for entry in record()] == ["note.write"]


@pytest.mark.django_db(transaction=True)
def test_the_clock_deletes_the_keys_of_old_notes_alone(facilitator, group):
    old, young = (write_note(facilitator, group=group, words=WORDS) for _ in range(2))
    Note.objects.filter(pk=old.pk).update(retain_until=today())

    assert (empty_old(), empty_old(), empty_old_task()) == (1, 0, 0)

    old.refresh_from_db()
    assert old.emptied_at <= timezone.now()
    with as_reader(facilitator):
        assert list(NoteKey.objects.values_list("note_id", flat=True)) == [young.pk]
    assert [v.words for v in read_note(facilitator, note=young)] == [WORDS]
    assert record()[2] == ("note.empty", None, None, "", "1")


def test_an_emptied_note_stays_shut_without_its_key(note, facilitator):
    Note.objects.update(retain_until=today())
    empty_old()
    Note.objects.update(retain_until=today() + timedelta(days=9), emptied_at=None)  # somebody turns the date back
    note.refresh_from_db()

    with pytest.raises(Unreadable):
        read_note(facilitator, note=note)
