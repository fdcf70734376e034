"""Who reads first what a group's members write, and in which hours (T13, R60)."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from checkins.models import Duty
from checkins.services.unopened import hand_on
from groups.models import Away, Group, Membership
from groups.querysets import MembershipQuerySet
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure


class NotRunning(Refused):
    """Only somebody who runs the group, and can sign in, reads first."""


@transaction.atomic
def set_duty(
    actor: User, *, group: Group, reader: Membership, days: Sequence[int], opens: time, closes: time, takes_words: bool
) -> Duty:
    """Say who reads first, when, and whether words may be written beside an answer. Raises NotAllowed, NotRunning.

    The same again is harmless. Somebody else who is given it hears of it.
    """
    ensure(actor, "duty.keep", group)
    Group.objects.select_for_update(no_key=True).get(pk=group.pk)  # whoever stops running it holds it too
    if not Membership.objects.running().filter(group=group, pk=reader.pk).exists():
        raise NotRunning(_("Choose somebody who runs this group."))
    before = Duty.objects.filter(group=group).values_list("reader", flat=True).first()
    hours = {"days": sorted(days), "opens": opens, "closes": closes}
    changes = hours | {"reader": reader.user, "takes_words": takes_words, "set_by": actor, "set_at": timezone.now()}
    duty, _new = Duty.objects.update_or_create(group=group, defaults=changes)
    audit.record(actor, "duty.set", group, about=reader.user, reason="words" if takes_words else "no words")
    if reader.user_id != before:
        hand_on(group, reader.user)
    if reader.user_id not in {actor.pk, before}:
        tell([reader.user], "duty.given", f"duty.given {group.pk} {duty.set_at:%Y%m%d%H%M%S%f}", group=group.slug)
    return duty


@transaction.atomic
def end_duty(actor: User, *, group: Group) -> None:
    """Nobody reads first any more, so nobody is asked for words. Twice is harmless. Raises NotAllowed.

    Where something that was shared is still unopened, all who run the group hear that it waits.
    """
    ensure(actor, "duty.keep", group)
    if Duty.objects.filter(group=group).delete()[0]:
        audit.record(actor, "duty.end", group)
        hand_on(group)


@transaction.atomic
def release_duties(person: User) -> int:
    """End the duties of somebody who may not read there any more, in the transaction that ends it (T13).

    The others who run the group and the admins hear of it: until one of them reads, nobody is asked for words.
    """
    ended = 0
    for duty in Duty.objects.filter(reader=person).select_related("group").select_for_update(of=("self",)):
        running = Membership.objects.running().filter(group=duty.group_id)
        if running.filter(user=person).exists():
            continue
        duty.delete()
        audit.record(None, "duty.end", duty.group, about=person, reason="not there any more")
        left = User.objects.filter(pk__in=running.values("user")) | User.objects.admins()
        key = f"duty.empty {duty.group_id} {timezone.now():%Y%m%d%H%M%S}"
        tell(left.exclude(pk=person.pk), "duty.empty", key, group=duty.group.slug)
        hand_on(duty.group)
        ended += 1
    return ended


def seats_of(groups: Iterable[Group]) -> MembershipQuerySet:
    """Who runs these groups, by name. Adds `is_there`: can sign in and is not away; and `cover`: who stands in."""
    away = Away.objects.on(timezone.localdate()).filter(seat=OuterRef("pk"))
    return (
        Membership.objects.facilitators()
        .filter(group__in=groups)
        .annotate(can_read=F("user__is_active"), is_away=Exists(away), cover=Subquery(away.values("cover__user")[:1]))
        .by_name()
    )


def duties_of(groups: Iterable[Group]) -> dict[int, Duty]:
    """By the group's primary key."""
    return {duty.group_id: duty for duty in Duty.objects.filter(group__in=groups).select_related("group")}


def reads_first(duty: Duty | None, seats: Sequence[Any], *, besides: int | None = None) -> Any:
    """The seat of whoever reads first today: the reader; while they are away who stands in, or somebody who is there.

    None where nobody has the duty, or whoever has it does not run the group any more. `besides` is the person
    who writes: nobody reads themself. `seats` are those of the group, from `seats_of`.
    """
    reader = next((seat for seat in seats if duty and seat.user_id == duty.reader_id and seat.can_read), None)
    if reader is None:
        return None
    there = {seat.user_id: seat for seat in seats if seat.can_read and not seat.is_away and seat.user_id != besides}
    return there.get(reader.user_id) or there.get(reader.cover) or next(iter(there.values()), None)
