"""Two days after an evening that nobody closed, those who led are asked once (R31)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notices.models import Notice
from notices.registry import topic
from sessions.services import remind_to_close
from tests import factories

pytestmark = pytest.mark.django_db
TOPIC = "session.left-open"


@pytest.fixture
def lead():
    return factories.FacilitatorFactory()


def evening(group, *, ended=timedelta(hours=48), **fields):
    return factories.SessionFactory(group=group, starts_at=timezone.now() - ended - timedelta(minutes=75), **fields)


def told():
    return set(Notice.objects.filter(topic=TOPIC).values_list("user", flat=True))


def test_whoever_led_hears_once_and_nobody_else(lead):
    factories.FacilitatorFactory(group=lead.group)
    session = evening(lead.group)
    for number, host in enumerate((lead.user, factories.UserFactory())):
        factories.booking(session, host=host, duty=["lead", "co"][number])
    factories.SeatFactory(session=session, user=factories.MembershipFactory(group=lead.group).user)

    assert (remind_to_close(), remind_to_close()) == (1, 0)

    assert told() == {lead.user_id}


def test_where_nobody_was_down_to_lead_all_who_run_it_hear(lead):
    other = factories.FacilitatorFactory(group=lead.group)
    evening(lead.group)

    remind_to_close()

    assert told() == {lead.user_id, other.user_id}


@pytest.mark.parametrize(
    "fields",
    [
        {"ended": timedelta(hours=47, minutes=59)},
        {"ended": timedelta(days=4)},
        {"state": "cancelled", "cancelled_at": timezone.now()},
        {"state": "held", "held_at": timezone.now()},
    ],
    ids=["too soon", "long ago", "cancelled", "closed"],
)
def test_not_when_there_is_nothing_to_ask(lead, fields):
    if fields.get("state") == "held":
        fields = fields | {"held_by": lead.user}
    evening(lead.group, **fields)

    assert remind_to_close() == 0


@pytest.mark.parametrize("facts", [{"state": "archived", "archived_at": timezone.now()}, {"kind": "pair"}])
def test_a_group_that_has_ended_and_a_pair_are_left_alone(lead, facts):
    if facts.get("kind") == "pair":
        facts = facts | {"parent": factories.GroupFactory(), "listed": False, "capacity": 1}
    evening(lead.group)
    type(lead.group).objects.filter(pk=lead.group.pk).update(**facts)

    assert remind_to_close() == 0


def test_what_is_closed_meanwhile_is_not_sent(lead):
    session = evening(lead.group)
    ids = {"session": str(session.public_id), "at": session.starts_at.isoformat()}
    may = topic(TOPIC).may
    assert may(lead.user, ids)

    session.state, session.held_at, session.held_by = "held", timezone.now(), lead.user
    session.save()

    assert not may(lead.user, ids)
    assert not may(factories.UserFactory(), ids)
