"""Members."""

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from people.models import User
from tests.factories import (
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    SafetyLeadFactory,
    UserFactory,
)
from tests.home.manage.world import get, post

pytestmark = pytest.mark.django_db


def found(browser, **query):
    return [person.email for person in get(browser, "members", **query).context["page"]]


def test_people_are_found_by_name_or_address(browser):
    UserFactory(display_name="Wren Halloran", email="wh@example.org")
    UserFactory(display_name="Kofi", email="kofi.mensah@example.org")

    assert found(browser, q="halloran wren") == ["wh@example.org"]
    assert found(browser, q="MENSAH") == ["kofi.mensah@example.org"]
    assert found(browser, q="nobody") == []
    assertContains(get(browser, "members", q="nobody"), "Nobody like that, right now.")


def test_people_are_shown_by_role_and_whoever_is_erased_is_gone(browser):
    member, lead = UserFactory(), SafetyLeadFactory()
    facilitator = FacilitatorFactory(group=GroupFactory(created_by=User.objects.get(email="priya@example.org"))).user
    suspended = UserFactory(state="suspended", is_active=False)
    UserFactory(state="erased", is_active=False, display_name="")

    assert found(browser, role="members") == [suspended.email, member.email]
    assert found(browser, role="facilitators") == [facilitator.email]
    assert found(browser, role="leads") == [lead.email]
    assert found(browser, role="admins") == ["priya@example.org"]
    assert found(browser, role="suspended") == [suspended.email]
    assert len(found(browser, role="anything else")) == 5


def test_the_list_comes_in_pages(browser):
    UserFactory.create_batch(30)

    assert len(found(browser)) == 25
    assert len(found(browser, page="2")) == 6
    assert len(found(browser, page="999999999999")) == 6
    assertContains(get(browser, "members", role="members"), "?role=members&amp;page=2")


@pytest.mark.parametrize("people", [1, 30])
def test_the_list_asks_the_database_the_same_questions_for_everybody(browser, people, django_assert_num_queries):
    group = GroupFactory(created_by=User.objects.get(email="priya@example.org"))
    for _ in range(people):
        MembershipFactory(group=group)
    get(browser, "members")

    with django_assert_num_queries(8):
        get(browser, "members")


def test_roles_are_given_and_taken(browser, admin):
    person = UserFactory()

    assertRedirects(
        post(browser, "member", person.public_id, is_safety_lead="on"), reverse("home:member", args=[person.public_id])
    )
    person.refresh_from_db()
    assert (person.is_admin, person.is_safety_lead) == (False, True)

    post(browser, "member", person.public_id)
    person.refresh_from_db()
    assert (person.is_admin, person.is_safety_lead) == (False, False)


def test_the_last_admin_stays(browser, admin):
    response = post(browser, "member", admin.public_id)

    assertContains(response, "This is the only admin.", status_code=422)
    assert User.objects.get(pk=admin.pk).is_admin


def test_somebody_is_suspended_and_let_in_again(browser, as_person):
    person = UserFactory()
    theirs = as_person(person)
    here = reverse("home:member", args=[person.public_id])

    assertRedirects(post(browser, "suspend", person.public_id), here)
    assertRedirects(theirs.get("/notices/"), "/accounts/login/?next=/notices/", fetch_redirect_response=False)
    assertContains(browser.get(here), "Let them in again")

    assertRedirects(post(browser, "reinstate", person.public_id), here)
    assertContains(browser.get(here), "Suspend this account")


def test_nobody_is_suspended_by_looking(browser):
    person = UserFactory()

    assert get(browser, "suspend", person.public_id).status_code == 405
    assert User.objects.get(pk=person.pk).is_active
