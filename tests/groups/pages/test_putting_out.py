"""What facilitators see of one person, ending a place, and what the person meets then."""

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Membership
from groups.services import put_out
from people.models import Organisation
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    SessionFactory,
    UserFactory,
    farewell,
)
from tests.groups.pages.world import at, said

pytestmark = pytest.mark.django_db
OUT = {"end": "remove", "why": "absence"}


@pytest.fixture
def seat(group):
    seat = MembershipFactory(group=group, alias="Wren")
    AcceptanceFactory(agreement=group.agreement, user=seat.user)
    return seat


@pytest.fixture
def browser(as_person, facilitator):
    return as_person(facilitator.user)


@pytest.mark.parametrize("name", ["member", "put-out", "unblock"])
def test_only_those_who_run_the_group_have_these_pages(as_person, group, facilitator, seat, name):
    page = at(name, group, seat.public_id)

    for user in (UserFactory(), AdminFactory(), seat.user, FacilitatorFactory().user):
        assert as_person(user).post(page, OUT).status_code in {404, 405}
        assert as_person(user).get(page).status_code in {404, 405}
    own = at(name, group, facilitator.public_id)
    assert as_person(facilitator.user).post(own, OUT).status_code in {404, 405}
    assert not Membership.objects.put_out().exists()


def test_a_person_of_another_group_is_not_found_under_this_one(group, browser):
    elsewhere = MembershipFactory()

    assert browser.get(at("member", group, elsewhere.public_id)).status_code == 404


def test_a_facilitator_sees_the_place_and_what_can_be_done(group, browser, seat):
    page = said(browser.get(at("member", group, seat.public_id)))

    assert ("Wren" in page, at("put-out", group, seat.public_id) in page) == (True, True)
    assert seat.user.email not in page


def test_another_facilitator_is_not_put_out_from_here(group, browser):
    other = FacilitatorFactory(group=group, alias="Tunde")
    assert at("put-out", group, other.public_id) not in said(browser.get(at("member", group, other.public_id)))

    response = browser.post(at("put-out", group, other.public_id), OUT)

    assert (response.status_code, "Talk with an admin." in said(response)) == (422, True)


def test_who_only_asks_can_be_blocked(group, browser):
    asked = RequestFactory(group=group)
    assert browser.post(at("put-out", group, asked.public_id), OUT).status_code == 422

    browser.post(at("put-out", group, asked.public_id), {"end": "block", "why": "safety"})

    asked.refresh_from_db()
    assert (asked.state, asked.ended_why) == ("blocked", "safety")


@pytest.mark.parametrize("sent", [{}, {"end": "remove"}, {"why": "safety"}, {"end": "remove", "why": "rude"}], ids=str)
def test_a_reason_is_chosen_and_nothing_happens_without(group, browser, seat, sent):
    response = browser.post(at("put-out", group, seat.public_id), sent)

    seat.refresh_from_db()
    assert (response.status_code, seat.state) == (422, "active")


def test_the_next_request_finds_every_door_closed(as_person, group, browser, seat):
    session, theirs = SessionFactory(group=group), as_person(seat.user)
    doors = [at(name, group) for name in ("members", "agreement", "name", "pause", "leave")]
    doors += [reverse("sessions:detail", args=[session.public_id]), reverse("sessions:door", args=[session.public_id])]
    assert 404 not in [theirs.get(door).status_code for door in doors]

    browser.post(at("put-out", group, seat.public_id), OUT)

    assert {theirs.get(door).status_code for door in doors} == {404}


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("agreement", "something the group agreed to was not kept"),
        ("safety", "somebody was not safe"),
        ("absence", "You had not been there for a long time"),
        ("other", "They have a reason that they tell you themselves."),
    ],
)
@pytest.mark.parametrize("block", [True, False])
def test_the_person_is_met_kindly(as_person, group, facilitator, seat, why, words, block):
    Organisation.objects.update(contact="0113 496 0321", hours="Mornings")
    put_out(facilitator.user, membership=seat, why=why, block=block)

    theirs = as_person(seat.user)
    home, page = said(theirs.get(reverse("home:home"))), said(theirs.get(at("left", group)))

    assert "Something has changed about your place" in home
    assert all(part in page for part in (words, "0113 496 0321", "Mornings", reverse("groups:list"), 'id="help"'))
    assert ("Marisol" in page, "blocked" in page.lower(), at("ask", group) in page) == (False, False, not block)


def test_blocked_people_see_the_page_that_everybody_sees_of_a_closed_group(as_person, group, facilitator, seat):
    put_out(facilitator.user, membership=seat, why="safety", block=True)
    blocked = [said(as_person(seat.user).get(at(page, group))) for page in ("detail", "ask")]

    group.intake = "closed"
    group.save()
    anybody = [said(as_person(UserFactory()).get(at(page, group))) for page in ("detail", "ask")]

    assert [main_part(page) for page in blocked] == [main_part(page) for page in anybody]


def main_part(page):
    """What stands on the page, whatever the spaces between."""
    return " ".join(page.partition("<main")[2].partition("</main>")[0].replace("<", " <").split())


def test_the_way_is_opened_again(group, browser, seat, facilitator):
    put_out(facilitator.user, membership=seat, why="safety", block=True)
    page = said(browser.get(at("member", group, seat.public_id)))
    assert ("Open the way again" in page, "Somebody was not safe" in page) == (True, True)

    browser.post(at("unblock", group, seat.public_id))

    seat.refresh_from_db()
    assert (seat.state, browser.get(at("member", group, seat.public_id)).status_code) == ("removed", 404)


def test_a_pair_has_no_such_pages(as_person):
    pair = GroupFactory(kind="pair", parent=GroupFactory(kind="programme"), capacity=1, listed=False)
    mentor, mentee = FacilitatorFactory(group=pair), MembershipFactory(group=pair)

    assert as_person(mentor.user).get(at("put-out", pair, mentee.public_id)).status_code == 404


# -- words on leaving -------------------------------------------------------------------------------
def test_words_on_leaving_are_read_by_those_who_run_the_group(as_person, group, browser, seat):
    farewell(group, "The room was cold.")
    farewell(group, "Not yet.", month=timezone.localdate().replace(day=1))
    farewell(GroupFactory(), "Elsewhere.")

    page = said(browser.get(at("farewells", group)))

    assert ("The room was cold." in page, "Not yet." in page, "Elsewhere." in page) == (True, False, False)
    for user in (seat.user, AdminFactory(), UserFactory()):
        assert as_person(user).get(at("farewells", group)).status_code == 404


def test_without_words_the_page_says_so(group, browser):
    assert "Nothing so far." in said(browser.get(at("farewells", group)))
