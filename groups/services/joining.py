"""Asking to join, taking that back, and leaving: what a person does about their own place."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import (
    AgreementChanged,
    AlreadyAsked,
    AlreadyDecided,
    AskedOften,
    LastFacilitator,
    NameTaken,
    NotTakingPeople,
)
from groups.models import Agreement, Group, GroupLink, Membership
from groups.services.agreements import record_acceptance
from groups.services.closing import close_place
from groups.services.locks import broken, hold_group, hold_groups, hold_membership, one_name_each
from groups.services.moving import hold_both, leave_the_other
from groups.services.offering import offer_free_places
from groups.services.parting import say_farewell
from groups.services.welcoming import say_somebody_came
from notices.services import tell
from people import audit, consents
from people.models import Consent, User
from people.policy import can, ensure
from people.sealed import seal, unseal
from people.services import give_consent, keep_hello

LINKED = "group.ask_by_link"
ASKS_A_DAY = 5  # of one person to one group: each of them rings at those who run it


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
    hello: bool | None = None,
    visit_wanted: bool = False,
    instead_of: Membership | None = None,
    link: GroupLink | None = None,
) -> Membership:
    """Ask for a place, having said yes to the agreement (R9, R16). In an open group it is taken at once.

    `words` are sealed and for the facilitators alone. `check_in` is the person's consent to the weekly question,
    and `hello` to a word after a missed session: False takes it back, None was not asked. With `visit_wanted`
    they would like to come once first. `instead_of` is a place of theirs that they leave when they have this
    one. `link` is how they found a group that is not shown to everybody. Asking a full group is fine: there is
    a line. Raises NotTakingPeople, AgreementChanged, AlreadyAsked, AskedOften, NameTaken, and NotAllowed for a place
    to leave that is not theirs.
    """
    group = hold_groups(group.pk, instead_of.group_id if instead_of else None)[group.pk]
    if not (can(user, "group.ask", group) or (link and link.group_id == group.pk and can(user, LINKED, link))):
        raise NotTakingPeople(_("This group is not taking new people at the moment."))
    if agreement != group.agreement:
        raise AgreementChanged(_("The agreement has changed since you read it. Read it once more."))
    _ensure_not_again_and_again(user, group)
    if instead_of is not None:
        ensure(user, "membership.leave", instead_of)
    membership = Membership(
        group=group,
        user=user,
        alias=alias,
        pronouns=pronouns,
        by_mail=by_mail,
        visit_wanted=visit_wanted and group.allows_visits,
        instead_of=instead_of if instead_of and instead_of.group_id != group.pk else None,
    )
    seal(membership, "words", words, owner=user)
    if group.intake == Group.Intake.OPEN:
        _come_in(membership)
    _save_request(membership)
    _keep_the_yes(user, agreement, check_in=check_in, hello=hello)
    _say_so(membership)
    return membership


@transaction.atomic
def change_request(
    user: User, *, membership: Membership, alias: str, pronouns: str, words: str, by_mail: bool
) -> Membership:
    """Put right what was sent, while nobody has answered. Raises NotAllowed, AlreadyDecided and NameTaken."""
    row = hold_membership(membership.pk)
    ensure(user, "membership.withdraw", row)
    if not row.is_waiting:
        raise AlreadyDecided(_("Your request has an answer, so it cannot be changed any more."))
    row.alias, row.pronouns, row.by_mail = alias, pronouns, by_mail
    seal(row, "words", words, owner=user)
    with one_name_each():
        row.save()
    audit.record(user, "membership.change", row, about=user)
    return row


@transaction.atomic
def ask_to_stay(user: User, *, membership: Membership) -> Membership:
    """Ask for a place of one's own after coming once, or before. In an open group it is taken at once.

    A seat that is kept for the visit stays kept until there is an answer. Twice is harmless. Raises
    NotAllowed for anybody else, AlreadyDecided where there is no visit any more, and NotTakingPeople.
    """
    group = hold_both(membership)
    row = hold_membership(membership.pk)
    ensure(user, "membership.withdraw", row)
    if row.belongs or row.is_waiting:
        return row
    if row.state != Membership.State.VISITING:
        raise AlreadyDecided(_("Your visit is over. You can ask to join from the page of the group."))
    if group.is_among_itself:
        raise NotTakingPeople(_("This group has begun, and those who began stay together."))
    row.visit_wanted, row.created_at = False, timezone.now()
    if group.intake == Group.Intake.OPEN and _has_room(group):
        row.move_to(Membership.State.ACTIVE)
    else:
        row.move_to(Membership.State.REQUESTED)
        if group.intake == Group.Intake.OPEN:
            row.save()  # the database knows each step
            row.move_to(Membership.State.WAITLISTED)
            signals.member_left.send(Membership, membership=row)
    row.save()
    _say_so(row)
    return row


@transaction.atomic
def withdraw_request(user: User, *, membership: Membership) -> Membership:
    """Take a request back, or a visit; what was written with it is erased. Twice is harmless.

    Raises NotAllowed for anybody else, and AlreadyDecided when the person belongs by now.
    """
    group = hold_group(membership.group_id)
    row = hold_membership(membership.pk)
    ensure(user, "membership.withdraw", row)
    if row.belongs:
        raise AlreadyDecided(_("You were let in a moment ago. You can leave the group from its page."))
    if row.state == Membership.State.BLOCKED:
        raise AlreadyDecided(_("There is no request to take back any more."))
    if row.state in Membership.CLOSED:
        return row
    had_seats = row.may_hold_seats
    close_place(row, Membership.State.LEFT)
    audit.record(user, "membership.withdraw", row, about=user)
    if had_seats:
        signals.member_left.send(Membership, membership=row)
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


def _ensure_not_again_and_again(user: User, group: Group) -> None:
    since = timezone.now() - timedelta(days=1)
    if group.memberships.filter(user=user, created_at__gt=since, ended_at__isnull=False).count() >= ASKS_A_DAY:
        raise AskedOften(_("You have asked this group several times today. You can ask again tomorrow."))


def _come_in(membership: Membership) -> None:
    """Into an open group, at once: to see, to belong, or in line where every place is taken or somebody waits."""
    group = membership.group
    if not _has_room(group):
        membership.move_to(Membership.State.WAITLISTED)
    elif membership.visit_wanted:
        membership.move_to(Membership.State.VISITING)
        membership.decided_at = timezone.now()
    else:
        membership.move_to(Membership.State.ACTIVE)


def _has_room(group: Group) -> bool:
    """The caller holds the group. Nobody overtakes those in line."""
    return not group.is_full and not group.memberships.in_line().exists()


def _keep_the_yes(user: User, agreement: Agreement | None, *, check_in: bool, hello: bool | None) -> None:
    if agreement is not None:
        record_acceptance(user, agreement)
    if check_in:
        give_consent(user, **consents.CHECK_INS, channel=Consent.Channel.JOINING)
    keep_hello(user, hello, channel=Consent.Channel.JOINING)


def _say_so(membership: Membership) -> None:
    """Record what it came to, and tell those whom it concerns."""
    user = membership.user
    if membership.state != Membership.State.ACTIVE:
        audit.record(user, "membership.ask", membership, about=user)
        if membership.state == Membership.State.REQUESTED:
            _tell_facilitators(membership)
        elif membership.state == Membership.State.VISITING:
            say_somebody_came(membership)
        else:
            offer_free_places(membership.group)
        return
    audit.record(user, "membership.join", membership, about=user)
    say_somebody_came(membership)
    signals.member_joined.send(Membership, membership=membership)
    if left := leave_the_other(membership):
        offer_free_places(left)


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
    key = f"request {membership.public_id} {membership.created_at:%Y%m%dT%H%M%S}"
    tell(facilitators, "request.made", key, membership=str(membership.public_id), group=membership.group.slug)
