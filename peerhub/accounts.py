"""How allauth speaks with PeerHub: mail through the outbox, invitations, limits that lock nobody out."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groups.http import remembered_invitation
from groups.letters import invitation_token
from notices.services import send_nothing, send_to_address
from people.models import Organisation, User
from people.sealed import Unreadable, close, open_

KNOWN_DEVICE = "known-device"
SECOND_STEP = b"peerhub second step"
A_YEAR = 365 * 24 * 3600


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by the rules of this organisation."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed at the moment."),
        "cannot_remove_primary_email": _("Mail goes to this address. Choose another one for that first."),
        "duplicate_email": _("This address is already yours."),
        "email_password_mismatch": _(
            "That e-mail and password do not belong together. Try again, or let us send you a code."
        ),
        "email_taken": _("This address cannot be used here. Try another one."),
        "enter_current_password": _("Type the password you have now."),
        "incorrect_code": _("That is not the code. Look at the newest message and type it again."),
        "incorrect_password": _("That is not your password. Type it again."),
        "invalid_login": _("Enter an e-mail address, like name@example.org"),
        "invalid_password_reset": _("This link has been used or is too old. Ask for a new one."),
        "max_email_addresses": _("You can have %d addresses at most."),
        "rate_limited": _("That was a lot in a short time. Wait a few minutes, then go on."),
        "same_as_current": _("That is the one you have now."),
        "too_many_login_attempts": _(
            "That was a lot of tries in a short time. Wait five minutes, or use a code or a passkey."
        ),
        "unverified_primary_email": _("First show us that the address is yours, with the code we send there."),
    }

    # -- mail ---------------------------------------------------------------------------------
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue our text. Nothing leaves for an address we do not know, but the work is the same (T9)."""
        body = render_to_string(f"{template_prefix}_message.txt", context | {"email": email}).strip() + "\n"
        send = send_nothing if template_prefix == "account/email/unknown_account" else send_to_address
        send(email, body)

    # -- who may come in ------------------------------------------------------------------------
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Everybody, or only who holds an invitation: the organisation says which."""
        is_open = Organisation.current().signup == Organisation.Signup.OPEN
        return is_open or remembered_invitation(request) is not None

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """Who opened the invitation from this mailbox has shown that the address is theirs."""
        invitation = remembered_invitation(request)
        return invitation is not None and invitation.email == email.lower()

    def new_user(self, request: HttpRequest) -> User:  # noqa: ARG002  # allauth's shape
        organisation = Organisation.current()
        quiet = {"quiet_from": organisation.quiet_from, "quiet_to": organisation.quiet_to}
        return User(time_zone=organisation.time_zone, locale=settings.LANGUAGE_CODE, **quiet)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return _back_to_invitation(request) or str(super().get_login_redirect_url(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return _back_to_invitation(request) or str(super().get_signup_redirect_url(request))

    # -- limits ---------------------------------------------------------------------------------
    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try at a password. Raises ValidationError when there were too many.

        A stranger's tries count against the network they come from, so they lock nobody else out; a wide
        ceiling holds off many networks at once. A device that knew the password before counts alone.
        """
        email = str(credentials.get("email", "")).lower()
        device = known_device(request, email)
        network = self._get_login_attempts_cache_key(request, **credentials)
        strangers = [("login_failed", network), ("login_failed_anywhere", email)]
        usage = ratelimit.RateLimitUsage(usage=[])
        for action, key in [("login_failed_device", device)] if device else strangers:
            counted = ratelimit.consume(request, app="allauth.account", action=action, key=key)
            if counted is None:
                raise self.validation_error("too_many_login_attempts")
            usage.usage += counted.usage
        self._login_failed_rl_usage = usage  # what `authenticate` gives back when the password was right

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002  # allauth's shape
        """Ask once more about a known address: allauth did about one that nobody has shown to be theirs (T9)."""
        email = str(credentials.get("email", "")).lower()
        if EmailAddress.objects.filter(email=email, verified=True).exists():
            list(User.objects.filter(email=email).iterator(2000))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{ratelimit.get_ip(request)}"


class SecondStepAdapter(DefaultMFAAdapter):
    """Second steps: what proves them stands sealed under the master key."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": _("Take off the second step before you add an address."),
        "cannot_delete_authenticator": _("Your second step has to stay."),
        "cannot_generate_recovery_codes": _("Set up a second step first, then make recovery codes."),
        "incorrect_code": _("That is not the code. Wait for the next one and type that."),
        "unverified_email": _("First show us that your e-mail address is yours."),
    }

    def encrypt(self, text: str) -> str:
        version = max(settings.MASTER_KEYS)
        return f"{version}.{urlsafe_b64encode(close(_second_step_key(version), text, SECOND_STEP)).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """Raises Unreadable when this was not sealed under one of our master keys."""
        version, _dot, envelope = encrypted_text.partition(".")
        if not version.isdecimal() or int(version) not in settings.MASTER_KEYS:
            raise Unreadable
        return open_(_second_step_key(int(version)), urlsafe_b64decode(envelope), SECOND_STEP)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's name
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name that a phone shows beside the passkey is as neutral as the tab (T2)."""
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}


# -- devices that knew the password ---------------------------------------------------------------
def remember_device(response: HttpResponse, email: str) -> None:
    """Let this device count its tries alone. The cookie says nothing about whose it is."""
    nonce = get_random_string(22)
    response.set_cookie(
        KNOWN_DEVICE,
        f"{nonce}.{_device_mark(nonce, email)}",
        max_age=A_YEAR,
        path=reverse("account_login"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_device(request: HttpRequest, email: str) -> str:
    """The device's own mark when it once signed in with this address, else ""."""
    nonce, _dot, mark = request.COOKIES.get(KNOWN_DEVICE, "").partition(".")
    return mark if mark and constant_time_compare(mark, _device_mark(nonce, email)) else ""


def _device_mark(nonce: str, email: str) -> str:
    return salted_hmac(KNOWN_DEVICE, f"{nonce} {email.lower()}", algorithm="sha256").hexdigest()


def _second_step_key(version: int) -> bytes:
    return hmac.digest(settings.MASTER_KEYS[version], SECOND_STEP, sha256)


def _back_to_invitation(request: HttpRequest) -> str:
    invitation = remembered_invitation(request)
    return reverse("groups:invitation", args=[invitation_token(invitation)]) if invitation else ""
