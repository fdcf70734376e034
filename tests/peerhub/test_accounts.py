"""Signing in and signing up: the same answer to everybody, and nobody locked out by a stranger."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter as second_step_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.letters import invitation_token
from groups.models import Invitation
from notices.models import Delivery
from notices.services import send_due
from peerhub.pytest_services import find_chromium
from people.models import User
from people.sealed import Unreadable
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    InvitationFactory,
    OrganisationFactory,
    SafetyLeadFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PASSWORD = "four words in one row"


@pytest.fixture(autouse=True)
def _organisation(organisation):
    return organisation


def home():
    return reverse(settings.LOGIN_REDIRECT_URL)


def member(**fields):
    """Somebody with a password and an address that they have shown to be theirs."""
    user = UserFactory(password=PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def body_of(page):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())


def code_in(text):
    return re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", text, re.MULTILINE)[0]


def last_mail():
    send_due()
    return mail.outbox[-1]


# -- the same answer to everybody (T9) ------------------------------------------------------------
def seen(url, email, **fields):
    """What somebody outside sees and how much work it was: every answer on the way, and the queries."""
    browser, steps = Client(), []
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = browser.post(url, {"email": email, **fields})
    steps.append((answer.status_code, answer.get("Location"), len(queries)))
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(answer["Location"])
    steps.append((page.status_code, page.get("Location"), len(queries), body_of(page).replace(email, "ADDRESS")))
    return steps


@pytest.mark.parametrize("name", ["account_reset_password", "account_request_login_code"])
def test_reset_and_code_answer_alike_for_known_and_unknown(name):
    known = member(email="known@example.org")

    there, away = seen(reverse(name), known.email), seen(reverse(name), "nobody@example.org")

    assert there == away


def test_sign_up_answers_alike_for_known_and_unknown():
    member(email="known@example.org")
    url = reverse("account_signup")

    there = seen(url, "known@example.org", password1=PASSWORD)
    away = seen(url, "nobody@example.org", password1=PASSWORD)

    assert there == away
    assert User.objects.count() == 2


def test_a_wrong_password_answers_alike_for_known_and_unknown():
    member(email="known@example.org")

    pages = [
        Client().post(reverse("account_login"), {"login": email, "password": "not the password"})
        for email in ["known@example.org", "other@example.org"]
    ]

    assert pages[0].status_code == pages[1].status_code == 200
    assert body_of(pages[0]).replace("known@", "other@") == body_of(pages[1])


@pytest.mark.parametrize("name", ["account_reset_password", "account_request_login_code"])
def test_nothing_is_sent_to_an_address_that_we_do_not_know(client, name):
    client.post(reverse(name), {"email": "nobody@example.org"})
    send_due()

    assert mail.outbox == []
    assert Delivery.objects.get().state == "dropped"


def test_all_mail_waits_in_the_outbox_and_has_one_subject(client):
    known = member(email="known@example.org")
    client.post(reverse("account_reset_password"), {"email": known.email})
    Client().post(reverse("account_request_login_code"), {"email": known.email})
    Client().post(reverse("account_signup"), {"email": known.email, "password1": PASSWORD})
    Client().post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})
    assert mail.outbox == []

    send_due()

    assert [message.to for message in mail.outbox] == [[known.email]] * 3 + [["new@example.org"]]
    assert {message.subject for message in mail.outbox} == {"A message for you"}
    assert {message.alternatives == [] for message in mail.outbox} == {True}


# -- coming in ----------------------------------------------------------------------------------
def test_somebody_new_makes_an_account_with_the_code_from_the_mail(client):
    OrganisationFactory._meta.model.objects.update(time_zone="America/New_York")
    client.post(reverse("account_signup"), {"email": "New@Example.org", "password1": PASSWORD})

    answer = client.post(reverse("account_email_verification_sent"), {"code": code_in(last_mail().body)})

    user = User.objects.get()
    assert (user.email, user.time_zone, user.locale) == ("new@example.org", "America/New_York", "en-gb")
    assert answer["Location"] == home()
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_short_password_is_refused_in_words(client):
    page = client.post(reverse("account_signup"), {"email": "new@example.org", "password1": "short but fine"})

    assert list(page.context["form"].errors) == ["password1"]
    assert 'value="new@example.org"' in page.content.decode()
    assert not User.objects.exists()


def test_an_account_is_not_made_twice_when_two_forms_race(client, monkeypatch):
    from peerhub.account_forms import SignupForm

    member(email="known@example.org")
    monkeypatch.setattr(SignupForm, "validate_unique_email", lambda form, email: email)

    answer = client.post(reverse("account_signup"), {"email": "known@example.org", "password1": PASSWORD})

    assert answer["Location"] == reverse("account_email_verification_sent")
    assert User.objects.count() == 1


def test_password_and_code_both_sign_in(client):
    user = member()
    answer = client.post(reverse("account_login"), {"login": user.email.upper(), "password": PASSWORD})
    other = Client()
    other.post(reverse("account_request_login_code"), {"email": user.email})

    by_code = other.post(reverse("account_confirm_login_code"), {"code": code_in(last_mail().body)})

    assert [answer["Location"], by_code["Location"]] == [home(), home()]


def test_a_forgotten_password_is_replaced_with_the_code_from_the_mail(client):
    user = member()
    client.post(reverse("account_reset_password"), {"email": user.email})
    answer = client.post(reverse("account_confirm_password_reset_code"), {"code": code_in(last_mail().body)})
    new = {"password1": "another four words here", "password2": "another four words here"}

    client.post(answer["Location"], new)

    user.refresh_from_db()
    assert user.check_password("another four words here")


@pytest.mark.parametrize(("ticked", "until_closed"), [({}, True), ({"remember": "on"}, False)])
def test_a_shared_device_forgets_when_the_browser_closes(client, ticked, until_closed):
    user = member()

    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, **ticked})

    assert client.session.get_expire_at_browser_close() == until_closed
    assert ("known-device" in answer.cookies) == (not until_closed)


# -- the organisation says who may come in --------------------------------------------------------
@pytest.fixture
def only_invited(organisation):
    organisation.signup = "invited"
    organisation.save()


def test_without_an_invitation_a_closed_sign_up_makes_no_account(client, only_invited):
    url = reverse("account_signup")

    pages = [client.get(url), client.post(url, {"email": "new@example.org", "password1": PASSWORD})]

    assert all("You need an invitation" in page.content.decode() for page in pages)
    assert not User.objects.exists()


@pytest.mark.parametrize("token", ["nonsense", ""])
def test_a_made_up_invitation_opens_no_sign_up(client, only_invited, token):
    session = client.session
    session["invitation"] = token
    session.save()

    assert "You need an invitation" in client.get(reverse("account_signup")).content.decode()


def test_an_invitation_opens_the_sign_up_and_comes_back_to_the_letter(client, only_invited):
    invitation = InvitationFactory(email="guest@example.org", group=GroupFactory())
    letter = reverse("groups:invitation", args=[invitation_token(invitation)])
    client.post(letter, {"way": "signup"})
    form = client.get(reverse("account_signup"))

    answer = client.post(reverse("account_signup"), {"email": "guest@example.org", "password1": PASSWORD})

    assert 'value="guest@example.org"' in form.content.decode()
    assert answer["Location"] == letter
    assert EmailAddress.objects.get().verified
    client.post(letter, {"alias": "Wren"})
    assert User.objects.get(email="guest@example.org").memberships.get().state == "active"
    assert Invitation.objects.get().accepted_by.email == "guest@example.org"


def test_with_another_address_the_invited_still_shows_that_it_is_theirs(client, only_invited):
    invitation = InvitationFactory(email="guest@example.org")
    client.post(reverse("groups:invitation", args=[invitation_token(invitation)]), {"way": "signup"})

    answer = client.post(reverse("account_signup"), {"email": "mine@example.org", "password1": PASSWORD})

    assert answer["Location"] == reverse("account_email_verification_sent")
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("mine@example.org", False)]


def test_somebody_with_an_account_signs_in_and_comes_back_to_the_letter(client):
    user, invitation = member(), InvitationFactory()
    letter = reverse("groups:invitation", args=[invitation_token(invitation)])
    client.post(letter, {"way": "login"})

    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert answer["Location"] == letter


# -- people who are not active ---------------------------------------------------------------------
@pytest.mark.parametrize("state", ["suspended", "deactivated"])
def test_who_is_not_active_does_not_come_in(client, state):
    user = member(state=state, is_active=False)

    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert answer["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session


def test_whoever_stops_being_active_is_signed_out_with_the_next_request(as_person):
    user = member()
    browser = as_person(user)
    assert browser.get(reverse("account_email")).status_code == 200
    user.move_to("suspended")
    user.save()

    answer = browser.get(reverse("account_email"))

    assert answer["Location"].startswith(reverse("account_login"))


# -- nobody is locked out by a stranger (T2) -------------------------------------------------------
def sign_in(browser, email, password, ip):
    return browser.post(reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=ip)


def test_six_wrong_passwords_from_one_network_are_enough():
    user = member()
    for _ in range(5):
        sign_in(Client(), user.email, "wrong", "192.0.2.1")

    page = sign_in(Client(), user.email, PASSWORD, "192.0.2.1")

    assert "Wait five minutes" in page.content.decode()


def test_a_stranger_elsewhere_locks_nobody_out():
    user = member()
    for _ in range(6):
        sign_in(Client(), user.email, "wrong", "192.0.2.1")

    assert sign_in(Client(), user.email, PASSWORD, "198.51.100.7")["Location"] == home()


def test_an_own_device_gets_in_twenty_times_during_an_attack_from_the_same_network():
    user, device = member(), Client()
    device.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "remember": "on"})

    for _ in range(20):
        sign_in(Client(), user.email, "wrong", "127.0.0.1")
        device.post(reverse("account_logout"))
        assert sign_in(device, user.email, PASSWORD, "127.0.0.1")["Location"] == home()


def test_an_own_device_has_a_limit_too():
    user, device = member(), Client()
    device.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "remember": "on"})
    device.post(reverse("account_logout"))
    for _ in range(5):
        sign_in(device, user.email, "wrong", "127.0.0.1")

    page = sign_in(device, user.email, PASSWORD, "127.0.0.1")

    assert "Wait five minutes" in page.content.decode()


@pytest.mark.parametrize("forged", ["nonsense", "nonsense.nonsense", "."])
def test_a_made_up_device_counts_as_a_stranger(forged):
    user, browser = member(), Client()
    browser.cookies["known-device"] = forged
    for _ in range(5):
        sign_in(browser, user.email, "wrong", "192.0.2.1")

    assert "Wait five minutes" in sign_in(browser, user.email, PASSWORD, "192.0.2.1").content.decode()


# -- the second step -------------------------------------------------------------------------------
def digits(secret):
    return format_hotp_value(hotp_value(secret, next(counters())))


def test_what_proves_the_second_step_stands_sealed():
    user, secret = member(), generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    stored = " ".join(str(row.data) for row in Authenticator.objects.all())

    assert secret not in stored
    assert not any(code in stored for code in codes)
    assert Authenticator.objects.get(type="totp").wrap().validate_code(digits(secret))


@pytest.mark.parametrize("sealed", ["plain", "99.AAAA", "1.AAAA", "1.!"])
def test_what_was_not_sealed_by_us_does_not_open(sealed):
    with pytest.raises(Unreadable):
        second_step_adapter().decrypt(sealed)


def test_an_older_master_key_still_opens(settings):
    sealed = second_step_adapter().encrypt("words")
    settings.MASTER_KEYS = settings.MASTER_KEYS | {2: b"2" * 32}

    assert second_step_adapter().decrypt(sealed) == "words"
    assert second_step_adapter().encrypt("words").startswith("2.")


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(client):
    user = member()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    client.post(reverse("mfa_activate_totp"), {"code": digits(secret)})
    browser = Client()

    answer = browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in browser.session
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    answer = browser.post(reverse("mfa_authenticate"), {"code": codes[0]})

    assert wrong.context["form"].errors == {"code": ["That is not the code. Wait for the next one and type that."]}
    assert answer["Location"] == home()
    assert browser.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("staff", [AdminFactory, SafetyLeadFactory, lambda: FacilitatorFactory().user])
def test_staff_are_sent_to_set_up_a_second_step_first(as_person, settings, staff):
    settings.STAFF_MFA_REQUIRED = True

    answer = as_person(staff()).get(reverse("notices:list"))

    assert answer["Location"] == reverse("mfa_index")


def test_with_a_second_step_staff_go_on(as_person, settings):
    settings.STAFF_MFA_REQUIRED = True
    admin = AdminFactory()
    TOTP.activate(admin, generate_totp_secret())

    assert as_person(admin).get(reverse("notices:list")).status_code == 200


def test_members_need_no_second_step(as_person, settings):
    settings.STAFF_MFA_REQUIRED = True

    assert as_person(UserFactory()).get(reverse("notices:list")).status_code == 200


# -- passkeys, in a real browser ---------------------------------------------------------------------
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_made_and_signs_in_alone(live_server, settings, organisation):
    from playwright.sync_api import expect, sync_playwright

    settings.ALLOWED_HOSTS = ["localhost"]
    user, site = member(), live_server.url.replace("127.0.0.1", "localhost")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context().new_page()
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})

        page.goto(site + reverse("account_login"))
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.goto(site + reverse("mfa_add_webauthn"))
        page.get_by_label("Password").fill(PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.locator("#mfa_webauthn_add").click()
        page.wait_for_url(f"{site}/accounts/2fa/recovery-codes/**")
        page.context.clear_cookies()
        page.goto(site + reverse("account_login"))
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(lambda url: "/accounts/" not in url)

        expect(page.get_by_role("link", name="Sign in")).to_have_count(0)
        browser.close()
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Passkey 1"
