"""The one work list about people: who needs a word, who gives it, until when."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins.models import CheckIn, FollowUp
from checkins.services.escalations import drop_escalations, plan_escalations
from checkins.services.keepers import ask_keepers, promised_by, tell_again, tell_of_more
from groups.models import Group
from groups.policies import belongs
from people import audit
from people.errors import Refused
from people.models import AuditEntry, User
from people.policy import can, ensure
from people.sealed import seal, unseal

Cause, State = FollowUp.Cause, FollowUp.State


class SomebodyHasIt(Refused):
    """Two people went for it at once; the first one has it."""


class AlreadyClosed(Refused):
    """It is done, or no longer needed."""


class SomebodyWaits(Refused):
    """The person asked for it, or somebody said it would happen."""


class NotInGroup(Refused):
    """A follow-up is about somebody who belongs to the group."""


# -- what a check-in asks for ------------------------------------------------------------------
def settle(user: User, *, checkin: CheckIn, reach: str = "", anew: Collection[str] = (), added: bool = False) -> None:
    """Make the follow-ups of a check-in say what its person now wants, in the caller's transaction.

    A wish for contact, or a very hard answer that was shared, is one follow-up (T13, R37). What was
    taken back before anybody saw it is dropped; what somebody saw stays with them. `anew` holds the causes that the
    person has just named: where somebody was in touch already, that is another one. With `added` there is more to
    read than was seen.
    """
    cause = _cause(checkin, anew)
    for followup in _unlooked(checkin):
        if followup.cause != cause:
            withdraw(user, followup)
    if cause and checkin.group:
        _open_for(user, checkin, cause, reach, is_anew=cause in anew, added=added)


def _cause(checkin: CheckIn, anew: Collection[str]) -> str:
    if checkin.group is None:
        return ""
    hard = Cause.HARD if checkin.is_lowest and checkin.is_shared else ""
    if not checkin.wants_contact:
        return hard
    wishes = FollowUp.objects.filter(checkin=checkin, cause=Cause.SUPPORT)
    is_met = Cause.SUPPORT not in anew and wishes.filter(state=State.DONE).exists() and not wishes.to_do().exists()
    return hard if is_met else Cause.SUPPORT


def _unlooked(checkin: CheckIn) -> list[FollowUp]:
    rows = FollowUp.objects.to_do().select_for_update(of=("self",)).filter(checkin=checkin, seen_at=None)
    return [row for row in rows.select_related("about", "group") if not was_looked_at(row)]


def was_looked_at(followup: FollowUp) -> bool:
    """Whether anybody ever saw it: what is added makes it unseen again, and it stays with them all the same."""
    of_it = AuditEntry.objects.filter(object_kind=followup._meta.label_lower, object_id=str(followup.public_id))
    return followup.seen_at is not None or of_it.filter(action__in=["followup.see", "followup.take"]).exists()


def _open_for(user: User, checkin: CheckIn, cause: str, reach: str, *, is_anew: bool, added: bool) -> None:
    rows = FollowUp.objects.select_for_update(of=("self",)).filter(checkin=checkin, cause=cause)
    before = list(rows.select_related("about", "group").order_by("-pk"))
    followup = _to_go_on_with(before, checkin)
    if followup is None and before and not is_anew:
        return
    followup = followup or _another(checkin, cause, len(before))
    for other in before:
        if other != followup and other.is_open and not was_looked_at(other):
            withdraw(user, other)
    is_news = not followup.is_open or followup.pk is None or followup.group_id != checkin.group_id
    if is_news:
        assert checkin.group is not None  # `_cause` said so
        followup.group, followup.due_at, followup.seen_at = checkin.group, promised_by(cause), None
        followup.open_again()
    if reach:
        seal(followup, "reach", reach, owner=checkin.user)
    if is_news or reach:
        followup.save()
    if is_news:
        audit.record(user, "followup.open", followup, about=followup.about, reason=cause)
        ask_keepers(followup)
        plan_escalations(followup)
    elif added and checkin.is_shared and followup.seen_at:
        _wait_anew(followup)


def _to_go_on_with(rows: Collection[FollowUp], checkin: CheckIn) -> FollowUp | None:
    """Of these, the newest first: what is open there; what nobody saw elsewhere; or what was taken back last."""
    there = [row for row in rows if row.is_open and row.group_id == checkin.group_id]
    elsewhere = [row for row in rows if row.is_open and not was_looked_at(row)]
    taken_back = [row for row in [*rows][:1] if row.state == State.DROPPED]
    return next(iter(there + elsewhere + taken_back), None)


def _another(checkin: CheckIn, cause: str, number: int) -> FollowUp:
    key = f"{cause} {checkin.public_id}" + (f" {number + 1}" if number else "")
    return FollowUp(about=checkin.user, checkin=checkin, cause=cause, key=key)


def _wait_anew(followup: FollowUp) -> None:
    """There is more to read than was seen: it goes on to others when nobody looks, as the first words did (T13)."""
    followup.seen_at = None
    followup.save(update_fields=["seen_at"])
    tell_of_more(followup)
    plan_escalations(followup)


def withdraw(user: User, followup: FollowUp) -> None:
    """Nobody has seen it, and its reason is gone."""
    followup.close(State.DROPPED, by=user)
    followup.save()
    drop_escalations(followup)
    audit.record(user, "followup.withdraw", followup, about=followup.about)


# -- what facilitators do ---------------------------------------------------------------------
@transaction.atomic
def open_followup(actor: User, *, about: User, group: Group, due_at: datetime) -> FollowUp:
    """Put somebody on the list by hand. Raises NotAllowed, NotInGroup.

    Somebody who stands there already by hand is not put there twice.
    """
    ensure(actor, "followup.open", group)
    if about == actor or not belongs(about, group):
        raise NotInGroup(_("Choose somebody who belongs to this group."))
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    waiting = FollowUp.objects.to_do().filter(about=about, group=group, cause=Cause.HAND).first()
    if waiting:
        return waiting
    followup = FollowUp(about=about, group=group, cause=Cause.HAND, due_at=due_at, owner=actor, state=State.TAKEN)
    followup.key, followup.seen_at = f"hand {followup.public_id}", timezone.now()
    followup.save()
    audit.record(actor, "followup.open", followup, about=about, reason=Cause.HAND)
    return followup


@transaction.atomic
def see_followup(actor: User, *, followup: FollowUp) -> FollowUp:
    """Note that somebody who can help has seen it: the person is shown "seen" (R61)."""
    ensure(actor, "followup.keep", followup)
    unseen = FollowUp.objects.filter(pk=followup.pk, seen_at=None, state__in=[State.OPEN, State.TAKEN])
    if followup.is_open and unseen.update(seen_at=timezone.now()):
        drop_escalations(followup)
        audit.record(actor, "followup.see", followup, about=followup.about)
    return followup


@transaction.atomic
def take_followup(actor: User, *, followup: FollowUp) -> FollowUp:
    """Be the one who gets in touch, also instead of somebody who has it and is away (R62). Twice is harmless.

    Raises SomebodyHasIt, AlreadyClosed, NotAllowed.
    """
    return take_on(actor, _held(actor, followup))


def take_on(actor: User, held: FollowUp) -> FollowUp:
    """The same, of a follow-up that is held and open, in the caller's transaction. Raises SomebodyHasIt."""
    if held.owner_id == actor.pk:
        return held
    stands_in = held.state == State.TAKEN
    if stands_in and not FollowUp.objects.left_behind().filter(pk=held.pk).exists():
        raise SomebodyHasIt(_("Somebody else has just taken this. They look after it."))
    held.state, held.owner, held.seen_at = State.TAKEN, actor, held.seen_at or timezone.now()
    held.save()
    drop_escalations(held)
    audit.record(actor, "followup.take", held, about=held.about, reason="stands_in" if stands_in else "")
    return held


