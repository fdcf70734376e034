"""allauth's forms in our words."""

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm


class LoginForm(AllauthLoginForm):
    pass


class SignupForm(AllauthSignupForm):
    pass
