"""Who carries what."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from home.views.load import MOST_FOLLOWUPS, MOST_GROUPS, MOST_PAIRS, MOST_REQUESTS
from tests.factories import (
    AwayFactory,
    FacilitatorFactory,
    FollowUpFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    SafetyLeadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
URL = "/manage/load/"


def rows(browser):
    return {
        row.person.display_name: (
            row.person.groups_run, row.person.pairs_kept, row.person.requests_waiting, row.person.followups_held,
        )
        for row in browser.get(URL).context["rows"]
    }  # fmt: skip


def busy(name, groups):
    """Somebody who runs so many groups, with one request and one word each, and as many pairs."""
    person = UserFactory(display_name=name)
    for _ in range(groups):
        seat = FacilitatorFactory(user=person)
        RequestFactory(group=seat.group)
        member = MembershipFactory(group=seat.group, alias="canary-member")
        FollowUpFactory(group=seat.group, about=member.user, state="taken", owner=person)
        pair = GroupFactory(kind="pair", parent=GroupFactory(kind="programme"), capacity=1, listed=False)
        FacilitatorFactory(group=pair, user=person)
    return person


def test_it_is_for_admins_and_safety_leads(organisation, client, as_person, browser):
    person = busy("Marisol", 1)

    assert client.get(URL).url.startswith("/accounts/login/")
    assert [as_person(who).get(URL).status_code for who in (UserFactory(), person, SafetyLeadFactory())] == [
        403,
        403,
        200,
    ]
    assert browser.get(URL).status_code == 200


def test_each_person_stands_with_what_they_carry(browser):
    busy("Tunde", 2)
    busy("Marisol", 1)
    MembershipFactory(user__display_name="Wren")
    gone = FacilitatorFactory(user__display_name="Gone")
    gone.group.state, gone.group.archived_at = "archived", timezone.now()
    gone.group.save()

    assert list(rows(browser).items()) == [("Marisol", (1, 1, 1, 1)), ("Tunde", (2, 2, 2, 2))]


def test_every_number_has_its_name_on_a_phone_too(browser):
    busy("Marisol", 1)

    page = browser.get("/manage/load/").content.decode()

    # only plain tables write the names of columns beside the numbers where the head is not shown
    assert page.count("data-label=") == 5
    assert re.search(r"<table class=\"([^\"]+)\"", page)[1] == "grid grid-plain"


def test_nothing_that_is_closed_or_somebody_elses_is_counted(browser):
    person = busy("Marisol", 1)
    group = person.memberships.filter(group__kind="circle").get().group
    MembershipFactory.create_batch(3, group=group)
    FollowUpFactory(group=group, owner=person, state="done", outcome="wrote", closed_at=timezone.now())
    FollowUpFactory(group=group)

    assert rows(browser) == {"Marisol": (1, 1, 1, 1)}


def test_too_much_is_said_in_words_and_nobody_is_ranked(browser):
    person = busy("Zoe", MOST_GROUPS + 1)
    busy("Ana", MOST_GROUPS)
    group = person.memberships.filter(group__kind="circle").first().group
    RequestFactory.create_batch(MOST_REQUESTS, group=group)
    FollowUpFactory.create_batch(MOST_FOLLOWUPS, group=group, owner=person, state="taken")
    for _ in range(MOST_PAIRS):
        pair = GroupFactory(kind="pair", parent=GroupFactory(kind="programme"), capacity=1, listed=False)
        FacilitatorFactory(group=pair, user=person)

    shown = browser.get(URL).context["rows"]

    assert [(row.person.display_name, row.warnings) for row in shown] == [
        ("Ana", []),
        ("Zoe", [
            "More than 4 groups.", "More than 5 people one to one.", "More than 8 requests wait.",
            "More than 6 people need a word.",
        ]),
    ]  # fmt: skip


def test_who_is_away_until_when_and_who_stands_in(browser):
    seat = FacilitatorFactory(group__name="Evenings", user__display_name="Marisol")
    tunde = FacilitatorFactory(group=seat.group, alias="Tunde")
    last = timezone.localdate() + timedelta(days=3)
    AwayFactory(seat=seat, cover=tunde, ends_on=last)
    AwayFactory(seat=tunde, starts_on=last + timedelta(days=1))

    page = " ".join(browser.get(URL).content.decode().split())

    assert f"Evenings: until {last.day} {last:%B}, Tunde stands in" in page
    assert page.count("stands in") == 1


def test_no_members_name_stands_there(browser):
    busy("Marisol", 1)

    assert "canary-member" not in browser.get(URL).content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_it_asks_the_same_for_one_and_for_thirty(browser, django_assert_num_queries, number):
    for one in range(number):
        busy(f"Person {one}", 1)

    with django_assert_num_queries(7):
        browser.get(URL)


def test_the_overview_names_groups_in_which_nobody_is_there(browser):
    alone, both = FacilitatorFactory(), FacilitatorFactory()
    FacilitatorFactory(group=both.group)
    for seat in (alone, both):
        AwayFactory(seat=seat)

    titles = [need.title for need in browser.get("/manage/").context["needs"]]

    assert "1 group has nobody there at the moment" in titles
