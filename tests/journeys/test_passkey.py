"""A passkey is made in a real browser, with an authenticator that Chromium plays, and signs in alone."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import OrganisationFactory
from tests.journeys.conftest import PASSWORD, has_account

pytestmark = pytest.mark.browser
EMAIL = "wren@example.org"
PLAYED = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(chromium):
    context = chromium.new_context()
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": PLAYED})
    yield page
    context.close()


def test_a_passkey_is_made_and_signs_in_alone(site, settings, page):
    OrganisationFactory()
    has_account(EMAIL)
    settings.ALLOWED_HOSTS = ["localhost"]  # passkeys need a host name
    at = site.replace("127.0.0.1", "localhost")

    makes_a_passkey(page, at)
    page.context.clear_cookies()
    page.goto(at + reverse("account_login"))
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)

    expect(page.get_by_role("link", name="Sign in")).to_have_count(0)
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Passkey 1"


def makes_a_passkey(page, at):
    page.goto(at + reverse("account_login"))
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(at + reverse("mfa_add_webauthn"))
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(f"{at}/accounts/2fa/recovery-codes/**")
