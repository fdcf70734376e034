"""Which sessions stand in a person's list: found quickly, and the same as by the long way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.models import CoverCall, GroupSession
from sessions.services import with_leaders
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


def _led(**places):
    """A session with somebody for each duty: one who runs the group, or whoever is given."""
    session = factories.SessionFactory()
    for duty, host in places.items():
        factories.booking(session, host=host or factories.FacilitatorFactory(group=session.group).user, duty=duty)
    return session


def _facts(sessions):
    return {session.pk: (session.led_by, session.leader, session.asks_cover) for session in sessions}


def test_who_leads_is_said_of_a_page_as_of_a_query(django_assert_num_queries):
    shut_out, away = (factories.UserFactory(is_active=False, state="suspended") for _ in range(2))
    outside = factories.UserFactory(display_name="Oriel")
    both, one, nobody = _led(co=None, lead=None), _led(co=None), _led()
    shut, steps_in = _led(lead=shut_out), _led(co=away, lead=outside)
    asker = both.bookings.get(duty="lead").host
    CoverCall.objects.create(session=both, duty="lead", asked_by=asker, until=timezone.now())

    with django_assert_num_queries(3):
        said = _facts(with_leaders([both, one, nobody, shut, steps_in]))

    assert said == _facts(GroupSession.objects.with_leader())
    assert (said[both.pk][0], said[both.pk][2]) == (asker.pk, True)
    assert (said[nobody.pk], said[shut.pk]) == ((None, None, False), (None, None, False))
    assert (said[one.pk][0], said[steps_in.pk][1]) == (one.bookings.get().host_id, "Oriel")
