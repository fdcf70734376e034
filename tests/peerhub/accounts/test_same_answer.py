"""The same answer to everybody (T9)."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notices.models import Delivery
from notices.services import send_due
from people.models import User
from tests.peerhub.accounts.world import PASSWORD, body_of, member

pytestmark = pytest.mark.django_db


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


def wrong_password(email):
    browser = Client()
    cache.clear()
    browser.get(reverse("account_login"))  # what every page's frame keeps for a minute is there, for both
    with CaptureQueriesContext(connection) as queries:
        page = browser.post(reverse("account_login"), {"login": email, "password": "not the password"})
    return page.status_code, len(queries), body_of(page).replace(email, "ADDRESS")


@pytest.mark.parametrize("state", ["with a password", "without a password", "closed"])
def test_a_wrong_password_answers_alike_for_known_and_unknown(state):
    known = member(email="known@example.org")
    if state == "without a password":
        known.set_unusable_password()
    if state == "closed":
        known.state, known.is_active = User.State.SUSPENDED, False
    known.save()

    there, away = wrong_password(known.email), wrong_password("other@example.org")

    assert there == away
    assert there[0] == 200


@pytest.mark.parametrize("name", ["account_reset_password", "account_request_login_code", "account_signup"])
def test_a_wrong_code_answers_alike_for_known_and_unknown_until_there_were_too_many(name):
    member(email="known@example.org")

    there, away = wrong_codes(name, "known@example.org"), wrong_codes(name, "nobody@example.org")

    assert there == away
    assert there[0] != there[-1]


def wrong_codes(name, email):
    """What five wrong codes in a row get, and how much work each was."""
    browser, steps = Client(), []
    cache.clear()
    confirm = browser.post(reverse(name), {"email": email, "password1": PASSWORD})["Location"]
    for _again in range(5):
        with CaptureQueriesContext(connection) as queries:
            page = browser.post(confirm, {"code": "AAAA-AAAA"})
        steps.append((page.status_code, page.get("Location"), len(queries), body_of(page).replace(email, "ADDRESS")))
        if page.status_code == 302:
            break
    return steps


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
