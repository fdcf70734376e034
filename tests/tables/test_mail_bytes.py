"""What goes over the wire, and what several messages in one mail say (safety.md T1)."""

import re
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.utils import timezone

from notices import registry
from notices.channels import as_mail
from notices.mail import letter_for
from notices.models import Delivery
from notices.services import send_due, tell
from people.models import User
from tests.tables.mail_rows import CANARY, TOPICS
from tests.tables.test_mails import HEADERS, REVEALING, locale, sent

__all__ = ["locale"]
pytestmark = pytest.mark.django_db
SHARED = [
    name for name in sorted(TOPICS) if not (registry.topic(name).alone or registry.topic(name).essential)
]  # what may stand in one mail with others


def parts_of(message):
    """Head and bodies as a mail program reads them; the mark between the parts is drawn anew each time.

    Django folds a long link onto a line of its own; what it says is the same.
    """
    bodies = [part.get_content().replace("\r\n", "\n") for part in message.walk() if not part.is_multipart()]
    head = {name: value.strip() for name, value in message.items() if name not in {"Content-Type", "Date"}}
    return head, bodies


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_the_bytes_of_a_discreet_mail_are_those_that_django_would_send(name, locale):
    sent(name, locale, discreet=True)

    letter = letter_for(Delivery.objects.select_related("notice__user").get())

    ours = message_from_bytes(letter.raw, policy=policy.default)
    theirs = message_from_bytes(as_mail(letter).message().as_bytes(), policy=policy.default)
    assert parts_of(ours) == parts_of(theirs)
    assert set(ours.keys()) <= HEADERS
    assert ours["Date"] == letter.headers["Date"]
    assert (CANARY in letter.raw.decode(), "mark.invalid" in letter.raw.decode()) == (False, False)


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_what_an_inbox_shows_beside_the_subject_tells_nothing(name, locale):
    """The preheader is whatever stands first in the HTML."""
    sent(name, locale, discreet=True)
    html = letter_for(Delivery.objects.select_related("notice__user").get()).html

    shown = " ".join(re.sub(r"<[^>]+>", " ", html.partition("<body>")[2]).split())

    assert shown.startswith("There is a message for you:")
    assert REVEALING.search(shown) is None


@pytest.mark.parametrize("discreet", [True, False])
@pytest.mark.parametrize("name", SHARED)
def test_several_in_one_mail_name_nobody(name, locale, discreet, monkeypatch):
    sent(name, locale, discreet=discreet)
    person = User.objects.get(notices__isnull=False)
    plain = registry.Topic("plain", lambda user, ids: True, lambda ids, user: "A seat", lambda ids, user: "/", "")
    monkeypatch.setitem(registry._topics, "plain", plain)
    tell([person], "plain", "another")
    Delivery.objects.update(state="waiting", sent_at=None, send_at=timezone.now())
    mail.outbox.clear()

    assert (send_due(), len(mail.outbox)) == (2, 1)

    raw = mail.outbox[0].message().as_string()
    assert CANARY not in raw
    assert mail.outbox[0].subject == "A message for you"
    assert discreet == ("A seat" not in raw)
    if discreet:
        assert REVEALING.search(re.sub(r"https?://\S+", "", mail.outbox[0].body)) is None


@pytest.mark.parametrize("address", ['"wren hill"@example.org', "wren@exämple.org"])
def test_an_address_that_needs_care_is_left_to_django(address):
    name = "wish.ended"
    sent(name, "en-gb", discreet=True)
    User.objects.filter(notices__isnull=False).update(email=address)

    letter = letter_for(Delivery.objects.select_related("notice__user").get())

    assert (letter.to, letter.raw) == (address, b"")
