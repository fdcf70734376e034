"""A stolen database says nothing."""

import pytest
from django.db import connection

from people import sealed
from people.models import MasterKeyCheck, SubjectKey
from tests.factories import GroupFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def membership():
    row = MembershipFactory()
    sealed.seal(row, "words", "evenings are the hard part", owner=row.user)
    row.save()
    row.refresh_from_db()
    return row


def test_what_was_sealed_opens_for_its_owner(membership):
    assert sealed.unseal(membership, "words", owner=membership.user) == "evenings are the hard part"


def test_the_table_holds_no_word_of_it(membership):
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM groups_membership WHERE id = %s", [membership.pk])
        stored = bytes(cursor.fetchone()[0])

    assert b"evenings" not in stored
    assert len(stored) == 1 + 12 + 256 + 16


def test_words_moved_to_another_row_do_not_open(membership):
    other = MembershipFactory(user=membership.user)
    other.words = membership.words

    with pytest.raises(sealed.Unreadable):
        sealed.unseal(other, "words", owner=membership.user)


def test_words_do_not_open_as_somebody_elses(membership):
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(membership, "words", owner=UserFactory())


def test_a_changed_byte_is_noticed(membership):
    membership.words = bytes(membership.words)[:-1] + b"\x00"

    with pytest.raises(sealed.Unreadable):
        sealed.unseal(membership, "words", owner=membership.user)


def test_without_the_key_the_words_are_gone(membership):
    sealed.destroy_key(membership.user)

    with pytest.raises(sealed.Unreadable):
        sealed.unseal(membership, "words", owner=membership.user)


def test_a_destroyed_key_is_never_made_again(membership):
    sealed.destroy_key(membership.user)

    with pytest.raises(sealed.Unreadable):
        sealed.seal(membership, "words", "again", owner=membership.user)
    assert SubjectKey.objects.filter(subject_public_id=membership.user.public_id).count() == 1


def test_anything_with_a_public_id_can_own_words():
    group = GroupFactory()
    sealed.seal(group, "door", "https://meet.example.org/harbour", owner=group)

    assert sealed.unseal(group, "door", owner=group) == "https://meet.example.org/harbour"


def test_no_words_leave_the_field_empty(membership):
    sealed.seal(membership, "words", "", owner=membership.user)

    assert membership.words is None
    assert sealed.unseal(membership, "words", owner=membership.user) == ""


def test_an_older_master_key_still_opens(membership, settings):
    settings.MASTER_KEYS = settings.MASTER_KEYS | {2: b"n" * 32}

    assert sealed.unseal(membership, "words", owner=membership.user) == "evenings are the hard part"


def test_a_foreign_master_key_is_refused(settings):
    sealed.check_master_keys()
    settings.MASTER_KEYS = dict.fromkeys(settings.MASTER_KEYS, b"x" * 32)

    with pytest.raises(sealed.WrongMasterKey, match="does not hold the key 1"):
        sealed.check_master_keys()


def test_a_missing_master_key_is_refused(settings):
    sealed.check_master_keys()
    settings.MASTER_KEYS = {9: b"x" * 32}

    with pytest.raises(sealed.WrongMasterKey):
        sealed.check_master_keys()


def test_a_new_master_key_is_noted(settings):
    settings.MASTER_KEYS = settings.MASTER_KEYS | {2: b"n" * 32}

    sealed.check_master_keys()

    assert set(MasterKeyCheck.objects.values_list("version", flat=True)) == {1, 2}
