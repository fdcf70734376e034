"""The pages about one's own place: a name, a break, whether it fits, and leaving."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from groups.models import Farewell, Group
from groups.services import answer_fit, pause
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    NoteFactory,
    RequestFactory,
    SessionFactory,
    UserFactory,
)
from tests.groups.pages.world import at, said

pytestmark = pytest.mark.django_db
OWN = ["name", "pause", "fit", "leave"]


@pytest.fixture
def seat(group):
    seat = MembershipFactory(group=group, alias="Wren", fit_asked_at=timezone.now())
    AcceptanceFactory(agreement=group.agreement, user=seat.user)
    return seat


@pytest.mark.parametrize("name", OWN)
def test_who_does_not_belong_finds_nothing(as_person, group, name):
    for user in (UserFactory(), AdminFactory(), RequestFactory(group=group).user):
        browser = as_person(user)
        assert (browser.get(at(name, group)).status_code, browser.post(at(name, group)).status_code) == (404, 404)


# -- a name -----------------------------------------------------------------------------------------
def test_a_name_is_changed_from_the_groups_page(as_person, group, seat):
    browser = as_person(seat.user)
    assert at("name", group) in said(browser.get(at("detail", group)))

    response = browser.post(at("name", group), {"alias": "Rob\u202ein", "pronouns": "she"}, follow=True)

    seat.refresh_from_db()
    assert (seat.called, "Rob in (she)" in said(response)) == ("Rob in (she)", True)


@pytest.mark.parametrize(
    ("alias", "why"),
    [
        ("", "Choose a name for this group"),
        ("me@example.org", "Choose a name that is not your e-mail address"),
        ("0113 496 0321", "Choose a name that is not a phone number"),
        ("marisol", "Somebody in this group has this name. Choose another"),
    ],
)
def test_a_name_that_cannot_be_says_why_and_stays_typed(as_person, group, facilitator, seat, alias, why):
    response = as_person(seat.user).post(at("name", group), {"alias": alias, "pronouns": "canary"})

    seat.refresh_from_db()
    assert (response.status_code, seat.alias) == (422, "Wren")
    assert response.context["form"].errors["alias"] == [why]
    assert 'value="canary"' in said(response)


# -- a break ----------------------------------------------------------------------------------------
def test_a_break_is_taken_and_ended(as_person, group, seat):
    browser, day = as_person(seat.user), timezone.localdate() + timedelta(days=9)

    page = said(browser.post(at("pause", group), {"how": "until", "until": day.isoformat()}, follow=True))
    seat.refresh_from_db()
    assert (seat.state, seat.paused_until, "You are taking a break" in page) == ("paused", day, True)
    assert day.isoformat() in said(browser.get(at("pause", group)))

    page = said(browser.post(at("resume", group), follow=True))
    seat.refresh_from_db()
    assert (seat.state, "Welcome back" in page) == ("active", True)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "how"),
        ({"how": "for ever"}, "how"),
        ({"how": "until"}, "until"),
        ({"how": "until", "until": "31.2.2027"}, "until"),
        ({"how": "until", "until": "2020-01-01"}, "until"),
        ({"how": "until", "until": "9999-12-31"}, "until"),
    ],
    ids=str,
)
def test_a_break_that_cannot_be_says_what_to_do(as_person, group, seat, sent, field):
    response = as_person(seat.user).post(at("pause", group), sent)

    seat.refresh_from_db()
    assert (response.status_code, seat.state, set(response.context["form"].errors)) == (422, "active", {field})


def test_who_runs_the_group_is_told_about_being_away(as_person, group, facilitator):
    response = as_person(facilitator.user).post(at("pause", group), {"how": "open"})

    assert (response.status_code, "Say when you are away" in said(response)) == (422, True)


def test_a_break_is_seen_by_those_who_run_the_group_and_not_by_members(as_person, group, facilitator, seat):
    resting = MembershipFactory(group=group, alias="Kofi")
    pause(resting.user, membership=resting, until=timezone.localdate() + timedelta(days=9))

    members, facilitators = (said(as_person(u).get(at("members", group))) for u in (seat.user, facilitator.user))

    assert ("Kofi" in members, "Taking a break" in members) == (True, False)
    assert ("Kofi" in facilitators, "Taking a break" in facilitators) == (True, True)


def test_a_group_that_shows_nobody_says_so_once_everything_is_agreed(as_person, group, facilitator, seat):
    Group.objects.update(shows_members=False)
    browser = as_person(seat.user)

    response = browser.get(at("members", group), follow=True)

    assert response.redirect_chain[0][0] == at("detail", group)
    assert "nobody sees a list" in said(response)
    assert at("members", group) not in said(browser.get(at("detail", group)))
    assert as_person(facilitator.user).get(at("members", group)).status_code == 200


# -- does it fit? -----------------------------------------------------------------------------------
def test_it_is_asked_at_home_and_on_the_groups_page_until_it_is_answered(as_person, group, seat):
    browser, places = as_person(seat.user), (reverse("home:home"), at("detail", group))
    question = f"Does “{group.name}” fit?"
    assert [question in said(browser.get(place)) for place in places] == [True, True]

    response = browser.post(at("fit", group), {"answer": "pass", "next": "/home/"})

    assert response.url == "/home/"
    assert [question in said(browser.get(place)) for place in places] == [False, False]


@pytest.mark.parametrize("answer", ["fits", "unsure", "not"])
def test_each_answer_leads_on(as_person, group, seat, answer):
    response = as_person(seat.user).post(at("fit", group), {"answer": answer}, follow=True)

    page = said(response)
    assert (response.status_code, response.redirect_chain[0][0]) == (200, at("fit", group))
    assert ("Marisol" in page, reverse("groups:list") in page, at("leave", group) in page) == (True, True, True)


@pytest.mark.parametrize("sent", [{}, {"answer": "maybe"}, {"answer": ""}], ids=str)
def test_no_answer_is_no_answer(as_person, group, seat, sent):
    response = as_person(seat.user).post(at("fit", group), sent)

    seat.refresh_from_db()
    assert (response.status_code, seat.fit) == (422, "")


def test_who_was_not_asked_finds_no_question(as_person, group):
    other = MembershipFactory(group=group)

    assert as_person(other.user).get(at("fit", group)).status_code == 404


def test_nobody_else_sees_the_answer_anywhere(as_person, group, facilitator, seat):
    """Pages of facilitators and admins are the same before and after, but for the token of each form."""
    pages = [
        at("members", group), at("detail", group), at("member", group, seat.public_id), reverse("home:audit"),
        reverse("home:workspace", args=[group.slug]), reverse("home:member", args=[seat.user.public_id]),
    ]  # fmt: skip
    browsers = [as_person(facilitator.user), as_person(AdminFactory())]

    def seen():
        found = [browser.get(page) for browser in browsers for page in pages]
        return [(answer.status_code, without_token(said(answer))) for answer in found]

    with time_machine.travel(timezone.now(), tick=False):  # pages tell the time
        before = seen()
        answer_fit(seat.user, membership=seat, answer="not")

        assert seen() == before
    assert any(status == 200 for status, _page in before)


def without_token(page):
    return "".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


# -- leaving ----------------------------------------------------------------------------------------
def test_leaving_with_words_says_who_reads_them_when(as_person, group, seat):
    browser = as_person(seat.user)
    assert "In a small group they may still guess who wrote it." in said(browser.get(at("leave", group)))

    response = browser.post(at("leave", group), {"words": "The room was cold."}, follow=True)

    page = said(response)
    assert (response.redirect_chain[-1][0], Farewell.objects.get().signed) == (at("left", group), "")
    assert ("You are welcome back any time." in page, "Ask to come back" in page) == (True, True)


def test_whoever_leaves_reads_when_the_facilitators_are_there(as_person, group, facilitator, seat):
    """R60, for somebody who would rather speak."""
    facilitator.hours = "Weekday evenings"
    facilitator.save()

    assert "When they are there: Marisol, Weekday evenings." in said(as_person(seat.user).get(at("leave", group)))


def test_words_too_long_are_kept_on_the_page(as_person, group, seat):
    response = as_person(seat.user).post(at("leave", group), {"words": "x" * 2001, "signed": "on"})

    seat.refresh_from_db()
    assert (response.status_code, seat.state, "x" * 2001 in said(response)) == (422, "active", True)


def test_the_next_request_after_leaving_finds_every_door_closed(as_person, group, seat):
    session, browser = SessionFactory(group=group), as_person(seat.user)
    doors = [at(name, group) for name in ("members", "agreement", "fit", "name", "pause", "leave")]
    doors += [reverse("sessions:detail", args=[session.public_id]), reverse("sessions:door", args=[session.public_id])]
    assert 404 not in [browser.get(door).status_code for door in doors]

    browser.post(at("leave", group))

    assert {browser.get(door).status_code for door in doors} == {404}


def test_a_facilitator_who_leaves_loses_the_desk_and_the_notes_at_once(as_person, group, facilitator):
    FacilitatorFactory(group=group)
    member, browser = MembershipFactory(group=group), as_person(facilitator.user)
    note = NoteFactory(group=group, author=facilitator.user)
    request = RequestFactory(group=group)
    doors = [
        reverse("home:workspace", args=[group.slug]), reverse("notes:list", args=[group.slug]), at("farewells", group),
        at("member", group, member.public_id), at("put-out", group, member.public_id), at("settings", group),
        at("request", group, request.public_id),
    ]  # fmt: skip
    assert {browser.get(door).status_code for door in doors} == {200}

    browser.post(at("leave", group))

    doors.append(reverse("notes:detail", args=[group.slug, note.public_id]))
    assert {browser.get(door).status_code for door in doors} == {404}


@pytest.mark.parametrize("listed", [True, False])
def test_who_comes_back_finds_the_name_they_had(as_person, group, seat, listed):
    Group.objects.update(listed=listed)
    browser = as_person(seat.user)

    page = said(browser.post(at("leave", group), follow=True))

    assert (at("ask", group) in page) is listed
    if listed:
        browser.post(at("ask", group), {"agree": "on", "version": "1"})
        assert browser.get(at("ask-name", group)).context["form"]["alias"].initial == "Wren"


@pytest.mark.parametrize("state", ["requested", "active", "declined"])
def test_the_page_after_leaving_is_for_those_who_left(as_person, group, state):
    place = MembershipFactory(group=group, state=state, ended_at=timezone.now() if state == "declined" else None)

    assert as_person(place.user).get(at("left", group)).status_code == 404
    assert as_person(UserFactory()).get(at("left", group)).status_code == 404


# -- every state, kindly ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"state": "visiting", "joined_at": None}, "You come once to see"),
        ({"state": "paused", "paused_until": timezone.localdate() + timedelta(days=3)}, "Your break ends on"),
        ({"state": "invited", "offered_until": timezone.now() + timedelta(days=1)}, "A place is free"),
        ({"state": "invited"}, "You are invited"),
        ({"state": "waitlisted", "queued_at": timezone.now()}, "On the waitlist"),
        ({"group__state": "archived"}, "The group has ended."),
        ({"state": "removed", "ended_at": timezone.now()}, "Your place there has ended."),
        ({"state": "blocked"}, "Your place there has ended."),
    ],
)
def test_my_groups_say_how_each_place_stands(as_person, organisation, place, words):
    user = MembershipFactory(**place).user

    assert words in said(as_person(user).get(reverse("groups:mine")))


@pytest.mark.parametrize("number", [1, 30])
def test_my_groups_ask_the_same_for_one_and_for_thirty(as_person, organisation, django_assert_num_queries, number):
    user = UserFactory()
    for changes in ({}, {"group__state": "archived"}, {"state": "removed", "ended_at": timezone.now()}):
        MembershipFactory.create_batch(number, user=user, **changes)
    FacilitatorFactory.create_batch(number, user=user)
    GroupFactory()
    browser = as_person(user)
    browser.get(reverse("groups:mine"))

    with django_assert_num_queries(11):
        browser.get(reverse("groups:mine"))
