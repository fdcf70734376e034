"""Who may not; overview."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from groups.models import Invitation
from notices.models import Delivery
from people.models import Organisation, User
from sessions.models import Closing
from tests.factories import (
    CrisisLineFactory,
    DeliveryFactory,
    DutyFactory,
    FacilitatorFactory,
    GroupFactory,
    RequestFactory,
    ResourceFactory,
    SessionFactory,
)
from tests.home.manage.world import PAGES, SETTINGS, get, post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", PAGES)
def test_somebody_signed_out_is_asked_to_sign_in(client, organisation, page):
    url = reverse(f"home:{page}")

    assertRedirects(client.get(url), f"/accounts/login/?next={url}", fetch_redirect_response=False)


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_admins(stranger, page):
    assertContains(get(stranger, page), "That page is for someone else", status_code=403)


def test_nobody_else_changes_anything(stranger, admin):
    before = Organisation.objects.values().get()

    assert post(stranger, "settings", **SETTINGS).status_code == 403
    assert post(stranger, "setup").status_code == 403
    assert post(stranger, "invite", emails="guest@example.org", role="admin").status_code == 403
    assert post(stranger, "member", admin.public_id, is_safety_lead="on").status_code == 403
    assert post(stranger, "suspend", admin.public_id).status_code == 403
    assert post(stranger, "reinstate", admin.public_id).status_code == 403
    assert Organisation.objects.values().get() == before
    assert Invitation.objects.count() == 0
    assert User.objects.get(pk=admin.pk).is_active


def test_nobody_suspends_themself(browser, admin, stranger):
    assert post(browser, "suspend", admin.public_id).status_code == 403
    assert User.objects.get(pk=admin.pk).is_active


def needs(browser):
    return [need.title for need in get(browser, "overview").context["needs"]]


def test_a_new_place_needs_its_help_lines(browser):
    assert needs(browser) == ["Set up PeerHub", "Confirm the help lines"]
    assertContains(get(browser, "overview"), "0 of 5 done")


def two_run(group):
    reads(*FacilitatorFactory.create_batch(2, group=group))
    return group


def reads(seat, *others):
    """Somebody reads first, so that nothing is missing there."""
    return DutyFactory(group=seat.group, reader=seat.user)


def test_nothing_needs_anybody(browser):
    CrisisLineFactory()
    two_run(GroupFactory())

    assertContains(get(browser, "overview"), "Nothing, right now.")


def test_everything_that_waits_is_named_in_numbers(browser):
    long_ago = timezone.now() - timedelta(days=91)
    CrisisLineFactory(confirmed_at=long_ago)
    CrisisLineFactory(confirmed_at=None, confirmed_by=None)
    ResourceFactory(checked_on=timezone.localdate() - timedelta(days=200))
    RequestFactory(created_at=timezone.now() - timedelta(days=3))
    DeliveryFactory(state=Delivery.State.PARKED)
    DeliveryFactory(send_at=timezone.now() - timedelta(minutes=16))
    DeliveryFactory(send_at=timezone.now() - timedelta(minutes=14))

    assert needs(browser) == [
        "Check the help lines again",
        "1 help line waits for a name",
        "Requests to join that wait too long: Under 5",
        "1 group has no facilitator",
        "1 resource to check",
        "Messages that could not be sent: Under 5",
        "Messages that wait to be sent: Under 5",
    ]


def test_a_request_within_its_time_needs_nobody(browser):
    CrisisLineFactory()
    RequestFactory(group=two_run(GroupFactory()))

    assert needs(browser) == []


def test_a_group_that_hangs_on_one_person_is_named(browser):
    CrisisLineFactory()
    reads(FacilitatorFactory(group__name="Men, talking"))
    assert needs(browser) == ["“Men, talking” has one facilitator"]

    reads(FacilitatorFactory())
    assert needs(browser) == ["2 groups have one facilitator"]


def test_five_may_be_named_and_four_may_not(browser):
    for _ in range(4):
        RequestFactory()
    assert ("Asked to join", "Under 5", "") in get(browser, "overview").context["figures"]

    RequestFactory()
    assert ("Asked to join", "5", "") in get(browser, "overview").context["figures"]


def test_what_nobody_closed_after_being_asked_is_for_the_admins(browser):
    CrisisLineFactory()
    group = two_run(GroupFactory())
    for days in (3, 5, 40):
        SessionFactory(group=group, starts_in=-timedelta(days=days))
    SessionFactory(group=group, starts_in=-timedelta(days=6), state="cancelled", cancelled_at=timezone.now())
    SessionFactory(group=GroupFactory(state="archived", archived_at=timezone.now()), starts_in=-timedelta(days=6))

    assert needs(browser) == ["1 session is not closed"]


def test_of_what_was_held_and_never_written_down_admins_know_after_two_days(browser, admin):
    CrisisLineFactory()
    group = two_run(GroupFactory())
    roll = {"state": "held", "held_at": timezone.now(), "held_by": admin}
    for days in (1, 3, 40):
        SessionFactory(group=group, starts_in=-timedelta(days=days), **roll)
    closed = SessionFactory(group=group, starts_in=-timedelta(days=5), **roll)
    Closing.objects.create(session=closed, closed_by=admin)

    assert needs(browser) == ["Of 1 session nobody wrote down how it went"]
