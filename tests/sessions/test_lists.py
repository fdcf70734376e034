"""Which sessions stand in a person's list: found quickly, and the same as by the long way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.models import GroupSession
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    """In two groups, once in a third to see, and a host for an hour in a fourth; a fifth is not theirs."""
    member = factories.MembershipFactory().user
    groups = [member.memberships.get().group, *(factories.GroupFactory() for _ in range(4))]
    factories.MembershipFactory(group=groups[1], user=member)
    since = timezone.now() - timedelta(days=4)
    factories.MembershipFactory(group=groups[2], user=member, state="visiting", joined_at=None, decided_at=since)
    for days in range(-9, 9):
        for number, group in enumerate(groups):
            factories.SessionFactory(group=group, starts_in=timedelta(days=days, hours=2 * number - 6))
    near = timezone.now() - timedelta(hours=3)
    for session in GroupSession.objects.filter(group=groups[3], starts_at__gt=near - timedelta(hours=2))[:4]:
        factories.booking(session, host=member)
    return member


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_latest_are_those_that_all_would_begin_with(person, number):
    seen = GroupSession.objects.visible_to(person)

    assert list(GroupSession.objects.latest_of(person, number)) == list(seen.past()[:number])
    assert list(seen.upcoming().first_ones(number)) == list(seen.upcoming()[:number])


def test_a_stranger_has_none(person):
    stranger = factories.UserFactory()

    assert list(GroupSession.objects.latest_of(stranger, 30)) == []
    assert {session.group_id for session in GroupSession.objects.latest_of(person, 30)} <= set(
        GroupSession.objects.visible_to(person).values_list("group", flat=True)
    )


def test_seats_are_counted_beside_each_session():
    session, empty = factories.SessionFactory(), factories.SessionFactory()
    for state in ("going", "going", "declined"):
        factories.SeatFactory(session=session, state=state)
    factories.SeatFactory(session=session, state="waiting", queue=1)

    counted = GroupSession.objects.with_counts().in_bulk([session.pk, empty.pk])

    assert [(counted[one.pk].going, counted[one.pk].waiting) for one in (session, empty)] == [(2, 1), (0, 0)]
