"""Answering the people who ask to join: only the facilitators of that very group do."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import AlreadyDecided, GroupFull, NotSuggested, NotTakingPeople, NoVisits
from groups.models import Group, Membership, WelcomeTalk
from groups.services.closing import close_place
from groups.services.locks import hold_group, hold_membership
from groups.services.moving import hold_both, leave_the_other
from groups.services.offering import offer_free_places
from notices.services import tell
from people import audit
from people.models import User
from people.policy import ensure
from people.sealed import unseal

WORDS_KEPT = timedelta(days=90)  # after the answer; the page that asks says so


@transaction.atomic
def read_request(actor: User, *, membership: Membership) -> str:
    """What was written with a request. Each reading leaves an entry that the person can see.

    Raises NotAllowed unless the actor runs the group.
    """
    ensure(actor, "membership.decide", membership)
    if not membership.words:
        return ""
    audit.record(actor, "membership.read", membership, about=membership.user)
    return unseal(membership, "words", owner=membership.user)


@transaction.atomic
def accept_request(actor: User, *, membership: Membership) -> Membership:
    """Let a person in who asks, waits or comes once.

    The group's row is held while places are counted, so that two answers cannot take one place. Where
    they come instead of being in another group, that place is left in the same transaction. Raises
    NotAllowed, AlreadyDecided, NotTakingPeople and GroupFull.
    """
    group = hold_both(membership)
    row = undecided(actor, membership)
    _ensure_somebody_may_come(group)
    if row.role == Membership.Role.MEMBER and group.is_full:
        raise GroupFull(_("Every place is taken. You can put this request on the waitlist."))
    _decide(actor, row, Membership.State.ACTIVE, "membership.accept")
    signals.member_joined.send(Membership, membership=row)
    if left := leave_the_other(row):
        offer_free_places(left)
    return row


@transaction.atomic
def let_visit(actor: User, *, membership: Membership) -> Membership:
    """Let a person come to one session and see. They hold no place, so a full group can do it too.

    Raises NotAllowed, AlreadyDecided, NotTakingPeople, and NoVisits where the group has none.
    """
    group = hold_group(membership.group_id)
    row = undecided(actor, membership)
    _ensure_somebody_may_come(group)
    if not group.allows_visits:
        raise NoVisits(_("This group has no visits. You can change that in its settings."))
    return _decide(actor, row, Membership.State.VISITING, "membership.visit")


@transaction.atomic
def end_visit(actor: User | None, *, membership: Membership) -> Membership:
    """Close a visit after the session, and tell the person that the next step is theirs. Twice is harmless.

    The clock does it without an actor; somebody who runs the group may too. Raises NotAllowed.
    """
    hold_group(membership.group_id)
    row = hold_membership(membership.pk)
    if actor is not None:
        ensure(actor, "membership.decide", row)
    if row.state != Membership.State.VISITING:
        return row
    close_place(row, Membership.State.VISITED)
    audit.record(actor, "membership.visited", row, about=row.user)
    signals.member_left.send(Membership, membership=row)
    _tell(row, "visit.over")
    return row


@transaction.atomic
def waitlist_request(actor: User, *, membership: Membership) -> Membership:
    """Put a request at the end of the line; where a place is free, whoever is first there is offered it at once.

    Raises NotAllowed, AlreadyDecided and NotTakingPeople.
    """
    group = hold_group(membership.group_id)
    row = undecided(actor, membership)
    _ensure_somebody_may_come(group)
    _move(actor, row, Membership.State.WAITLISTED, "membership.waitlist")
    offered = next((seat for seat in offer_free_places(group) if seat == row), None)
    if offered is None:  # else the offer is the answer
        _tell(row, "request.answered")
    return offered or row


@transaction.atomic
def decline_request(actor: User, *, membership: Membership, suggestion: Group | None = None) -> Membership:
    """Say that it is not this group, and which one might be. Raises NotAllowed, AlreadyDecided and NotSuggested."""
    hold_group(membership.group_id)
    row = undecided(actor, membership)
    if suggestion is not None and not Group.objects.to_suggest(row.group).filter(pk=suggestion.pk).exists():
        raise NotSuggested(_("That group takes nobody new at the moment. Suggest another one, or none."))
    row.suggestion, row.instead_of = suggestion, None
    return _decide(actor, row, Membership.State.DECLINED, "membership.decline")


def forget_words() -> int:
    """Erase what was written with requests, and about talks, that were answered 90 days ago. Returns how many."""
    since = timezone.now() - WORDS_KEPT
    answered = Q(decided_at__lt=since) & ~Q(state__in=[Membership.State.WAITLISTED, Membership.State.REQUESTED])
    old = Membership.objects.filter(answered | Q(ended_at__lt=since))
    talks = WelcomeTalk.objects.exclude(how=None).filter(membership__in=old).update(how=None)
    return talks + Membership.objects.exclude(words=None).filter(answered | Q(ended_at__lt=since)).update(words=None)


def what_stands(membership: Membership) -> str:
    """How a request was answered, in a sentence for another facilitator."""
    name = _name_of_decider(membership)
    return {
        Membership.State.ACTIVE.value: _("%(name)s has let this person in."),
        Membership.State.PAUSED.value: _("%(name)s has let this person in."),
        Membership.State.WAITLISTED.value: _("%(name)s has put this request on the waitlist."),
        Membership.State.VISITING.value: _("%(name)s has let this person come once and see."),
        Membership.State.VISITED.value: _("This person came once. The next step is theirs."),
        Membership.State.INVITED.value: _("A place is held for this person. The answer is theirs."),
        Membership.State.DECLINED.value: _("%(name)s has answered that it is not this group."),
        Membership.State.REQUESTED.value: _("Nobody has answered yet."),
    }.get(membership.state, _("This request was taken back, or the person has left since.")) % {"name": name}


def undecided(actor: User, membership: Membership) -> Membership:
    """The row, held, if it still is what the actor saw. Raises NotAllowed and AlreadyDecided."""
    row = hold_membership(membership.pk)
    ensure(actor, "membership.decide", row)
    if row.state != membership.state or not row.can_be_decided:
        raise AlreadyDecided(what_stands(row))
    return row


def _ensure_somebody_may_come(group: Group) -> None:
    """Once those who began together have begun, the one answer left is a kind no (R8). Raises NotTakingPeople."""
    if group.is_among_itself:
        raise NotTakingPeople(_("This group has begun, and those who began stay together."))


def _decide(actor: User, row: Membership, state: str, action: str) -> Membership:
    _move(actor, row, state, action)
    _tell(row, "request.answered")
    return row


def _move(actor: User, row: Membership, state: str, action: str) -> None:
    if not row.can_move_to(state):
        raise AlreadyDecided(what_stands(row))
    had_seats = row.may_hold_seats
    row.move_to(state)
    row.decided_by, row.decided_at = actor, timezone.now()
    row.save()
    audit.record(actor, action, row, about=row.user)
    if had_seats and not row.may_come:
        signals.member_left.send(Membership, membership=row)


def _tell(row: Membership, topic: str) -> None:
    """Tell the person that there is an answer; in the app alone when they asked for that."""
    tell(
        [row.user],
        topic,
        f"answer {row.public_id} {row.state}",
        mail=row.by_mail,
        membership=str(row.public_id),
        group=row.group.slug,
    )


def _name_of_decider(membership: Membership) -> str:
    seat = Membership.objects.filter(group=membership.group_id, user=membership.decided_by_id).order_by("-pk").first()
    return seat.alias if seat and seat.alias else _("Another facilitator")
