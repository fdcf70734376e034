"""Closing a session: what it was about, the group's own win, and how those who led it are."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.models import Notice
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from people.sealed import seal, unseal
from sessions.models import Closing, GroupSession
from sessions.services.seats import lock_session
from sessions.words import when_words


class NotBegun(Refused):
    """There is nothing to close yet."""


class ClosedMeanwhile(Refused):
    """Somebody else saved it since this page was opened."""


@dataclass(frozen=True)
class Kept:
    """What a session keeps for the group, opened. Words never show in its repr: that reaches logs."""

    themes: list[str]
    win: str = field(repr=False)
    tool: str = field(repr=False)


@transaction.atomic
def keep_closing(
    actor: User,
    *,
    session: GroupSession,
    themes: Collection[str] = (),
    win: str = "",
    tool: str = "",
    talked: str = "",
    wants_talk: bool = False,
    seen: datetime | None = None,
) -> Closing:
    """Write down how it went, and say that the session was held, which shuts its door. Every part may be empty.

    `seen` is when the closing was saved that this one began with, None where there was none. Who asks to
    talk to somebody is told to the safety leads. Raises NotAllowed, NotBegun, ClosedMeanwhile.
    """
    session = lock_session(session)
    ensure(actor, "session.lead", session)
    ensure_begun(session)
    closing = Closing.objects.filter(session=session).first() or Closing(session=session)
    if (closing.closed_at if closing.pk else None) != seen:
        raise ClosedMeanwhile(_("Somebody saved this a moment ago. Look at what stands now, then save yours"))
    asks_anew = wants_talk and not (closing.pk and asks_to_talk(actor, closing))
    closing.closed_by, closing.closed_at = actor, timezone.now()
    closing.themes, closing.talked, closing.wants_talk = sorted(set(themes)), talked, wants_talk
    seal(closing, "win", win, owner=session.group)
    seal(closing, "tool", tool, owner=session.group)
    closing.save()
    _hold(actor, session)
    audit.record(actor, "session.close", session)
    if asks_anew:
        _ask_for_talk(actor, closing)
    return closing


def asks_to_talk(user: User, closing: Closing) -> bool:
    """Whether this person would like to talk to somebody. What another one asked for is nobody's business."""
    if closing.closed_by_id == user.pk:
        return closing.wants_talk
    return Notice.objects.filter(topic="host.talk", ids__contains=_talk_ids(user, closing)).exists()


def ensure_begun(session: GroupSession) -> None:
    """Raises NotBegun while there is nothing to close."""
    if session.is_cancelled:
        raise NotBegun(_("This session is cancelled, so there is nothing to close"))
    if not session.has_begun:
        raise NotBegun(_("You can close it once it has begun: %(when)s") % {"when": when_words(session.starts_at)})


def kept_of(reader: User, *, session: GroupSession) -> Kept | None:
    """What the group may read of a closing, None where there is none. Raises NotAllowed."""
    ensure(reader, "closing.read", session)
    closing = Closing.objects.filter(session=session).first()
    return kept_words(closing, session) if closing else None


def kept_words(closing: Closing, session: GroupSession) -> Kept:
    """Open the words of one closing. The caller has asked who reads them."""
    win, tool = (unseal(closing, name, owner=session.group) for name in ("win", "tool"))
    return Kept([str(Closing.Theme(theme).label) for theme in closing.themes], win, tool)


def _hold(actor: User, session: GroupSession) -> None:
    if session.state != GroupSession.State.SCHEDULED:
        return
    session.state, session.held_at, session.held_by = GroupSession.State.HELD, timezone.now(), actor
    session.save(update_fields=["state", "held_at", "held_by"])


def _ask_for_talk(actor: User, closing: Closing) -> None:
    leads = User.objects.active().filter(is_safety_lead=True).exclude(pk=actor.pk)
    key = f"host.talk {closing.public_id} {actor.pk} {closing.closed_at:%Y%m%d%H%M%S}"
    tell(leads, "host.talk", key, **_talk_ids(actor, closing))


def _talk_ids(user: User, closing: Closing) -> dict[str, Any]:
    return {"closing": str(closing.public_id), "person": str(user.public_id)}
