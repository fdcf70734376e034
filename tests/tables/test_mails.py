"""Every mail has a row, and none of them tells a stranger anything (safety.md T1)."""

import re
from datetime import time as clock_time
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.utils import timezone, translation

from notices import registry
from notices.models import Delivery
from notices.services import send_due, tell
from tests import factories as make
from tests.tables.mail_rows import CANARY, TOPICS

pytestmark = pytest.mark.django_db
REVEALING = re.compile(
    r"\b(group|circle|support|mental|health|anxiety|therap\w*|crisis|facilitator|member|session|peer\w*)\b",
    re.IGNORECASE,
)


@pytest.fixture(params=[code for code, _ in settings.LANGUAGES])
def locale(request):
    return request.param


def test_every_topic_has_a_row_and_every_row_a_topic():
    assert set(registry.names()) == TOPICS.keys()


def sent(name, locale, *, discreet):
    """What leaves for a person about this topic, in a world where every word is a canary."""
    make.OrganisationFactory()
    never = {"quiet_from": clock_time(0), "quiet_to": clock_time(0)}
    person = make.UserFactory(locale=locale, discreet=discreet, display_name=CANARY, **never)
    group = make.GroupFactory(name=f"{CANARY} group", purpose=CANARY)
    if name in {"checkin.ask", "checkin.remind"}:
        make.MembershipFactory(group=group, user=person, alias=CANARY)
    assert tell([person], name, "key", **TOPICS[name](person, group)), f"{name} was not told"
    Delivery.objects.update(send_at=timezone.now())
    assert send_due() == 1
    return mail.outbox[0]


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_a_discreet_mail_has_no_word_of_it_anywhere(name, locale):
    message = sent(name, locale, discreet=True)

    raw = message.message().as_string()
    assert CANARY not in raw
    text = re.sub(r"https?://\S+", "", message.subject + message.from_email + message.body)
    assert REVEALING.search(text) is None
    assert {key for key, _ in message.message().items()} <= HEADERS


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_an_open_mail_names_nothing_outside_its_body(name, locale):
    message = sent(name, locale, discreet=False)

    outside = f"{message.subject} {message.from_email} {message.extra_headers}"
    assert (CANARY in outside, REVEALING.search(message.subject)) == (False, None)
    assert f"{CANARY} group" not in message.message().as_string()


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_a_mail_fits_a_phone_and_is_dark_where_its_reader_wants_that(name):
    html, kind = sent(name, "en", discreet=False).alternatives[0]

    wanted = ['name="viewport"', "(prefers-color-scheme: dark)", "<body>", "<title>A message for you</title>"]
    assert kind == "text/html"
    assert [part for part in wanted if html.count(part) == 0] == []
    assert "http" not in html.partition("<body>")[0]  # nothing is fetched, so nobody sees when it is read


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_one_click_ends_whatever_is_not_essential(name, locale, client):
    message = sent(name, locale, discreet=True)
    way_out = message.extra_headers.get("List-Unsubscribe", "")

    assert bool(way_out) != registry.topic(name).essential
    if way_out:
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        path = way_out.strip("<>").removeprefix(settings.SITE_URL)
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200


HEADERS = {
    "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted",
    "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post",
}  # fmt: skip
ALLAUTH = sorted(
    str(path.relative_to(settings.BASE_DIR / "templates"))
    for folder in ("account/email", "mfa/email")
    for path in (Path(settings.BASE_DIR) / "templates" / folder).glob("*_subject.txt")
)


def test_allauth_has_no_mail_that_we_did_not_write():
    import allauth

    theirs = Path(allauth.__file__).parent / "templates"
    known = {
        str(path.relative_to(theirs))
        for f in ("account/email", "mfa/email")
        for path in (theirs / f).glob("*_subject.txt")
    }
    assert known - set(ALLAUTH) == set()


@pytest.mark.parametrize("subject", ALLAUTH)
def test_a_mail_about_signing_in_has_the_one_subject_and_names_nothing(subject, locale):
    context = {"code": "ABCD", "password_reset_url": "https://x.example", "activate_url": "https://x.example"}
    with translation.override(locale):
        assert render_to_string(subject, context).strip() == "A message for you"
        body = render_to_string(subject.replace("_subject", "_message"), context)

    assert REVEALING.search(body) is None
    assert "PeerHub" not in body


def test_an_invitation_names_nothing():
    body = render_to_string("groups/mail/invitation.txt", {"link": "https://x.example/", "url": "https://x.example/"})

    assert REVEALING.search(body) is None
