"""allauth's forms in our words."""

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as second_step
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from groups.http import remembered_invitation
from peerhub.accounts import remember_device
from people.models import User

LABELS = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "password": _("Password"),
    "oldpassword": _("The password you have now"),
    "password1": _("New password"),
    "password2": _("The same once more"),
    "code": _("Code"),
    "name": _("What you call it"),
}
MISSING = {
    "login": _("Enter your e-mail address"),
    "email": _("Enter your e-mail address"),
    "password": _("Enter your password"),
    "oldpassword": _("Enter the password you have now"),
    "password1": _("Choose a password"),
    "password2": _("Type the new password once more"),
    "code": _("Type the code"),
    "name": _("Give it a name"),
}
NO_ADDRESS = _("Enter an e-mail address, like name@example.org")
LONG_PASSWORD = _(
    "At least 15 characters. Four or five words in a row are easy to remember and hard to guess. Any signs are fine."
)


class InOurWords(forms.Form):
    """Labels and sentences of the house; no placeholder beside a visible label."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            if name in MISSING:
                field.error_messages["required"] = MISSING[name]
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = NO_ADDRESS
        _explain_passwords(self.fields)


class LoginForm(InOurWords, account.LoginForm):
    """E-mail and password, and whether other people use this device."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"
        remember = self.fields["remember"]
        remember.label = _("Only I use this device")
        remember.help_text = _(
            "You stay signed in here for two weeks. Without the tick you are signed out when the browser closes."
        )

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        if self.cleaned_data["remember"]:
            remember_device(response, self.cleaned_data["login"])
        return response


class SignupForm(InOurWords, account.SignupForm):
    """An e-mail and a password. The answer is the same whether or not the address is known (T9)."""

    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        invitation = remembered_invitation(context.request)
        if invitation:
            self.fields["email"].initial = invitation.email
        if "password1" in self.fields:
            self.fields["password1"].label = LABELS["password"]

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Make the account; for a known address do the same work and keep none of it."""
        if not self.account_already_exists:
            try:
                with transaction.atomic():
                    return self.save(request), None
            except IntegrityError:  # the same address twice at once: the first one stands
                self.account_already_exists = True
        else:
            self._rehearse(request)
        answer: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return answer

    def _rehearse(self, request: HttpRequest) -> None:
        known, self.account_already_exists = self.cleaned_data["email"], False
        self.cleaned_data["email"] = f"nobody-{User().public_id}@example.invalid"
        with transaction.atomic():
            self.save(request)
            transaction.set_rollback(True)
        self.cleaned_data["email"], self.account_already_exists = known, True
        _look_up(known, times=3)  # what allauth asks about a new account before it writes to it


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):
    """Where to send a code for a new password."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if self.users:
            _look_up(email)  # allauth looks twice for an address that it does not find
        return email


class ResetPasswordKeyForm(InOurWords, account.ResetPasswordKeyForm):
    """The new password after the code."""


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    """A new password while signed in."""


class SetPasswordForm(InOurWords, account.SetPasswordForm):
    """A first password for somebody who came by code."""


class AddEmailForm(InOurWords, account.AddEmailForm):
    """Another address."""


class RequestLoginCodeForm(InOurWords, account.RequestLoginCodeForm):
    """Where to send a code to sign in with."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if self._user:
            _look_up(email)
        return email


class ConfirmLoginCodeForm(InOurWords, account.ConfirmLoginCodeForm):
    """The code that came by mail, to sign in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.expected_code:
            _look_up("")  # for a known address allauth has just asked who it is


class ConfirmEmailForm(InOurWords, account.ConfirmEmailVerificationCodeForm):
    """The code that came by mail, to show that the address is one's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.user is None:
            _look_up("", times=2)  # for a new account allauth has just asked who it is and which address


class ConfirmResetForm(InOurWords, account.ConfirmPasswordResetCodeForm):
    """The code that came by mail, for a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound and not self.expected_code:
            _look_up("")  # for a known address allauth has just asked who it is; before anything is typed it does not


class ReauthenticateForm(InOurWords, account.ReauthenticateForm):
    """Is it still you?"""


class SecondStepForm(InOurWords, second_step.AuthenticateForm):
    """The code of the app, or a recovery code, at sign-in."""


class SecondStepAgainForm(InOurWords, second_step.ReauthenticateForm):
    """The code of the app, or a recovery code, before something that matters."""


class ActivateAppForm(InOurWords, totp.ActivateTOTPForm):
    """The first code of an authenticator app."""


class AddPasskeyForm(InOurWords, passkeys.AddWebAuthnForm):
    """A name for a new passkey. It signs in by itself: that is what a passkey is for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Sign in with this alone, without a password")
        passwordless.help_text = _("Your device then asks for your face, finger or PIN each time.")
        passwordless.initial = True


class RenamePasskeyForm(InOurWords, passkeys.EditWebAuthnForm):
    """Another name for a passkey."""


def _look_up(email: str, times: int = 1) -> None:
    """Ask the database as often about a known address as about an unknown one (T9)."""
    for _again in range(times):
        User.objects.filter(email=email).first()


def _explain_passwords(fields: dict[str, forms.Field]) -> None:
    if "password" in fields:
        fields["password"].help_text = ""
    if "oldpassword" in fields:
        fields["oldpassword"].help_text = ""
    if "password1" in fields:
        fields["password1"].help_text = LONG_PASSWORD
