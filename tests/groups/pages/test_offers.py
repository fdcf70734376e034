"""The page on which a place is held, and the line as facilitators see it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    AgreementFactory,
    MembershipFactory,
    OfferFactory,
    RequestFactory,
    UserFactory,
    WaitingFactory,
)
from tests.groups.pages.world import at, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(group):
    offer = OfferFactory(group=group, alias="Ann")
    AcceptanceFactory(agreement=group.agreement, user=offer.user)
    return offer


def state_of(seat):
    return type(seat).objects.get(pk=seat.pk).state


# -- the person ---------------------------------------------------------------------------------
def test_nobody_else_finds_the_page(as_person, group, offer, facilitator, client):
    blocked = MembershipFactory(group=group, state="blocked", joined_at=None)
    for user in (UserFactory(), AdminFactory(), blocked.user):
        assert as_person(user).get(at("offer", group)).status_code == 404
        assert as_person(user).post(at("offer", group), {"answer": "take"}).status_code == 404
    assert client.get(at("offer", group)).status_code == 302
    assert as_person(facilitator.user).get(at("offer", group)).url == at("detail", group)
    assert state_of(offer) == "invited"


def test_it_says_until_when_on_the_readers_own_clock(as_person, group, offer):
    offer.user.time_zone = "Asia/Tokyo"
    offer.user.save()
    offer.offered_until = timezone.now().replace(year=2027, month=3, day=3, hour=3, minute=30)
    offer.save()

    page = said(as_person(offer.user).get(at("offer", group)))

    assert ("Wednesday 3 March, 12:30" in page, ", Tokyo time. Any answer is fine." in page) == (True, True)
    assert [words in page for words in ("Take it", "Not this time, keep me on the list", "Take me off")] == [True] * 3
    assert "I will keep to it" not in page


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ("take", "active", "The place is yours"),
        ("later", "waitlisted", "You are still in line"),
        ("off", "left", "You are off the list"),
    ],
)
def test_any_answer_is_fine_and_the_second_click_too(as_person, group, offer, answer, state, words):
    browser = as_person(offer.user)

    first, second = (browser.post(at("offer", group), {"answer": answer}, follow=True) for _click in range(2))

    assert (first.status_code, words in said(first), state_of(offer)) == (200, True, state)
    assert (second.status_code, "not held for you" in said(second)) == (200, False)


def test_no_answer_is_asked_for_once_more(as_person, group, offer):
    for sent in ({}, {"answer": "maybe"}):
        answered = as_person(offer.user).post(at("offer", group), sent)
        assert (answered.status_code, "Choose one of the answers" in said(answered)) == (422, True)
    assert state_of(offer) == "invited"


def test_an_agreement_that_changed_asks_for_a_yes_before_the_place_is_taken(as_person, group, offer):
    AgreementFactory(group=group, version=2)
    browser = as_person(offer.user)
    assert "It has changed since you asked" in said(browser.get(at("offer", group)))

    without = browser.post(at("offer", group), {"answer": "take", "version": "2"})
    old = browser.post(at("offer", group), {"answer": "take", "agree": "on", "version": "1"})
    assert (without.status_code, old.status_code, state_of(offer)) == (422, 422, "invited")
    browser.post(at("offer", group), {"answer": "take", "agree": "on", "version": "2"})

    assert state_of(offer) == "active"
    assert group.agreement.acceptances.get().user == offer.user


def test_letting_it_go_asks_for_no_agreement(as_person, group, offer):
    AgreementFactory(group=group, version=2)

    as_person(offer.user).post(at("offer", group), {"answer": "later"})

    assert state_of(offer) == "waitlisted"


# -- what is possible now -------------------------------------------------------------------------
def seat_that(stands, group):
    """A seat that stands in one of the ways the page speaks of."""
    now = timezone.now()
    if stands == "over":
        return OfferFactory(group=group, offered_until=now - timedelta(minutes=1))
    if stands in {"lapsed", "gone"}:
        state = {"lapsed": "lapsed", "gone": "left"}[stands]
        return MembershipFactory(group=group, state=state, joined_at=None, ended_at=now)
    if stands == "line":
        WaitingFactory(group=group)
    return WaitingFactory(group=group)


@pytest.mark.parametrize(
    ("stands", "heading", "buttons"),
    [
        ("over", "The time to answer is over", ["later", "off"]),
        ("line", "You are in line", []),
        ("free", "You are in line, and a place is free", ["again"]),
        ("lapsed", "You are not in line any more", ["again"]),
        ("gone", "No place is held for you", []),
    ],
)
def test_the_page_says_what_is_possible_now(as_person, group, stands, heading, buttons):
    seat = seat_that(stands, group)

    page = said(as_person(seat.user).get(at("offer", group)))

    assert f"<h1>{heading}</h1>" in page
    assert [answer for answer in ("take", "later", "off", "again") if f'value="{answer}"' in page] == buttons
    assert "Groups with free seats" in page


@pytest.mark.parametrize(
    ("facts", "heading"),
    [
        ({"state": "archived", "archived_at": timezone.now()}, "This group has ended"),
        ({"kind": "cohort", "starts_on": "2026-01-01"}, "Nobody new at the moment"),
    ],
)
def test_a_group_that_lets_nobody_in_any_more_says_so(as_person, group, offer, facts, heading):
    type(group).objects.filter(pk=group.pk).update(**facts)

    assert f"<h1>{heading}</h1>" in said(as_person(offer.user).get(at("offer", group)))


def test_taking_what_ran_out_meanwhile_says_so_kindly(as_person, group):
    seat = seat_that("over", group)

    answered = as_person(seat.user).post(
        at("offer", group), {"answer": "take", "agree": "on", "version": "1"}, follow=True
    )

    assert (answered.status_code, state_of(seat)) == (200, "invited")
    assert "the place goes to the next person" in said(answered)


def test_who_lapsed_is_in_line_again_with_one_click(as_person, group):
    seat = seat_that("lapsed", group)
    AcceptanceFactory(agreement=group.agreement, user=seat.user)
    browser = as_person(seat.user)

    answered = browser.post(at("offer", group), {"answer": "again"}, follow=True)

    assert "It’s yours until" in said(answered)
    assert list(seat.user.memberships.order_by("pk").values_list("state", flat=True)) == ["lapsed", "invited"]


@pytest.mark.parametrize("state", ["requested", "visiting"])
def test_who_asks_or_visits_is_shown_where_they_are(as_person, group, state):
    seat = RequestFactory(group=group, state=state)

    assert as_person(seat.user).get(at("offer", group)).status_code == 302


def test_it_stands_wherever_somebody_looks_for_their_groups(as_person, group, offer):
    browser = as_person(offer.user)

    for path in ("/home/", "/groups/mine/", at("detail", group)):
        page = said(browser.get(path))
        assert ("A place is free" in page, at("offer", group) in page) == (True, True), path


# -- those who run the group --------------------------------------------------------------------
def test_the_line_is_for_those_who_run_the_group(as_person, group, offer):
    member = MembershipFactory(group=group)
    for user in (UserFactory(), AdminFactory(), member.user, offer.user):
        assert as_person(user).get(at("waiting", group)).status_code == 404


def test_the_line_stands_in_order_with_whom_a_place_is_held_for(as_person, group, offer, facilitator):
    start = timezone.now() - timedelta(days=3)
    for number, name in ((1, "Bo"), (0, "Cy")):
        WaitingFactory(group=group, alias=name, queued_at=start + timedelta(hours=number))

    response = as_person(facilitator.user).get(at("waiting", group))

    assert [seat.alias for seat in response.context["page"]] == ["Cy", "Bo"]
    assert [seat.alias for seat in response.context["held"]] == ["Ann"]
    assert "Number 1, waiting since" in said(response)


def test_a_facilitator_lets_somebody_in_line_in_unless_every_place_is_held(as_person, group, offer, facilitator):
    bo = WaitingFactory(group=group, alias="Bo")
    group.capacity = 1
    group.save()
    browser, sent = as_person(facilitator.user), {"decision": "accept", "seen": "waitlisted"}
    assert browser.post(at("request", group, bo.public_id), sent).status_code == 422
    services.pass_offer(offer.user, membership=offer, keep_in_line=False)
    services.pass_offer(bo.user, membership=bo, keep_in_line=True)

    browser.post(at("request", group, bo.public_id), sent)

    assert (state_of(bo), state_of(offer)) == ("active", "left")


@pytest.mark.parametrize("number", [1, 30])
def test_the_line_asks_the_same_few_questions(as_person, group, facilitator, django_assert_num_queries, number):
    WaitingFactory.create_batch(number, group=group)
    OfferFactory.create_batch(number, group=group)
    browser = as_person(facilitator.user)

    with django_assert_num_queries(9):
        browser.get(at("waiting", group))
