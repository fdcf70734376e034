"""Where home and Today lead: to an agreement that waits, one to look at again, and changes that were proposed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    AcceptanceFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    proposal,
)
from tests.home.pages.world import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "no_second_step")]


@pytest.fixture
def seat():
    seat = FacilitatorFactory(group__name="Evenings")
    AcceptanceFactory(agreement=AgreementFactory(group=seat.group), user=seat.user)
    return seat


def test_home_leads_to_an_agreement_that_waits_and_no_longer_once_agreed(as_person, seat):
    member = MembershipFactory(group=seat.group).user
    browser = as_person(member)
    assert "The agreement of Evenings waits for your yes" in text(browser.get("/home/"))

    AcceptanceFactory(agreement=seat.group.agreement, user=member)

    assert "waits for your yes" not in text(browser.get("/home/"))


def test_today_leads_to_a_new_version_too(as_person, seat):
    browser = as_person(seat.user)
    assert "Read the agreement and say yes" not in text(browser.get("/today/"))

    AgreementFactory(group=seat.group, version=2)

    assert "Read the agreement and say yes" in text(browser.get("/today/"))


def test_a_passed_review_is_left_to_do_and_kept_with_one_tap(as_person, seat):
    due = AgreementFactory(group=seat.group, version=2, review_on=timezone.localdate() - timedelta(days=3))
    AgreementFactory(group=GroupFactory(name="Elsewhere"), review_on=due.review_on)
    browser = as_person(seat.user)
    page = text(browser.get("/today/"))
    assert ("Look at the agreement again" in page, "Elsewhere" in page) == (True, False)

    after = browser.post(
        f"/groups/{seat.group.slug}/run/agreement/keep/", {"version": 2, "next": "/today/"}, follow=True
    )

    assert after.request["PATH_INFO"] == "/today/"
    assert "Look at the agreement again" not in text(after)


def test_unread_proposals_are_left_to_do_in_a_number(as_person, seat):
    member = MembershipFactory(group=seat.group).user
    for words in ("canary one", "canary two"):
        proposal(seat.group, member, words)
    proposal(seat.group, member, "canary three", state="shown", decided_at=timezone.now())

    page = text(as_person(seat.user).get("/today/"))

    assert ("Read 2 proposed changes" in page, "canary" in page) == (True, False)


def test_other_peoples_groups_leave_nothing_to_do(as_person, seat):
    other = FacilitatorFactory()
    AgreementFactory(group=other.group, review_on=timezone.localdate())
    proposal(other.group, other.user, "x")

    context = as_person(seat.user).get("/today/").context

    assert [list(context[name]) for name in ("unaffirmed", "to_review", "proposals")] == [[], [], []]
