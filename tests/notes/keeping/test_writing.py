"""Who may write; writing."""

import uuid
from datetime import timedelta

import pytest

from notes.models import Note, NoteKey, NoteVersion
from notes.querysets import today
from notes.services import (
    AboutOneself,
    NotOfThisGroup,
    NoWords,
    TooLong,
    add_to_note,
    deletion_date,
    write_note,
)
from people.policy import NotAllowed
from people.reader import as_reader
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    MembershipFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
)
from tests.notes.keeping.world import WORDS, leave, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


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
