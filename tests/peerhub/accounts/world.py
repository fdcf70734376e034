"""Signing in and signing up: the same answer to everybody, and nobody locked out by a stranger."""

import re

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.urls import reverse

from notices.services import send_due
from tests.factories import (
    UserFactory,
)

PASSWORD = "four words in one row"


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
