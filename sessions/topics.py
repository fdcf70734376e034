"""What people are told about sessions."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from notices.registry import Ids, Topic
from people.models import User
from sessions.models import GroupSession, Seat
from sessions.words import when_words


def _session(ids: Ids, user: User) -> GroupSession | None:
    return GroupSession.objects.visible_to(user).filter(public_id=ids["session"]).first()


def _has_the_seat(user: User, ids: Ids) -> bool:
    """The seat is still theirs, in a session that is still to come."""
    seats = Seat.objects.filter(user=user, session__public_id=ids["session"], state=Seat.State.GOING)
    session = _session(ids, user)
    return session is not None and not session.is_cancelled and not session.has_begun and seats.exists()


def _was_coming(user: User, ids: Ids) -> bool:
    session = _session(ids, user)
    return session is not None and session.is_cancelled and session.seats.holding().filter(user=user).exists()


def _when(ids: Ids, user: User) -> str:
    """On this person's own clock, wherever the words are made."""
    return when_words(datetime.fromisoformat(ids["at"]), user.zone)


def _freed(ids: Ids, user: User) -> str:
    return _("A seat opened and is yours now: %(when)s") % {"when": _when(ids, user)}


def _cancelled(ids: Ids, user: User) -> str:
    return _("Cancelled: %(when)s") % {"when": _when(ids, user)}


def _link(ids: Ids, user: User) -> str:
    return reverse("sessions:detail", args=[ids["session"]])


def _facts(ids: Ids, user: User) -> dict[str, Any]:
    return {"when": _when(ids, user)}


TOPICS: list[Topic] = [
    Topic("seat.free", _has_the_seat, _freed, _link, "sessions/mail/seat_free", _facts),
    # Somebody may be on the way already: this one does not wait for the morning.
    Topic("session.cancelled", _was_coming, _cancelled, _link, "sessions/mail/cancelled", _facts, essential=True),
]
