"""Two clocks, and somebody who looks at that moment, over real connections."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.models import Escalation, FollowUp
from checkins.services import escalate, escalations, see_followup, take_followup
from notices.models import Notice
from people.models import AuditEntry
from tests import factories
from tests.groups.at_once import ROUNDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _organisation():
    factories.OrganisationFactory()


@pytest.fixture
def keeper():
    return factories.FacilitatorFactory()


def due(keeper, number):
    """A follow-up whose first step is due, and whose others are far off."""
    about = factories.MembershipFactory(group=keeper.group).user
    followup = factories.FollowUpFactory(about=about, group=keeper.group, cause="hard", key=f"hard {number}")
    escalations.plan_escalations(followup)
    long_ago = timezone.now() - timedelta(hours=3)
    followup.escalations.update(planned_at=long_ago, due_at=timezone.now() + timedelta(days=9))
    followup.escalations.filter(step=1).update(due_at=timezone.now() - timedelta(minutes=1))
    return followup


def happened():
    return Escalation.objects.filter(happened_at__isnull=False).count()


@ROUNDS
def test_four_clocks_take_each_step_once(keeper, rounds):
    for number in range(rounds):
        due(keeper, number)

    done = at_once(*[escalate] * 4)

    assert [one for one in done if isinstance(one, Exception)] == []
    escalate()  # what two held at the same moment is taken a minute later
    assert happened() == rounds
    assert AuditEntry.objects.filter(action="followup.escalate").count() == rounds
    assert Notice.objects.filter(topic="followup.opened", user=keeper.user).count() == rounds


def test_the_canary_without_the_lock_takes_it_twice(keeper, monkeypatch):
    """Proof that the test above can fail: the same rows, read but not held."""
    monkeypatch.setattr(type(Escalation.objects.all()), "select_for_update", lambda rows, **_: rows)
    for number in range(20):
        due(keeper, number)

    at_once(*[escalate] * 4)

    assert AuditEntry.objects.filter(action="followup.escalate").count() > 20


@pytest.mark.parametrize("deed", [see_followup, take_followup])
@ROUNDS
def test_who_looks_while_it_goes_on_is_never_in_its_way(keeper, deed, rounds):
    for number in range(rounds):
        followup = due(keeper, number)

        done = at_once(escalate, lambda followup=followup: deed(keeper.user, followup=followup))

        assert [one for one in done if isinstance(one, Exception)] == []
        steps = followup.escalations.order_by("step")
        assert all(step.dropped_at for step in steps if step.step > 1)
        assert bool(steps[0].happened_at) != bool(steps[0].dropped_at)
        assert FollowUp.objects.get(pk=followup.pk).seen_at
