"""A concern that nobody reads: who is told again, once, and that nobody else learns of it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from notes.models import Concern
from notes.querysets import today
from notes.services import (
    ConcernWords,
    add_to_concern,
    close_concern,
    keep_concern,
    read_concern,
    remind_of_concerns,
    unread,
)
from notices.models import Delivery, Notice
from people.models import AuditEntry
from tests.concerns import concern
from tests.factories import FacilitatorFactory, MembershipFactory, OrganisationFactory, SafetyLeadFactory
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
    """Of somebody whose group an admin opened, so that there is one."""
    return FacilitatorFactory(alias="Marisol")


@pytest.fixture
def admin(seat):
    return seat.group.created_by


def sent(author, about=None):
    words = ConcernWords("canary")
    return keep_concern(author, once=uuid4(), words=words, happened_at=TUESDAY, about=about, send=True)


def told(topic):
    return sorted(Notice.objects.filter(topic=topic).values_list("user", flat=True))


def test_nobody_is_told_again_before_its_time(lead, admin, seat, time_machine):
    sent(seat.user)
    time_machine.shift(timedelta(hours=1, minutes=59))

    assert remind_of_concerns() == 0
    assert (told("concern.still"), told("concern.waits")) == ([], [])


def test_nobody_is_told_again_of_what_was_read_closed_or_is_gone(lead, admin, seat, time_machine):
    read_concern(lead, concern=sent(seat.user))
    close_concern(lead, concern=sent(seat.user))
    concern(seat.user, "x", sent=False)
    Concern.objects.filter(pk=sent(seat.user).pk).update(retain_until=today())
    time_machine.shift(HOURS)

    assert remind_of_concerns() == 0
    assert (told("concern.still"), told("concern.waits")) == ([], [])


def test_the_person_it_is_about_and_its_author_never_hear_of_it(admin, seat, time_machine):
    """Not as a safety lead, and not as an admin."""
    person = SafetyLeadFactory(is_admin=True)
    sent(seat.user, about=MembershipFactory(group=seat.group, user=person))
    time_machine.shift(HOURS)
    remind_of_concerns()

    assert set(Notice.objects.values_list("user", flat=True)) == {admin.pk}


def test_with_two_leads_both_are_told_again_and_no_admin(lead, admin, seat, time_machine):
    second = SafetyLeadFactory()
    sent(seat.user)
    time_machine.shift(HOURS)

    assert remind_of_concerns() == 1
    assert (told("concern.still"), told("concern.waits")) == (sorted([lead.pk, second.pk]), [])


def test_where_there_is_no_other_lead_the_admins_hear_that_something_waits(lead, admin, seat, time_machine):
    row = sent(seat.user)
    time_machine.shift(HOURS)
    remind_of_concerns()

    assert (told("concern.still"), told("concern.waits")) == ([lead.pk], [admin.pk])
    assert Notice.objects.get(topic="concern.waits").ids == {"concern": str(row.public_id)}
    assert Delivery.objects.filter(notice__topic="concern.waits", send_at__lte=TUESDAY + HOURS).count() == 1
    entry = AuditEntry.objects.get(action="concern.remind")
    assert (entry.actor, entry.about, entry.reason) == (None, None, "")


def test_it_is_once(lead, admin, seat, time_machine):
    sent(seat.user)
    for _day in range(3):
        time_machine.shift(timedelta(days=1))
        remind_of_concerns()

    assert (told("concern.still"), told("concern.waits")) == ([lead.pk], [admin.pk])
    assert AuditEntry.objects.filter(action="concern.remind").count() == 1


def test_two_workers_at_once_tell_once(lead, admin, seat, time_machine):
    sent(seat.user)
    time_machine.shift(HOURS)

    assert sum(at_once(remind_of_concerns, remind_of_concerns, remind_of_concerns)) == 1
    assert told("concern.still") == [lead.pk]


def test_what_was_added_after_a_reading_is_told_again_too(lead, admin, seat, time_machine):
    row = sent(seat.user)
    time_machine.shift(HOURS)
    remind_of_concerns()
    read_concern(lead, concern=row)
    add_to_concern(seat.user, concern=row, words="canary more", once=uuid4())
    assert remind_of_concerns() == 0
    time_machine.shift(HOURS)

    assert (remind_of_concerns(), remind_of_concerns()) == (1, 0)
    assert told("concern.still") == [lead.pk] * 2


def test_the_only_lead_who_wrote_it_and_the_admins_hear_at_once_that_nobody_may_read_it(lead, admin):
    sent(lead)

    assert (told("concern.sent"), told("concern.waits")) == ([], [admin.pk])


def test_an_admin_who_wrote_it_hears_as_well_that_they_can_give_somebody_that_part(seat):
    author = seat.group.created_by
    author.is_safety_lead = True
    author.save()
    sent(author)

    assert told("concern.waits") == [author.pk]


def test_whoever_is_given_that_part_later_hears_of_it_reads_it_and_closes_it(lead, admin):
    row = sent(lead)
    second = SafetyLeadFactory()
    for _tick in range(2):
        assert remind_of_concerns() == 0

    assert told("concern.left") == [second.pk]
    read_concern(second, concern=row)
    assert close_concern(second, concern=row).closed_by == second


def test_one_that_fails_holds_up_no_other(lead, admin, seat, time_machine, monkeypatch, caplog):
    broken, row = sent(seat.user), sent(seat.user)
    time_machine.shift(HOURS)
    remind = unread._remind
    monkeypatch.setattr(unread, "_remind", lambda pk: 1 / 0 if pk == broken.pk else remind(pk))

    assert remind_of_concerns() == 1
    row.refresh_from_db()
    assert row.reminded_at == TUESDAY + HOURS
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()
