"""Reading an agreement, publishing one, and proposing a change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups.models import Proposal
from groups.services import publish_agreement, starting_agreement
from people.models import AuditEntry, Organisation
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    MembershipFactory,
    SessionFactory,
    UserFactory,
    proposal,
)
from tests.groups.pages.world import at, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(group):
    return MembershipFactory(group=group, alias="Wren")


def whole(group, author, **changes):
    """A version with every part."""
    sections = [s | {"promise": changes.get(s["topic"], s["promise"])} for s in starting_agreement()]
    return publish_agreement(author, group=group, sections=sections)


# -- saying yes -------------------------------------------------------------------------------------
def test_without_a_yes_there_is_no_members_list_and_no_door(as_person, group, seat):
    browser = as_person(seat.user)
    session = SessionFactory(group=group, starts_in=timedelta(minutes=5))
    door = f"/sessions/{session.public_id}/door/"

    assert browser.get(at("members", group)).url == at("agreement", group)
    before = browser.get(door)
    AcceptanceFactory(agreement=group.agreement, user=seat.user)

    assert (before.status_code, "agreement" in (before.get("Location") or said(before))) != (303, False)
    assert browser.get(at("members", group)).status_code == 200
    AgreementFactory(group=group, version=2)
    assert browser.get(at("members", group)).url == at("agreement", group)


def test_affirming_the_agreement_opens_the_members_list(as_person, group, seat):
    browser = as_person(seat.user)
    assert browser.post(at("agreement", group), {"version": 1}).status_code == 422

    assert browser.post(at("agreement", group), {"agree": "on", "version": 1}).url == at("detail", group)
    assert browser.get(at("members", group)).status_code == 200


def test_the_limits_of_it_stand_beside_it(as_person, group, facilitator, seat):
    """R19, also for those who belong: the agreement itself says that they are there."""
    Organisation.objects.update(confidentiality_limits="If the harbour burns.")
    facilitator.duty = "Works in a school, so harm to a child."
    facilitator.save()

    page = said(as_person(seat.user).get(at("agreement", group)))

    for words in ("If the harbour burns.", "Works in a school, so harm to a child."):
        assert words in page


def test_a_yes_to_a_version_that_holds_no_more_is_asked_again(as_person, group, seat):
    AgreementFactory(group=group, version=2)

    response = as_person(seat.user).post(at("agreement", group), {"agree": "on", "version": 1})

    assert (response.status_code, "has changed since you opened" in said(response)) == (422, True)


def test_what_changed_what_it_was_and_what_is_gone_stand_on_the_page(as_person, group, facilitator, seat):
    first = whole(group, facilitator.user)
    AcceptanceFactory(agreement=first, user=seat.user)
    rest = [s for s in first.sections if s["topic"] not in {"respect", "sharing"}]
    changed = [{"topic": "respect", "promise": "We are kind.", "meaning": ""}, *rest]
    AgreementFactory(group=group, version=first.version + 1, sections=changed)

    page = said(as_person(seat.user).get(at("agreement", group)))

    for words in (
        "We are kind.",
        "How it was",
        "We listen more than we advise.",
        "Taken out",
        "You share what you want",
    ):
        assert words in page
    assert page.count("chip-lamp") == 1


def test_somebody_who_never_said_yes_reads_no_changes(as_person, group, facilitator, seat):
    whole(group, facilitator.user)

    response = as_person(seat.user).get(at("agreement", group))

    assert (response.context["asked_again"], bool(response.context["changes"])) == (False, False)


def test_a_stranger_finds_no_agreement_page(as_person, group):
    for name in ("agreement", "versions", "propose"):
        assert as_person(UserFactory()).get(at(name, group)).status_code == 404


# -- versions ---------------------------------------------------------------------------------------
def test_every_version_stands_with_its_day_and_who_published_it(as_person, group, facilitator, seat):
    whole(group, facilitator.user)

    page = said(as_person(seat.user).get(at("versions", group)))

    assert page.index("Version 2, since") < page.index("Version 1, since")
    assert "Published by Marisol." in page
    assert "Published by an admin." in page


@pytest.mark.parametrize("number", [1, 30])
def test_versions_ask_the_same_few_questions(as_person, group, seat, django_assert_num_queries, number):
    for version in range(2, number + 1):
        AgreementFactory(group=group, version=version)
    browser = as_person(seat.user)

    with django_assert_num_queries(9):
        browser.get(at("versions", group))


# -- publishing -------------------------------------------------------------------------------------
def answers(browser, group):
    form = browser.get(at("agreement-edit", group)).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_publishing_shows_first_what_changes_and_whom_it_asks(as_person, group, facilitator):
    MembershipFactory.create_batch(2, group=group)
    whole(group, facilitator.user)
    browser = as_person(facilitator.user)
    typed = answers(browser, group) | {
        "own1_promise": "We start on time.",
        "respect_promise": "We are kind.",
    }

    look = browser.post(at("agreement-edit", group), {**typed, "after": 2})

    assert (look.status_code, group.agreement.version) == (200, 2)
    for words in ("2 people will be asked again", "We start on time.", "How it was", "We listen more than we advise."):
        assert words in said(look)
    kept = {name: str(value) for name, value in look.context["form"].kept()}
    assert kept == {name: str(value) for name, value in typed.items()}


def test_from_the_look_one_publishes_or_goes_on_writing_and_nothing_is_lost(as_person, group, facilitator):
    browser = as_person(facilitator.user)
    typed = answers(browser, group) | {"own1_promise": "We start on time.", "months": "12", "after": 1}

    writing = browser.post(at("agreement-edit", group), typed | {"step": "write"})
    assert (writing.status_code, writing.context["form"]["own1_promise"].value()) == (200, "We start on time.")
    assert group.agreement.version == 1

    assert browser.post(at("agreement-edit", group), typed | {"step": "publish"}).url == at("settings", group)
    published = group.agreement
    assert (published.version, published.sections[-1]["promise"]) == (2, "We start on time.")
    assert 364 <= (published.review_on - timezone.localdate()).days <= 366


def test_the_first_version_asks_nobody_and_is_published_at_once(as_person, organisation):
    seat = FacilitatorFactory(group__state="draft", group__opened_at=None)
    browser = as_person(seat.user)

    done = browser.post(at("agreement-edit", seat.group), answers(browser, seat.group) | {"step": "look", "after": 0})

    assert (done.url, seat.group.agreement.version) == (at("open", seat.group), 1)


def test_a_version_that_came_between_keeps_everything_typed(as_person, group, facilitator):
    browser = as_person(facilitator.user)
    typed = answers(browser, group) | {"own1_promise": "We start on time.", "step": "publish", "after": 1}
    whole(group, AdminFactory())

    response = browser.post(at("agreement-edit", group), typed)

    assert (response.status_code, group.agreement.version) == (422, 2)
    assert "Somebody else has published a version meanwhile" in said(response)
    assert response.context["form"]["own1_promise"].value() == "We start on time."
    assert 'name="after" value="2"' in said(response)


def test_an_agreement_speaks_of_every_part(as_person, group, facilitator):
    browser = as_person(facilitator.user)
    typed = answers(browser, group) | {"limits_promise": "", "own1_meaning": "Because."}

    response = browser.post(at("agreement-edit", group), typed)

    assert response.status_code == 422
    for words in ("When something may not stay here”", "Write the promise that this explains"):
        assert words in said(response)
    assert group.agreement.version == 1


@pytest.mark.parametrize("months", ["", "0", "25", "a year", "-1", "6.5"])
def test_months_that_make_no_sense_are_said_at_the_field(as_person, group, facilitator, months):
    browser = as_person(facilitator.user)

    response = browser.post(at("agreement-edit", group), answers(browser, group) | {"months": months})

    assert (response.status_code, response.context["form"].errors) == (
        422, {"months": ["Write a number of months from 1 to 24"]},
    )  # fmt: skip


@pytest.mark.parametrize("after", ["x", "-1", "", "٣"])
def test_a_made_up_version_number_is_no_trouble(as_person, group, facilitator, after):
    browser = as_person(facilitator.user)
    typed = answers(browser, group) | {"own1_promise": "We start on time.", "step": "publish", "after": after}

    assert browser.post(at("agreement-edit", group), typed).status_code in {302, 422}


def test_one_tap_keeps_it_for_another_half_year(as_person, group, facilitator):
    due = AgreementFactory(group=group, version=2, review_on=timezone.localdate() - timedelta(days=1))
    browser = as_person(facilitator.user)
    assert "Time to look at it together" in said(browser.get(at("agreement-edit", group)))

    back = browser.post(at("agreement-keep", group), {"version": 2, "next": "/today/"})

    due.refresh_from_db()
    assert (back.url, due.review_on) == ("/today/", timezone.localdate() + timedelta(days=183))
    assert "Time to look at it together" not in said(browser.get(at("agreement-edit", group)))


def test_keeping_what_one_did_not_see_is_refused_in_words(as_person, group, facilitator):
    response = as_person(facilitator.user).post(at("agreement-keep", group), {"version": "x"}, follow=True)

    assert "has changed since you opened this page" in said(response)


# -- proposing --------------------------------------------------------------------------------------
def test_a_member_proposes_and_sees_what_becomes_of_it(as_person, group, seat, facilitator):
    browser, other = as_person(seat.user), MembershipFactory(group=group).user

    sent = browser.post(at("propose", group), {"words": "Start at half past."}, follow=True)
    assert ("Start at half past." in said(sent), "Not read yet" in said(sent)) == (True, True)
    assert "Start at half past." not in said(as_person(other).get(at("agreement", group)))

    desk = as_person(facilitator.user)
    desk.post(at("proposal", group, Proposal.objects.get().public_id), {"state": "shown", "seen": "open"})
    assert "Start at half past." in said(as_person(other).get(at("agreement", group)))
    assert "Shown to the group" in said(browser.get(at("agreement", group)))


def test_no_page_tells_whose_it_is(as_person, group, seat, facilitator):
    proposal(group, seat.user, "Start at half past.")

    page = said(as_person(facilitator.user).get(at("proposals", group)))

    assert "Start at half past." in page
    assert [
        word for word in ("Wren", seat.user.email, str(seat.public_id), str(seat.user.public_id)) if word in page
    ] == []
    assert AuditEntry.objects.get().about is None


def test_a_fourth_is_refused_and_stays_in_the_field(as_person, group, seat):
    for number in range(3):
        proposal(group, seat.user, f"Number {number}")

    response = as_person(seat.user).post(at("propose", group), {"words": "One more."})

    assert response.status_code == 422
    assert ("Three of your proposals wait" in said(response), "One more." in said(response)) == (True, True)


@pytest.mark.parametrize("words", ["", "   ", "x" * 1001])
def test_nothing_and_too_much_are_said_at_the_field(as_person, group, seat, words):
    assert as_person(seat.user).post(at("propose", group), {"words": words}).status_code == 422
    assert not Proposal.objects.exists()


def test_one_takes_ones_own_back_and_nobody_elses(as_person, group, seat, facilitator):
    made = proposal(group, seat.user, "Start at half past.")
    url = at("proposal-withdraw", group, made.public_id)
    for stranger in (facilitator.user, MembershipFactory(group=group).user, AdminFactory()):
        assert as_person(stranger).post(url).status_code == 404

    assert as_person(seat.user).post(url).url == at("agreement", group)
    assert not Proposal.objects.exists()


def test_taking_one_up_opens_the_agreement(as_person, group, seat, facilitator):
    made = proposal(group, seat.user, "Start at half past.")
    browser = as_person(facilitator.user)

    answered = browser.post(at("proposal", group, made.public_id), {"state": "taken_up", "seen": "open"})
    late = browser.post(at("proposal", group, made.public_id), {"state": "shown", "seen": "open"}, follow=True)

    assert answered.url == at("agreement-edit", group)
    assert "Somebody else has answered it a moment ago" in said(late)


@pytest.mark.parametrize(
    "sent", [{}, {"state": "open", "seen": "open"}, {"state": "shown"}, {"state": "x", "seen": "y"}]
)
def test_no_answer_changes_nothing(as_person, group, seat, facilitator, sent):
    made = proposal(group, seat.user, "Start at half past.")

    response = as_person(facilitator.user).post(at("proposal", group, made.public_id), sent, follow=True)

    made.refresh_from_db()
    assert (made.state, "Choose an answer." in said(response)) == ("open", True)


def test_proposals_are_read_by_those_who_run_the_group(as_person, group, seat):
    for stranger in (seat.user, AdminFactory(), FacilitatorFactory().user):
        assert as_person(stranger).get(at("proposals", group)).status_code == 404
