"""The directory; a group's page."""

import pytest
from django.utils import timezone

from groups import services
from groups.models import Group
from tests.factories import (
    GroupFactory,
    MembershipFactory,
    SafetyLeadFactory,
    UserFactory,
)
from tests.groups.pages.world import at, said

pytestmark = pytest.mark.django_db


def names_on(response):
    return [card["group"].name for card in response.context["cards"]]


def test_directory_shows_listed_open_groups_by_name(client, organisation):
    for name in ("walking", "Bipolar, out loud", "Anxiety"):
        GroupFactory(name=name)
    GroupFactory(name="Secret", listed=False)
    GroupFactory(name="Draft", state="draft", opened_at=None)

    assert names_on(client.get("/groups/")) == ["Anxiety", "Bipolar, out loud", "walking"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "grief"}, ["Loss"]),
        ({"q": "GRIEF kind"}, ["Loss"]),
        ({"q": "grief anxiety"}, []),
        ({"q": "quay"}, ["Walk"]),
        ({"where": "online"}, ["Calm", "Loss", "Talk"]),
        ({"where": "in_person"}, ["Talk", "Walk"]),
        ({"where": ["online", "in_person"]}, ["Calm", "Loss", "Talk", "Walk"]),
        ({"room": "on"}, ["Calm", "Walk"]),
        ({"where": "moon", "page": "x", "q": "a" * 300}, ["Calm", "Loss", "Talk", "Walk"]),
    ],
)
def test_directory_finds(client, organisation, query, found):
    GroupFactory(name="Calm", capacity=None)
    full = GroupFactory(name="Loss", purpose="Grief of any kind.", capacity=1)
    MembershipFactory(group=full)
    GroupFactory(name="Talk", format="hybrid", intake="closed")
    GroupFactory(name="Walk", format="in_person", place="Quay Hall", capacity=2)

    assert names_on(client.get("/groups/", query)) == found


def test_directory_says_in_words_whether_there_is_room(client, organisation):
    full, closed = GroupFactory(name="1", capacity=1), GroupFactory(name="2", intake="closed")
    MembershipFactory(group=full)
    GroupFactory(name="3", capacity=1)
    GroupFactory(name="4", capacity=None)

    page = said(client.get("/groups/"))

    words = ["Full, waitlist open", "No new people now", "1 seat free", "Room for more"]
    assert [page.index(word) for word in words] == sorted(page.index(word) for word in words)
    assert closed.name in page


def test_directory_keeps_what_was_looked_for_on_the_next_page(client, organisation):
    GroupFactory.create_batch(13, purpose="Grief of any kind.")

    response = client.get("/groups/", {"q": "grief", "where": "online"})

    assert f"?q=grief&amp;where=online&amp;after={response.context['next_after']}" in said(response)
    assert 'value="grief"' in said(response)


def test_empty_directory_offers_a_next_step(client, organisation):
    assert "No groups yet" in said(client.get("/groups/"))
    assert "No groups match" in said(client.get("/groups/", {"q": "zzz"}))


@pytest.mark.parametrize("hidden", [{"listed": False}, {"state": "draft", "opened_at": None}], ids=str)
def test_a_hidden_group_does_not_exist_for_strangers(client, as_person, group, hidden):
    Group.objects.update(**hidden)

    for browser in (client, as_person(UserFactory()), as_person(SafetyLeadFactory())):
        for name in ("detail", "ask", "agreement", "members", "leave", "settings", "ask-sent"):
            response = browser.get(at(name, group))
            assert response.status_code == 404 or response.url.startswith("/accounts/login/")


def test_a_visitor_sees_neither_members_nor_the_door(client, group, facilitator):
    MembershipFactory(group=group, alias="Saoirse")
    services.set_door(facilitator.user, group=group, url="https://meet.jit.si/secret-room")

    page = said(client.get(at("detail", group)))

    assert ("Marisol" in page, "Saoirse" in page, "jit.si" in page, facilitator.user.email in page) == (
        True,
        False,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (None, "Ask to join"),
        ({"state": "requested", "joined_at": None}, "Your request is with the facilitators"),
        ({"state": "waitlisted", "joined_at": None, "queued_at": timezone.now()}, "You are on the waitlist"),
        ({"state": "invited", "joined_at": None}, "You are invited"),
        ({"state": "active"}, "You belong here"),
        ({"state": "blocked", "joined_at": None}, "Nobody new at the moment"),
        ({"state": "left", "ended_at": timezone.now()}, "Ask to join"),
    ],
    ids=lambda value: value["state"] if isinstance(value, dict) else None,
)
def test_the_group_page_says_where_somebody_stands(as_person, group, held, words):
    user = MembershipFactory(group=group, **held).user if held else UserFactory()

    page = said(as_person(user).get(at("detail", group)))

    every = {"Ask to join", "Your request is with", "You are on the waitlist", "You are invited", "You belong here"}
    assert words in page
    assert [other for other in every if other in page and not words.startswith(other)] == []
