"""A word that was promised and is past its day: its keeper hears once, then the others."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from checkins.models import FollowUp
from checkins.services import tell_late
from notices import registry
from notices.models import Notice
from tests import factories

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 11, 27, 12, tzinfo=UTC)  # a Friday


@pytest.fixture
def taken(wren, group, marisol, monday):
    fields = {"state": "taken", "owner": marisol, "seen_at": monday}
    return factories.FollowUpFactory(about=wren, group=group, cause="support", key="s", due_at=DUE, **fields)


def tick(moment):
    with time_machine.travel(moment, tick=False):
        return tell_late()


def told():
    return sorted(Notice.objects.filter(topic="followup.late").values_list("user__display_name", flat=True))


def test_before_its_time_nobody_is_reminded(taken):
    assert tick(DUE - timedelta(minutes=1)) == 0


def test_its_keeper_is_reminded_once(taken):
    assert [tick(DUE), tick(DUE + timedelta(minutes=15))] == [1, 0]
    assert told() == ["Marisol"]


def test_an_open_day_later_the_others_hear_of_it(taken):
    tick(DUE)

    assert tick(datetime(2026, 11, 29, 23, tzinfo=UTC)) == 0  # the weekend is no open day
    assert tick(datetime(2026, 11, 30, 12, tzinfo=UTC)) == 1
    assert told() == ["Marisol", "Tunde"]


def test_who_has_it_now_is_reminded_too(taken, tunde):
    tick(DUE)
    FollowUp.objects.update(owner=tunde)

    assert tick(DUE + timedelta(hours=1)) == 1
    assert told() == ["Marisol", "Tunde"]


def test_what_is_done_is_not_late(taken, marisol):
    taken.close("done", by=marisol, outcome="called")
    taken.save()

    assert tick(DUE + timedelta(days=5)) == 0


def test_what_somebody_looked_at_and_nobody_took_is_told_to_all(taken):
    FollowUp.objects.update(state="open", owner=None)

    assert tick(DUE) == 2
    assert told() == ["Marisol", "Tunde"]


def test_a_hand_made_one_that_nobody_has_is_left_alone(taken):
    FollowUp.objects.update(state="open", owner=None, cause="hand")

    assert tick(DUE) == 0


def test_one_of_long_ago_is_not_told(taken):
    assert tick(DUE + timedelta(days=15)) == 0


def test_the_line_blames_nobody(taken, marisol, tunde):
    ids, topic = {"followup": str(taken.public_id), "keeper": marisol.pk}, registry.topic("followup.late")

    assert topic.line(ids, marisol) == (
        "You wanted to be in touch with somebody. Its day is over, and you can still do it or hand it on."
    )
    assert topic.line(ids, tunde) == (
        "A word that was promised in a group of yours is still to come. You could take it on."
    )
