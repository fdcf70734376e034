"""The day of deletion."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notes.models import Note, NoteKey
from notes.querysets import today
from notes.services import (
    NoteGone,
    empty_old,
    read_note,
    write_note,
)
from notes.tasks import empty_old as empty_old_task
from people.reader import as_reader
from people.sealed import Unreadable
from tests.notes.keeping.world import WORDS, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


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
