"""Belonging."""

import pytest

from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)
from tests.groups.pages.world import at, said

pytestmark = pytest.mark.django_db


def test_members_are_seen_by_members_who_agreed(as_person, group, facilitator):
    seat = MembershipFactory(group=group, alias="Saoirse")
    RequestFactory(group=group, alias="Asker")
    assert as_person(UserFactory()).get(at("members", group)).status_code == 404
    assert as_person(AdminFactory()).get(at("members", group)).status_code == 404
    assert as_person(seat.user).get(at("members", group)).url == at("agreement", group)
    AcceptanceFactory(agreement=group.agreement, user=seat.user)

    members, facilitators = (said(as_person(u).get(at("members", group))) for u in (seat.user, facilitator.user))

    assert ("Saoirse" in members, "Asker" in members, seat.user.email in members) == (True, False, False)
    assert ("Asker" in facilitators, "Asking to join" in facilitators) == (True, True)


@pytest.mark.parametrize("number", [1, 30])
def test_members_page_asks_the_same_few_questions(as_person, group, facilitator, django_assert_num_queries, number):
    MembershipFactory.create_batch(number, group=group)
    browser = as_person(facilitator.user)

    with django_assert_num_queries(9):
        browser.get(at("members", group))


def test_leaving_takes_two_steps_and_no_reason(as_person, group):
    seat = MembershipFactory(group=group)
    browser = as_person(seat.user)
    assert "You do not have to say why." in said(browser.get(at("leave", group)))
    seat.refresh_from_db()
    assert seat.state == "active"

    response = browser.post(at("leave", group), follow=True)

    seat.refresh_from_db()
    assert (seat.state, "You are welcome back any time." in said(response)) == ("left", True)
    assert browser.post(at("leave", group)).status_code == 404


def test_the_last_facilitator_is_told_why_they_cannot_leave(as_person, group, facilitator):
    response = as_person(facilitator.user).post(at("leave", group))

    assert response.status_code == 422
    assert "You are the only facilitator." in said(response)


def test_nobody_leaves_for_somebody_else(as_person, group):
    assert as_person(UserFactory()).post(at("leave", group)).status_code == 404
    assert as_person(RequestFactory(group=group).user).post(at("leave", group)).status_code == 404


def test_my_groups_are_mine(as_person, group, facilitator):
    GroupFactory(name="Somebody else's")
    RequestFactory(group=group)

    running = said(as_person(facilitator.user).get("/groups/mine/"))
    nothing = said(as_person(UserFactory()).get("/groups/mine/"))

    assert ("1 asking to join" in running, "Somebody else" in running) == (True, False)
    assert "You are not in a group yet" in nothing
