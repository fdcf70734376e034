"""A short thread inside a follow-up: between the person it is about and whoever looks after it (R60, R61, R63).

Who read what and when is shown to nobody who writes. That somebody who looks after it opened the person's words
stands in the record, as with every answer; that the person read their own thread stands nowhere.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.utils import timezone
from django.utils.translation import gettext as _

from checkins.models import FollowUp, Reply
from checkins.services.duty import duties_of, reads_first, seats_of
from checkins.services.escalations import plan_escalations
from checkins.services.followups import hold, see_followup, take_on
from checkins.services.keepers import answering, is_flagged
from checkins.words import one_of
from groups.models import Membership
from notices.models import Notice
from notices.services import mark_read, tell
from people import audit
from people.errors import Refused
from people.models import Organisation, User
from people.open_hours import hours_words
from people.policy import NotAllowed, can, ensure
from people.reader import as_reader
from people.sealed import seal, unseal, unseal_each

A_DAY = timedelta(days=1)
MOST_A_DAY = 20
TO_PERSON, TO_KEEPER, HELLO = "reply.to_member", "reply.to_keeper", "hello.missed"


class ThreadClosed(Refused):
    """The follow-up is over, and nobody would look into it any more."""


class NotHereAnyMore(Refused):
    """Who left the group can read what was written, and not write."""


class EnoughForToday(Refused):
    """More messages in a day than anybody could answer."""


@dataclass(frozen=True)
class Line:
    """One message, as its reader sees it."""

    public_id: str
    is_mine: bool
    name: str
    at: datetime
    words: str = field(repr=False)
    taken_back_at: datetime | None = None


# -- writing ------------------------------------------------------------------------------------
def write_reply(actor: User, *, followup: FollowUp, words: str, once: UUID | None = None) -> Reply:
    """Write to the person, or to whoever looks after the follow-up. The first who writes to the person has it.

    `once` names this very message: sent twice in the same words it is one. Raises ThreadClosed, NotHereAnyMore,
    SomebodyHasIt, EnoughForToday, NotAllowed. Must be called outside any transaction.
    """
    with as_reader(actor):
        held = hold(followup)
        if standing := sent_before(actor, held, words, once):
            return standing
        ensure_may_write(actor, held)
        return add_reply(actor, held, words, once=once)


def sent_before(actor: User, held: FollowUp, words: str, once: UUID | None) -> Reply | None:
    """What a first click has sent already, in the same words, and what still stands. In a transaction as `actor`.

    Words that were taken back and are sent again, from an old page, are a message of their own: none are lost.
    """
    rows = Reply.objects.standing().filter(public_id__in=_its_ids(actor, held, once), author=actor)
    return next((row for row in rows if unseal(row, "words", owner=held.about) == words), None)


def _its_ids(actor: User, held: FollowUp, once: UUID | None) -> list[UUID]:
    """One for each message that this page may send in a day, of this author in this thread alone: nobody takes the
    id of another message by sending it.
    """
    names = [f"{actor.public_id} {once}", *(f"{actor.public_id} {once} {number}" for number in range(1, MOST_A_DAY))]
    return [uuid5(held.public_id, name) for name in names] if once else []


def ensure_may_write(actor: User, held: FollowUp) -> None:
    """Say kindly what stands in the way of somebody who may know of the thread; refuse everybody else."""
    is_person = actor.pk == held.about_id
    if not is_person:
        ensure(actor, "reply.write", held)
    elif not (held.is_known_to_person or held.replies.exists()):
        raise NotAllowed("reply.write")  # they were not told of it
    elif not can(actor, "reply.write", held):
        raise NotHereAnyMore(_("You are not in this group any more, so you can read here and not write."))
    if not held.is_open:
        raise ThreadClosed(_("This was closed in the meantime, so nobody would see your message here."))
    since = timezone.now() - A_DAY
    if Reply.objects.filter(author=actor, followup__about=held.about, written_at__gt=since).count() >= MOST_A_DAY:
        raise EnoughForToday(
            _("That is %(most)s messages in a day. Keep these words, and send them tomorrow.") % {"most": MOST_A_DAY}
        )


def add_reply(actor: User, held: FollowUp, words: str, topic: str = TO_PERSON, *, once: UUID | None = None) -> Reply:
    """In the caller's transaction as `actor`, on a follow-up that is held. Raises SomebodyHasIt."""
    if actor.pk != held.about_id:
        see_followup(actor, followup=take_on(actor, held))
    else:
        _wait_anew(held)
    reply = Reply(followup=held, author=actor, public_id=_id_for(actor, held, once))
    seal(reply, "words", words, owner=held.about)
    reply.save()
    audit.record(actor, "reply.write", held, about=held.about)
    _tell(actor, held, topic)
    return reply


