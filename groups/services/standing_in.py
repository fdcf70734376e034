"""The people who run a group: what they say of themselves, days away with somebody who stands in, and stepping down."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.errors import AwayOverlaps, CannotStandIn, DayIsPast, GroupFull, LastFacilitator
from groups.models import Away, Membership
from groups.querysets import MembershipQuerySet
from groups.services.joining import leave_group
from groups.services.locks import hold_group, hold_membership
from people import audit
from people.models import User
from people.policy import ensure
from people.signals import stepped_back


@transaction.atomic
def say_about_me(actor: User, *, seat: Membership, about: str, duty: str, hours: str) -> Membership:
    """What people read about somebody who runs the group: who they are, what they must pass on (R19), when they
    answer (R60). Raises NotAllowed unless it is the actor's own seat.
    """
    row = hold_membership(seat.pk)
    ensure(actor, "seat.keep", row)
    row.about, row.duty, row.hours = about, duty, hours
    row.save(update_fields=["about", "duty", "hours"])
    audit.record(actor, "facilitator.about", row, about=actor)
    return row


def may_stand_in(seat: Membership) -> MembershipQuerySet:
    """Who can look after the group meanwhile: others who run it; for a pair, those who run its programme."""
    home = seat.group.parent_id if seat.group.is_pair else seat.group_id
    return Membership.objects.running().filter(group=home).exclude(user=seat.user_id).by_name()


@transaction.atomic
def go_away(
    actor: User, *, seat: Membership, starts_on: date, ends_on: date | None = None, cover: Membership | None = None
) -> Away:
    """Say that one is away from a day up to and with another, and who stands in. No reason is asked for (R62).

    The same days again are one row. Without `cover`, or alone, it is allowed: the page warns, and admins
    see it. Raises NotAllowed, DayIsPast, AwayOverlaps and CannotStandIn.
    """
    group = hold_group(seat.group_id)
    row = hold_membership(seat.pk)
    ensure(actor, "seat.keep", row)
    if starts_on < group.today:
        raise DayIsPast(_("Choose today or a day to come."))
    meets = row.aways.touching(starts_on, ends_on).first()
    if meets and (meets.starts_on, meets.ends_on, meets.cover) == (starts_on, ends_on, cover):
        return meets
    if meets:
        raise AwayOverlaps(_("You are away on some of these days already. Take that back first, or choose others."))
    if cover is not None:
        _ensure_stands_in(row, cover, starts_on, ends_on)
    away = Away.objects.create(seat=row, cover=cover, starts_on=starts_on, ends_on=ends_on)
    audit.record(actor, "facilitator.away", away, about=actor)
    return away


@transaction.atomic
def come_back(actor: User, *, away: Away) -> Away:
    """Take days away back, or be back early. Twice is harmless. Raises NotAllowed for anybody else's."""
    row = hold_membership(away.seat_id)
    ensure(actor, "seat.keep", row)
    if Away.objects.filter(pk=away.pk, ended_at=None).update(ended_at=timezone.now()):
        audit.record(actor, "facilitator.back", away, about=actor)
    away.refresh_from_db(fields=["ended_at"])
    return away


def can_stop(seat: Membership) -> bool:
    """Whether somebody else runs the group, so that it is not left alone."""
    return seat.group.memberships.running().exclude(pk=seat.pk).exists()


@transaction.atomic
def step_down(actor: User, *, seat: Membership, leaves: bool) -> Membership:
    """Stop running the group: stay as a member, or leave. Every right that came with it ends at once.

    Raises NotAllowed unless it is the actor's own seat, LastFacilitator for the only one who runs it, and
    GroupFull for whoever would stay where every place is taken.
    """
    group = hold_group(seat.group_id)
    row = hold_membership(seat.pk)
    ensure(actor, "seat.keep", row)
    _ensure_not_last(row)
    if not leaves and group.is_full:
        raise GroupFull(_("Every place for members is taken. You can leave, or go on running it until one is free."))
    _end_the_role(row)
    audit.record(actor, "facilitator.step_down", row, about=actor)
    return leave_group(actor, membership=row) if leaves else row


@transaction.atomic
def take_group_from(actor: User, *, seat: Membership) -> Membership:
    """An admin ends somebody's running of a group; the person stays in it as a member. Twice is harmless.

    Raises NotAllowed, LastFacilitator, and GroupFull where no member's place is left for them.
    """
    group = hold_group(seat.group_id)
    row = hold_membership(seat.pk)
    ensure(actor, "facilitator.release", row)
    if not row.runs_it:
        return row
    _ensure_not_last(row)
    if group.is_full:
        raise GroupFull(
            _("They would stay as a member, and every place is taken. Give the group one more place first.")
        )
    _end_the_role(row)
    audit.record(actor, "facilitator.release", row, about=row.user)
    return row


def _ensure_stands_in(row: Membership, cover: Membership, first: date, last: date | None) -> None:
    if not may_stand_in(row).filter(pk=cover.pk).exists():
        raise CannotStandIn(_("Choose somebody who runs this group."))
    if cover.aways.touching(first, last).exists():
        words = _("%(name)s is away on some of these days. Choose somebody else, or nobody.")
        raise CannotStandIn(words % {"name": cover.alias})


def _ensure_not_last(row: Membership) -> None:
    if not can_stop(row):
        raise LastFacilitator(_("Nobody else runs this group. An admin has to give it to somebody first."))


def _end_the_role(row: Membership) -> None:
    """From here on a member. What they said of themself as somebody who runs it goes, and so do their days away."""
    row.role, row.about, row.duty, row.hours = Membership.Role.MEMBER, "", "", ""
    row.save(update_fields=["role", "about", "duty", "hours"])
    row.aways.filter(ended_at=None).update(ended_at=timezone.now())
    row.covers.filter(ended_at=None).update(cover=None)
    stepped_back.send(User, person=row.user)
