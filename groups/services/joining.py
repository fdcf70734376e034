"""Asking to join, taking that back, and leaving: what a person does about their own place."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import AgreementChanged, AlreadyAsked, AlreadyDecided, LastFacilitator, NameTaken, NotTakingPeople
from groups.models import Agreement, Group, Membership
from groups.services.agreements import record_acceptance
from groups.services.locks import broken, hold_group, hold_membership, one_name_each
from groups.services.offering import offer_free_places
from groups.services.parting import close_place, say_farewell
from notices.services import tell
from people import audit
from people.models import User
from people.policy import can, ensure
from people.sealed import seal, unseal
from people.services import give_consent

CHECK_INS = {"purpose": "checkins", "version": "1"}


@transaction.atomic
def ask_to_join(
    user: User,
    *,
    group: Group,
    agreement: Agreement | None,
    alias: str,
    pronouns: str = "",
    words: str = "",
    by_mail: bool = True,
    check_in: bool = False,
) -> Membership:
    """Ask a group's facilitators for a place, having said yes to its agreement (R9, R16).

    `words` are sealed and for the facilitators alone. `check_in` is the person's consent to the weekly
    question. Asking a full group is fine: they may put the request on the waitlist. Raises
    NotTakingPeople, AgreementChanged, AlreadyAsked and NameTaken.
    """
    if not can(user, "group.ask", group):
        raise NotTakingPeople(_("This group is not taking new people at the moment."))
    if agreement != group.agreement:
        raise AgreementChanged(_("The agreement has changed since you read it. Read it once more."))
    membership = Membership(group=group, user=user, alias=alias, pronouns=pronouns, by_mail=by_mail)
    seal(membership, "words", words, owner=user)
    _save_request(membership)
    if agreement is not None:
        record_acceptance(user, agreement)
    if check_in:
        give_consent(user, **CHECK_INS)
    audit.record(user, "membership.ask", membership, about=user)
    _tell_facilitators(membership)
    return membership


@transaction.atomic
def withdraw_request(user: User, *, membership: Membership) -> Membership:
    """Take a request back; what was written with it is erased. Twice is harmless.

    Raises NotAllowed for anybody else, and AlreadyDecided when the person belongs by now.
    """
    group = hold_group(membership.group_id)
    row = hold_membership(membership.pk)
    ensure(user, "membership.withdraw", row)
    if row.belongs:
        raise AlreadyDecided(_("You were let in a moment ago. You can leave the group from its page."))
    if row.state in Membership.CLOSED:
        return row
    row.words = None
    row.move_to(Membership.State.LEFT)
    row.save()
    audit.record(user, "membership.withdraw", row, about=user)
    offer_free_places(group)
    return row


def own_words(user: User, *, membership: Membership) -> str:
    """What the person wrote with their own request. Raises NotAllowed for anybody else."""
    ensure(user, "membership.withdraw", membership)
    return unseal(membership, "words", owner=user)


@transaction.atomic
def leave_group(user: User, *, membership: Membership, words: str = "", signed: bool = False) -> Membership:
    """Leave, without a reason; coming back is always possible (R2). Twice is harmless.

    `words` are for those who run the group, apart from who says them unless `signed`. Raises NotAllowed
    for anybody else or somebody who is not in it, and LastFacilitator for the only person who runs the group.
    """
    group = hold_group(membership.group_id)
    row = hold_membership(membership.pk)
    if row.user_id == user.pk and row.state == Membership.State.LEFT:
        return row
    ensure(user, "membership.leave", row)
    if row.runs_it and not group.memberships.facilitators().exclude(pk=row.pk).filter(user__is_active=True).exists():
        raise LastFacilitator(_("You are the only facilitator. Ask an admin to give the group to somebody else first."))
    if words:
        say_farewell(user, membership=row, words=words, signed=signed)
    close_place(row, Membership.State.LEFT)
    audit.record(user, "membership.leave", row, about=user)
    signals.member_left.send(Membership, membership=row)
    offer_free_places(group)
    return row


def _save_request(membership: Membership) -> None:
    """Save it, or say which rule of the database it met. A second click meets its own first request."""
    asked_already = AlreadyAsked(_("You have asked already. Your request is with the facilitators."))
    try:
        with one_name_each():
            membership.save()
    except NameTaken:
        if membership.group.memberships.open().filter(user=membership.user).exists():
            raise asked_already from None
        raise
    except IntegrityError as problem:
        if broken(problem) == "membership_one_open":
            raise asked_already from problem
        raise


def _tell_facilitators(membership: Membership) -> None:
    facilitators = User.objects.filter(pk__in=membership.group.at_hand.values("user"))
    key = f"request {membership.public_id}"
    tell(facilitators, "request.made", key, membership=str(membership.public_id), group=membership.group.slug)
