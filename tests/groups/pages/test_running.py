"""Running."""

import pytest
from django.urls import reverse
from django.utils import timezone

from groups import services
from groups.models import Group
from people.models import AuditEntry, Organisation
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    SafetyLeadFactory,
    UserFactory,
)
from tests.groups.pages.world import SETTINGS, at, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(group):
    user = UserFactory()
    return services.ask_to_join(
        user, group=group, agreement=group.agreement, alias="Robin", words="I would rather listen."
    )


def test_a_request_is_not_there_for_anybody_else(as_person, group, asked):
    url = at("request", group, asked.public_id)
    strangers = [
        AdminFactory(),
        SafetyLeadFactory(),
        asked.user,
        MembershipFactory(group=group).user,
        FacilitatorFactory().user,
    ]

    for stranger in strangers:
        assert as_person(stranger).get(url).status_code == 404
        assert as_person(stranger).post(url, {"decision": "accept", "seen": "requested"}).status_code == 404

    asked.refresh_from_db()
    assert asked.state == "requested"
    assert not AuditEntry.objects.filter(action="membership.read").exists()


def test_a_request_is_not_there_under_another_group(as_person, group, facilitator, asked):
    other = FacilitatorFactory(user=facilitator.user)

    assert as_person(facilitator.user).get(at("request", other.group, asked.public_id)).status_code == 404


def test_a_facilitator_reads_and_lets_somebody_in(as_person, group, facilitator, asked):
    browser, url = as_person(facilitator.user), at("request", group, asked.public_id)
    assert "I would rather listen." in said(browser.get(url))

    response = browser.post(url, {"decision": "accept", "seen": "requested"})

    asked.refresh_from_db()
    assert (asked.state, response.url) == ("active", reverse("home:workspace", args=[group.slug]))


def test_with_a_free_place_the_waitlist_says_that_the_first_in_line_is_asked(as_person, group, facilitator, asked):
    browser, url = as_person(facilitator.user), at("request", group, asked.public_id)
    assert "A place is free. On the waitlist, whoever is first is asked at once" in said(browser.get(url))

    browser.post(url, {"decision": "waitlist", "seen": "requested"})

    asked.refresh_from_db()
    assert asked.is_offered


def test_once_it_has_begun_among_itself_the_page_leaves_a_kind_no_alone(as_person, group, facilitator, asked):
    Group.objects.update(kind="cohort", starts_on=group.today, allows_visits=True)
    browser, url = as_person(facilitator.user), at("request", group, asked.public_id)

    page = said(browser.get(url))
    refused = browser.post(url, {"decision": "accept", "seen": "requested"})

    assert [word for word in ("accept", "waitlist", "visit", "decline") if f'value="{word}"' in page] == ["decline"]
    assert (refused.status_code, "those who began stay together" in said(refused)) == (422, True)


@pytest.mark.parametrize(
    ("first", "stands"),
    [
        (services.waitlist_request, "A place is held for this person. The answer is theirs."),
        (services.accept_request, "Marisol has let this person in."),
        (services.let_visit, "Marisol has let this person come once and see."),
    ],
)
def test_the_second_facilitator_is_told_what_stands(as_person, group, facilitator, asked, first, stands):
    Group.objects.update(allows_visits=True)
    first(facilitator.user, membership=asked)
    browser = as_person(FacilitatorFactory(group=group).user)

    response = browser.post(at("request", group, asked.public_id), {"decision": "decline", "seen": "requested"})

    assert response.status_code == 422
    assert stands in said(response)


def test_a_full_group_refuses_in_words(as_person, group, facilitator, asked):
    Group.objects.update(capacity=1)
    MembershipFactory(group=group)

    response = as_person(facilitator.user).post(
        at("request", group, asked.public_id), {"decision": "accept", "seen": "requested"}
    )

    assert response.status_code == 422
    assert "Every place is taken." in said(response)


@pytest.mark.parametrize("sent", [{}, {"decision": "eat", "seen": "requested"}, {"decision": "accept"}])
def test_an_answer_that_is_none_changes_nothing(as_person, group, facilitator, asked, sent):
    response = as_person(facilitator.user).post(at("request", group, asked.public_id), sent)

    asked.refresh_from_db()
    assert (response.status_code, asked.state) == (422, "requested")


@pytest.mark.parametrize("name", ["settings", "door", "open", "agreement-edit"])
def test_looking_after_a_group_is_for_its_facilitators_and_admins(client, as_person, group, facilitator, name):
    assert client.get(at(name, group)).url.startswith("/accounts/login/")
    for stranger in (UserFactory(), MembershipFactory(group=group).user, FacilitatorFactory().user):
        assert as_person(stranger).get(at(name, group)).status_code == 404
        assert as_person(stranger).post(at(name, group)).status_code == 404
    for person in (facilitator.user, AdminFactory()):
        assert as_person(person).get(at(name, group)).status_code == 200


def test_settings_are_saved(as_person, group, facilitator):
    response = as_person(facilitator.user).post(at("settings", group), SETTINGS)

    group.refresh_from_db()
    assert (response.status_code, group.name, group.capacity) == (302, "Evenings", 8)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Give the group a name"),
        ({"name": "LOSS"}, "Another group has this name. Choose one that tells them apart"),
        ({"capacity": "ten"}, "Write the number of places in figures, like 10"),
        ({"format": "in_person"}, "Say in which place or part of town people meet"),
        ({"time_zone": "Mars"}, "Select a valid choice"),
    ],
)
def test_settings_say_what_to_fix_and_keep_what_was_typed(as_person, group, facilitator, wrong, words):
    GroupFactory(name="Loss")

    response = as_person(facilitator.user).post(at("settings", group), SETTINGS | {"about": "Tea first."} | wrong)

    assert response.status_code == 422
    assert (words in said(response), "Tea first." in said(response)) == (True, True)
    group.refresh_from_db()
    assert group.name == "Evenings with anxiety"


def test_the_door_is_never_shown_again_in_full(as_person, group, facilitator):
    browser = as_person(facilitator.user)
    browser.post(at("door", group), {"url": "https://us02web.zoom.us/j/secret"})

    for name in ("door", "settings"):
        page = said(browser.get(at(name, group)))
        assert ("us02web.zoom.us" in page, "secret" in page) == (True, False)


def test_a_door_elsewhere_is_refused_in_words(as_person, group, facilitator):
    response = as_person(facilitator.user).post(at("door", group), {"url": "https://example.com/room"})

    assert response.status_code == 422
    assert "Give a link that starts with https:// and leads to one of:" in said(response)


def test_opening_says_what_is_missing(as_person, group, facilitator):
    Group.objects.update(state="draft", opened_at=None)
    browser = as_person(facilitator.user)

    refused = browser.post(at("open", group))
    Organisation.objects.update(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=facilitator.user)
    opened = browser.post(at("open", group))

    assert (refused.status_code, opened.url) == (422, f"/groups/{group.slug}/run/")
    assert "An admin has to confirm the help lines" in said(refused)
    group.refresh_from_db()
    assert group.state == "open"
