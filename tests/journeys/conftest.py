"""Browsers for the journeys: Chromium, our own server, and an outside world that this computer plays."""

import os
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings as site_settings
from django.core import mail
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from notices.services import send_due
from peerhub.pytest_services import find_chromium
from tests.factories import UserFactory
from tests.journeys.elsewhere import elsewhere
from tests.journeys.real_worker import smtp, worker  # noqa: F401  # fixtures for all tests here
from tests.journeys.visitor import Visitor

PASSWORD = "four words in one row"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-pings"]
CODE = re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", re.MULTILINE)
LINK = re.compile(r"http://\S+")
MONDAY_MORNING = datetime(2027, 1, 4, 10, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """One browser for the whole run. Playwright keeps an event loop, so Django must be told that this is fine."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=10_000)
    with elsewhere(tmp_path_factory.mktemp("elsewhere")) as rules, sync_playwright() as playwright:
        arguments = [*QUIET, f"--host-resolver-rules={rules}"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(transactional_db, live_server, settings):
    """Our own server. Links in mails lead to it, and nobody is asked for a second step."""
    settings.SITE_URL, settings.STAFF_MFA_REQUIRED = live_server.url, False
    return live_server.url


@pytest.fixture
def clock():
    """Monday morning, an hour at which mail may go out. A journey moves it on."""
    with time_machine.travel(MONDAY_MORNING) as traveller:
        yield traveller


@pytest.fixture
def somebody(site, chromium):
    """`somebody(screen=PHONE, scripts=True, theme="light")` sits down at a fresh browser."""
    contexts = []

    def sits_down(*, screen=PHONE, scripts=True, theme="light", signed_in=None):
        context = chromium.new_context(
            viewport=screen,
            java_script_enabled=scripts,
            color_scheme=theme,
            reduced_motion="reduce",
            locale="en-GB",
            ignore_https_errors=True,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        visitor = Visitor(context, site, scripts=scripts)
        if signed_in:
            is_back(visitor, signed_in)
        return visitor

    yield sits_down
    for context in contexts:
        context.close()


def is_back(visitor, user):
    """Somebody is signed in, without the page for it: at first, or when a visit that nobody used has ended."""
    client = Client()
    client.force_login(user, backend=site_settings.AUTHENTICATION_BACKENDS[0])
    name = site_settings.SESSION_COOKIE_NAME
    visitor.page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": visitor.site}])


def has_account(email, **fields):
    """Somebody with a password and an address that they have shown to be theirs."""
    user = UserFactory(email=email, password=PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user


def signs_in(visitor, email):
    visitor.opens("/accounts/login/")
    visitor.writes(login=email, password=PASSWORD)
    visitor.clicks("Sign in", within="main")


def signs_up(visitor, email):
    """Fill in the page for a new account, and type the code that comes by mail."""
    visitor.writes(email=email, password1=PASSWORD)
    visitor.clicks("Make my account")
    visitor.writes(code=code_for(email))
    visitor.clicks("Go on")


def newest_mail(to):
    """The last mail that left for this address."""
    send_due()
    return next(message for message in reversed(mail.outbox) if message.to == [to])


def code_for(to):
    return CODE.search(newest_mail(to).body)[0]


def link_for(to):
    return LINK.search(newest_mail(to).body)[0]
