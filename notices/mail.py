"""Turns a delivery into a mail that tells a stranger nothing (safety.md T1)."""

import hmac
from contextlib import AbstractContextManager
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from notices.models import Delivery
from notices.registry import topic
from people.forms import one_line
from people.models import Organisation
from people.sealed import unseal


def mail_for(delivery: Delivery, backend: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The whole mail: neutral sender and subject, stable Message-ID, plain text and HTML."""
    to = delivery.notice.user.email if delivery.notice else delivery.address
    with _as_read_by(delivery):
        text, html = _body(delivery)
        message = EmailMultiAlternatives(_subject(delivery), text, sender(), [to], connection=backend)
    message.extra_headers = {"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"}
    if html:
        message.attach_alternative(html, "text/html")
    return message


def sender() -> str:
    """The organisation's neutral name with our address."""
    name = one_line(Organisation.current().sender).replace('"', "")
    return f'"{name}" <{settings.DEFAULT_FROM_EMAIL}>'


def message_id(delivery: Delivery) -> str:
    """The same for every try, so that a mail sent twice is shown once."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"message {delivery.public_id}".encode(), sha256).hex()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


def _as_read_by(delivery: Delivery) -> AbstractContextManager[None]:
    notice = delivery.notice
    return translation.override(notice.user.locale if notice else settings.LANGUAGE_CODE)


def _subject(delivery: Delivery) -> str:
    """The one for all, but for somebody who opted out of discreet mode, where the topic has another."""
    notice = delivery.notice
    own = topic(notice.topic).subject if notice and not notice.user.discreet else None
    return own(notice.ids, notice.user) if own and notice else str(_("A message for you"))


def _body(delivery: Delivery) -> tuple[str, str]:
    if delivery.notice is None:
        return unseal(delivery, "body", owner=delivery), ""
    notice, user = delivery.notice, delivery.notice.user
    subject = topic(notice.topic)
    link = subject.discreet_link or subject.link
    context = {"link": settings.SITE_URL + link(notice.ids, user), "site": settings.SITE_URL}
    name = "notices/mail/discreet"
    if not user.discreet:
        name, context = subject.template, context | subject.context(notice.ids, user) | {"reader": user}
    with timezone.override(user.zone):
        return render_to_string(f"{name}.txt", context), render_to_string(f"{name}.html", context)
