"""A concern whose only reader goes away: whoever comes next hears of it, once for each time, and nobody else."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import QuerySet

from notes.models import Concern
from notes.services import (
    ConcernWords,
    add_to_concern,
    close_concern,
    concern_waits_unread,
    keep_concern,
    read_by,
    read_concern,
    remind_of_concerns,
)
from notices.models import Notice
from people.models import AuditEntry, User
from people.services import change_roles, reinstate_person, suspend_person
from tests.concerns import concern
from tests.factories import AdminFactory, FacilitatorFactory, OrganisationFactory, SafetyLeadFactory, UserFactory
from tests.groups.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOURS = timedelta(hours=2, minutes=1)  # what is unseen waits two hours


@pytest.fixture(autouse=True)
def _open(time_machine):
    OrganisationFactory()  # from nine to five on weekdays
    time_machine.move_to(TUESDAY, tick=False)


@pytest.fixture
def lead():
    return SafetyLeadFactory(display_name="Priya")


@pytest.fixture
def seat():
    return FacilitatorFactory(alias="Marisol")


@pytest.fixture
def admin(seat):
    return seat.group.created_by


def sent(author):
    return keep_concern(author, once=uuid4(), words=ConcernWords("canary"), happened_at=TUESDAY, send=True)


def read(reader, row):
    read_concern(reader, concern=row)
    return row


def told(topic):
    return sorted(Notice.objects.filter(topic=topic).values_list("user", flat=True))


def part(actor, person, *, lead):
    """Give somebody the part of a safety lead, or take it."""
    return change_roles(actor, person=person, is_admin=person.is_admin, is_safety_lead=lead)


def has_it(row):
    row.refresh_from_db()
    return row.seen_by


# -- what stays as it is -------------------------------------------------------------------------
def test_what_is_closed_or_still_in_hand_is_left_to_nobody(lead, admin, seat):
    second = SafetyLeadFactory()
    closed, kept = read(lead, sent(seat.user)), read(second, sent(seat.user))
    close_concern(lead, concern=closed)
    part(admin, lead, lead=False)

    assert (has_it(closed), has_it(kept)) == (lead, second)
    assert (told("concern.left"), told("concern.waits")) == ([], [])
    assert not AuditEntry.objects.filter(action="concern.left").exists()


def test_somebody_else_who_goes_changes_nothing(lead, admin, seat):
    row = read(lead, sent(seat.user))
    suspend_person(admin, person=UserFactory())

    assert has_it(row) == lead
    assert told("concern.left") == []


# -- whoever had it goes -------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["steps down", "is suspended"])
def test_the_admins_hear_at_once_and_whoever_comes_next_reads_and_closes_it(lead, admin, seat, how):
    row = read(lead, sent(seat.user))
    if how == "steps down":
        part(admin, lead, lead=False)
    else:
        suspend_person(admin, person=lead)
    assert (has_it(row), concern_waits_unread()) == (None, True)
    assert (told("concern.waits"), told("concern.left")) == ([admin.pk], [])

    second = part(admin, UserFactory(), lead=True)
    assert told("concern.left") == [second.pk]
    read(second, row)
    assert (has_it(row), concern_waits_unread()) == (second, False)
    assert close_concern(second, concern=row).closed_by == second


def test_a_second_lead_hears_that_it_waits_for_somebody_new_and_no_admin(lead, admin, seat):
    second = SafetyLeadFactory()
    row = read(lead, sent(seat.user))
    part(admin, lead, lead=False)

    assert has_it(row) is None
    assert (told("concern.left"), told("concern.waits")) == ([second.pk], [])
    assert read_by(row) == TUESDAY + timedelta(hours=2)


def test_its_author_hears_of_each_one_who_has_it(lead, admin, seat, time_machine):
    row = read(lead, sent(seat.user))
    time_machine.shift(timedelta(days=10))
    part(admin, lead, lead=False)
    read(part(admin, UserFactory(), lead=True), row)

    assert told("concern.seen") == [seat.user.pk] * 2
    row.refresh_from_db()
    assert row.ring_by == TUESDAY + timedelta(days=11)


def test_the_record_says_so_and_names_nobody(lead, admin, seat):
    read(lead, sent(seat.user))
    part(admin, lead, lead=False)
    remind_of_concerns()

    entry = AuditEntry.objects.get(action="concern.left")
    assert (entry.actor, entry.about, entry.reason) == (None, None, "")


def test_whoever_comes_back_finds_it_waiting_and_is_told(lead, admin, seat):
    row = read(lead, sent(seat.user))
    suspend_person(admin, person=lead)
    reinstate_person(admin, person=lead)
    remind_of_concerns()

    assert told("concern.left") == [lead.pk]
    assert has_it(read(lead, row)) == lead


def test_nobody_read_it_in_time_then_all_of_them_and_the_admins_hear_again(lead, admin, seat, time_machine):
    read(lead, sent(seat.user))
    time_machine.shift(timedelta(days=1))
    part(admin, lead, lead=False)
    second = part(admin, UserFactory(), lead=True)
    assert remind_of_concerns() == 0
    time_machine.shift(HOURS)

    assert [remind_of_concerns(), remind_of_concerns()] == [1, 0]
    assert (told("concern.still"), told("concern.waits")) == ([second.pk], [admin.pk] * 2)


def test_what_is_added_while_nobody_has_it_waits_with_the_rest(lead, admin, seat):
    row = read(lead, sent(seat.user))
    part(admin, lead, lead=False)
    add_to_concern(seat.user, concern=row, words="canary more", once=uuid4())
    read(part(admin, UserFactory(), lead=True), row)

    assert not Concern.objects.unseen().exists()
    assert told("concern.waits") == [admin.pk]


# -- nobody had read it yet ----------------------------------------------------------------------
def test_each_time_the_last_one_goes_the_admins_hear_and_each_one_who_comes_is_told(lead, admin, seat, time_machine):
    sent(seat.user)
    for _time in range(2):
        time_machine.shift(timedelta(minutes=5))
        part(admin, lead, lead=False)
        remind_of_concerns()
        time_machine.shift(timedelta(minutes=5))
        part(admin, lead, lead=True)
        remind_of_concerns()

    assert told("concern.waits") == [admin.pk] * 2
    assert (told("concern.sent"), told("concern.left")) == ([lead.pk], [lead.pk] * 2)


def test_while_somebody_else_can_read_it_no_admin_hears(lead, admin, seat):
    second = SafetyLeadFactory()
    sent(seat.user)
    part(admin, lead, lead=False)

    assert (told("concern.waits"), told("concern.left")) == ([], [])
    assert told("concern.sent") == sorted([lead.pk, second.pk])


# -- at once, and without a worker -----------------------------------------------------------------
def test_what_was_read_while_its_reader_went_is_found_by_the_next_look(lead, admin, seat):
    row = read(lead, sent(seat.user))
    User.objects.filter(pk=lead.pk).update(is_safety_lead=False)  # nobody was told of it
    assert concern_waits_unread()
    remind_of_concerns()

    assert has_it(row) is None
    assert told("concern.waits") == [admin.pk]


def test_a_new_reader_needs_no_look_before(lead, admin, seat):
    row = read(lead, sent(seat.user))
    User.objects.filter(pk=lead.pk).update(is_safety_lead=False)
    second = SafetyLeadFactory()

    assert has_it(read(second, row)) == second
    assert told("concern.seen") == [seat.user.pk] * 2


def both_go(first, second):
    """Two admins take the part of the only two leads at once, while another look goes on."""
    one, two = AdminFactory(), AdminFactory()
    at_once(
        lambda: part(one, first, lead=False),
        lambda: part(two, second, lead=False),
        remind_of_concerns,
    )
    remind_of_concerns()


@pytest.mark.parametrize("_round", range(5))
def test_two_who_go_at_once_are_told_of_once(admin, seat, _round):
    first, second = SafetyLeadFactory(), SafetyLeadFactory()
    row = read(first, sent(seat.user))
    both_go(first, second)

    assert has_it(row) is None
    assert told("concern.waits").count(admin.pk) == 1
    assert AuditEntry.objects.filter(action="concern.left").count() == 1


def looks_at_once(row):
    """How often three looks at once note that it was left."""
    Concern.objects.filter(pk=row.pk).update(seen_at=TUESDAY, seen_by=UserFactory(), left_at=None)
    before = AuditEntry.objects.filter(action="concern.left").count()
    at_once(remind_of_concerns, remind_of_concerns, remind_of_concerns)
    return AuditEntry.objects.filter(action="concern.left").count() - before


def test_looks_at_once_note_it_once(lead, seat):
    row = sent(seat.user)

    assert [looks_at_once(row) for _round in range(5)] == [1] * 5


def test_without_holding_the_row_this_race_is_lost(lead, seat, monkeypatch):
    """The test above can fail."""
    row = sent(seat.user)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **kwargs: rows)

    assert any(looks_at_once(row) > 1 for _round in range(20))


def test_nobodys_leaving_waits_for_what_somebody_else_holds(lead, admin, seat):
    row = read(lead, sent(seat.user))
    with transaction.atomic():
        Concern.objects.select_for_update().get(pk=row.pk)
        assert at_once(lambda: part(admin, lead, lead=False))[0] == lead
    assert has_it(row) == lead
    remind_of_concerns()

    assert has_it(row) is None


def test_what_fails_stops_nobody_from_leaving(lead, admin, seat, monkeypatch, caplog):
    concern(seat.user, "x")
    monkeypatch.setattr("notes.services.unread._remind", lambda pk: 1 / 0)

    assert part(admin, lead, lead=False).is_safety_lead is False
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()
