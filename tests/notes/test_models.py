"""What must never be false about notes stands in the database."""

import pytest
from django.db import IntegrityError

from notes.models import NoteVersion
from people.reader import as_reader
from tests.factories import FacilitatorFactory, NoteFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db


def breaks(name):
    return pytest.raises(IntegrityError, match=name)


def test_a_note_is_not_about_its_author():
    author = UserFactory()

    with breaks("note_not_about_oneself"):
        NoteFactory(author=author, member=author)


def test_readers_are_the_author_or_all_who_run_the_group():
    with breaks("note_readers"):
        NoteFactory(readers="everyone")


def test_a_note_is_about_a_person_or_a_session_not_both():
    with breaks("note_one_subject"):
        NoteFactory(member=UserFactory(), session=SessionFactory())


@pytest.fixture
def note():
    seat = FacilitatorFactory()
    return NoteFactory(group=seat.group, author=seat.user)


def test_each_version_has_its_own_number(note):
    with breaks("noteversion_number"), as_reader(note.author):
        for _ in range(2):
            NoteVersion.objects.create(note=note, number=1, author=note.author, words=b"x")


def test_a_version_has_words(note):
    with breaks("noteversion_has_words"), as_reader(note.author):
        NoteVersion.objects.create(note=note, number=1, author=note.author)
