"""Answering the people who ask to join: only the facilitators of that very group do."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import AlreadyDecided, GroupFull
from groups.models import Membership
from groups.services.locks import hold_group, hold_membership
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
    """Let a person in. Raises NotAllowed, AlreadyDecided and GroupFull.

    The group's row is held while places are counted, so that two answers cannot take one place.
    """
    group = hold_group(membership.group_id)
    row = _undecided(actor, membership)
    if row.role == Membership.Role.MEMBER and group.is_full:
        raise GroupFull(_("Every place is taken. You can put this request on the waitlist."))
    _decide(actor, row, Membership.State.ACTIVE, "membership.accept")
    signals.member_joined.send(Membership, membership=row)
    return row


@transaction.atomic
def waitlist_request(actor: User, *, membership: Membership) -> Membership:
    """Put a request at the end of the line. Raises NotAllowed and AlreadyDecided."""
    hold_group(membership.group_id)
    return _decide(actor, _undecided(actor, membership), Membership.State.WAITLISTED, "membership.waitlist")


@transaction.atomic
def decline_request(actor: User, *, membership: Membership) -> Membership:
    """Say that it is not this group. Raises NotAllowed and AlreadyDecided."""
    hold_group(membership.group_id)
    return _decide(actor, _undecided(actor, membership), Membership.State.DECLINED, "membership.decline")


def forget_words() -> int:
    """Erase what was written with requests that were answered 90 days ago. Returns how many."""
    since = timezone.now() - WORDS_KEPT
    answered = Q(decided_at__lt=since) & ~Q(state=Membership.State.WAITLISTED)
    return Membership.objects.exclude(words=None).filter(answered | Q(ended_at__lt=since)).update(words=None)


def what_stands(membership: Membership) -> str:
    """How a request was answered, in a sentence for another facilitator."""
    name = _name_of_decider(membership)
    return {
        Membership.State.ACTIVE.value: _("%(name)s has let this person in."),
        Membership.State.PAUSED.value: _("%(name)s has let this person in."),
        Membership.State.WAITLISTED.value: _("%(name)s has put this request on the waitlist."),
        Membership.State.INVITED.value: _("A place is held for this person. The answer is theirs."),
        Membership.State.DECLINED.value: _("%(name)s has answered that it is not this group."),
        Membership.State.REQUESTED.value: _("Nobody has answered yet."),
    }.get(membership.state, _("This request was taken back, or the person has left since.")) % {"name": name}


def _undecided(actor: User, membership: Membership) -> Membership:
    """The row, held, if it still is what the actor saw."""
    row = hold_membership(membership.pk)
    ensure(actor, "membership.decide", row)
    if row.state != membership.state or not row.is_waiting:
        raise AlreadyDecided(what_stands(row))
    return row


def _decide(actor: User, row: Membership, state: str, action: str) -> Membership:
    if not row.can_move_to(state):
        raise AlreadyDecided(what_stands(row))
    row.move_to(state)
    row.decided_by, row.decided_at = actor, timezone.now()
    row.save()
    audit.record(actor, action, row, about=row.user)
    _tell(row)
    return row


def _tell(row: Membership) -> None:
    """Tell the person that there is an answer; in the app alone when they asked for that."""
    tell(
        [row.user],
        "request.answered",
        f"answer {row.public_id} {row.state}",
        mail=row.by_mail,
        membership=str(row.public_id),
        group=row.group.slug,
    )


def _name_of_decider(membership: Membership) -> str:
    seat = Membership.objects.filter(group=membership.group_id, user=membership.decided_by_id).order_by("-pk").first()
    return seat.alias if seat and seat.alias else _("Another facilitator")
