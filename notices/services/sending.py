"""The outbox: carries what is due."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import timezone

from notices.mail import mail_for
from notices.models import Delivery
from notices.registry import names, topic
from notices.services.telling import soonest
from people.sealed import destroy_key

log = logging.getLogger(__name__)

TRIES = 5
BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 15, 60)]
BATCH = 500


def send_due() -> int:
    """Send what is due over one connection, one transaction a mail. Returns how many left."""
    backend = get_connection()
    sent = 0
    try:
        for _ in range(BATCH):
            done = send_one(backend)
            if done is None:
                break
            sent += done
    finally:
        backend.close()
    return sent


@transaction.atomic
def send_one(backend: BaseEmailBackend) -> int | None:
    """Claim one due row, send it while holding it, mark it, and say 1 or 0. None: nothing is due, or can be sent now.

    Killed in between, the row is free again and sent again with the same Message-ID: at least once,
    never lost (measured: architecture.md 6e).
    """
    delivery = (
        Delivery.objects.due().select_for_update(skip_locked=True, of=("self",)).order_by("send_at", "pk").first()
    )
    if delivery is None:
        return None
    if _is_quiet(delivery):
        return 0
    if not _is_there(backend):
        return None
    try:
        with transaction.atomic():
            wanted = _still_wanted(delivery)
            if wanted:
                mail_for(delivery, backend).send()
    except Exception as problem:  # noqa: BLE001  # one poisoned row must not hold up the others
        backend.close()
        return _try_later(delivery, problem)
    return _close(delivery, Delivery.State.SENT if wanted else Delivery.State.DROPPED)


def _is_quiet(delivery: Delivery) -> bool:
    """Late is no reason to wake anybody: what waited into the night waits on until the morning (R59)."""
    notice = delivery.notice
    if notice is None or notice.topic not in names():  # a topic nobody declared fails as any poison does
        return False
    moment = soonest(topic(notice.topic), notice.ids, notice.user)
    if moment <= timezone.now():
        return False
    delivery.send_at = moment
    delivery.save()
    return True


def _is_there(backend: BaseEmailBackend) -> bool:
    """Whether the mail server answers. While it does not, everything waits and nothing counts as a try (F5)."""
    try:
        backend.open()
    except (SMTPException, OSError) as problem:
        log.info("the mail server is away (%s); what is due waits", type(problem).__name__)
        return False
    return True


def _still_wanted(delivery: Delivery) -> bool:
    """Ask the policy again: who left meanwhile gets nothing."""
    notice = delivery.notice
    if notice is None:
        return True
    return notice.user.is_active and topic(notice.topic).may(notice.user, notice.ids)


def _close(delivery: Delivery, state: str) -> int:
    sent = state == Delivery.State.SENT
    delivery.state, delivery.sent_at = state, timezone.now() if sent else None
    if delivery.body:
        destroy_key(delivery)
    delivery.address, delivery.body = "", None
    delivery.save()
    with connection.cursor() as cursor:  # losing the last marks means a repeat, never a loss
        cursor.execute("SET LOCAL synchronous_commit = off")
    return int(sent)


def _try_later(delivery: Delivery, problem: Exception) -> int:
    delivery.tries += 1
    delivery.trouble = type(problem).__name__[:60]
    level = logging.INFO if isinstance(problem, SMTPException | OSError) else logging.ERROR
    log.log(level, "delivery %s did not leave (%s, try %s)", delivery.pk, delivery.trouble, delivery.tries)
    if delivery.tries >= TRIES:
        return _close(delivery, Delivery.State.PARKED)
    delivery.send_at = timezone.now() + BACK_OFF[delivery.tries - 1]
    delivery.save()
    return 0
