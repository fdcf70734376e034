"""Turns a delivery into a mail that tells a stranger nothing (safety.md T1)."""

import hmac
import re
from collections.abc import Sequence
from email.utils import formatdate
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from notices.channels import Letter, as_mail
from notices.letters import unsubscribe_path
from notices.models import Delivery, Notice
from notices.registry import Ids, Paths, topic
from people.forms import one_line
from people.models import Organisation, User
from people.sealed import unseal

PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9.-]+")
PLAIN_PATH = re.compile(r"[!-~]*")  # printable ASCII: a link never holds anything else
TO, MESSAGE_ID, DATE = "to-mark@mark.invalid", "<id-mark@mark.invalid>", "date-mark"
LINK, UNSUBSCRIBE = "https://link-mark.invalid/", "https://unsubscribe-mark.invalid/"
NEVER_QUOTED = str.maketrans("", "", '"\\')  # inside quotes they would end them, and no mail could leave
AUTOMATIC = {"Auto-Submitted": "auto-generated"}


class Line(NamedTuple):
    """One of several messages in one mail, for a reader who opted out of discreet mode."""

    text: str
    link: str


def mail_for(delivery: Delivery, backend: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    return as_mail(letter_for(delivery), backend)


def letter_for(delivery: Delivery, *, from_: str = "", ids: Ids | None = None) -> Letter:
    """The whole mail: neutral sender and subject, stable Message-ID, plain text and HTML.

    What is known for many at once may be given: who it is from, and the ids with what was looked up.
    """
    from_, notice = from_ or sender(), delivery.notice
    if notice is None:
        return _to_an_address(delivery, from_)
    ids, user = ids or notice.ids, notice.user
    paths = _with_a_way_out(notice, topic(notice.topic).paths(ids, user))
    if user.discreet:
        return _discreet(delivery, user, from_, paths)
    with _as_read_by(user), timezone.override(user.zone):
        return _open(delivery, notice, from_, (ids, paths))


def _with_a_way_out(notice: Notice, paths: Paths) -> Paths:
    """What has no way of its own to be ended is ended with all mails of its area, but for what is essential."""
    subject = topic(notice.topic)
    if paths.unsubscribe or subject.essential or not subject.area:
        return paths
    return paths._replace(unsubscribe=unsubscribe_path(notice.user, subject.area))


def letter_for_several(delivery: Delivery, user: User, lines: Sequence[Line], *, from_: str = "") -> Letter:
    """One mail for several messages: how many stays unsaid, and what they are about unless its reader opted out."""
    context: dict[str, object] = {
        "link": settings.SITE_URL + reverse("notices:list"),
        "lines": () if user.discreet else lines,
    }
    with _as_read_by(user):
        text, html = _both("notices/mail/several", context)
        headers = _headers(message_id(delivery))
        return Letter(user.email, _("A message for you"), text, html, from_ or sender(), headers)


def line_of(delivery: Delivery) -> Line:
    """What it says about itself in the list of notices, and the page it leads to."""
    notice = delivery.notice
    assert notice is not None
    subject, user = topic(notice.topic), notice.user
    with _as_read_by(user), timezone.override(user.zone):
        return Line(subject.line(notice.ids, user), settings.SITE_URL + subject.link(notice.ids, user))


def sender() -> str:
    """The organisation's neutral name with our address."""
    name = one_line(Organisation.current().sender).translate(NEVER_QUOTED)
    return f'"{name}" <{settings.DEFAULT_FROM_EMAIL}>'


def message_id(delivery: Delivery) -> str:
    """The same for every try, so that a mail sent twice is shown once."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"message {delivery.public_id}".encode(), sha256).hex()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


def _to_an_address(delivery: Delivery, from_: str) -> Letter:
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("A message for you")
    text = unseal(delivery, "body", owner=delivery)
    return Letter(delivery.address, subject, text, "", from_, _headers(message_id(delivery)))


def _open(delivery: Delivery, notice: Notice, from_: str, known: tuple[Ids, Paths]) -> Letter:
    """Its own words, for somebody who opted out of discreet mode. The subject names no group and no person."""
    subject, user, (ids, paths) = topic(notice.topic), notice.user, known
    context = {"link": settings.SITE_URL + paths.link, "site": settings.SITE_URL}
    text, html = _both(subject.template, context | subject.context(ids, user) | {"reader": user})
    title = one_line(subject.subject(ids, user)) if subject.subject else _("A message for you")
    headers = _headers(message_id(delivery), paths.unsubscribe and settings.SITE_URL + paths.unsubscribe)
    return Letter(user.email, title, text, html, from_, headers)


def _discreet(delivery: Delivery, user: User, from_: str, paths: Paths) -> Letter:
    """The same for everybody but for the link: filled into a pattern, which costs a tenth of making it anew."""
    pattern = _pattern(user.locale, from_, unsubscribes=bool(paths.unsubscribe))
    link, stop = settings.SITE_URL + paths.link, settings.SITE_URL + paths.unsubscribe
    own = {TO: user.email, MESSAGE_ID: message_id(delivery), DATE: formatdate(), LINK: link, UNSUBSCRIBE: stop}
    headers = {name: _filled(value, own) for name, value in pattern.headers.items()}
    text, html = pattern.text.replace(LINK, link), pattern.html.replace(LINK, escape(link))
    raw = b""
    if PLAIN_ADDRESS.fullmatch(user.email) and PLAIN_PATH.fullmatch(link) and PLAIN_PATH.fullmatch(stop):
        raw = _raw(pattern.raw, own)
    return Letter(user.email, pattern.subject, text, html, from_, headers, raw)


@lru_cache(maxsize=32)
def _pattern(locale: str, from_: str, *, unsubscribes: bool) -> Letter:
    """The discreet mail of a language, with marks where each one's own things go."""
    headers = _headers(MESSAGE_ID, UNSUBSCRIBE if unsubscribes else "") | {"Date": DATE}
    with translation.override(locale):
        text, html = _both("notices/mail/discreet", {"link": LINK, "site": settings.SITE_URL})
        letter = Letter(TO, _("A message for you"), text, html, from_, headers)
    raw = as_mail(letter).message().as_bytes().replace(b"\n", b"\r\n")
    return Letter(letter.to, letter.subject, text, html, from_, headers, raw)


def _raw(raw: bytes, own: dict[str, str]) -> bytes:
    """The head and the text part take what it is; in HTML the link is escaped."""
    head, mark, html = raw.rpartition(b"text/html")
    for name, value in own.items():
        head = head.replace(name.encode(), value.encode())
    return head + mark + html.replace(LINK.encode(), escape(own[LINK]).encode())


def _filled(value: str, own: dict[str, str]) -> str:
    for mark, word in own.items():
        value = value.replace(mark, word)
    return value


def _headers(identity: str, stop: str = "") -> dict[str, str]:
    """No tracking, no list name; where mails of a kind can be ended, one click does it (RFC 8058)."""
    ends = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if stop else {}
    return {"Message-ID": identity} | AUTOMATIC | ends


def _both(name: str, context: dict[str, object]) -> tuple[str, str]:
    return render_to_string(f"{name}.txt", context), render_to_string(f"{name}.html", context)


def _as_read_by(user: User) -> translation.override:
    return translation.override(user.locale)