@transaction.atomic
def hand_back_followup(actor: User, *, followup: FollowUp) -> FollowUp:
    """Give it back to everybody who runs the group, and tell them. Raises SomebodyHasIt, AlreadyClosed, NotAllowed."""
    followup = _held(actor, followup)
    if followup.state == State.OPEN:
        return followup
    if followup.owner_id != actor.pk:
        raise SomebodyHasIt(_("Somebody else has this, so it is theirs to hand back."))
    followup.state, followup.owner = State.OPEN, None
    followup.save()
    audit.record(actor, "followup.hand_back", followup, about=followup.about)
    tell_again(followup, besides=actor)
    plan_escalations(followup)
    return followup


@transaction.atomic
def release_followups(keeper: User) -> int:
    """Give back what somebody took on and may not see to any more, in the transaction that ends it (T13)."""
    held = FollowUp.objects.select_for_update(of=("self",)).filter(owner=keeper, state=State.TAKEN)
    released = [row for row in held.select_related("group", "about") if not can(keeper, "followup.keep", row)]
    for followup in released:
        followup.state, followup.owner = State.OPEN, None
        followup.save()
        audit.record(None, "followup.hand_back", followup, about=followup.about)
        tell_again(followup, besides=keeper)
        plan_escalations(followup)
    return len(released)


