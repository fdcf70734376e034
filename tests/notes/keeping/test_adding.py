"""Adding; two at once."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from notes.models import Note
from notes.querysets import today
from notes.services import (
    NoteGone,
    add_to_note,
    read_note,
    write_note,
)
from people.policy import NotAllowed
from tests.factories import (
    NoteFactory,
)
from tests.notes.keeping.world import WORDS, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


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
