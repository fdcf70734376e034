"""Two clicks, two readers, two who close: each thing happens once."""

from uuid import uuid4

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from notes.models import Concern
from notes.services import ConcernWords, close_concern, keep_concern, read_concern
from notices.models import Notice
from people.models import AuditEntry
from tests.concerns import concern
from tests.factories import FacilitatorFactory, SafetyLeadFactory
from tests.groups.at_once import at_once, kinds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("organisation")]
ROUNDS = 5


def sent_twice(lead):
    seat, once = FacilitatorFactory(), uuid4()

    def send():
        given = {"words": ConcernWords("x"), "happened_at": timezone.now(), "send": True}
        return keep_concern(seat.user, once=once, **given)

    return kinds(at_once(send, send, send))


def test_clicks_at_once_send_one():
    lead = SafetyLeadFactory()
    for _number in range(ROUNDS):
        assert sent_twice(lead) == ["Concern"] * 3

    assert (Concern.objects.count(), Notice.objects.filter(user=lead).count()) == (ROUNDS, ROUNDS)


def test_without_holding_anybody_this_race_is_lost(monkeypatch):
    """The test above can fail."""
    lead = SafetyLeadFactory()
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **kwargs: rows)

    assert any(sent_twice(lead) != ["Concern"] * 3 for _number in range(20))


def test_readers_at_once_are_seen_as_one_and_both_stand_in_the_record():
    leads = [SafetyLeadFactory(), SafetyLeadFactory()]
    row = concern(FacilitatorFactory().user, "x")

    at_once(*(lambda lead=lead: read_concern(lead, concern=Concern.objects.get(pk=row.pk)) for lead in leads))

    assert Notice.objects.filter(user=row.author, topic="concern.seen").count() == 1
    assert AuditEntry.objects.filter(action="concern.read").count() == 2


def test_it_is_closed_by_one_of_two():
    leads = [SafetyLeadFactory(), SafetyLeadFactory()]
    row = concern(FacilitatorFactory().user, "x")

    closed = at_once(*(lambda lead=lead: close_concern(lead, concern=row) for lead in leads))

    assert kinds(closed) == ["Concern", "ConcernClosed"]
    assert AuditEntry.objects.filter(action="concern.close").count() == 1
