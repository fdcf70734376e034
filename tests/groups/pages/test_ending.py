"""The pages on which a group ends and opens again, and what its people read then."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.models import Group
from people.models import Organisation
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    MembershipFactory,
    RequestFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
)
from tests.groups.pages.world import at, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(as_person, facilitator):
    return as_person(facilitator.user)


def ended(group, facilitator):
    services.archive_group(facilitator.user, group=group)
    group.refresh_from_db()
    return group


@pytest.mark.parametrize("name", ["ending", "end-now", "reopen"])
def test_ending_is_for_those_who_run_it_and_admins(client, as_person, group, name):
    assert client.get(at(name, group)).url.startswith("/accounts/login/")
    member = MembershipFactory(group=group).user
    for stranger in (UserFactory(), member, FacilitatorFactory().user, SafetyLeadFactory()):
        assert as_person(stranger).get(at(name, group)).status_code == 404
        assert as_person(stranger).post(at(name, group)).status_code == 404

    group.refresh_from_db()
    assert group.state == "open"
    assert as_person(AdminFactory()).get(at(name, group)).status_code in {200, 302}


def test_a_day_is_planned_with_words_of_ours_to_start_with(browser, group):
    page = browser.get(at("ending", group))
    assert "Say at the start that this is the last time" in said(page)

    day = group.today + timedelta(days=30)
    browser.post(at("ending", group), {"ends_on": day.isoformat(), "last_ritual": "A round."})

    group.refresh_from_db()
    assert (group.ends_on, group.last_ritual) == (day, "A round.")
    assert "Take the day back" in said(browser.get(at("ending", group)))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([], "Sessions that were planned later are cancelled."),
        ([7], "Sessions that were planned later are cancelled."),
        ([7, 8], "1 planned session comes after that day and will be cancelled."),
        ([7, 8, 9, 9], "3 planned sessions come after that day and will be cancelled."),
    ],
)
def test_who_plans_the_end_reads_how_many_sessions_come_after_it(browser, group, days, words):
    Group.objects.update(ends_on=group.today + timedelta(days=7))
    for number, in_days in enumerate(days):
        SessionFactory(group=group, starts_in=timedelta(days=in_days, minutes=number))
    SessionFactory(group=group, starts_in=timedelta(days=9), state="cancelled", cancelled_at=timezone.now())
    SessionFactory(starts_in=timedelta(days=9))

    assert words in " ".join(said(browser.get(at("ending", group))).split())


def test_a_day_is_taken_back_whatever_stands_in_the_field(browser, group):
    Group.objects.update(ends_on=group.today + timedelta(days=3))

    browser.post(at("ending", group), {"ends_on": "soon", "last_ritual": "A round.", "take_back": "1"})

    group.refresh_from_db()
    assert (group.ends_on, group.last_ritual) == (None, "A round.")


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Choose the last day"),
        ("soon", "Write the day like 2027-01-05"),
        ("2020-01-01", "Choose today or a day that is still to come"),
    ],
)
def test_a_wrong_day_is_said_and_the_words_stay(browser, group, day, words):
    response = browser.post(at("ending", group), {"ends_on": day, "last_ritual": "A round of tea."})

    assert (response.status_code, "A round of tea." in said(response)) == (422, True)
    assert response.context["form"].errors == {"ends_on": [words]}


def test_ending_now_is_confirmed_on_a_page_of_its_own(browser, group):
    RequestFactory(group=group)

    page = said(browser.get(at("end-now", group)))
    assert "1 person who asked to come is told kindly" in page
    assert 'class="btn btn-quiet btn-block"' in page

    response = browser.post(at("end-now", group))
    group.refresh_from_db()
    assert (response.url, group.state) == (at("detail", group), "archived")
    assert browser.post(at("end-now", group)).status_code == 302


def test_what_has_ended_leads_to_opening_it_again(browser, group, facilitator):
    ended(group, facilitator)

    for name in ("ending", "end-now"):
        assert browser.get(at(name, group)).url == at("reopen", group)
    refused = browser.post(at("reopen", group))
    Organisation.objects.update(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=facilitator.user)
    opened = browser.post(at("reopen", group))

    assert (refused.status_code, "confirm the help lines" in said(refused)) == (422, True)
    group.refresh_from_db()
    assert (opened.url, group.state) == (at("detail", group), "open")
    assert browser.get(at("reopen", group)).url == at("ending", group)


def test_its_people_read_on_and_nobody_else_sees_it(client, as_person, group, facilitator):
    member = as_person(MembershipFactory(group=group, alias="Wren").user)
    ended(group, facilitator)

    for name in ("detail", "agreement"):
        assert member.get(at(name, group)).status_code == 200
        for stranger in (client, as_person(UserFactory())):
            assert stranger.get(at(name, group)).status_code in {302, 404}
    page = said(member.get(at("detail", group)))
    assert ("You can still read this page" in page, "Ask to join" in page) == (True, False)
    assert client.get(at("ask", group)).status_code == 404


@pytest.mark.parametrize(("days", "shown"), [(14, True), (15, False), (0, True)])
def test_members_read_two_weeks_before_that_it_ends(as_person, group, days, shown):
    Group.objects.update(ends_on=group.today + timedelta(days=days))
    member, stranger = as_person(MembershipFactory(group=group).user), as_person(UserFactory())

    pages = [said(browser.get(at("detail", group))) for browser in (member, stranger)]

    assert ["This group ends on" in page for page in pages] == [shown, False]


@pytest.mark.parametrize(("days", "words"), [(9, True), (60, False)])
def test_the_desk_says_when_it_ends_and_how_the_last_session_parts(browser, group, days, words):
    Group.objects.update(ends_on=group.today + timedelta(days=days), last_ritual="A round of tea.")

    desk = said(browser.get(f"/groups/{group.slug}/run/"))

    assert ("Ends on" in desk, "A round of tea." in desk, at("ending", group) in desk) == (True, words, True)
    assert ("The last session has a plan" in said(browser.get("/today/"))) == words
