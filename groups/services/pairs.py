"""A pair as it goes on and ends: holding its rows, telling the two, parting, and looking back.

When a pair ends, for whatever reason, both seats close and with them every right over the other: no
meeting, no note, no answer. What each wrote for themself, and what they agreed to, they still read.
"""

import json

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.beside import BELONGING
from groups.errors import PairOver
from groups.models import EndingReview, Group, Membership
from groups.models.pair import REVIEW_BEFORE
from groups.querysets import OPEN
from groups.services.closing import close_place
from groups.services.ending import end_group
from groups.services.locks import hold_group
from notices.services import tell
from people import audit
from people.models import User
from people.policy import ensure
from people.sealed import seal, unseal

QUESTIONS = ("did", "next", "others")  # R73: what I did, what I would like next, who else is there


@transaction.atomic
def end_pair(user: User, *, group: Group, another: bool = False) -> Group:
    """End a pair now, without a reason: each of the two may, on any day (R70). Twice is harmless.

    `another`: the mentee asks the coordinators for somebody else. Raises NotAllowed for anybody but
    the two.
    """
    pair = hold_pair(group)
    if pair.has_ended and pair.memberships.filter(user=user).exists():
        return pair
    ensure(user, "pair.keep", pair)
    mentee = pair.memberships.members().get()
    another = another and mentee.user_id == user.pk
    audit.record(user, "pair.end", pair, about=user)
    _end(pair, Group.Ended.NOT_A_MATCH if another else Group.Ended.MOVED_ON)
    if another:
        _want_another(pair, mentee)
    tell_pair(pair, "pair.ended", but=user)
    return pair


def end_draft(pair: Group, *, no_from: User | None = None) -> None:
    """End a proposal whose rows the caller holds. Who said no hears nothing more; the other is told kindly."""
    for seat in pair.memberships.filter(state=Membership.State.INVITED).select_related("user"):
        close_place(seat, Membership.State.DECLINED if seat.user_id == _id(no_from) else Membership.State.LAPSED)
    end_group(pair, actor=None, reason=Group.Ended.NOT_A_MATCH)
    tell_pair(pair, "pair.ended", but=no_from)


@transaction.atomic
def end_pairs_of(person: User, *, programme: Group | None = None) -> int:
    """End the pairs and proposals of somebody who left the programme, or cannot sign in any more. Returns how many."""
    theirs = Group.objects.pairs_of(person).exclude(state=Group.State.ARCHIVED)
    found = theirs.filter(parent=programme) if programme else theirs
    return sum(_end_without(pair, person) for pair in found.order_by("parent", "pk"))


@transaction.atomic
def end_pairs_in(programme: Group) -> int:
    """End every pair and proposal of a programme that has ended. Returns how many."""
    standing = Group.objects.filter(parent=programme).exclude(state=Group.State.ARCHIVED)
    return sum(_end_without(pair, None) for pair in standing.order_by("pk"))


def part(pair: Group) -> None:
    """Close both seats of a pair that has ended; what hangs on them goes with them. Twice is harmless."""
    for seat in pair.memberships.filter(state__in=BELONGING).select_related("user", "group").order_by("pk"):
        close_place(seat, Membership.State.LEFT)
        signals.member_left.send(Membership, membership=seat)


def remind_endings() -> int:
    """Ask both to look back, three weeks before the end (R73), once for each end. Returns how many were told."""
    soon = Group.objects.filter(kind=Group.Kind.PAIR, state=Group.State.OPEN)
    soon = soon.filter(ends_on__lte=timezone.now().date() + REVIEW_BEFORE)
    return sum(_remind(pair) for pair in soon.order_by("pk"))


