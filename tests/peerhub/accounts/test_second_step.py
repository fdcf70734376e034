"""The second step; passkeys, in a real browser."""

import pytest
from allauth.mfa.adapter import get_adapter as second_step_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.test import Client
from django.urls import reverse

from people.sealed import Unreadable
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    SafetyLeadFactory,
    UserFactory,
)
from tests.peerhub.accounts.world import PASSWORD, home, member

pytestmark = pytest.mark.django_db


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
