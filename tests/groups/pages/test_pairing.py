"""What mentors and mentees show, choosing a mentor, and the page of coordinators."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import Group
from groups.services import ask_mentor
from tests.factories import AdminFactory, FacilitatorFactory, MembershipFactory, UserFactory
from tests.groups.pages.world import at, said
from tests.groups.two import coordinator, mentee, mentor, paired, programme, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return programme()


def by_choice(group, one, other, **more):
    return {"mentor": str(one.public_id), "mentee": str(other.public_id)} | more


def test_a_profile_is_for_mentors_and_mentees_of_that_programme(as_person, group):
    for stranger in (coordinator(group), AdminFactory(), UserFactory()):
        for name in ("pair-profile", "mentors"):
            assert as_person(stranger).get(at(name, group)).status_code == 404
            assert as_person(stranger).post(at(name, group)).status_code == 404
        assert as_person(stranger).post(at("mentor-wanted", group)).status_code == 404


def test_a_profile_is_written_and_read_again(as_person, group):
    one, other = mentor(group), mentee(group)

    as_person(one.user).post(at("pair-profile", group), {"shows": "Sailing.", "is_open": "on", "at_most": "3"})
    as_person(other.user).post(at("pair-profile", group), {"shows": "Nights are long."})

    assert "Sailing." in said(as_person(one.user).get(at("pair-profile", group)))
    assert "Sailing." in said(as_person(other.user).get(at("mentors", group)))
    one.profile.refresh_from_db()
    assert one.profile.at_most == 3


@pytest.mark.parametrize(("most", "words"), [("0", "One person is the least"), ("x", "Write a number")])
def test_a_profile_says_what_to_fix_and_keeps_the_words(as_person, group, most, words):
    response = as_person(mentor(group).user).post(at("pair-profile", group), {"shows": "Kept.", "at_most": most})

    assert (response.status_code, words in said(response), "Kept." in said(response)) == (422, True, True)


def test_asking_a_mentor_leads_to_the_question(as_person, group):
    one, other = mentor(group), mentee(group)

    response = as_person(other.user).post(at("mentors", group), {"mentor": str(one.public_id)})

    assert response.url == at("pair", Group.objects.get(kind="pair"))
    assert "a question waits for its answer" in said(as_person(other.user).get(at("mentors", group)))


def test_a_mentor_who_was_faster_taken_is_refused_kindly(as_person, group):
    one, other = mentor(group, at_most=1), mentee(group)
    paired(group, one, mentee(group, alias="Jun"))

    response = as_person(other.user).post(at("mentors", group), {"mentor": str(one.public_id)})

    assert (response.status_code, "This mentor takes nobody new" in said(response)) == (422, True)


@pytest.mark.parametrize("chosen", ["", "x", str(uuid.UUID(int=7))])
def test_asking_nobody_is_404(as_person, group, chosen):
    assert as_person(mentee(group).user).post(at("mentors", group), {"mentor": chosen}).status_code == 404


def test_a_mentor_does_not_choose_mentors(as_person, group):
    one = mentor(group)

    assert as_person(one.user).get(at("mentors", group)).url == reverse("groups:mentoring")
    as_person(one.user).post(at("mentor-wanted", group))
    one.refresh_from_db()
    assert one.mentor_wanted_at is None


def test_wanting_and_not_wanting(as_person, group):
    other = mentee(group)
    browser = as_person(other.user)

    browser.post(at("mentor-wanted", group), {"wanted": "yes"})
    assert "You asked the coordinators" in said(browser.get(reverse("groups:mentoring")))
    browser.post(at("mentor-wanted", group), {"wanted": "no"})
    assert "You can choose somebody yourself" in said(browser.get(reverse("groups:mentoring")))


# -- coordinators -------------------------------------------------------------------------------
def test_the_page_of_pairs_is_for_coordinators_of_that_programme(as_person, group):
    one, other = mentor(group), mentee(group)
    pair = proposed(group, one, other)
    elsewhere = FacilitatorFactory(group=programme(name="Another")).user
    for stranger in (AdminFactory(), one.user, other.user, elsewhere, UserFactory()):
        browser = as_person(stranger)
        assert browser.get(at("run-pairs", group)).status_code == 404
        assert browser.post(at("run-pairs", group), by_choice(group, one, other)).status_code == 404
        assert browser.post(at("mentor", group, other.public_id)).status_code == 404
        assert browser.post(at("pair-take-back", group, pair.public_id)).status_code == 404
    circle = FacilitatorFactory()
    assert as_person(circle.user).get(at("run-pairs", circle.group)).status_code == 404


def test_coordinators_see_names_and_dates_and_no_words(as_person, group):
    paired(group, mentor(group), mentee(group))
    mentee(group, alias="Jun")

    page = said(as_person(coordinator(group)).get(at("run-pairs", group)))

    for words in ("Ines", "Wren", "Jun", "1 of at most 2"):
        assert words in page
    assert ("I like the sea." in page, "I sleep badly." in page) == (False, False)


def test_a_coordinator_proposes_and_takes_back(as_person, group):
    one, other, browser = mentor(group), mentee(group), as_person(coordinator(group))

    response = browser.post(at("run-pairs", group), by_choice(group, one, other))
    pair = Group.objects.get(kind="pair")
    assert (response.status_code, pair.state) == (302, "draft")

    browser.post(at("pair-take-back", group, pair.public_id))
    pair.refresh_from_db()
    assert pair.state == "archived"


def test_two_who_know_each_other_are_flagged_first(as_person, group):
    one, other, browser = mentor(group), mentee(group), as_person(coordinator(group))
    MembershipFactory(group=FacilitatorFactory(user=one.user).group, user=other.user)

    flagged = browser.post(at("run-pairs", group), by_choice(group, one, other))
    assert (flagged.status_code, "These two know each other" in said(flagged)) == (422, True)
    assert not Group.objects.filter(kind="pair").exists()

    browser.post(at("run-pairs", group), by_choice(group, one, other, all_the_same="on"))
    assert Group.objects.filter(kind="pair").count() == 1


@pytest.mark.parametrize("who_runs", ["mentor", "mentee"])
def test_two_who_found_each_other_are_flagged_too(as_person, group, who_runs):
    one, other = mentor(group, alias="Ines"), mentee(group, alias="Wren")
    strangers = mentor(group, alias="Hana"), mentee(group, alias="Robin")
    runs, comes = (one, other) if who_runs == "mentor" else (other, one)
    seat = FacilitatorFactory(user=runs.user)
    MembershipFactory(group=seat.group, user=comes.user)
    MembershipFactory(group=seat.group, user=strangers[1].user)  # knows Ines or Wren, and neither is theirs
    browser, flag = as_person(coordinator(group)), "Know each other from a group that one of them runs"

    ask_mentor(strangers[1].user, group=group, mentor=strangers[0])
    assert flag not in said(browser.get(at("run-pairs", group)))
    ask_mentor(other.user, group=group, mentor=one)

    assert said(browser.get(at("run-pairs", group))).count(flag) == 1
    Group.objects.filter(pk=seat.group_id).update(state="archived", archived_at=timezone.now())
    assert flag not in said(browser.get(at("run-pairs", group)))


@pytest.mark.parametrize("sent", [{}, {"mentor": "x", "mentee": "y"}])
def test_a_proposal_without_people_says_what_to_do(as_person, group, sent):
    response = as_person(coordinator(group)).post(at("run-pairs", group), sent)

    assert (response.status_code, "Choose" in said(response)) == (422, True)


def test_a_coordinator_makes_mentors(as_person, group):
    place, browser = mentee(group), as_person(coordinator(group))

    browser.post(at("mentor", group, place.public_id), {"role": "mentor"})
    place.refresh_from_db()
    assert place.role == "mentor"
    browser.post(at("mentor", group, place.public_id), {"role": "member"})
    place.refresh_from_db()
    assert place.role == "member"


def test_a_mentor_in_a_pair_stays_one(as_person, group):
    one = mentor(group)
    paired(group, one)

    page = as_person(coordinator(group)).post(at("mentor", group, one.public_id), {"role": "member"}, follow=True)

    one.refresh_from_db()
    assert ("They are in a pair" in said(page), one.role) == (True, "mentor")


@pytest.mark.parametrize("many", [1, 30])
def test_the_page_of_pairs_costs_the_same_for_all(as_person, django_assert_num_queries, many):
    group = programme(capacity=200)
    for number in range(many):
        paired(group, mentor(group, alias=f"Mentor {number}"), mentee(group, alias=f"Mentee {number}"))
        mentee(group, alias=f"Waiting {number}")
    browser = as_person(coordinator(group))

    with django_assert_num_queries(13):
        browser.get(at("run-pairs", group))
