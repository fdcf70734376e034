"""Changes to an agreement that somebody proposes. Who they are is shown to nobody (R21).

So there is no entry in the record when somebody proposes, none that is about them when others read or
answer, no notice that would tell the hour, and no list in an order of time (docs/decisions).
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.errors import AlreadyDecided, TooManyProposals
from groups.models import Group, Proposal
from groups.querysets import ProposalQuerySet
from people import audit
from people.models import User
from people.policy import ensure
from people.sealed import Unreadable, seal, unseal

AT_ONCE = 3  # open at a time for one person, in all their groups
MOST = 50  # on one page
KEPT = timedelta(days=90)  # after it was taken up or set aside (R112)
ANSWERS = {Proposal.State.SHOWN, Proposal.State.TAKEN_UP, Proposal.State.SET_ASIDE}


@transaction.atomic
def propose_change(user: User, *, group: Group, words: str) -> Proposal:
    """Put a change before those who run the group, without a name. The same words again are one proposal.

    Raises NotAllowed for somebody who does not belong, and TooManyProposals.
    """
    ensure(user, "agreement.propose", group)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    waiting = list(Proposal.objects.open().filter(user=user))
    same = [one for one in waiting if one.group_id == group.pk and unseal(one, "words", owner=user) == words]
    if same:
        return same[0]
    if len(waiting) >= AT_ONCE:
        raise TooManyProposals(_("Three of your proposals wait for an answer. Wait for one, or take one back."))
    proposal = Proposal(group=group, user=user)
    seal(proposal, "words", words, owner=user)
    proposal.save()
    return proposal


@transaction.atomic
def withdraw_proposal(user: User, *, proposal: Proposal) -> None:
    """Take one's own back: it is deleted. Twice is harmless. Raises NotAllowed, and AlreadyDecided once answered."""
    ensure(user, "proposal.withdraw", proposal)
    row = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    if row is None:
        return
    if row.state != Proposal.State.OPEN:
        raise AlreadyDecided(_("It has an answer already."))
    row.delete()


@transaction.atomic
def decide_proposal(actor: User, *, proposal: Proposal, state: str) -> Proposal:
    """Show it to the group, take it up, or set it aside. One that is shown can still go either way.

    Raises NotAllowed unless the actor runs the group, and AlreadyDecided when somebody was faster.
    """
    ensure(actor, "proposal.decide", proposal)
    row = Proposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    if row.state == state:
        return row
    if row.state != proposal.state or row.state not in {Proposal.State.OPEN, Proposal.State.SHOWN}:
        raise AlreadyDecided(_("Somebody else has answered it a moment ago: %(state)s.") % {"state": _said(row)})
    if state not in ANSWERS:
        raise ValueError(f"no answer to a proposal: {state}")
    row.state, row.decided_by, row.decided_at = state, actor, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(actor, "proposal.decide", row, reason=state)
    return row


@transaction.atomic
def read_proposals(actor: User, *, group: Group) -> list[tuple[Proposal, str]]:
    """What people would change, for those who run the group. That it was read is on record, and about nobody.

    Raises NotAllowed.
    """
    ensure(actor, "group.run", group)
    waiting = Proposal.objects.answered_by(actor).filter(group=group, state__in=["open", "shown"])
    found = _opened(waiting.select_related("user").in_no_order())
    if any(proposal.state == Proposal.State.OPEN for proposal, _words in found):
        audit.record(actor, "proposal.read", group)
    return found


def shown_proposals(reader: User, *, group: Group) -> list[str]:
    """The words of what was shown to the group. Raises NotAllowed for somebody who does not belong."""
    ensure(reader, "agreement.propose", group)
    shown = Proposal.objects.visible_to(reader).shown().filter(group=group)
    return [words for _proposal, words in _opened(shown.select_related("user").in_no_order())]


def own_proposals(user: User, *, group: Group) -> list[tuple[Proposal, str]]:
    """What this person proposed here, the newest first, and what became of it."""
    return _opened(Proposal.objects.filter(user=user, group=group).select_related("user").order_by("-created_at"))


def forget_proposals() -> int:
    """Delete what was taken up or set aside 90 days ago: nothing says any more who proposed what. Returns how many."""
    settled = [Proposal.State.TAKEN_UP, Proposal.State.SET_ASIDE]
    return Proposal.objects.filter(state__in=settled, decided_at__lt=timezone.now() - KEPT).delete()[0]


def _opened(proposals: ProposalQuerySet) -> list[tuple[Proposal, str]]:
    """With their words. Those of somebody whose account was erased cannot be opened any more and are left out."""
    found = []
    for proposal in proposals[:MOST]:
        try:
            found.append((proposal, unseal(proposal, "words", owner=proposal.user)))
        except Unreadable:
            continue
    return found


def _said(proposal: Proposal) -> str:
    return str(proposal.get_state_display()).lower()
