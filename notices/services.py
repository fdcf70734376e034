"""The one place that tells anybody anything."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.utils import timezone

from notices.mail import mail_for
from notices.models import Delivery, Notice
from notices.registry import Topic, names, topic
from notices.wake import wake
from people.local_time import after_quiet
from people.models import User
from people.policy import ensure
from people.sealed import destroy_key, seal

log = logging.getLogger(__name__)

TRIES = 5
BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 15, 60)]
BATCH = 500
AT_ONCE = timedelta(0)


def tell(
    users: Iterable[User], name: str, key: str, *, mail: bool = True, after: timedelta = AT_ONCE, **ids: Any
) -> list[Notice]:
    """Tell each of them once about `key`: a notice in the app and a mail, outside their quiet hours.

    Without `mail` it stands in the app alone: the person asked for nothing to be sent. With `after` the mail
    waits that long, unless it is urgent, so that what it tells can be undone. `ids` are plain numbers or
    strings that the topic makes its words from. Part of the caller's transaction.
    """
    subject = topic(name)
    chosen = [user for user in users if user.is_active and subject.may(user, ids)]
    told = [notice for user in chosen if (notice := _note(user, subject, key, ids, after if mail else None))]
    if told and mail:
        wake("notices.tasks.send_due")
    return told


def has_not_left(user: User, name: str, **ids: Any) -> bool:
    """Whether a mail of this topic, about these `ids`, still waits for this person. It stays held: who asks
    changes what it tells, in this transaction, and it is asked again then whether it may leave.
    """
    about = Notice.objects.filter(user=user, topic=name, ids__contains=ids)
    waiting = Delivery.objects.filter(notice__in=about, state=Delivery.State.WAITING)
    return bool(waiting.order_by("pk").select_for_update(of=("self",)))


def _note(user: User, subject: Topic, key: str, ids: dict[str, Any], after: timedelta | None) -> Notice | None:
    """With `after` None nothing is sent."""
    notice, new = Notice.objects.get_or_create(user=user, key=key, defaults={"topic": subject.name, "ids": ids})
    if not new:
        return None
    if after is not None:
        Delivery.objects.create(notice=notice, send_at=_soonest(notice, subject, after))
    return notice


def _soonest(notice: Notice, subject: Topic, after: timedelta = AT_ONCE) -> datetime:
    """Once it may leave: when its reader's quiet hours are over (R59), or from when on it is urgent."""
    now, user = timezone.now(), notice.user
    urgent = subject.is_urgent_from(notice.ids, user)
    if urgent is not None and urgent <= now:
        return now
    awake = after_quiet(now + after, user.zone, user.quiet_from, user.quiet_to)
    return awake if urgent is None else min(awake, max(urgent, now + after))


@transaction.atomic
def send_to_address(address: str, body: str) -> Delivery:
    """Queue a mail to somebody who may have no account: an invitation, a sign-in code.

    The body stands sealed until it is sent and is erased then. Queued whether or not the address is
    known, so that the time an answer takes tells nothing (T9).
    """
    delivery = Delivery(address=address)
    seal(delivery, "body", body, owner=delivery)
    delivery.save()
    wake("notices.tasks.send_due")
    return delivery


@transaction.atomic
def send_nothing(address: str, body: str) -> Delivery:
    """Do the same work as `send_to_address` and send nothing: the answer to an address we do not know (T9).

    The body is not kept, so there is nothing that its key could open.
    """
    delivery = Delivery(address=address)
    seal(delivery, "body", body, owner=delivery)
    delivery.address, delivery.body, delivery.state = "", None, Delivery.State.DROPPED
    delivery.save()
    wake("notices.tasks.send_due")
    return delivery


@transaction.atomic
def mark_read(actor: User, *, notice: Notice) -> Notice:
    """The person has seen it in the app."""
    ensure(actor, "notice.read", notice)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    return notice


# -- the outbox -------------------------------------------------------------------------------
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
    soonest = _soonest(notice, topic(notice.topic))
    if soonest <= timezone.now():
        return False
    delivery.send_at = soonest
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
