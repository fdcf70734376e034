"""Who reads a concern, by when, and who hears of it when nobody has.

The row says when others were told, so no worker, broker or mail server that is away can lose it.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from notes.models import Concern
from notices.services import tell
from people import audit
from people.models import Organisation, User

log = logging.getLogger(__name__)


def readers_of(concern: Concern) -> list[User]:
    """Those who look after safety, but its author and the person it is about."""
    leads = User.objects.active().filter(is_safety_lead=True).order_by("display_name", "pk")
    return list(leads.exclude(pk__in=[concern.author_id, concern.about_id or 0]))


def read_by(concern: Concern) -> datetime | None:
    """By when somebody looks at it, in the organisation's open hours. None for a draft."""
    begun = concern.left_at or concern.sent_at
    return promised_from(begun) if begun else None


def due_to_be_read(rows: Iterable[Concern]) -> dict[int, datetime]:
    """By when each of these is read, by its key; only what waits to be read. The rows know from when on they wait."""
    waiting = {row.pk: since for row in rows if (since := getattr(row, "unread_since", None))}
    if not waiting:
        return {}
    organisation = Organisation.current()
    hours, promised = organisation.open_hours, timedelta(hours=organisation.unseen_hours)
    return {pk: hours.after(since, promised) for pk, since in waiting.items()}


def concern_waits_unread() -> bool:
    """Whether one was not looked at by the time its author was told, or can be looked at by nobody."""
    return any(_is_late(row) or not readers_of(row) for row in Concern.objects.unseen())


def waits_unread(concern: Concern) -> bool:
    """The same of one."""
    row = Concern.objects.unseen().filter(pk=concern.pk).first()
    return row is not None and (_is_late(row) or not readers_of(row))


def tell_readers(concern: Concern) -> None:
    """That it waits for them. Where nobody may read it, the admins: they can give somebody that part.

    The caller holds the row. Whoever was told of it is told again once it was left by those who had it.
    """
    readers = settle(concern)
    name = "concern.left" if concern.left_at and concern.seen_at is None else "concern.sent"
    key = f"concern {concern.public_id}"
    tell(readers, name, f"{key} {stamp(concern.left_at)}".strip(), concern=str(concern.public_id))
    if not readers:
        _tell_admins(concern, f"alone {stamp(concern.alone_at)}", [])


def settle(concern: Concern) -> list[User]:
    """Take off it whoever looks after safety no more, and note from when on nobody may read it. Says who may.

    The caller holds the row. Twice is harmless.
    """
    readers, now = readers_of(concern), timezone.now()
    before = (concern.seen_by_id, concern.alone_at)
    if concern.seen_by_id and concern.seen_by_id not in {reader.pk for reader in readers}:
        concern.seen_at, concern.seen_by, concern.left_at = None, None, now
        audit.record(None, "concern.left", concern)
    if not readers:
        concern.alone_at = concern.alone_at or now
    elif concern.alone_at:
        concern.alone_at, concern.left_at = None, now
    if before != (concern.seen_by_id, concern.alone_at):
        concern.save(update_fields=["seen_at", "seen_by", "left_at", "alone_at"])
    return readers


def remind_of_concerns() -> int:
    """Tell of what waits: who is new to it at once, everybody again when its time is over. Returns how many were late.

    The clock asks for it, and each time somebody's part here changes. Safe to run twice, at once and late.
    """
    waiting = list(Concern.objects.unseen().order_by("pk").values_list("pk", flat=True))
    return sum(_try(pk) for pk in waiting)


def _try(pk: int) -> int:
    """One that cannot be told of must not hold up the others; it stays, and the overview shows it."""
    try:
        return _remind(pk)
    except Exception as problem:  # noqa: BLE001  # whatever it is
        log.error("nobody was told again of concern %s (%s)", pk, type(problem).__name__)
        return 0


@transaction.atomic
def _remind(pk: int) -> int:
    """Says 1 or 0. Whoever looks after safety only since it was sent hears of it here."""
    rows = Concern.objects.unseen().filter(pk=pk)
    held = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if held is None:
        return 0
    tell_readers(held)
    row = rows.get()  # from when on it waits may be another moment now
    if not _is_late(row) or _was_told_again(row):
        return 0
    readers, since = readers_of(row), stamp(_since(row))
    tell(readers, "concern.still", f"concern still {row.public_id} {since}", concern=str(row.public_id))
    if len(readers) < 2:  # no other one could read it
        _tell_admins(row, since, readers)
    row.reminded_at = timezone.now()
    row.save(update_fields=["reminded_at"])
    audit.record(None, "concern.remind", row)
    return 1


def _tell_admins(concern: Concern, when: str, besides: list[User]) -> None:
    """That something waits: never whose it is, nor about whom. Its author, too, if they can name somebody."""
    admins = User.objects.admins().exclude(pk__in=[concern.about_id or 0, *(user.pk for user in besides)])
    tell(admins, "concern.waits", f"concern waits {concern.public_id} {when}", concern=str(concern.public_id))


def stamp(moment: datetime | None) -> str:
    """A moment as a part of a key: what happens anew is told anew."""
    return f"{moment:%Y%m%d%H%M%S%f}" if moment else ""


def _since(row: Concern) -> datetime:
    since: datetime = row.unread_since  # type: ignore[attr-defined]  # `unseen` adds it
    return since


def _is_late(row: Concern) -> bool:
    return promised_from(_since(row)) < timezone.now()


def _was_told_again(row: Concern) -> bool:
    """Of what waits now. What was added after somebody had read it waits anew."""
    return row.reminded_at is not None and row.reminded_at > _since(row)


def promised_from(moment: datetime) -> datetime:
    """By when somebody looks at what waits since then, in the organisation's open hours."""
    organisation = Organisation.current()
    return organisation.open_hours.after(moment, timedelta(hours=organisation.unseen_hours))
