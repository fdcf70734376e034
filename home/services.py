"""What takes several apps to do."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from checkins.services import open_promise
from notes.services import write_note
from people.errors import Refused
from people.models import User
from people.sealed import Unreadable
from sessions.models import Closing, GroupSession
from sessions.services import add_guest, keep_attendance, keep_closing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Promise:
    """What somebody said would happen after a session: about whom, by whom, until when, and why in a few words."""

    about: User
    owner: User
    due_at: datetime
    key: str
    why: str = field(default="", repr=False)


@dataclass(frozen=True)
class Debrief:
    """What went well and what was hard, of those who led it: a note about the session. `public_id` is the form's."""

    words: str = field(repr=False)
    public_id: UUID | None = None


@dataclass(frozen=True)
class Closed:
    """The closing that stands, and whether the note about it could not be kept."""

    closing: Closing
    note_failed: bool = False


def close_session(
    actor: User,
    *,
    session: GroupSession,
    roll: Mapping[str, Any],
    promises: Collection[Promise] = (),
    debrief: Debrief | None = None,
    guest: Mapping[str, Any] | None = None,
    **closing: Any,
) -> Closed:
    """Keep the roll, the promises and what it was about at once, then the note in a transaction of its own.

    `roll` is what `keep_attendance` takes, `guest` what `add_guest`, `closing` what `keep_closing` takes. A note
    that cannot be kept takes nothing of the rest with it. Raises NotAllowed and what those services refuse.
    """
    with transaction.atomic():
        kept = keep_closing(actor, session=session, **closing)
        if guest:
            add_guest(actor, session=session, **guest)
        keep_attendance(actor, session=session, **roll)
        for promise in promises:
            open_promise(actor, session=session, **vars(promise))
    return Closed(kept, note_failed=bool(debrief) and not _wrote(actor, session, debrief))


def _wrote(actor: User, session: GroupSession, debrief: Debrief | None) -> bool:
    """Whether the note stands. Why it does not reaches no log: the message of a database quotes rows."""
    assert debrief is not None
    try:
        write_note(actor, group=session.group, session=session, words=debrief.words, public_id=debrief.public_id)
    except (Refused, DatabaseError, Unreadable) as problem:
        log.error("the note of session %s was not kept (%s)", session.pk, type(problem).__name__)
        return False
    return True
