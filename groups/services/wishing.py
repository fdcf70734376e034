"""What people look for and did not find: kept for them, answered by the admins, and told when something opens."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.errors import AlreadyDecided, NothingToSuggest
from groups.models import Area, Group, Term, Wish
from groups.services.locks import broken
from notices.services import tell
from people import audit
from people.models import User
from people.policy import ensure
from people.sealed import seal, unseal

WORDS_KEPT = timedelta(days=90)  # after the answer; the page that asks says so
WAITS = timedelta(days=365)  # then we say that nothing came, and look no further


@transaction.atomic
def make_wish(
    user: User, *, kind: str, term: Term | None = None, area: Area | None = None, way: str = "", words: str = ""
) -> Wish:
    """Say what one looks for. There is one open wish of a kind: a second changes the first, which keeps its day.

    `way` is one of Group.Format, or empty where it does not matter. `words` are sealed; the organisation's admins
    read them. Somebody who was told of a group and asks again is told of the next one too. Raises NotAllowed.
    """
    ensure(user, "wish.make")
    wish = _open_or_new(user, kind)
    wish.term, wish.area, wish.format = term, area, way
    wish.told_at, wish.suggestion = None, None
    seal(wish, "words", words, owner=user)
    wish.save()
    audit.record(user, "wish.make", wish, about=user, reason=kind)
    return wish


@transaction.atomic
def take_back_wish(user: User, *, wish: Wish) -> Wish:
    """Look no further; the words are erased. Twice is harmless. Raises NotAllowed for anybody else."""
    row = _held(wish)
    ensure(user, "wish.own", row)
    if row.ended_at is None:
        row.ended_at, row.words = timezone.now(), None
        row.save(update_fields=["ended_at", "words"])
        audit.record(user, "wish.take_back", row, about=user)
    return row


def own_wish_words(user: User, *, wish: Wish) -> str:
    """What the person wrote themself. Raises NotAllowed for anybody else."""
    ensure(user, "wish.own", wish)
    return unseal(wish, "words", owner=user)


@transaction.atomic
def read_wish(actor: User, *, wish: Wish) -> str:
    """What was written with a wish. Each reading leaves an entry that the person can see. Raises NotAllowed."""
    ensure(actor, "wish.answer", wish)
    if not wish.words:
        return ""
    audit.record(actor, "wish.read", wish, about=wish.user)
    return unseal(wish, "words", owner=wish.user)


@transaction.atomic
def answer_wish(actor: User, *, wish: Wish, suggestion: Group | None = None) -> Wish:
    """Suggest a group, or say that the wish was read and nothing fits yet. The person is told.

    Whoever waits for a group to open is answered with nothing less than a group. Raises NotAllowed, AlreadyDecided
    and NothingToSuggest.
    """
    row = _held(wish)
    ensure(actor, "wish.answer", row)
    if row.answered_at or row.ended_at:
        raise AlreadyDecided(_("This was answered or taken back in the meantime."))
    if suggestion is None and row.kind == Wish.Kind.WAIT:
        raise NothingToSuggest(_("Choose a group. Until there is one, they go on waiting and are told when it opens."))
    if suggestion is not None and not _is_for_everybody(suggestion):
        raise NothingToSuggest(_("Choose a group that is open and that anybody can find."))
    row.answered_at, row.answered_by, row.suggestion = timezone.now(), actor, suggestion
    row.save(update_fields=["answered_at", "answered_by", "suggestion"])
    audit.record(actor, "wish.answer", row, about=row.user, reason="suggested" if suggestion else "noted")
    tell([row.user], "wish.answered", f"wish {row.public_id}", wish=str(row.public_id))
    return row


def tell_waiting(group: Group) -> int:
    """Tell people who wait for a group like this that it has opened, each wish once. Returns how many.

    Part of the transaction that opens it. Nobody is told of a group that they could neither find nor ask.
    """
    if not (_is_for_everybody(group) and group.takes_requests):
        return 0
    now = timezone.now()
    waiting = Wish.objects.waiting().fitting(group).select_for_update(of=("self",), no_key=True).order_by("pk")
    wishes = list(waiting.exclude(user__memberships__group=group).select_related("user"))
    Wish.objects.filter(pk__in=[wish.pk for wish in wishes]).update(told_at=now, suggestion=group)
    for wish in wishes:
        tell([wish.user], "group.fits", f"fits {wish.public_id} {group.public_id}", wish=str(wish.public_id))
    return len(wishes)


def end_long_waits() -> int:
    """Look no further for somebody after a year, and say so once. The words are erased. Returns how many."""
    old = Wish.objects.open().filter(kind=Wish.Kind.WAIT, created_at__lt=timezone.now() - WAITS)
    return sum(_end_wait(wish) for wish in old.order_by("pk"))


@transaction.atomic
def _end_wait(wish: Wish) -> bool:
    row = _held(wish)
    if not row.is_open:
        return False
    row.ended_at, row.words = timezone.now(), None
    row.save(update_fields=["ended_at", "words"])
    audit.record(None, "wish.end", row, about=row.user)
    if row.told_at is None:
        tell([row.user], "wish.ended", f"wish ended {row.public_id}", wish=str(row.public_id))
    return True


def forget_wishes() -> int:
    """Erase what was written with wishes that were answered 90 days ago. Returns how many."""
    since = timezone.now() - WORDS_KEPT
    settled = Q(answered_at__lt=since) | Q(told_at__lt=since)
    return Wish.objects.exclude(words=None).filter(settled).update(words=None)


def _open_or_new(user: User, kind: str) -> Wish:
    """The open wish of this kind, held, made now if there is none. Of two clicks at once the second meets the first."""
    mine = Wish.objects.open().filter(user=user, kind=kind).select_for_update(no_key=True)
    if wish := mine.first():
        return wish
    try:
        with transaction.atomic():
            return Wish.objects.create(user=user, kind=kind)
    except IntegrityError as problem:
        if broken(problem) != "wish_one_open":
            raise
    return mine.get()


def _held(wish: Wish) -> Wish:
    return Wish.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=wish.pk)


def _is_for_everybody(group: Group) -> bool:
    return group.listed and group.state == Group.State.OPEN
