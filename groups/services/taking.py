"""Saying yes to an invitation: the reader becomes what the letter says, with its writer's authority."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import AgreementChanged, GroupFull, InvitationGone, NameNeeded, OtherAddress
from groups.letters import still_holds
from groups.models import Agreement, Group, Invitation, Membership
from groups.services.agreements import record_acceptance
from groups.services.keeping import appoint_facilitator
from groups.services.locks import hold_groups, one_name_each
from groups.services.moving import leave_the_other
from groups.services.offering import offer_free_places
from groups.services.welcoming import say_somebody_came
from people import audit
from people.models import Consent, User
from people.services import change_roles, keep_hello


@transaction.atomic
def take_invitation(
    user: User,
    *,
    invitation: Invitation,
    alias: str = "",
    agreement: Agreement | None = None,
    hello: bool | None = None,
) -> Invitation:
    """Take an open letter. `agreement` is the version the person said yes to, where the group has one, and `hello`
    what they said to a word after a missed session (None: not asked).

    One letter is taken once: its row is held. Taking one's own again changes nothing. Raises
    InvitationGone, OtherAddress, AgreementChanged, NameNeeded, NameTaken and GroupFull.
    """
    letter = _held(user, invitation)
    if letter.accepted_by_id == user.pk:
        return letter
    if not still_holds(letter):
        raise _gone()
    _ensure_it_was_sent_to(user, letter)
    if letter.role in {Invitation.Role.ADMIN, Invitation.Role.SAFETY_LEAD}:
        _give_role(user, letter)
    elif letter.group is not None:
        _join(user, letter, letter.group, alias, agreement)
    keep_hello(user, hello, channel=Consent.Channel.INVITATION)
    letter.accepted_at, letter.accepted_by = timezone.now(), user
    letter.save(update_fields=["accepted_at", "accepted_by"])
    audit.record(user, "invitation.take", letter, about=user, reason=letter.role)
    return letter


def _held(user: User, invitation: Invitation) -> Invitation:
    """The group's row first, as everywhere, with the one the person asked to leave for it; then the letter's."""
    asked = Membership.objects.open().filter(user=user, group=invitation.group_id)
    hold_groups(invitation.group_id, *asked.values_list("instead_of__group_id", flat=True))
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("group", "invited_by")
    return rows.get(pk=invitation.pk)


def _ensure_it_was_sent_to(user: User, letter: Invitation) -> None:
    """A role with power goes to nobody but the address it was sent to, however far the mail was passed on."""
    if letter.role != Invitation.Role.MEMBER and user.email != letter.email:
        raise OtherAddress(_("This invitation went to another address. Sign in with that one to take it."))


def _give_role(user: User, letter: Invitation) -> None:
    change_roles(
        letter.invited_by,
        person=user,
        is_admin=user.is_admin or letter.role == Invitation.Role.ADMIN,
        is_safety_lead=user.is_safety_lead or letter.role == Invitation.Role.SAFETY_LEAD,
    )


def _join(user: User, letter: Invitation, group: Group, alias: str, agreement: Agreement | None) -> None:
    current = group.agreement
    agreed = current is None or current.acceptances.filter(user=user).exists()
    if not agreed and current != agreement:
        raise AgreementChanged(_("The agreement has changed since you read it. Read it once more."))
    seat = group.memberships.open().filter(user=user).first() or Membership(
        group=group, user=user, state=Membership.State.INVITED
    )
    if seat.state == Membership.State.BLOCKED:
        raise _gone()
    if not (alias or seat.alias):
        raise NameNeeded(_("Choose a name for this group."))
    if letter.role == Invitation.Role.FACILITATOR:
        appoint_facilitator(letter.invited_by, group=group, person=user, alias=alias)
    else:
        _seat_member(seat, letter, alias)
    if current is not None and not agreed:
        record_acceptance(user, current)


def _seat_member(seat: Membership, letter: Invitation, alias: str) -> None:
    """A place in the group, in the stead of a request that may be waiting."""
    joins = not seat.belongs
    if joins and not seat.is_offered and seat.group.is_full:
        raise GroupFull(_("All places in this group are taken at the moment. You can come back another day."))
    seat.alias = alias or seat.alias
    if seat.state != Membership.State.ACTIVE:
        seat.move_to(Membership.State.ACTIVE)
        seat.decided_by, seat.decided_at = letter.invited_by, timezone.now()
    with one_name_each():
        seat.save()
    audit.record(letter.invited_by, "membership.invite", seat, about=seat.user)
    if joins:
        say_somebody_came(seat)
        signals.member_joined.send(Membership, membership=seat)
        if left := leave_the_other(seat):
            offer_free_places(left)


def _gone() -> InvitationGone:
    return InvitationGone(_("This invitation does not open any more. Ask whoever sent it for a new one."))
