"""The pages of a pair, as the two and everybody else meet them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups import services
from groups.models import Group
from tests.factories import AdminFactory, FacilitatorFactory, SafetyLeadFactory, SessionFactory, UserFactory
from tests.groups.pages.world import at, said
from tests.groups.two import WORDS, coordinator, mentee, mentor, paired, programme, proposed, two_of

pytestmark = pytest.mark.django_db
PAGES = ["pair", "pair-agreement", "pair-longer", "pair-review", "pair-end"]
BUTTONS = ["pair-answer", "pair-agreement-yes"]


@pytest.fixture
def programme_():
    return programme()


@pytest.fixture
def pair(programme_):
    return paired(programme_)


def agreed(pair):
    half, other = two_of(pair)
    today = timezone.localdate()
    row = services.write_pair_agreement(
        half, group=pair, words=WORDS, starts_on=today, ends_on=today + timedelta(weeks=10)
    )
    services.accept_pair_agreement(other, group=pair, version=row.version)


def strangers(pair):
    group = pair.parent
    others = [mentee(group, alias="Jun").user, mentor(group, alias="Kofi").user, FacilitatorFactory().user]
    return [coordinator(group), AdminFactory(), SafetyLeadFactory(), UserFactory(), *others]


def test_a_pair_is_not_there_for_anybody_but_the_two(client, as_person, pair):
    for name in PAGES + BUTTONS:
        assert client.post(at(name, pair)).status_code in {302, 405}
    for stranger in strangers(pair):
        browser = as_person(stranger)
        assert {browser.get(at(name, pair)).status_code for name in [*PAGES, "pair-door", "detail"]} == {404}
        assert {browser.post(at(name, pair)).status_code for name in BUTTONS + PAGES[1:]} == {404}
        assert browser.get(reverse("home:workspace", args=[pair.slug])).status_code == 404


def test_the_two_see_each_other_and_what_they_agreed(as_person, pair):
    agreed(pair)
    half, other = two_of(pair)

    page = said(as_person(other).get(at("pair", pair)))
    for words in ("You and Ines", "To get out more.", "Every week, Quay café", "Amal", "Ask for a different mentor"):
        assert words in page
    assert "Plan a meeting" not in page
    assert "Plan a meeting" in said(as_person(half).get(at("pair", pair)))


def test_every_way_to_a_pair_leads_to_its_one_page(as_person, pair):
    half, other = two_of(pair)
    for user in (half, other):
        assert as_person(user).get(at("detail", pair)).url == at("pair", pair)
        assert as_person(user).get(at("leave", pair)).url == at("pair-end", pair)
        assert as_person(user).get(reverse("groups:mentoring")).url == at("pair", pair)
    assert as_person(half).get(reverse("home:workspace", args=[pair.slug])).url == at("pair", pair)
    assert as_person(other).get(reverse("home:workspace", args=[pair.slug])).status_code == 404


def test_the_mentor_plans_meetings_and_the_mentee_comes(as_person, pair):
    half, other = two_of(pair)
    session = SessionFactory(group=pair, starts_in=timedelta(days=2))

    assert as_person(half).get(reverse("sessions:series-create", args=[pair.slug])).status_code == 200
    assert as_person(other).get(reverse("sessions:series-create", args=[pair.slug])).status_code == 404
    assert str(session.public_id) in said(as_person(other).get(at("pair", pair)))


def test_a_question_shows_the_other_and_takes_a_yes(as_person, programme_):
    one, other = mentor(programme_), mentee(programme_)
    pair = proposed(programme_, one, other)

    assert "I like the sea." in said(as_person(other.user).get(at("pair", pair)))
    as_person(other.user).post(at("pair-answer", pair), {"answer": "yes"})
    waits = said(as_person(other.user).get(at("pair", pair)))
    assert ("Your yes is with us" in waits, "I like the sea." in waits) == (True, False)

    response = as_person(one.user).post(at("pair-answer", pair), {"answer": "yes"})
    assert (response.url, Group.objects.get(pk=pair.pk).state) == (at("pair", pair), "open")


def test_a_no_is_told_kindly_and_nobody_is_named(as_person, programme_):
    one, other = mentor(programme_), mentee(programme_)
    pair = proposed(programme_, one, other)

    as_person(other.user).post(at("pair-answer", pair), {"answer": "no"})

    page = said(as_person(one.user).get(at("pair", pair)))
    assert ("That says nothing about you." in page, "Wren" in page) == (True, False)
    assert as_person(one.user).get(at("pair-review", pair)).url == at("pair", pair)
    assert "Wren" not in said(as_person(one.user).get(reverse("groups:mentoring")))


@pytest.mark.parametrize("sent", [{}, {"answer": "maybe"}])
def test_an_answer_that_is_none_changes_nothing(as_person, programme_, sent):
    one, other = mentor(programme_), mentee(programme_)
    pair = proposed(programme_, one, other)

    as_person(other.user).post(at("pair-answer", pair), sent)

    pair.refresh_from_db()
    assert (pair.state, pair.memberships.filter(decided_at=None).count()) == ("draft", 2)


def test_agreeing_goes_from_one_to_the_other(as_person, pair):
    half, other = two_of(pair)
    today = timezone.localdate()
    sent = WORDS | {"starts_on": today.isoformat(), "ends_on": (today + timedelta(weeks=10)).isoformat()}

    assert as_person(half).post(at("pair-agreement", pair), sent).url == at("pair", pair)
    page = said(as_person(other).get(at("pair", pair)))
    assert ("Ines wrote this for the two of you" in page, "Yes, I agree" in page) == (True, True)
    assert "Yes, I agree" not in said(as_person(half).get(at("pair", pair)))

    as_person(other).post(at("pair-agreement-yes", pair), {"version": "1"})
    assert services.holding(pair).words == WORDS


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"purpose": ""}, "Write in a few words what it is for"),
        ({"rhythm": ""}, "Say how often you meet"),
        ({"hours": ""}, "Say when it is fine to be in touch"),
        ({"ends_on": ""}, "Choose a day"),
        ({"ends_on": "soon"}, "Write a date, like 2027-01-31"),
        ({"ends_on": "2020-01-01"}, "Choose an end that is still to come"),
        ({"ends_on": "9999-01-01"}, "not later than the one that holds"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(as_person, pair, wrong, words):
    today = timezone.localdate()
    sent = WORDS | {"starts_on": str(today), "ends_on": str(today + timedelta(weeks=9)), "also": "No lifts."} | wrong

    response = as_person(two_of(pair)[0]).post(at("pair-agreement", pair), sent)

    assert response.status_code == 422
    assert (words in said(response), "No lifts." in said(response)) == (True, True)
    assert services.waiting(pair) is None


@pytest.mark.parametrize("version", ["", "x", "²", "9", "99999999999999999999"])
def test_a_yes_to_no_version_changes_nothing(as_person, pair, version):
    half, other = two_of(pair)
    today = timezone.localdate()
    services.write_pair_agreement(half, group=pair, words=WORDS, starts_on=today, ends_on=today + timedelta(weeks=1))

    response = as_person(other).post(at("pair-agreement-yes", pair), {"version": version})

    assert (response.url, services.holding(pair)) == (at("pair", pair), None)


def test_more_time_is_asked_once_and_refused_kindly_after(as_person, pair):
    half, other = two_of(pair)
    longer = pair.ends_on + timedelta(weeks=4)

    as_person(half).post(at("pair-longer", pair), {"ends_on": longer.isoformat()})
    assert "Ines would like to go on longer" in said(as_person(other).get(at("pair", pair)))
    as_person(other).post(at("pair-agreement-yes", pair), {"version": "1"})

    assert "You have had your one extension." in said(as_person(other).get(at("pair-longer", pair)))
    again = as_person(other).post(at("pair-longer", pair), {"ends_on": (longer + timedelta(weeks=1)).isoformat()})
    assert again.status_code == 422
    assert Group.objects.get(pk=pair.pk).ends_on == longer


def test_the_last_weeks_ask_to_look_back(as_person, pair):
    half, other = two_of(pair)
    assert "Look back" not in said(as_person(other).get(at("pair", pair)))
    Group.objects.filter(pk=pair.pk).update(ends_on=pair.today + timedelta(days=20))
    assert "Look back" in said(as_person(other).get(at("pair", pair)))
    Group.objects.filter(pk=pair.pk).update(ends_on=pair.today)
    assert "Today is your last day as a pair" in said(as_person(other).get(at("pair", pair)))

    as_person(half).post(at("pair-review", pair), {"did": "Walked to the sea."})
    assert "Walked to the sea." not in said(as_person(other).get(at("pair-review", pair)))
    as_person(half).post(at("pair-review", pair), {"did": "Walked to the sea.", "shared": "on"})
    assert "Walked to the sea." in said(as_person(other).get(at("pair-review", pair)))


def test_after_the_end_there_is_a_kind_page_and_no_contact(as_person, pair):
    agreed(pair)
    half, other = two_of(pair)
    as_person(half).post(at("pair-review", pair), {"did": "Walked."})
    today = timezone.localdate()
    Group.objects.filter(pk=pair.pk).update(starts_on=today - timedelta(weeks=9), ends_on=today - timedelta(days=2))
    services.archive_due()

    page = said(as_person(half).get(at("pair", pair)))
    for words in ("You went this way together", "Walked.", "To get out more."):
        assert words in page
    assert "Walked." not in said(as_person(other).get(at("pair", pair)))
    for name in ("pair-agreement", "pair-longer", "pair-door"):
        assert as_person(half).get(at(name, pair)).status_code == 404
    assert as_person(half).post(at("pair-review", pair), {"did": "Write me.", "shared": "on"}).status_code == 422


def test_ending_needs_no_reason(as_person, pair):
    half, other = two_of(pair)
    assert "Ask for a different mentor" in said(as_person(other).get(at("pair-end", pair)))
    assert "Ask for a different mentor" not in said(as_person(half).get(at("pair-end", pair)))

    as_person(other).post(at("pair-end", pair), {"another": "yes"})

    assert Group.objects.get(pk=pair.pk).ended_reason == "not_a_match"
    assert "An end says nothing about either of you." in said(as_person(half).get(at("pair", pair)))
    assert "You asked the coordinators" in said(as_person(other).get(reverse("groups:mentoring")))


def test_the_way_into_the_room_is_kept_by_the_mentor(as_person, pair):
    half, other = two_of(pair)

    assert as_person(other).get(at("pair-door", pair)).status_code == 404
    refused = as_person(half).post(at("pair-door", pair), {"url": "https://example.com/x"})
    saved = as_person(half).post(at("pair-door", pair), {"url": "https://us02web.zoom.us/j/secret"})

    assert (refused.status_code, saved.url) == (422, at("pair", pair))
    assert "secret" not in said(as_person(half).get(at("pair-door", pair)))


def test_a_mentor_is_a_member_with_mentoring_among_the_tabs(as_person, pair, settings):
    settings.STAFF_MFA_REQUIRED = True
    half, other = two_of(pair)
    for user in (half, other):
        browser = as_person(user)
        page = browser.get(reverse("home:home"))
        assert [tab.label for tab in page.context["tabs"]] == ["Home", "Groups", "Mentoring", "Resources", "You"]
        assert browser.get(reverse("home:start")).url == reverse("home:home")
    assert "Mentoring" not in [tab.label for tab in as_person(UserFactory()).get("/home/").context["tabs"]]


def test_mentoring_is_empty_for_others(as_person):
    assert "Nothing here yet" in said(as_person(UserFactory()).get(reverse("groups:mentoring")))
