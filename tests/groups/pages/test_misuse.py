"""Pages as somebody meets them who means harm: kept out, asking on and on, sending what no page sends."""

import pytest
from django.urls import reverse

from groups.letters import invitation_token
from groups.models import Group, WelcomeTalk
from groups.services.joining import ASKS_A_DAY
from groups.services.linking import link_token
from tests import pairs as two
from tests.factories import (
    AcceptanceFactory,
    GroupFactory,
    GroupLinkFactory,
    InvitationFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)
from tests.groups.pages.world import REQUEST, at, found, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def blocked(as_person, group):
    return as_person(MembershipFactory(group=group, state="blocked", joined_at=None).user)


# -- kept out -------------------------------------------------------------------------------------------
def test_the_list_says_to_somebody_blocked_what_the_page_says(as_person, group, blocked):
    other = as_person(UserFactory())
    GroupFactory(name="Tide")

    assert (
        "No new people now" in said(blocked.get("/groups/")),
        "No new people now" in said(other.get("/groups/")),
    ) == (
        True,
        False,
    )
    assert found(blocked, {"room": "on"}) == ["Tide"]
    assert found(other, {"room": "on"}) == [group.name, "Tide"]


@pytest.mark.parametrize("intake", ["request", "closed"])
def test_nobody_is_told_to_ask_where_they_cannot(blocked, group, intake):
    Group.objects.update(intake=intake, capacity=1)
    MembershipFactory(group=group)

    page = said(blocked.get(at("detail", group)))

    assert ("Nobody new at the moment" in page, "You can still ask" in page) == (True, False)


def test_a_link_leads_somebody_blocked_to_what_stands_when_nobody_is_taken(blocked, group):
    page = said(blocked.get(reverse("groups:come", args=[link_token(GroupLinkFactory(group=group))])))

    assert ("Nobody new at the moment" in page, "Ask to join" in page) == (True, False)


def test_a_letter_opens_nothing_to_somebody_blocked_before_they_typed_anything(as_person, blocked, group):
    address = reverse("groups:invitation", args=[invitation_token(InvitationFactory(group=group))])
    gone = reverse("groups:invitation", args=["made-up"])

    assert blocked.get(address).status_code == 404
    assert said(blocked.get(address)).count("<form") == said(blocked.get(gone)).count("<form")
    assert as_person(UserFactory()).get(address).status_code == 200


# -- again and again ------------------------------------------------------------------------------------
def test_who_asked_too_often_today_reads_when_they_can_ask_again(as_person, group):
    user = UserFactory()
    browser = as_person(user)
    for number in range(ASKS_A_DAY):
        browser.post(at("ask", group), {"agree": "on", "version": "1"})
        assert browser.post(at("ask-name", group), REQUEST | {"alias": f"Wren {number}"}).status_code == 302
        browser.post(at("ask-withdraw", group))
    browser.post(at("ask", group), {"agree": "on", "version": "1"})

    response = browser.post(at("ask-name", group), REQUEST | {"words": "Once more"})

    assert (response.status_code, group.memberships.filter(user=user).count()) == (422, ASKS_A_DAY)
    assert all(words in said(response) for words in ("You can ask again tomorrow", "Once more"))


# -- what no page sends ---------------------------------------------------------------------------------
@pytest.mark.parametrize("number", ["9" * 5000, "٣", "-1", "1e9", ""])
def test_a_version_that_no_page_sent_is_none(as_person, group, facilitator, number):
    browser = as_person(facilitator.user)

    assert browser.post(at("agreement-keep", group), {"version": number}).status_code == 302
    assert browser.post(at("agreement-edit", group), {"step": "publish", "after": number}).status_code == 422


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_talk_is_on_a_day_that_people_live_to_see(as_person, group, facilitator, day):
    type(facilitator.user).objects.filter(pk=facilitator.user.pk).update(time_zone="Pacific/Pago_Pago")
    Group.objects.update(offers_talk=True)
    asked = RequestFactory(group=group)
    facilitator.user.refresh_from_db()
    typed = {"day": day, "clock": "23:59" if day > "2" else "00:00", "how": "By phone"}

    response = as_person(facilitator.user).post(at("talk", group, asked.public_id), typed)

    assert (response.status_code, WelcomeTalk.objects.exists()) == (422, False)
    assert "Choose a time that is still to come" in said(response)


@pytest.mark.parametrize("reach", ["wren@example.org", "0113 496 0000"])
def test_neither_pronouns_nor_words_on_the_open_page_tell_how_to_reach_somebody(as_person, group, facilitator, reach):
    member = MembershipFactory(group=group, alias="Wren")
    AcceptanceFactory(agreement=group.agreement, user=member.user)

    theirs = as_person(member.user).post(at("name", group), {"alias": "Wren", "pronouns": reach})
    about = as_person(facilitator.user).post(at("me", group), {"about": reach, "duty": "", "hours": "10:00 to 16:00"})

    assert (theirs.status_code, about.status_code) == (422, 422)
    member.refresh_from_db()
    assert member.pronouns == ""


def test_an_admin_who_is_a_mentor_invites_nobody_into_their_pair(as_person, organisation):
    programme = GroupFactory(kind="programme")
    one, other = two.mentor(programme, user=UserFactory(is_admin=True)), two.mentee(programme)
    pair = two.pair(programme, one, other, slug="even-harbour")
    typed = {"emails": "guest@example.org", "role": "facilitator", "group": pair.slug}

    response = as_person(one.user).post(reverse("home:invite"), typed)

    assert (response.status_code, pair.slug in said(as_person(one.user).get(reverse("home:invite")))) == (422, False)


def test_years_in_a_text_are_no_number_to_ring(as_person, group, facilitator):
    about = "Here since 2019, and since 2021 with Tunde."

    assert (
        as_person(facilitator.user).post(at("me", group), {"about": about, "duty": "", "hours": ""}).status_code == 302
    )
    facilitator.refresh_from_db()
    assert facilitator.about == about
