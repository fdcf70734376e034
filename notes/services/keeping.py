"""Writes, reads and empties confidential notes: the only place where their words stand open."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group, Membership
from notes.models import Note, NoteKey, NoteVersion
from notes.querysets import today
from people import audit, sealed
from people.errors import Refused
from people.models import Organisation, User
from people.policy import ensure
from people.reader import as_reader
from people.sealed import Unreadable
from sessions.models import GroupSession

LONGEST = 1000  # R106


class NoWords(Refused):
    """There is nothing to keep."""


class TooLong(Refused):
    """A note is a few facts, not a file."""


class NotOfThisGroup(Refused):
    """A note may be about people and sessions of its own group alone."""


class AboutOneself(Refused):
    """Nobody keeps confidential notes about themself: they could not be asked for."""


class NoteGone(Refused):
    """The day of its deletion has come."""


@dataclass(frozen=True)
class ReadVersion:
    """The opened words of one version. They never show in its repr: that reaches logs."""

    number: int
    author_name: str
    at: datetime
    words: str = field(repr=False)


def write_note(
    actor: User,
    *,
    group: Group,
    words: str,
    member: User | None = None,
    session: GroupSession | None = None,
    readers: str = Note.Readers.FACILITATORS,
    public_id: UUID | None = None,
) -> Note:
    """Keep up to 1,000 characters about the group, one of its sessions or one of its people (R106).

    `public_id` comes from the form, so that a second click finds the note of the first.
    Raises NotAllowed, NoWords, TooLong, NotOfThisGroup, AboutOneself.
    """
    with as_reader(actor):
        _hold_seat(actor, group)
        if public_id and (twin := Note.objects.filter(public_id=public_id).first()):
            ensure(actor, "note.read", twin)
            return twin
        _ensure_about_this_group(actor, group, member, session)
        note = Note.objects.create(
            public_id=public_id or uuid4(),
            group=group,
            author=actor,
            member=member,
            session=session,
            readers=readers,
            retain_until=deletion_date(),
        )
        _insert_version(actor, note, 1, words, uuid4())
        audit.record(actor, "note.write", note, about=member)
        return note


def read_note(actor: User, *, note: Note) -> list[ReadVersion]:
    """The words of every version, oldest first.

    That somebody read is committed before anything is opened: if it cannot be written down, nothing
    is shown (R105, R109). Raises NotAllowed, NoteGone, Unreadable.
    """
    ensure(actor, "note.read", note)
    _ensure_standing(note)
    with transaction.atomic(durable=True):
        audit.record(actor, "note.read", note, about=note.member)
    try:
        with as_reader(actor):
            return _open_versions(note)
    except Unreadable:
        audit.record(actor, "note.unreadable", note, about=note.member)
        raise


def add_to_note(actor: User, *, note: Note, words: str, public_id: UUID | None = None) -> NoteVersion:
    """Put more words below those that stand; the first ones are never overwritten.

    Raises NotAllowed, NoteGone, NoWords, TooLong.
    """
    with as_reader(actor):
        held = Note.objects.select_for_update(no_key=True).get(pk=note.pk)
        ensure(actor, "note.add", held)
        _ensure_standing(held)
        if public_id and (twin := held.versions.filter(public_id=public_id, author=actor).first()):
            return twin
        version = _insert_version(actor, held, held.versions.count() + 1, words, public_id or uuid4())
        audit.record(actor, "note.add", held, about=held.member)
        return version


@transaction.atomic
def empty_old() -> int:
    """Delete the keys of notes whose day has come; that there was a note stays known (R112)."""
    due = Note.objects.expired().select_for_update(skip_locked=True, no_key=True)
    expired = list(due.values_list("pk", flat=True))
    NoteKey.objects.filter(note__in=expired).delete()
    emptied = Note.objects.filter(pk__in=expired).update(emptied_at=timezone.now())
    if emptied:
        audit.record(None, "note.empty", reason=str(emptied))
    return emptied


def deletion_date() -> date:
    """The day on which a note written now loses its words."""
    return today() + relativedelta(months=Organisation.current().note_months)


def names_in(group: Group, people: Iterable[int | None]) -> dict[int, str]:
    """What these people are called in this group, also after they left. The newest name counts."""
    rows = Membership.objects.filter(group=group, user__in={pk for pk in people if pk}).order_by("created_at", "pk")
    return dict(rows.values_list("user_id", "alias"))


def people_to_write_about(actor: User, group: Group) -> list[Membership]:
    """Everybody who belongs or ever belonged to the group as a member, once, by name."""
    joined = Membership.objects.filter(group=group, role=Membership.Role.MEMBER, joined_at__isnull=False)
    newest = joined.exclude(user=actor).order_by("user_id", "-created_at", "-pk").distinct("user_id")
    return sorted(newest, key=lambda membership: membership.alias.casefold())


# -- what must hold ---------------------------------------------------------------------------
def _hold_seat(actor: User, group: Group) -> None:
    """Two clicks come one after the other, and the seat cannot be taken away while its holder writes."""
    list(Membership.objects.facilitated_by(actor).filter(group=group).select_for_update(no_key=True))
    ensure(actor, "note.write", group)


def _ensure_about_this_group(actor: User, group: Group, member: User | None, session: GroupSession | None) -> None:
    if member == actor:
        raise AboutOneself(_("A note cannot be about yourself."))
    if session and session.group_id != group.pk:
        raise NotOfThisGroup(_("That session belongs to another group."))
    if member and not Membership.objects.filter(group=group, user=member, joined_at__isnull=False).exists():
        raise NotOfThisGroup(_("That person has never belonged to this group."))


def _ensure_standing(note: Note) -> None:
    if note.is_gone:
        raise NoteGone(_("The words of this note were deleted on the day we said they would be."))


def _ensure_words(words: str) -> None:
    if not words.strip():
        raise NoWords(_("Write something first."))
    if len(words) > LONGEST:
        raise TooLong(_("Keep it to 1,000 characters."))


# -- the sealed words -------------------------------------------------------------------------
def _insert_version(actor: User, note: Note, number: int, words: str, public_id: UUID) -> NoteVersion:
    """One version under a key of its own. Row-level security asks again who inserts it."""
    _ensure_words(words)
    key, wrapped, master_version = sealed.new_key()
    version = NoteVersion(public_id=public_id, note=note, number=number, author=actor)
    version.words = sealed.close(key, words, sealed.place(version, "words", note))
    version.save(force_insert=True)
    NoteKey.objects.create(version=version, note=note, wrapped=wrapped, master_version=master_version)
    return version


def _open_versions(note: Note) -> list[ReadVersion]:
    """Raises Unreadable when a key is gone, words were changed, or the reader's seat ended just now."""
    versions = list(note.versions.select_related("key").order_by("number"))
    names = names_in(note.group, {version.author_id for version in versions})
    if not versions:
        raise Unreadable
    return [ReadVersion(v.number, names.get(v.author_id, ""), v.created_at, _open(note, v)) for v in versions]


def _open(note: Note, version: NoteVersion) -> str:
    try:
        key = sealed.unwrap(version.key.wrapped, version.key.master_version)
    except NoteKey.DoesNotExist as gone:
        raise Unreadable from gone
    return sealed.open_(key, bytes(version.words), sealed.place(version, "words", note))