# -- looking back -----------------------------------------------------------------------------
@transaction.atomic
def write_review(user: User, *, group: Group, answers: dict[str, str], shared: bool) -> EndingReview:
    """Keep what one of the two says, for themself unless `shared`. Any part may stay empty, and it can be changed.

    Raises NotAllowed, and PairOver when the pair has ended: sharing would be a way to write to each other.
    """
    pair = hold_pair(group)
    if pair.has_ended and pair.memberships.filter(user=user).exists():
        raise PairOver(_("Your time as a pair is over. What you wrote before stays yours."))
    ensure(user, "pair.keep", pair)
    review = EndingReview.objects.filter(group=pair, user=user).first() or EndingReview(group=pair, user=user)
    words = {name: answers.get(name, "") for name in QUESTIONS}
    seal(review, "words", json.dumps(words) if any(words.values()) else "", owner=user)
    review.shared, review.written_at = shared, timezone.now()
    review.save()
    audit.record(user, "pair.review", pair, about=user)
    return review


def own_review(user: User, *, group: Group) -> tuple[dict[str, str], bool]:
    """What the person wrote, and whether the other may read it."""
    review = EndingReview.objects.filter(group=group, user=user).first()
    return ({}, False) if review is None else (_words_of(review), review.shared)


@transaction.atomic
def read_shared_review(user: User, *, group: Group) -> dict[str, str]:
    """What the other one shared; {} where nothing is. Each reading leaves an entry that they can see.

    Raises NotAllowed for anybody who was not one of the two.
    """
    ensure(user, "pair.look-back", group)
    review = EndingReview.objects.filter(group=group, shared=True).exclude(user=user).select_related("user").first()
    if review is None or not review.words:
        return {}
    seat = group.memberships.filter(user=review.user).order_by("-pk").first()
    audit.record(user, "pair.read-review", seat, about=review.user)
    return _words_of(review)


def _words_of(review: EndingReview) -> dict[str, str]:
    words = unseal(review, "words", owner=review.user)
    return dict(json.loads(words)) if words else {}


# -- rows and tellings ------------------------------------------------------------------------
def tell_pair(pair: Group, topic: str, *, but: User | None = None, version: int = 0) -> None:
    """Tell the two, or the other one, once about this in this pair, and in this version of what they agree to."""
    people = User.objects.filter(memberships__group=pair).exclude(pk=_id(but)).order_by("pk")
    tell(people, topic, f"{topic} {pair.public_id} {version}", group=pair.slug)


def tell_coordinators(membership: Membership) -> None:
    """Somebody asks them for a mentor, or for another one: once a day, however often it is taken back."""
    coordinators = User.objects.filter(pk__in=membership.group.memberships.facilitators().values("user"))
    key = f"mentor.wanted {membership.public_id} {timezone.now():%Y-%m-%d}"
    tell(coordinators, "mentor.wanted", key, group=membership.group.slug)


def programme_of(pair: Group) -> Group:
    assert pair.parent is not None  # the database says so of every pair
    return pair.parent


def hold_pair(group: Group) -> Group:
    """The pair as it is now, after its programme: the order in which every change of pairs holds them."""
    assert group.parent_id is not None  # the database says so of every pair
    hold_group(group.parent_id)
    return hold_group(group.pk)


def _end(pair: Group, reason: str) -> None:
    """The record names nobody: who ended it is nobody's business (R70)."""
    part(pair)
    end_group(pair, actor=None, reason=reason)


def _end_without(group: Group, gone: User | None) -> bool:
    pair = hold_pair(group)
    if pair.has_ended:
        return False
    if pair.state == Group.State.DRAFT:
        end_draft(pair, no_from=gone)
        return True
    _end(pair, Group.Ended.MOVED_ON)
    tell_pair(pair, "pair.ended", but=gone)
    return True


def _want_another(pair: Group, mentee: Membership) -> None:
    place = programme_of(pair).memberships.filter(user=mentee.user_id, state__in=OPEN).first()
    if place is not None:
        place.mentor_wanted_at = timezone.now()
        place.save(update_fields=["mentor_wanted_at"])
        tell_coordinators(place)


@transaction.atomic
def _remind(pair: Group) -> int:
    if pair.ends_on is None or pair.ends_on < pair.today or pair.ends_on - pair.today > REVIEW_BEFORE:
        return 0
    people = User.objects.filter(memberships__group=pair).order_by("pk")
    key = f"pair.ending {pair.public_id} {pair.ends_on}"
    return len(tell(people, "pair.ending", key, group=pair.slug, day=str(pair.ends_on)))


def _id(person: User | None) -> int | None:
    return person.pk if person else None
