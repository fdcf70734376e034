"""What a facilitator meets around the main job: a second step, a preview that says what it does, a roll by hand."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters

from sessions.models import GroupSession, Seat
from tests.factories import FacilitatorFactory, GroupFactory, MembershipFactory, OrganisationFactory, SessionFactory
from tests.journeys.conftest import DESK, PASSWORD, has_account, signs_in

pytestmark = pytest.mark.browser

MARISOL = "marisol@example.org"
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@pytest.fixture
def group(site):
    OrganisationFactory()
    group = GroupFactory(name="Quiet evenings", time_zone="Europe/London")
    FacilitatorFactory(group=group, user=has_account(MARISOL, display_name="Marisol"), alias="Marisol")
    return group


def digits_of_the_app(secret):
    """What the app will show in a minute: it stays right while the browser takes its time."""
    return format_hotp_value(hotp_value(secret, list(counters())[-1]))


@BOTH
def test_without_a_second_step_every_page_leads_to_making_one(group, somebody, settings, scripts):
    settings.STAFF_MFA_REQUIRED, settings.MFA_TOTP_TOLERANCE = True, 2
    marisol = somebody(screen=DESK, scripts=scripts)
    signs_in(marisol, MARISOL)
    assert marisol.path == "/accounts/2fa/"
    marisol.opens("/today/")
    assert marisol.path == "/accounts/2fa/"

    marisol.clicks("Set up an app")
    marisol.writes(password=PASSWORD)
    marisol.clicks("Go on")
    marisol.writes(code=digits_of_the_app(marisol.page.locator("main code").inner_text()))
    marisol.clicks("Turn it on")
    marisol.opens("/today/")

    assert marisol.path == "/today/"


@BOTH
def test_a_wrong_end_is_said_at_its_field_and_no_session_is_made(group, somebody, scripts):
    marisol = somebody(scripts=scripts)
    signs_in(marisol, MARISOL)
    marisol.opens(f"/groups/{group.slug}/sessions/new/")
    marisol.writes(starts_at="19:00", ends_at="18:00", plan="A quiet minute first.")

    marisol.clicks("Add 12 sessions")

    assert marisol.page.title().startswith("Error: ")
    marisol.page.locator(".errors a").first.click()
    assert marisol.page.url.endswith("#id_ends_at")
    assert marisol.page.locator("[name=plan]").input_value() == "A quiet minute first."
    assert not GroupSession.objects.exists()


@BOTH
def test_the_roll_is_called_by_keyboard(group, somebody, scripts):
    session = SessionFactory(group=group, starts_in=timedelta(minutes=-30))
    members = [MembershipFactory(group=group, alias=alias) for alias in ("Ines", "Jun")]
    marisol = somebody(scripts=scripts)
    signs_in(marisol, MARISOL)
    marisol.opens(f"/sessions/{session.public_id}/attendance/")

    marisol.page.locator(".roll [type=radio]").first.focus()
    for key in ["Space", "Tab", "Space", "ArrowRight"]:
        marisol.page.keyboard.press(key)
    marisol.clicks("Save attendance")

    marisol.sees("2 of 2 marked")
    came = Seat.objects.filter(user__in=[member.user for member in members]).order_by("user__memberships__alias")
    assert list(came.values_list("came", flat=True)) == ["came", "apologies"]
