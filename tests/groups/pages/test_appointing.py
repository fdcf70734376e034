"""Admins look for somebody, give them a group, and take it back."""

import pytest

from tests.factories import AdminFactory, FacilitatorFactory, MembershipFactory, UserFactory
from tests.groups.pages.world import at, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(as_person):
    return as_person(AdminFactory(display_name="Amal", email="amal@example.org"))


def found(browser, group, q):
    return [person.display_name for person in browser.get(at("appoint", group), {"q": q}).context["form"].found]


def test_nobody_is_listed_before_somebody_is_looked_for(browser, group):
    UserFactory(display_name="Theo Grey")

    assert "Theo Grey" not in said(browser.get(at("appoint", group)))


def test_people_are_found_by_name_and_address_in_any_order(browser, group, facilitator):
    UserFactory(display_name="Theo Grey", email="theo@example.org")
    UserFactory(display_name="Theo Brown", email="brown@example.org")
    UserFactory(display_name="Theo Gone", state="suspended", is_active=False)
    facilitator.user.display_name = "Theo Runs"
    facilitator.user.save()

    assert found(browser, group, "theo") == ["Theo Brown", "Theo Grey"]
    assert found(browser, group, "grey THEO") == ["Theo Grey"]
    assert found(browser, group, "brown@") == ["Theo Brown"]
    assert "Nobody like that, right now." in said(browser.get(at("appoint", group), {"q": "zzz"}))


@pytest.mark.parametrize(("number", "more"), [(1, False), (30, True)])
def test_at_most_twenty_and_always_the_same_questions(browser, group, django_assert_num_queries, number, more):
    for one in range(number):
        UserFactory(display_name=f"Theo {one:02}")

    with django_assert_num_queries(7):
        page = browser.get(at("appoint", group), {"q": "theo"})

    assert (len(page.context["form"].found), page.context["form"].more) == (min(number, 20), more)
    assert ("There are more." in said(page)) is more


def test_whoever_is_found_is_given_the_group(browser, group):
    person = UserFactory(display_name="Theo")

    done = browser.post(at("appoint", group), {"q": "theo", "person": person.public_id, "alias": ""}, follow=True)

    assert "Theo runs this group now." in said(done)
    assert group.memberships.facilitators().filter(user=person, alias="Theo").exists()


@pytest.mark.parametrize("sent", [{}, {"person": "x"}, {"person": "6f1c1b1e-0000-4000-8000-000000000000"}])
def test_appointing_nobody_is_refused(browser, group, sent):
    assert browser.post(at("appoint", group), sent).status_code == 422


def test_a_taken_name_is_said_at_the_field_and_the_search_stays(browser, group):
    person = UserFactory(display_name="Theo")

    response = browser.post(at("appoint", group), {"q": "theo", "person": person.public_id, "alias": "MARISOL"})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["alias"])
    assert response.context["form"].found == [person]


def test_the_group_is_taken_back_but_not_from_the_last(browser, group, facilitator):
    assert "Take the group from them" not in said(browser.get(at("appoint", group)))
    last = browser.post(at("release", group, facilitator.public_id), follow=True)
    assert "Nobody else runs this group." in said(last)

    tunde = FacilitatorFactory(group=group, alias="Tunde")
    done = browser.post(at("release", group, tunde.public_id), follow=True)

    assert "Tunde does not run this group any more." in said(done)
    tunde.refresh_from_db()
    assert (tunde.role, tunde.state) == ("member", "active")


def test_only_admins_take_it(as_person, group, facilitator):
    tunde = FacilitatorFactory(group=group)

    for stranger in (facilitator.user, MembershipFactory(group=group).user):
        assert as_person(stranger).post(at("release", group, tunde.public_id)).status_code == 403

    tunde.refresh_from_db()
    assert tunde.runs_it
