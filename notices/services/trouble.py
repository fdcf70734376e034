"""Addresses that mail comes back from: nothing more goes there until the person has another, or it is tried again."""

import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from notices.models import MailTrouble
from people import audit
from people.forms import one_line
from people.models import User
from people.policy import ensure

log = logging.getLogger(__name__)


@transaction.atomic
def note_mail_trouble(address: str, kind: str) -> MailTrouble | None:
    """Note that mail to this address comes back, or was marked as spam. None: it is nobody's.

    The first report stands; the same one twice changes nothing. A complaint outweighs a bounce.
    """
    user = User.objects.select_for_update(no_key=True).filter(email=one_line(address).lower()).first()
    if user is None:
        log.info("mail came back from an address that is nobody's")
        return None
    known = MailTrouble.objects.filter(user=user).first()
    if known and known.address == user.email and kind in {known.kind, MailTrouble.Kind.BOUNCED}:
        return known
    values = {"address": user.email, "kind": kind, "at": timezone.now()}
    trouble, _made = MailTrouble.objects.update_or_create(user=user, defaults=values)
    audit.record(None, "mail.trouble", user, about=user)
    return trouble


@transaction.atomic
def try_mail_again(actor: User, *, person: User) -> bool:
    """Send to this address again. Says whether there was any trouble. Raises NotAllowed but for them and admins."""
    ensure(actor, "mail.try", person)
    gone, _rows = MailTrouble.objects.filter(user=person).delete()
    if gone:
        audit.record(actor, "mail.try", person, about=person)
    return bool(gone)


def forget_mail_trouble(user: User) -> None:
    """The person has another address: what happened to the old one is over."""
    MailTrouble.objects.filter(user=user).exclude(address=F("user__email")).delete()
