"""Reminders: the day before and an hour before, to people with a seat and to hosts, as each of them likes.

And one two days after, to those who led what nobody has closed (R31).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Extract, Floor
from django.utils import timezone

from notices.models import Notice
from notices.services import tell
from people import audit
from people.models import User
from people.policy import ensure
from sessions.models import Booking, GroupSession, ReminderChoice, Seat

AT_ONCE = 500  # rows that are held in memory


@dataclass(frozen=True)
class Kind:
    """One of the two reminders: how long before the start it is due, and until when it still makes sense."""

    topic: str
    choice: str  # the field of ReminderChoice
    before: timedelta
    until: timedelta


DAY = Kind("session.tomorrow", "day_before", timedelta(days=1), timedelta(hours=3))
HOUR = Kind("session.soon", "hour_before", timedelta(hours=1), timedelta(0))
KINDS = (DAY, HOUR)
LEFT_OPEN, TOO_LATE = timedelta(hours=48), timedelta(days=4)  # after the end: from when on we ask, and until when


@transaction.atomic
def choose_reminders(user: User, *, day_before: bool, hour_before: bool) -> ReminderChoice:
    """Which reminders this person wants, from now on. Raises NotAllowed."""
    ensure(user, "reminders.keep", user)
    wanted = {"day_before": day_before, "hour_before": hour_before}
    choice, _new = ReminderChoice.objects.update_or_create(user=user, defaults=wanted)
    kept = [name for name, on in wanted.items() if on]
    audit.record(user, "reminders.choose", choice, about=user, reason=", ".join(kept) or "none")
    return choice


def remind() -> int:
    """Tell everybody whose reminder is due, each in a transaction of its own. Returns how many.

    Safe to run twice, late, and by two at once: a person hears once of one start. What is too late to make
    sense is not sent.
    """
    return sum(_remind(kind) for kind in KINDS)


def remind_to_close() -> int:
    """Ask those who led to close what has been over for two days: each once, and each session once.

    Where nobody who runs the group was down to lead, all who run it. Pairs see to it between the two. Returns how
    many were told. Safe to run twice and late.
    """
    return sum(_ask_to_close(session) for session in _left_open())


def is_left_open(session: GroupSession) -> bool:
    return session.state == GroupSession.State.SCHEDULED and session.is_over


def makes_sense(kind: Kind, starts_at: datetime) -> bool:
    """Whether a reminder that leaves now still helps."""
    return timezone.now() < starts_at - kind.until


def wants(user: User, kind: Kind) -> bool:
    return not ReminderChoice.objects.filter(user=user, **{kind.choice: False}).exists()


def comes(user: User, session: GroupSession) -> bool:
    seats = session.seats.filter(user=user, state=Seat.State.GOING)
    return seats.exists() or session.bookings.filter(host=user).exists()


def _remind(kind: Kind) -> int:
    told = 0
    for person, session in _due(kind):
        one, at = str(session.public_id), session.starts_at.isoformat()
        with transaction.atomic():
            told += len(tell([person], kind.topic, _key(kind, session), session=one, at=at))
    return told


def _left_open() -> list[GroupSession]:
    """By the start, for which there is an index: no session lasts longer than a day."""
    now = timezone.now()
    near = GroupSession.objects.scheduled().filter(starts_at__gt=now - TOO_LATE - timedelta(days=1), starts_at__lt=now)
    over = near.filter(ends_at__gt=now - TOO_LATE, ends_at__lte=now - LEFT_OPEN, group__state="open")
    return list(over.exclude(group__kind="pair").select_related("group").order_by("starts_at", "pk"))


@transaction.atomic
def _ask_to_close(session: GroupSession) -> int:
    run = User.objects.filter(pk__in=session.group.memberships.running().values("user")).order_by("pk")
    led = run.filter(pk__in=session.bookings.of_hosts().values("host"))
    key = f"session.left-open {session.public_id}"
    one, at = str(session.public_id), session.starts_at.isoformat()
    return len(tell(led or run, "session.left-open", key, session=one, at=at))


def _due(kind: Kind) -> Iterator[tuple[User, GroupSession]]:
    """Those who wait for it, the soonest start first. Who said yes when it was due already needs no reminder."""
    seats = Seat.objects.filter(state=Seat.State.GOING, answered_at__lte=F("session__starts_at") - kind.before)
    hosts = Booking.objects.of_hosts().filter(created_at__lte=F("session__starts_at") - kind.before)
    for rows, who in ((seats, "user"), (hosts, "host")):
        for row in _not_told(kind, rows, who).select_related("session", who).iterator(AT_ONCE):
            yield getattr(row, who), row.session


def _not_told(kind: Kind, rows: QuerySet[Any], who: str) -> QuerySet[Any]:
    now = timezone.now()
    window = Q(session__starts_at__gt=now + kind.until, session__starts_at__lte=now + kind.before)
    heard = Notice.objects.filter(user=OuterRef(who), key=_key_in_sql(kind))
    no = ReminderChoice.objects.filter(user=OuterRef(who), **{kind.choice: False})
    due = rows.filter(window, session__state=GroupSession.State.SCHEDULED, **{f"{who}__is_active": True})
    return due.exclude(Exists(heard)).exclude(Exists(no)).order_by("session__starts_at", "pk")


def _key(kind: Kind, session: GroupSession) -> str:
    """The start stands in it to the second: a session that moves is another one to be reminded of."""
    return f"{kind.topic} {session.public_id} {int(session.starts_at.timestamp())}"


def _key_in_sql(kind: Kind) -> Concat:
    start = Cast(Floor(Extract(OuterRef("session__starts_at"), "epoch", tzinfo=UTC)), BigIntegerField())
    whole = Cast(OuterRef("session__public_id"), CharField())
    return Concat(Value(f"{kind.topic} "), whole, Value(" "), Cast(start, CharField()))
