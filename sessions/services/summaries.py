"""What a session agreed to keep of itself, for those who were there (R33)."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from people.sealed import seal, unseal
from sessions.models import GroupSession, Summary
from sessions.services.seats import lock_session


class SummaryTooEarly(Refused):
    """There is nothing to keep yet, or of a session that was cancelled."""


class SummaryChanged(Refused):
    """Somebody else wrote meanwhile."""


class NothingToShare(Refused):
    """Nothing is written down."""


@dataclass(frozen=True)
class SummaryWords:
    """An opened summary: what the session was about, and what was agreed. Never in its repr: that reaches logs."""

    about: str = field(repr=False)
    agreed: str = field(repr=False)


@transaction.atomic
def keep_summary(
    actor: User, *, session: GroupSession, about: str, agreed: str = "", seen: datetime | None = None
) -> Summary:
    """Write or change the summary. A draft stays one; a shared one says from now on that it was changed.

    `seen` is when what the actor started from was written, None for a first draft: whoever wrote meanwhile
    is not overwritten. The same words twice change nothing. Raises NotAllowed, SummaryTooEarly, SummaryChanged.
    """
    session = lock_session(session)
    ensure(actor, "summary.keep", session)
    if session.is_cancelled or not session.has_begun:
        raise SummaryTooEarly(_("You can write down what you keep once the session has begun"))
    summary = _held(session) or Summary(session=session)
    if summary.pk and _opened(summary, session) == SummaryWords(about, agreed):
        return summary
    if seen != (summary.written_at if summary.pk else None):
        raise SummaryChanged(_("Somebody else changed it meanwhile. Read both, then save what should stand"))
    seal(summary, "words", about, owner=session)
    seal(summary, "agreed", agreed, owner=session)
    summary.written_by, summary.written_at = actor, timezone.now()
    summary.save()
    audit.record(actor, "summary.keep", session)
    return summary


@transaction.atomic
def share_summary(actor: User, *, session: GroupSession, seen: datetime | None = None) -> Summary:
    """Let those who were there read it. Twice is harmless. `seen` as above: nobody shares what they did not read.

    Raises NotAllowed, NothingToShare, SummaryChanged.
    """
    session = lock_session(session)
    ensure(actor, "summary.keep", session)
    summary = _held(session)
    if summary is None:
        raise NothingToShare(_("Nothing is written down yet, so there is nothing to share"))
    if summary.shared_at is None:
        if summary.written_at != seen:
            raise SummaryChanged(_("Somebody else changed it meanwhile. Read it, then share it"))
        summary.shared_at = timezone.now()
        summary.save(update_fields=["shared_at"])
        audit.record(actor, "summary.share", session)
    return summary


@transaction.atomic
def take_back_summary(actor: User, *, session: GroupSession) -> Summary | None:
    """Make it a draft again. Twice is harmless. Raises NotAllowed."""
    session = lock_session(session)
    ensure(actor, "summary.keep", session)
    summary = _held(session)
    if summary and summary.shared_at:
        summary.shared_at = None
        summary.save(update_fields=["shared_at"])
        audit.record(actor, "summary.take-back", session)
    return summary


@transaction.atomic
def read_summary(user: User, *, summary: Summary) -> SummaryWords:
    """The words, for those who may read them. Each reading but the writer's leaves an entry. Raises NotAllowed."""
    ensure(user, "summary.read", summary)
    if summary.written_by_id != user.pk:
        audit.record(user, "summary.read", summary.session)
    return _opened(summary, summary.session)


def _held(session: GroupSession) -> Summary | None:
    return Summary.objects.filter(session=session).first()


def _opened(summary: Summary, session: GroupSession) -> SummaryWords:
    return SummaryWords(unseal(summary, "words", owner=session), unseal(summary, "agreed", owner=session))