def _id_for(actor: User, held: FollowUp, once: UUID | None) -> UUID:
    """The next of this page: it has sent other words before, after a step back in the browser."""
    wanted = _its_ids(actor, held, once)
    taken = set(Reply.objects.filter(public_id__in=wanted).values_list("public_id", flat=True))
    return next((one for one in wanted if one not in taken), uuid4())


def _wait_anew(held: FollowUp) -> None:
    """What the person adds is unseen again, and goes on to others when nobody looks, as the first words did (T13)."""
    if is_flagged(held):
        held.seen_at = None
        held.save(update_fields=["seen_at"])
        plan_escalations(held)


def _tell(actor: User, held: FollowUp, topic: str) -> None:
    """One message for everything that is written until its reader has looked, not one for each."""
    readers = [held.about]
    if actor.pk == held.about_id:
        readers, topic = list(answering(held)), TO_KEEPER
    theirs = held.replies.exclude(author=actor).order_by("-pk").values_list("pk", flat=True)
    answered = theirs.first() or 0
    for reader in readers:
        looked = Notice.objects.filter(user=reader, topic=topic, ids__followup=str(held.public_id))
        key = f"reply {held.public_id} {answered} {looked.exclude(read_at=None).count()}"
        tell([reader], topic, key, followup=str(held.public_id))


# -- reading ------------------------------------------------------------------------------------
def read_thread(actor: User, *, followup: FollowUp) -> list[Line]:
    """What was written, the oldest first. Raises NotAllowed. Must be called outside any transaction.

    Reading the person's words is recorded and committed before they are opened. What told the reader of them
    is no news any more.
    """
    ensure(actor, "reply.read", followup)
    with as_reader(actor):
        rows = list(
            Reply.objects.filter(followup=followup).select_related("author", "followup").order_by("written_at", "pk")
        )
        if actor.pk != followup.about_id and any(row.author_id != actor.pk and row.words for row in rows):
            audit.record(actor, "reply.read", followup, about=followup.about)
        _no_news(actor, followup)
    words = unseal_each([(row, followup.about) for row in rows], "words")
    names = names_of(rows)
    return [
        Line(
            str(row.public_id),
            row.author_id == actor.pk,
            names[followup.group_id, row.author_id],
            row.written_at,
            text,
            row.taken_back_at,
        )
        for row, text in zip(rows, words, strict=True)
    ]


def _no_news(actor: User, followup: FollowUp) -> None:
    about = {"topic__in": [TO_PERSON, TO_KEEPER, HELLO], "ids__followup": str(followup.public_id)}
    for notice in Notice.objects.visible_to(actor).unread().filter(**about):
        mark_read(actor, notice=notice)


def names_of(rows: Collection[Reply]) -> dict[tuple[int, int], str]:
    """By group and author: how they are called there; who has no name there, how they are called here. One query."""
    names = {(row.followup.group_id, row.author_id): row.author.called for row in rows}
    groups, authors = {group for group, _author in names}, {author for _group, author in names}
    seats = Membership.objects.filter(group__in=groups, user__in=authors).order_by("pk")
    there = {(group, user): alias for group, user, alias in seats.values_list("group_id", "user_id", "alias")}
    return {who: there.get(who, name) for who, name in names.items()}


@dataclass(frozen=True)
class Answering:
    """Who reads what the person writes, and when, in words (R60)."""

    name: str
    hours: str
    has_it: bool


def who_answers(followup: FollowUp) -> Answering:
    """Who has it; else who reads first in the group; else everybody who runs it, in the organisation's hours."""
    seats: list[Any] = list(seats_of([followup.group]))
    duty = duties_of([followup.group]).get(followup.group_id)
    owner = followup.owner
    seat = next((seat for seat in seats if owner and seat.user_id == owner.pk), None)
    reader = seat if owner else reads_first(duty, seats, besides=followup.about_id)
    hours = Organisation.current().hours_words
    if reader is not None and duty is not None and duty.reader_id == reader.user_id:
        hours = hours_words(duty.open_hours)
    elif reader is not None and reader.hours:
        hours = reader.hours
    names = [reader.alias] if reader else [owner.called] if owner else [one.alias for one in seats if one.can_read]
    return Answering(one_of(names), hours, has_it=owner is not None)


def who_wrote_back(reader: User, followups: Collection[FollowUp]) -> set[int]:
    """Those of these follow-ups in which the person wrote last of what stands. No word is opened."""
    with as_reader(reader):
        last = Reply.objects.filter(followup__in=followups).standing().order_by("followup_id", "-written_at", "-pk")
        rows = last.distinct("followup_id").values_list("followup_id", "author_id", "followup__about_id")
        return {followup for followup, author, about in rows if author == about}
