"""How two people find each other in a mentoring programme: who is a mentor, what each shows, and both saying yes.

A pair begins as a draft with two people who are asked. It opens when both said yes and not before, so
neither has any right over the other until then (R70). Lock order: the programme, then the pair, then
the two memberships.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import AlreadyPaired, HelpLinesUnconfirmed, KnowEachOther, NoRoomForPair, PairOver
from groups.models import Group, Membership
from groups.models.pair import PAIR_WEEKS
from groups.services.keeping import save_at_a_free_address
from groups.services.locks import hold_group, hold_membership
from groups.services.pairs import end_draft, hold_pair, programme_of, tell_coordinators, tell_pair
from people import audit
from people.models import Organisation, User
from people.policy import ensure

PROPOSAL_DAYS = 14  # how long a proposal waits for two answers


@transaction.atomic
def want_mentor(user: User, *, group: Group, wanted: bool = True) -> Membership:
    """Ask the coordinators to propose somebody, or take that back. The same again changes nothing.

    Raises NotAllowed unless the person is a member of the programme.
    """
    hold_group(group.pk)
    ensure(user, "mentor.ask", group)
    row = hold_membership(group.memberships.get(user=user, state=Membership.State.ACTIVE).pk)
    if wanted == (row.mentor_wanted_at is not None):
        return row
    row.mentor_wanted_at = timezone.now() if wanted else None
    row.save(update_fields=["mentor_wanted_at"])
    audit.record(user, "mentor.want" if wanted else "mentor.unwant", row, about=user)
    if wanted:
        tell_coordinators(row)
    return row


@transaction.atomic
def ask_mentor(user: User, *, group: Group, mentor: Membership) -> Group:
    """Ask one mentor; the own yes is given with that.

    Nobody asks the same mentor twice: after a no, or after their time together (R71), only the
    coordinators may propose it. Raises NotAllowed, NoRoomForPair and AlreadyPaired.
    """
    hold_group(group.pk)
    ensure(user, "mentor.ask", group)
    if not group.memberships.never_with(user).filter(pk=mentor.pk).exists():
        raise NoRoomForPair(_("This mentor takes nobody new at the moment."))
    mentee = group.memberships.get(user=user, state=Membership.State.ACTIVE)
    pair = _make_pair(user, group, mentor, mentee)
    own = pair.memberships.get(user=user)
    own.decided_by, own.decided_at = user, timezone.now()
    own.save(update_fields=["decided_by", "decided_at"])
    audit.record(user, "pair.ask", pair, about=user)
    tell_pair(pair, "pair.proposed", but=user)
    return pair


@transaction.atomic
def propose_pair(
    actor: User, *, group: Group, mentor: Membership, mentee: Membership, all_the_same: bool = False
) -> Group:
    """Propose two people to each other. Both are asked; neither has to say why not.

    Raises NotAllowed unless the actor runs the programme, NoRoomForPair, AlreadyPaired, and
    KnowEachOther unless `all_the_same` says that it is meant (R75).
    """
    ensure(actor, "pair.propose", group)
    hold_group(group.pk)
    if not all_the_same and know_each_other(mentor.user, mentee.user):
        raise KnowEachOther(_("They know each other from a group that one of them runs. Speak with both first."))
    pair = _make_pair(actor, group, mentor, mentee)
    audit.record(actor, "pair.propose", pair, about=mentee.user)
    tell_pair(pair, "pair.proposed")
    return pair


@transaction.atomic
def take_proposal_back(actor: User, *, group: Group) -> Group:
    """Take back a proposal that is not answered by both. Raises NotAllowed and PairOver."""
    pair = hold_pair(group)
    ensure(actor, "pair.propose", programme_of(pair))
    if pair.state != Group.State.DRAFT:
        raise PairOver(_("They have answered by now."))
    audit.record(actor, "pair.take-back", pair)
    end_draft(pair)
    return pair


@transaction.atomic
def answer_pair(user: User, *, group: Group, yes: bool) -> Group:
    """Say yes or no to a pair, without a reason. The second yes opens it; a no ends it and frees both.

    Yes twice is harmless. Raises NotAllowed for anybody but the two, PairOver when there is nothing
    to answer any more, and HelpLinesUnconfirmed (R51).
    """
    pair = hold_pair(group)
    if pair.state != Group.State.DRAFT and pair.memberships.filter(user=user).exists():
        raise PairOver(_("This is answered by now."))
    ensure(user, "pair.answer", pair)
    audit.record(user, "pair.yes" if yes else "pair.no", pair, about=user)
    if not yes:
        end_draft(pair, no_from=user)
        return pair
    pair.memberships.filter(user=user, decided_at=None).update(decided_by=user, decided_at=timezone.now())
    if not pair.memberships.filter(decided_at=None).exists():
        _open(pair, last=user)
    return pair


def run_out_proposals() -> int:
    """End proposals that two weeks did not answer. Returns how many. Twice and late are harmless."""
    since = timezone.now() - timedelta(days=PROPOSAL_DAYS)
    old = Group.objects.filter(kind=Group.Kind.PAIR, state=Group.State.DRAFT, created_at__lt=since)
    return sum(_run_out(pair) for pair in old.order_by("pk"))


@transaction.atomic
def _run_out(group: Group) -> bool:
    pair = hold_pair(group)
    waits = pair.state == Group.State.DRAFT
    if waits:
        end_draft(pair)
    return waits


def know_each_other(one: User, other: User) -> bool:
    """Whether one of them runs a group in which the other is: that is all that is said of it (R75)."""
    groups = Group.objects.beyond_pairs().exclude(kind=Group.Kind.PROGRAMME).exclude(state=Group.State.ARCHIVED)
    return groups.run_by(one).of(other).exists() or groups.run_by(other).of(one).exists()


def _make_pair(actor: User, programme: Group, mentor: Membership, mentee: Membership) -> Group:
    """The draft with its two seats. The caller holds the programme, so that pairs are counted once."""
    rows = programme.memberships.with_pairs()
    half, free = rows.free_mentors().filter(pk=mentor.pk).first(), programme.memberships.looking_for_mentor()
    if programme.state != Group.State.OPEN or half is None or half.user_id == mentee.user_id:
        raise NoRoomForPair(_("This mentor takes nobody new at the moment."))
    if not free.filter(pk=mentee.pk).exists():
        raise AlreadyPaired(_("There is a pair already, or one waits for its answers."))
    pair = Group(name=programme.name, kind=Group.Kind.PAIR, parent=programme, created_by=actor, **_shape(programme))
    save_at_a_free_address(pair)
    for seat, role in ((half, Membership.Role.FACILITATOR), (mentee, Membership.Role.MEMBER)):
        names = {"alias": seat.alias, "pronouns": seat.pronouns}
        Membership.objects.create(group=pair, user=seat.user, role=role, state=Membership.State.INVITED, **names)
    return pair


def _shape(programme: Group) -> dict[str, object]:
    """How a pair is from the start: for two, on no list, meeting as its programme does."""
    kept = ("purpose", "format", "place", "languages", "time_zone", "adults_only")
    ours = {"capacity": 1, "listed": False, "intake": Group.Intake.CLOSED}
    return ours | {name: getattr(programme, name) for name in kept}


def _open(pair: Group, *, last: User) -> None:
    """Both said yes. Without another agreement it ends after twelve weeks: not by drift (R71)."""
    if Organisation.current().crisis_confirmed_at is None:
        raise HelpLinesUnconfirmed(_("An admin has to confirm the help lines before a pair begins."))
    pair.state, pair.opened_at = Group.State.OPEN, timezone.now()
    pair.starts_on, pair.ends_on = pair.today, pair.today + timedelta(weeks=PAIR_WEEKS)
    pair.save(update_fields=["state", "opened_at", "starts_on", "ends_on"])
    for seat in pair.memberships.select_related("user").order_by("pk"):
        seat.move_to(Membership.State.ACTIVE)
        seat.save()
        signals.member_joined.send(Membership, membership=seat)
    programme_of(pair).memberships.filter(user__in=pair.memberships.members().values("user")).update(
        mentor_wanted_at=None
    )
    audit.record(None, "pair.open", pair)
    tell_pair(pair, "pair.begun", but=last)
