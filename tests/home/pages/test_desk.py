"""The desk of one group."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notes.services import write_note
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    FollowUpFactory,
    MembershipFactory,
    RequestFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
    proposal,
)
from tests.home.pages.world import DESK_QUERIES, HOUR, desk_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "no_second_step")]


@pytest.mark.parametrize(
    "make",
    [
        lambda group: UserFactory(),
        lambda group: AdminFactory(),
        lambda group: SafetyLeadFactory(),
        lambda group: MembershipFactory(group=group).user,
        lambda group: FacilitatorFactory().user,
        lambda group: FacilitatorFactory(group=group, state="left", ended_at=timezone.now()).user,
    ],
)
def test_the_desk_does_not_exist_for_who_does_not_run_the_group(as_person, make):
    group = FacilitatorFactory().group

    assert as_person(make(group)).get(reverse("home:workspace", args=[group.slug])).status_code == 404


@pytest.mark.usefixtures("tuesday")
def test_the_desk_shows_this_group_and_no_other(as_person):
    seat = FacilitatorFactory(alias="Marisol")
    group = seat.group
    FacilitatorFactory(group=group, alias="Tunde A.")
    kofi = MembershipFactory(group=group, alias="Kofi")
    coming = SessionFactory(group=group)
    past = SessionFactory(group=group, starts_in=-48 * HOUR)
    asking = RequestFactory(group=group, alias="Saoirse", pronouns="she/her")
    word = FollowUpFactory(group=group, about=kofi.user)
    note = write_note(seat.user, group=group, words="the words of a note", member=kofi.user)
    second = FacilitatorFactory(user=seat.user).group
    SessionFactory(group=second), RequestFactory(group=second), FollowUpFactory(group=second)
    write_note(seat.user, group=second, words="elsewhere")

    page = as_person(seat.user).get(reverse("home:workspace", args=[group.slug]))

    assert [list(page.context[name]) for name in ("sessions", "unmarked", "followups")] == [[coming], [past], [word]]
    assert [row for row, _ in page.context["requests"]] == [asking]
    assert page.context["notes"] == [{"note": note, "author": "Marisol", "member": "Kofi"}]
    assert "the words of a note" not in text(page)
    said = ["You and Tunde A. run this group.", "1 member", "1 asking to join", "Saoirse (she/her)", "About Kofi"]
    assert [words for words in said if words in text(page)] == said


def test_the_desk_leads_to_every_page_of_the_group_and_says_what_waits_there(as_person):
    seat = FacilitatorFactory(group__kind="programme")
    group = seat.group
    address = reverse("home:workspace", args=[group.slug])
    browser = as_person(seat.user)
    calm = text(browser.get(address))
    AgreementFactory(group=group, review_on=timezone.localdate())
    proposal(group, MembershipFactory(group=group).user, "canary words")

    page = text(browser.get(address))

    names = [
        "members",
        "letters",
        "link",
        "farewells",
        "agreement-edit",
        "proposals",
        "detail",
        "settings",
        "ending",
        "me",
    ]
    ways = [reverse(f"groups:{name}", args=[group.slug]) for name in [*names, "run-pairs", "waiting"]]
    assert [way for way in ways if f'href="{way}"' not in page] == []
    said = ["You wanted to look at it again by", "1 to read"]
    assert [words for words in said if words in page] == said
    assert [words for words in [*said, "canary words"] if words in calm] == []


def test_the_desk_of_a_group_that_has_ended_invites_nobody(as_person):
    seat = FacilitatorFactory(group__state="archived", group__archived_at=timezone.now())

    page = text(as_person(seat.user).get(reverse("home:workspace", args=[seat.group.slug])))

    assert "Open it again" in page
    assert [name for name in ("letters", "link") if reverse(f"groups:{name}", args=[seat.group.slug]) in page] == []


def test_an_empty_desk_says_what_will_be_there(as_person):
    seat = FacilitatorFactory()

    page = text(as_person(seat.user).get(reverse("home:workspace", args=[seat.group.slug])))

    assert "No sessions planned." in page
    assert page.count("Nobody, right now.") == 2


def test_a_group_being_prepared_is_opened_first(as_person):
    seat = FacilitatorFactory(group__state="draft", group__opened_at=None)

    page = text(as_person(seat.user).get(reverse("home:workspace", args=[seat.group.slug])))

    assert reverse("groups:open", args=[seat.group.slug]) in page
    assert reverse("sessions:series-create", args=[seat.group.slug]) not in page


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.usefixtures("tuesday")
def test_the_desk_asks_the_same_for_one_and_for_thirty(as_person, rows, django_assert_num_queries):
    seat = desk_of(rows)
    client = as_person(seat.user)

    with django_assert_num_queries(DESK_QUERIES):
        client.get(reverse("home:workspace", args=[seat.group.slug]))
