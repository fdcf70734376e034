"""What the author of a concern adds later: whose it is to add, who reads it, who hears of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from notes.models import Concern, ConcernAddition
from notes.querysets import today
from notes.services import (
    Added,
    ConcernClosed,
    ConcernGone,
    ConcernSent,
    NoWords,
    add_to_concern,
    close_concern,
    concern_waits_unread,
    forget_concerns,
    read_concern,
)
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.sealed import Unreadable
from tests.catalogue import refused_by
from tests.concerns import concern
from tests.factories import AdminFactory, FacilitatorFactory, MembershipFactory, SafetyLeadFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("organisation")]
MORE = "canary: they rang again"


@pytest.fixture
def lead():
    return SafetyLeadFactory(display_name="Priya")


@pytest.fixture
def seat():
    return FacilitatorFactory(alias="Marisol")


def added(actor, row, words=MORE, once=None):
    return add_to_concern(actor, concern=row, words=words, once=once or uuid4())


def told(topic):
    return list(Notice.objects.filter(topic=topic).order_by("pk").values_list("user", flat=True))


def test_nobody_adds_to_somebody_elses(lead, seat):
    row = concern(seat.user, "canary", group=seat.group)
    for other in (lead, FacilitatorFactory(group=seat.group).user, AdminFactory()):
        with pytest.raises(NotAllowed):
            added(other, row)

    assert not ConcernAddition.objects.exists()


def test_a_draft_is_changed_and_not_added_to(seat):
    with pytest.raises(NotAllowed):
        added(seat.user, concern(seat.user, "canary", sent=False))


def test_what_is_closed_takes_no_more_that_nobody_would_read(lead, seat):
    row = concern(seat.user, "canary")
    close_concern(lead, concern=row)

    with pytest.raises(ConcernClosed):
        added(seat.user, row)
    assert told("concern.added") == []


def test_nothing_is_added_to_what_is_gone(seat):
    row = concern(seat.user, "canary", retain_until=today())
    with pytest.raises(ConcernGone):
        added(seat.user, row)


def test_it_says_something(seat):
    with pytest.raises(NoWords):
        added(seat.user, concern(seat.user, "canary"), " \n")


def test_it_stands_sealed_below_what_was_sent_for_those_who_may_read(lead, seat):
    row = concern(seat.user, "first")
    one, two = added(seat.user, row), added(seat.user, row, "canary two")

    assert b"canary" not in bytes(one.words)
    words = read_concern(lead, concern=row)
    assert (words.facts, words.added) == ("first", (Added(one.written_at, MORE), Added(two.written_at, "canary two")))
    assert read_concern(seat.user, concern=row) == words
    assert "canary" not in repr(words)
    with pytest.raises(NotAllowed):
        read_concern(AdminFactory(), concern=row)


def test_its_key_is_the_concerns_own(lead, seat):
    """Moved under another concern it does not open."""
    row, other = concern(seat.user, "first"), concern(seat.user, "second")
    moved = added(seat.user, row)
    ConcernAddition.objects.filter(pk=moved.pk).update(concern=other)

    with pytest.raises(Unreadable):
        read_concern(lead, concern=other)


def test_each_addition_tells_all_who_look_after_safety_and_never_whom_it_is_about(lead, seat):
    second, about = SafetyLeadFactory(), MembershipFactory(group=seat.group, user=SafetyLeadFactory())
    row = concern(seat.user, "canary", about=about.user, group=seat.group)
    for _number in range(2):
        added(seat.user, row)

    assert sorted(told("concern.added")) == sorted([lead.pk, second.pk] * 2)


def test_the_second_click_adds_one(lead, seat):
    row, once = concern(seat.user, "canary"), uuid4()
    assert added(seat.user, row, once=once) == added(seat.user, row, once=once)
    with pytest.raises(ConcernSent):
        added(seat.user, row, "other words", once=once)

    assert (ConcernAddition.objects.count(), told("concern.added")) == (1, [lead.pk])


def test_the_record_says_that_it_was_added_to_and_the_person_only_if_they_were_told(lead, seat):
    about = MembershipFactory(group=seat.group).user
    for known in ([], ["person"]):
        added(seat.user, concern(seat.user, "x", about=about, group=seat.group, told=known))

    rows = AuditEntry.objects.filter(action="concern.add").order_by("pk")
    assert list(rows.values_list("actor", "about", "reason")) == [
        (seat.user.pk, None, ""),
        (seat.user.pk, about.pk, ""),
    ]


def test_what_was_added_waits_until_somebody_who_may_reads_it(lead, seat, time_machine):
    row = concern(seat.user, "first")
    read_concern(lead, concern=row)
    one = added(seat.user, row)
    read_concern(seat.user, concern=row)  # its author does not see to it
    time_machine.move_to(timezone.now() + timedelta(days=10))
    assert concern_waits_unread()

    read_concern(lead, concern=row)
    one.refresh_from_db()
    assert one.seen_at is not None
    assert not concern_waits_unread()


def test_its_words_go_with_the_concern(lead, seat):
    row, young = concern(seat.user, "x"), concern(seat.user, "x")
    gone, stays = added(seat.user, row), added(seat.user, young)
    Concern.objects.filter(pk=row.pk).update(retain_until=today())

    assert forget_concerns() == 1
    for one in (gone, stays):
        one.refresh_from_db()
    assert gone.words is None
    assert read_concern(lead, concern=young).added == (Added(stays.written_at, MORE),)


def test_empty_words_are_refused_by_the_database(seat):
    row = added(seat.user, concern(seat.user, "x"))
    with refused_by("concernaddition_has_words"):
        ConcernAddition.objects.filter(pk=row.pk).update(words=b"", seen_at=timezone.now())
