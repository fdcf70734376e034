"""What people are told about sessions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.registry import Ids, Topic
from people.models import User
from sessions.models import GroupSession, Seat
from sessions.words import when_words

WAKES_WITHIN = timedelta(hours=12)


def _session(ids: Ids, user: User) -> GroupSession | None:
    return GroupSession.objects.visible_to(user).filter(public_id=ids["session"]).first()


def _has_the_seat(user: User, ids: Ids) -> bool:
    """The seat is still theirs, in a session that is still to come."""
    seats = Seat.objects.filter(user=user, session__public_id=ids["session"], state=Seat.State.GOING)
    session = _session(ids, user)
    return session is not None and not session.is_cancelled and not session.has_begun and seats.exists()


def _told_of(ids: Ids, user: User) -> list[GroupSession]:
    """Those of the sessions that were told, and still concern this person, and begin when it was said."""
    told = {(public_id, at) for public_id, at in ids.get("all") or [[ids["session"], ids["at"]]]}
    theirs = GroupSession.objects.visible_to(user).concerning(user).filter(public_id__in={one for one, _ in told})
    ahead = theirs.filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")
    return [session for session in ahead if (str(session.public_id), session.starts_at.isoformat()) in told]


def _are_cancelled(user: User, ids: Ids) -> bool:
    return any(session.is_cancelled for session in _told_of(ids, user))


def _are_on(user: User, ids: Ids) -> bool:
    return any(not session.is_cancelled for session in _told_of(ids, user))


def _near(ids: Ids, user: User) -> datetime:
    """From when on the news wakes people up: somebody may be on the way already."""
    return datetime.fromisoformat(ids["at"]) - WAKES_WITHIN


def _when(ids: Ids, user: User) -> str:
    """On this person's own clock, wherever the words are made."""
    return when_words(datetime.fromisoformat(ids["at"]), user.zone)


def _freed(ids: Ids, user: User) -> str:
    return _("A seat opened and is yours now: %(when)s") % {"when": _when(ids, user)}


def _say(ids: Ids, user: User, one: str, many: str) -> str:
    """About one date, or about several that were changed at once."""
    count = len(ids.get("all") or [ids["at"]])
    return (one if count == 1 else many) % {"count": count, "when": _when(ids, user)}


def _cancelled(ids: Ids, user: User) -> str:
    return _say(ids, user, _("Cancelled: %(when)s"), _("Cancelled: %(count)s dates, the first on %(when)s"))


def _moved(ids: Ids, user: User) -> str:
    return _say(ids, user, _("Moved, to %(when)s"), _("Moved: %(count)s dates, the first now on %(when)s"))


def _elsewhere(ids: Ids, user: User) -> str:
    return _say(ids, user, _("In another place: %(when)s"), _("In another place: %(count)s dates from %(when)s on"))


def _back(ids: Ids, user: User) -> str:
    return _say(ids, user, _("It is on after all: %(when)s"), _("On after all: %(count)s dates from %(when)s on"))


def _link(ids: Ids, user: User) -> str:
    return reverse("sessions:detail", args=[ids["session"]])


def _facts(ids: Ids, user: User) -> dict[str, Any]:
    return {"when": _when(ids, user)}


def _news(say: Callable[[Ids, User], str], *, cancelled: bool) -> Callable[[Ids, User], dict[str, Any]]:
    """The line in a mail: about those dates of which it still holds while it leaves."""

    def facts(ids: Ids, user: User) -> dict[str, Any]:
        holds = [session for session in _told_of(ids, user) if session.is_cancelled == cancelled]
        every = [[str(session.public_id), session.starts_at.isoformat()] for session in holds]
        return {"line": say({**ids, "at": every[0][1], "all": every}, user)}

    return facts


TOPICS: list[Topic] = [
    Topic("seat.free", _has_the_seat, _freed, _link, "sessions/mail/seat_free", _facts),
    # Somebody may be on the way already: this one cannot be switched off, and near the start it wakes people up.
    Topic(
        "session.cancelled",
        _are_cancelled,
        _cancelled,
        _link,
        "sessions/mail/cancelled",
        _news(_cancelled, cancelled=True),
        essential=True,
        urgent_from=_near,
    ),
    Topic("session.moved", _are_on, _moved, _link, "sessions/mail/moved", _news(_moved, cancelled=False)),
    Topic("session.place", _are_on, _elsewhere, _link, "sessions/mail/place", _news(_elsewhere, cancelled=False)),
    Topic("session.back", _are_on, _back, _link, "sessions/mail/back", _news(_back, cancelled=False)),
]
