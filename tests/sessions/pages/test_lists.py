"""Lists."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.sessions.pages.world import LIST_QUERIES, PAGE_QUERIES, ROLL_QUERIES, stand, url, words

pytestmark = pytest.mark.django_db


def test_an_empty_list_says_what_will_be_there(as_person):
    page = as_person(factories.UserFactory()).get(reverse("sessions:list"))

    assert "Nothing is planned at the moment." in words(page)


def test_the_list_holds_my_groups_and_nobody_elses(session, member, as_person):
    factories.SessionFactory()
    past = factories.SessionFactory(group=session.group, starts_in=timedelta(days=-7))

    page = as_person(member).get(reverse("sessions:list"))

    assert [row.session for row in page.context["coming"]] == [session]
    assert [row.session for row in page.context["last"]] == [past]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_whatever_its_length(as_person, django_assert_num_queries, rows):
    member = factories.UserFactory()
    for n in range(rows):
        membership = factories.MembershipFactory(user=member)
        session = factories.SessionFactory(group=membership.group, starts_in=timedelta(days=n + 1))
        factories.SeatFactory(session=session, user=member)
        factories.booking(session, host=factories.FacilitatorFactory(group=membership.group).user)
        factories.SessionFactory(group=membership.group, starts_in=timedelta(days=-n - 1))
    client = as_person(member)

    client.get(reverse("sessions:list"))
    with django_assert_num_queries(LIST_QUERIES):
        assert client.get(reverse("sessions:list")).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_seats_that_wait_for_newcomers_cost_three_more_however_many(as_person, django_assert_num_queries, rows):
    """Who holds seats, who of them came before, and who visits."""
    member = factories.UserFactory()
    for n in range(rows):
        membership = factories.MembershipFactory(user=member)
        session = factories.SessionFactory(group=membership.group, starts_in=timedelta(days=n + 2), kept_for_new=2)
        factories.SeatFactory(session=session)
        factories.booking(session, host=factories.FacilitatorFactory(group=membership.group).user)
        factories.SessionFactory(group=membership.group, starts_in=timedelta(days=-n - 1))
    client = as_person(member)

    client.get(reverse("sessions:list"))
    with django_assert_num_queries(LIST_QUERIES + 3):
        assert client.get(reverse("sessions:list")).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_a_session_costs_the_same_whoever_comes(session, member, as_person, django_assert_num_queries, rows):
    for n in range(rows):
        factories.SeatFactory(session=session, state="waiting", queue=n + 1)
    factories.SeatFactory(session=session, user=member, state="waiting", queue=99)
    client = as_person(member)

    client.get(url("detail", session))
    with django_assert_num_queries(PAGE_QUERIES):
        assert client.get(url("detail", session)).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_the_roll_costs_the_same_however_long(session, facilitator, as_person, django_assert_num_queries, rows):
    stand(session, None, starts_in=timedelta(minutes=-5))
    for _ in range(rows):
        factories.MembershipFactory(group=session.group, joined_at=timezone.now() - timedelta(days=9))
    client = as_person(facilitator)

    client.get(url("attendance", session))
    with django_assert_num_queries(ROLL_QUERIES):
        assert client.get(url("attendance", session)).status_code == 200