@transaction.atomic
def close_followup(actor: User, *, followup: FollowUp, outcome: str, methods: Collection[str] = ()) -> FollowUp:
    """Somebody has been in touch, in this way, and helped in these ways.

    Raises AlreadyClosed, SomebodyHasIt, NotAllowed.
    """
    return _close(actor, followup, State.DONE, outcome, methods)


@transaction.atomic
def leave_followup(actor: User, *, followup: FollowUp) -> FollowUp:
    """Leave somebody be for now: nobody asked for it and nobody promised it.

    Raises SomebodyWaits, AlreadyClosed, SomebodyHasIt, NotAllowed.
    """
    if not followup.may_be_left:
        raise SomebodyWaits(_("Somebody waits for this, so it cannot be left. You can hand it to somebody else."))
    return _close(actor, followup, State.DROPPED)


def _close(actor: User, followup: FollowUp, state: str, outcome: str = "", methods: Collection[str] = ()) -> FollowUp:
    held = _held(actor, followup)
    if held.owner_id not in {None, actor.pk}:
        raise SomebodyHasIt(_("Somebody else has this. Ask them to hand it back first."))
    held.owner, held.seen_at = actor, held.seen_at or timezone.now()
    held.methods = [method for method in FollowUp.Method.values if method in methods]
    held.close(state, by=actor, outcome=outcome)
    held.save()
    drop_escalations(held)
    action = "followup.done" if state == State.DONE else "followup.leave"
    audit.record(actor, action, held, about=held.about, reason=outcome)
    return held


@transaction.atomic
def reopen_followup(actor: User, *, followup: FollowUp) -> FollowUp:
    """Undo "done": it is the actor's again. Only who closed it can, and only as long as what was written in it can
    be read: else somebody could open it to read on. Twice is harmless. Raises SomebodyHasIt, AlreadyClosed, NotAllowed.
    """
    held = hold(followup)
    ensure(actor, "followup.keep", held)
    if held.is_open:
        return held
    if held.closed_by_id != actor.pk:
        raise SomebodyHasIt(_("Somebody else closed this. Ask them about it."))
    if not can(actor, "reply.read", held):
        raise AlreadyClosed(_("This was closed a while ago, so it stays closed. You can add them to the list anew."))
    held.open_again()
    held.state, held.owner = State.TAKEN, actor
    held.save()
    audit.record(actor, "followup.reopen", held, about=held.about)
    return held


def reach_of(actor: User, *, followup: FollowUp) -> str:
    """The number the person gave for this call, for whoever took it on while it is owed.

    Nobody is shown an address: who wants to be written to is written to in here, where no address of anybody is
    shown and no mail holds a word of it (R63, T1). Nothing that they closed meanwhile (R124). Raises NotAllowed.
    """
    ensure(actor, "followup.reach", followup)
    if followup.checkin is None or followup.cause != Cause.SUPPORT:
        return ""
    if followup.checkin.support != CheckIn.Support.CALL or followup.about.no_calls:
        return ""
    return unseal(followup, "reach", owner=followup.about)


def why_of(actor: User, *, followup: FollowUp) -> str:
    """The few words of whoever put it on the list. That they were read is written down. Raises NotAllowed."""
    ensure(actor, "followup.keep", followup)
    if not followup.why:
        return ""
    audit.record(actor, "followup.read", followup, about=followup.about)
    return unseal(followup, "why", owner=followup.about)


def hold(followup: FollowUp) -> FollowUp:
    """The row as it stands now, held until the transaction ends."""
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("group", "about", "owner")
    return rows.get(pk=followup.pk)


def _held(actor: User, followup: FollowUp) -> FollowUp:
    held = hold(followup)
    ensure(actor, "followup.keep", held)
    if not held.is_open:
        raise AlreadyClosed(_("Somebody has been in touch already, so there is nothing left to do here."))
    return held
