"""Hears from the mail provider what became of mails, and from sign-in who has another address."""

from typing import Any

from allauth.account.signals import email_changed
from anymail.signals import EventType, RejectReason, tracking

from notices.models import MailTrouble
from notices.services import forget_mail_trouble, note_mail_trouble
from people.models import User

PASSES = {RejectReason.TIMED_OUT, RejectReason.BLOCKED}  # the mailbox is there: another mail may well arrive


def connect() -> None:
    """Called once, when the app is ready."""
    tracking.connect(_became_of_it, dispatch_uid="notices.became_of_it")
    email_changed.connect(_other_address, dispatch_uid="notices.other_address")


def _became_of_it(sender: Any, event: Any, **_: Any) -> None:
    """What the provider reports on one mail. Most reports are no news: only what will not arrive counts."""
    kind = _kind_of(event)
    if kind and event.recipient and isinstance(event.recipient, str):
        note_mail_trouble(event.recipient, kind)


def _kind_of(event: Any) -> str:
    """Which trouble it is, or "" for none that lasts."""
    refused = event.event_type in {EventType.BOUNCED, EventType.REJECTED}
    if event.event_type == EventType.COMPLAINED or (refused and event.reject_reason == RejectReason.SPAM):
        return MailTrouble.Kind.COMPLAINED
    if refused and event.reject_reason not in PASSES:
        return MailTrouble.Kind.BOUNCED
    return ""


def _other_address(sender: Any, user: User, **_: Any) -> None:
    forget_mail_trouble(user)
