"""The one place that tells anybody anything."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from notices.channels import carriers
from notices.models import Delivery, Notice
from notices.registry import Ids, Topic, topic
from notices.wake import wake
from people.local_time import after_quiet
from people.models import User

AT_ONCE = timedelta(0)
NOTE = """
INSERT INTO notices_notice (public_id, user_id, topic, key, ids, created_at)
SELECT gen_random_uuid(), who, %s, %s, %s::jsonb, %s FROM unnest(%s::bigint[]) AS who
ON CONFLICT (user_id, key) DO NOTHING RETURNING user_id, id, public_id
"""
QUEUE = """
INSERT INTO notices_delivery
    (public_id, notice_id, channel, address, state, send_at, urgent, tries, trouble, dropped_for)
SELECT gen_random_uuid(), row.notice, %s, '', 'waiting', row.send_at, %s, 0, '', ''
FROM unnest(%s::bigint[], %s::timestamptz[]) AS row (notice, send_at)
"""


@transaction.atomic(savepoint=False)
def tell(
    users: Iterable[User], name: str, key: str, *, mail: bool = True, after: timedelta = AT_ONCE, **ids: Any
) -> list[Notice]:
    """Tell each of them once about `key`: a notice in the app and a mail, outside their quiet hours.

    Without `mail` it stands in the app alone: the person asked for nothing to be sent. With `after` the mail
    waits that long, unless it is urgent, so that what it tells can be undone. `ids` are plain numbers or
    strings that the topic makes its words from. Part of the caller's transaction. Five hundred people cost as
    many questions as one does, where the topic says for all of them who may be told.
    """
    subject = topic(name)
    told = _note(subject, subject.who_may(users, ids), key, ids)
    if told and mail:
        _queue(subject, told, after)
        wake("notices.tasks.send_due")
    return told


def has_not_left(user: User, name: str, **ids: Any) -> bool:
    """Whether a mail of this topic, about these `ids`, still waits for this person. It stays held: who asks
    changes what it tells, in this transaction, and it is asked again then whether it may leave.
    """
    about = Notice.objects.filter(user=user, topic=name, ids__contains=ids)
    waiting = Delivery.objects.filter(notice__in=about, state=Delivery.State.WAITING)
    return bool(waiting.order_by("pk").select_for_update(of=("self",)))


def soonest(subject: Topic, ids: Ids, user: User, after: timedelta = AT_ONCE) -> datetime:
    """Once it may leave: when its reader's quiet hours are over (R59), or from when on it is urgent."""
    now = timezone.now()
    urgent = subject.is_urgent_from(ids, user)
    if urgent is not None and urgent <= now:
        return now
    awake = after_quiet(now + after, user.zone, user.quiet_from, user.quiet_to)
    return awake if urgent is None else min(awake, max(urgent, now + after))


def _note(subject: Topic, users: Sequence[User], key: str, ids: dict[str, Any]) -> list[Notice]:
    """The notices of those who had none about `key`. In the order of their ids, so that two tellers never wait
    for each other.
    """
    if not users:
        return []
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [subject.name, key, json.dumps(ids), now, sorted(user.pk for user in users)])
        made = {user: (pk, public_id) for user, pk, public_id in cursor.fetchall()}
    new = [(user, *made[user.pk]) for user in users if user.pk in made]
    same = {"topic": subject.name, "key": key, "ids": ids, "created_at": now}
    return [Notice(pk=pk, public_id=public_id, user=user, **same) for user, pk, public_id in new]


def _queue(subject: Topic, told: list[Notice], after: timedelta) -> None:
    """One row for each channel that its reader did not close. What is essential cannot be switched off."""
    when = dict(zip([notice.pk for notice in told], _when(subject, told, after), strict=True))
    area = "" if subject.essential else subject.area
    for channel in carriers():
        refused = channel().refusals([notice.user_id for notice in told], area)
        wanted = [notice.pk for notice in told if notice.user_id not in refused]
        if wanted:
            row: list[Any] = [channel.name, subject.essential, wanted, [when[pk] for pk in wanted]]
            with connection.cursor() as cursor:
                cursor.execute(QUEUE, row)


def _when(subject: Topic, told: list[Notice], after: timedelta) -> list[datetime]:
    """The moment for each of them; reckoned once for all who keep the same hours."""
    found: dict[Any, datetime] = {}
    moments = []
    for notice in told:
        user = notice.user
        urgent = subject.is_urgent_from(notice.ids, user)
        hours = (user.time_zone, user.quiet_from, user.quiet_to, urgent)
        if hours not in found:
            found[hours] = soonest(subject, notice.ids, user, after)
        moments.append(found[hours])
    return moments
