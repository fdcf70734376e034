"""Free places: offered to the first in line, held for a while, then on to the next (R13)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import AgreementChanged, AlreadyAsked, OfferGone, OfferRunOut
from groups.models import Agreement, Group, Membership
from groups.policies import has_agreed
from groups.services.agreements import record_acceptance
from groups.services.closing import close_place
from groups.services.locks import broken, hold_group, hold_membership, one_name_each
from groups.services.moving import hold_both, leave_the_other
from groups.services.welcoming import say_somebody_came
from notices.services import tell
from people import audit
from people.local_time import after_quiet
from people.models import User
from people.policy import ensure

BATCH = 500
State = Membership.State


@transaction.atomic
def offer_free_places(group: Group, *, queued_before: datetime | None = None) -> list[Membership]:
    """Offer each free place to whoever is first in line. Returns those who are asked; twice offers nothing twice.

    Whoever frees a place calls this, inside their own transaction. Those who went back to the end of the
    line at `queued_before` or later are not asked about the place that they just let go.
    """
    row = hold_group(group.pk)
    if not row.offers_places:
        return []
    line = row.memberships.in_line().filter(user__is_active=True)
    if queued_before is not None:
        line = line.filter(queued_at__lt=queued_before)
    seats = line.select_for_update(of=("self",), no_key=True).select_related("user")[: row.free]
    return [_offer(row, seat) for seat in seats]


@transaction.atomic
def accept_offer(user: User, *, membership: Membership, agreement: Agreement | None = None) -> Membership:
    """Take the place that is held. A second click changes nothing.

    `agreement` is the version the person said yes to just now, where another one holds than they knew.
    A group that they come from is left in the same transaction. Raises NotAllowed for anybody else,
    OfferRunOut, OfferGone and AgreementChanged.
    """
    group = hold_both(membership)
    row = hold_membership(membership.pk)
    ensure(user, "offer.answer", row)
    if row.belongs:
        return row
    _ensure_it_stands(group, row)
    _ensure_agreed(user, group, agreement)
    row.move_to(State.ACTIVE)
    row.save()
    audit.record(user, "membership.take_place", row, about=user)
    say_somebody_came(row)
    signals.member_joined.send(Membership, membership=row)
    if left := leave_the_other(row):
        offer_free_places(left)
    return row


@transaction.atomic
def pass_offer(user: User, *, membership: Membership, keep_in_line: bool) -> Membership:
    """Let the place go to the next: back to the end of the line, or off the list. Never counted against anybody.

    The same answer twice is harmless. Raises NotAllowed for anybody else, and OfferGone where there is
    nothing to answer any more.
    """
    group = hold_group(membership.group_id)
    row = hold_membership(membership.pk)
    ensure(user, "offer.answer", row)
    wanted = State.WAITLISTED if keep_in_line else State.LEFT
    if row.state == wanted:
        return row
    if not row.is_offered:
        raise _gone()
    before = timezone.now()
    _move(row, wanted)
    audit.record(user, "membership.pass_place", row, about=user)
    offer_free_places(group, queued_before=before)
    return row


@transaction.atomic
def wait_again(user: User, *, membership: Membership) -> Membership:
    """Be in line again after an offer ran out, at its end; who is in line and first is offered what is free now.

    Raises NotAllowed for anybody else, OfferGone where the group offers nothing, AlreadyAsked and NameTaken.
    """
    group = hold_group(membership.group_id)
    row = hold_membership(membership.pk)
    ensure(user, "offer.answer", row)
    if not group.offers_places or row.state not in {State.LAPSED, State.WAITLISTED}:
        raise _gone()
    if row.state == State.LAPSED:
        row = _at_the_end_of_the_line(row)
        audit.record(user, "membership.wait_again", row, about=user)
    offer_free_places(group)
    row.refresh_from_db()
    return row


@transaction.atomic
def let_offers_go_on(person: User) -> int:
    """Offer to the next what is held for somebody who cannot sign in. Returns how many.

    They cannot answer, so nothing ran out: they keep their day in line, for when they come back. A place
    that they have stays theirs (decision 0031).
    """
    held = Membership.objects.offered().filter(user=person).order_by("group")
    return sum(_let_go_on(pk, group) for pk, group in held.values_list("pk", "group_id"))


def _let_go_on(pk: int, group_pk: int) -> bool:
    group, row = hold_group(group_pk), hold_membership(pk)
    if not row.is_offered:
        return False
    queued = row.queued_at
    row.move_to(State.WAITLISTED)
    row.queued_at = queued or row.queued_at
    row.save()
    audit.record(None, "membership.pass_place", row, about=row.user)
    offer_free_places(group)
    return True


# -- the clock --------------------------------------------------------------------------------
def run_out_offers() -> int:
    """Let offers go whose time is over, each in a transaction of its own. Returns how many.

    A group that somebody holds right now waits for the next minute. Twice is harmless.
    """
    begun = timezone.now()
    due = Membership.objects.offered().filter(offered_until__lte=begun).order_by("offered_until", "pk")
    return sum(_run_out(pk, group, begun) for pk, group in due.values_list("pk", "group_id")[:BATCH])


@transaction.atomic
def _run_out(pk: int, group_pk: int, begun: datetime) -> int:
    """The group is held first, as everywhere: whoever takes the place at this very moment was faster, or is late."""
    group = Group.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=group_pk).first()
    if group is None:
        return 0
    row = hold_membership(pk)
    if row.offered_until is None or row.offered_until > begun:
        return 0
    again = group.offers_places and row.offers_lapsed == 0
    row.offers_lapsed += 1
    _move(row, State.WAITLISTED if again else State.LAPSED)
    audit.record(None, "membership.run_out", row, about=row.user)
    went = offer_free_places(group, queued_before=begun)
    _tell(row, "place.run_out", f"ran out {row.public_id} {row.offers_lapsed}", went=bool(went), again=again)
    return 1


# -- small steps ------------------------------------------------------------------------------
def _offer(group: Group, seat: Membership) -> Membership:
    seat.move_to(State.INVITED)
    seat.offered_until = _until(seat.user, timedelta(hours=group.offer_hours))
    seat.save()
    audit.record(None, "membership.offer", seat, about=seat.user)
    times = f"{seat.queued_at:%Y%m%dT%H%M%S%f} {seat.offered_until:%m%dT%H%M}"
    _tell(seat, "place.offered", f"place {seat.public_id} {times}")
    return seat


def _move(row: Membership, state: str) -> None:
    """Back into the line, or to an end."""
    if state in Membership.CLOSED:
        close_place(row, state)
    else:
        row.move_to(state)
        row.save()


def _until(user: User, held: timedelta) -> datetime:
    """The hours run from when the message may reach them, and never end while they are not to be disturbed."""
    reached = after_quiet(timezone.now(), user.zone, user.quiet_from, user.quiet_to)
    return after_quiet(reached + held, user.zone, user.quiet_from, user.quiet_to)


def _ensure_it_stands(group: Group, row: Membership) -> None:
    if group.state != Group.State.OPEN:
        raise OfferGone(_("This group has ended."))
    if group.is_among_itself:
        raise OfferGone(_("This group has begun, and those who began stay together."))
    if row.offered_until is None:
        raise _gone()
    if row.offered_until <= timezone.now():
        raise OfferRunOut(_("The time to answer is over, and the place goes to the next person."))


def _ensure_agreed(user: User, group: Group, agreement: Agreement | None) -> None:
    current = group.agreement
    if current is None or has_agreed(user, group):
        return
    if current != agreement:
        raise AgreementChanged(_("The agreement has changed since you read it. Read it once more."))
    record_acceptance(user, current)


def _at_the_end_of_the_line(old: Membership) -> Membership:
    """A new row: the old one is history. Who was once put on the waitlist needs no second yes to be on it."""
    asked_already = AlreadyAsked(_("You have asked already. Your request is with the facilitators."))
    if old.group.memberships.open().filter(user=old.user).exists():
        raise asked_already
    row = Membership(
        group=old.group,
        user=old.user,
        state=State.WAITLISTED,
        queued_at=timezone.now(),
        alias=old.alias,
        pronouns=old.pronouns,
        by_mail=old.by_mail,
        decided_by=old.decided_by,
        decided_at=old.decided_at,
    )
    try:
        with one_name_each():
            row.save()
    except IntegrityError as problem:
        if broken(problem) == "membership_one_open":
            raise asked_already from problem
        raise
    return row


def _tell(row: Membership, name: str, key: str, **more: Any) -> None:
    """In the app alone when the person asked for nothing to be sent."""
    tell([row.user], name, key, mail=row.by_mail, membership=str(row.public_id), group=row.group.slug, **more)


def _gone() -> OfferGone:
    return OfferGone(_("This place is not held for you any more."))
