"""That somebody may be in danger: written down as facts, sent to those who look after safety, read, talked over.

Its words have a key of their own. Every reading is committed before anything is opened (R54).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Membership
from notes.models import Concern, ConcernAddition
from notes.querysets import today
from notes.services.keeping import AboutOneself, NoWords
from notes.services.unread import settle, stamp, tell_readers
from notices.services import tell
from people import audit, sealed
from people.errors import Refused
from people.models import User
from people.policy import can, ensure
from sessions.models import GroupSession

SEALED = ("facts", "done", "shared")
SENT_MONTHS, DRAFT_MONTHS = 36, 12  # how long the words are kept


class ConcernGone(Refused):
    """The day of its deletion has come."""


class ConcernSent(Refused):
    """It was sent with other words: those stand."""


class ConcernClosed(Refused):
    """Somebody has talked it over and closed it already."""


@dataclass(frozen=True)
class Added:
    """What somebody wrote later, and when. It shows in no repr either."""

    at: datetime
    words: str = field(repr=False)


@dataclass(frozen=True)
class ConcernWords:
    """What somebody wrote. It never shows in its repr: that reaches logs."""

    facts: str = field(repr=False)
    done: str = field(default="", repr=False)
    shared: str = field(default="", repr=False)
    added: tuple[Added, ...] = field(default=(), repr=False)  # what its author wrote after sending, oldest first


@transaction.atomic
def keep_concern(
    actor: User,
    *,
    once: UUID,
    words: ConcernWords,
    happened_at: datetime,
    about: Membership | None = None,
    session: GroupSession | None = None,
    told: Sequence[str] = (),
    send: bool,
) -> Concern:
    """Keep it as a draft, or send it to those who look after safety. `about` is the seat of the person, if any.

    `once` names this concern: sent again with the same words it is one, and a draft is changed by it. The caller has
    made sure that the actor may see that seat and session.
    Raises NotAllowed, NoWords, AboutOneself, ConcernSent, ConcernGone.
    """
    ensure(actor, "concern.write")
    _ensure_sayable(actor, words, about)
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    row = _held(once) or Concern(public_id=once, author=actor)
    ensure(actor, "concern.change", row)
    ensure_standing(row)
    if row.sent_at is not None:
        return _the_same(row, words)
    row.about, row.group = (about.user, about.group) if about else (None, session.group if session else None)
    row.session, row.happened_at, row.told = session, happened_at, list(told)
    _seal(row, words)
    row.sent_at = timezone.now() if send else None
    row.retain_until = today() + relativedelta(months=SENT_MONTHS if send else DRAFT_MONTHS)
    row.save()
    if send:
        _send(actor, row)
    else:
        audit.record(actor, "concern.draft", row)
    return row


def read_concern(actor: User, *, concern: Concern) -> ConcernWords:
    """The words. That somebody reads is committed before anything is opened.

    The first reading of somebody who looks after safety is also when its author hears that it was seen.
    Raises NotAllowed, ConcernGone, Unreadable.
    """
    ensure(actor, "concern.read", concern)
    ensure_standing(concern)
    with transaction.atomic(durable=True):
        audit.record(actor, "concern.read", concern, about=who_knows(concern))
        if can(actor, "concern.see", concern):
            _see(actor, concern)
    concern.refresh_from_db()
    return replace(_unsealed(concern), added=_added(concern))


@transaction.atomic
def close_concern(actor: User, *, concern: Concern) -> Concern:
    """It was talked over with whoever wrote it (R57), and what there was to do is done.

    Raises NotAllowed, ConcernClosed.
    """
    held = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    ensure(actor, "concern.see", held)
    if held.closed_at is not None:
        raise ConcernClosed(_("Somebody has closed this already."))
    held.closed_at, held.closed_by = timezone.now(), actor
    held.save(update_fields=["closed_at", "closed_by"])
    audit.record(actor, "concern.close", held, about=who_knows(held))
    return held


def people_to_name(actor: User, session: GroupSession | None = None) -> QuerySet[Membership]:
    """Whom somebody may be worried about: the people of their groups, or those who come to the session they lead."""
    seats = Membership.objects.coming().of_living_groups().exclude(user=actor)
    run = Membership.objects.facilitated_by(actor).values("group_id")
    found = seats.filter(group__in=run)
    if session is not None:
        found = seats.filter(group=session.group_id)
        if not found.filter(group__in=run).exists():  # they step in for this one evening
            found = found.filter(user__in=session.seats.values("user"))
    return found.select_related("group", "user").order_by("group__name", "group_id", "alias")


@transaction.atomic
def forget_concerns() -> int:
    """Erase the words of those whose day has come, with their keys. Returns how many. Twice is harmless."""
    rows = list(Concern.objects.expired().select_for_update(skip_locked=True, of=("self",)))
    for row in rows:
        sealed.destroy_key(row)
    ConcernAddition.objects.filter(concern__in=rows).update(words=None)
    emptied = Concern.objects.filter(pk__in=[row.pk for row in rows])
    emptied.update(facts=None, done=None, shared=None, emptied_at=timezone.now())
    if rows:
        audit.record(None, "concern.empty", reason=str(len(rows)))
    return len(rows)


# -- sending and seeing ------------------------------------------------------------------------
def _send(actor: User, concern: Concern) -> None:
    """In the record: that something was shared outside is an act of its own (R55). What it was stays sealed."""
    outside = concern.shared is not None or bool({"emergency", "other"} & set(concern.told))
    reason = "outside" if outside else ""
    audit.record(actor, "concern.send", concern, about=who_knows(concern), reason=reason)
    tell_readers(concern)


def _see(actor: User, concern: Concern) -> None:
    """Whoever reads first has it, until they look after safety no more; its author hears of each one who has it."""
    held = Concern.objects.select_for_update(of=("self",)).get(pk=concern.pk)
    settle(held)
    held.additions.filter(seen_at=None).update(seen_at=timezone.now())
    if held.seen_at is not None:
        return
    held.seen_at, held.seen_by = timezone.now(), actor
    held.save(update_fields=["seen_at", "seen_by"])
    if concern.author.is_active:
        key = f"concern seen {held.public_id} {stamp(held.left_at)}".strip()
        tell([concern.author], "concern.seen", key, concern=str(held.public_id))


def who_knows(concern: Concern) -> User | None:
    """The person it is about sees in their own record what was done, if they were told about it; else nothing."""
    return concern.about if concern.sent_at and Concern.Told.PERSON in concern.told else None


# -- what must hold ----------------------------------------------------------------------------
def _ensure_sayable(actor: User, words: ConcernWords, about: Membership | None) -> None:
    if not words.facts.strip():
        raise NoWords(_("Write what was said or seen."))
    if about and about.user_id == actor.pk:
        raise AboutOneself(_("A concern cannot be about yourself. Use Help now, or talk to somebody you trust."))


def ensure_standing(concern: Concern) -> None:
    if concern.is_gone:
        raise ConcernGone(_("These words were deleted on the day we said they would be."))


def _held(once: UUID) -> Concern | None:
    return Concern.objects.select_for_update(of=("self",)).filter(public_id=once).first()


def _the_same(concern: Concern, words: ConcernWords) -> Concern:
    if _unsealed(concern) != words:
        raise ConcernSent(_("You sent this before. Press again to send what stands here as another one."))
    return concern


# -- the sealed words --------------------------------------------------------------------------
def _seal(concern: Concern, words: ConcernWords) -> None:
    for name in SEALED:
        sealed.seal(concern, name, getattr(words, name), owner=concern)


def _unsealed(concern: Concern) -> ConcernWords:
    facts, done, shared = (sealed.unseal(concern, name, owner=concern) for name in SEALED)
    return ConcernWords(facts, done, shared)


def _added(concern: Concern) -> tuple[Added, ...]:
    rows = list(concern.additions.order_by("written_at", "pk"))
    words = sealed.unseal_each([(row, concern) for row in rows], "words")
    return tuple(Added(row.written_at, text) for row, text in zip(rows, words, strict=True))
