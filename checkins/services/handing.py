"""Giving a follow-up to somebody else, or to another day."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins.models import FollowUp
from checkins.services.escalations import plan_escalations
from checkins.services.followups import AlreadyClosed, SomebodyHasIt, hold
from groups.models import Membership
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import AuditEntry, User
from people.policy import can, ensure

State = FollowUp.State


class NotAKeeper(Refused):
    """A follow-up can be given only to somebody who may look after it."""


class DayIsOver(Refused):
    """What was promised cannot be promised for a moment that is over."""


class AlreadyLookedInto(Refused):
    """Somebody else has begun with it, so it stays with them."""


def keepers_to_choose(followups: Collection[FollowUp]) -> dict[int, list[tuple[User, str]]]:
    """By the group's key: who could be given its follow-ups, and how they are called there. Two queries."""
    groups = {followup.group_id for followup in followups}
    run = Membership.objects.facilitators().filter(group__in=groups, user__is_active=True).select_related("user")
    leads = [(lead, lead.called) for lead in User.objects.active().filter(is_safety_lead=True).order_by("pk")]
    found: dict[int, list[tuple[User, str]]] = {group: [] for group in groups}
    for seat in run.by_name():
        found[seat.group_id].append((seat.user, seat.alias))
    for group, keepers in found.items():
        there = {keeper for keeper, _name in keepers}
        found[group] += [(lead, _("%(name)s, safety") % {"name": name}) for lead, name in leads if lead not in there]
    return found


@transaction.atomic
def hand_over_followup(actor: User, *, followup: FollowUp, to: User, due_at: datetime) -> FollowUp:
    """Give it to somebody who may look after it, or to another day, or both. They are told.

    Whoever has it gives it; what nobody has, or was left behind, anybody who may look after it.
    Raises NotAKeeper, DayIsOver, SomebodyHasIt, AlreadyClosed, NotAllowed.
    """
    held = hold(followup)
    ensure(actor, "followup.keep", held)
    _ensure_can_be_given(actor, held)
    if not can(to, "followup.keep", held):
        raise NotAKeeper(_("Choose somebody who runs this group, or who looks after safety here."))
    if due_at <= timezone.now():
        raise DayIsOver(_("Choose a time that is still to come."))
    if (held.owner_id, held.due_at) == (to.pk, due_at):
        return held
    reason = "moved" if held.owner_id == to.pk else "given"
    held.state, held.owner, held.due_at = State.TAKEN, to, due_at
    held.seen_at = held.seen_at or (timezone.now() if to == actor else None)
    held.save()
    audit.record(actor, "followup.hand_over", held, about=held.about, reason=reason)
    _go_on(actor, held)
    return held


@transaction.atomic
def take_back_followup(actor: User, *, followup: FollowUp) -> FollowUp:
    """Undo having given it, while whoever got it has not begun. Raises AlreadyLookedInto, AlreadyClosed, NotAllowed."""
    held = hold(followup)
    ensure(actor, "followup.keep", held)
    if not held.is_open:
        raise AlreadyClosed(_("Somebody has been in touch already, so there is nothing left to do here."))
    if held.owner_id == actor.pk:
        return held
    last = AuditEntry.objects.filter(object_kind="checkins.followup", object_id=str(held.public_id)).order_by("-pk")
    given = last.values_list("action", "actor").first()
    if given != ("followup.hand_over", actor.pk):
        raise AlreadyLookedInto(_("Whoever has it has begun with it. Ask them to hand it back."))
    held.owner = actor
    held.save()
    audit.record(actor, "followup.take_back", held, about=held.about)
    return held


def _ensure_can_be_given(actor: User, held: FollowUp) -> None:
    if not held.is_open:
        raise AlreadyClosed(_("Somebody has been in touch already, so there is nothing left to do here."))
    theirs = Q(owner=actor) | Q(owner=None)
    if FollowUp.objects.filter(theirs, pk=held.pk).exists() or FollowUp.objects.left_behind().filter(pk=held.pk):
        return
    raise SomebodyHasIt(_("Somebody else has this. Ask them to hand it back first."))


def _go_on(actor: User, held: FollowUp) -> None:
    """Whoever has it now knows of it, once an hour however often it goes to and fro; and the clock runs for them as it
    did for the others.
    """
    if held.owner and held.owner != actor:
        key = f"followup {held.public_id} {held.due_at:%Y%m%d%H%M} {held.owner.pk} {timezone.now():%Y%m%d%H}"
        tell([held.owner], "followup.opened", key, followup=str(held.public_id))
    plan_escalations(held)
