"""When somebody goes: put out by those who run the group, and what people say on leaving."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import NotPutOut, RunsIt
from groups.models import Farewell, Group, Membership
from groups.services.closing import close_place
from groups.services.locks import hold_group, hold_membership
from groups.services.offering import offer_free_places
from notices.services import tell
from people import audit
from people.models import User
from people.policy import ensure
from people.sealed import seal, unseal
from people.signals import stepped_back

FAREWELLS_KEPT = timedelta(days=366)  # after their month; the page that takes them in says so


@transaction.atomic
def put_out(actor: User, *, membership: Membership, why: str, block: bool = False) -> Membership:
    """End somebody's place at once, for a reason out of `Membership.Why`, and tell them kindly.

    With `block` they cannot come back until somebody opens the way again; somebody who only asks or
    waits can be blocked and nothing else. Raises NotAllowed unless the actor runs the group and means
    somebody else, RunsIt for a facilitator, and NotPutOut.
    """
    hold_group(membership.group_id)
    row = hold_membership(membership.pk)
    ensure(actor, "membership.put_out", row)
    if row.role == Membership.Role.FACILITATOR:
        raise RunsIt(_("Somebody who runs the group is not put out from here. Talk with an admin."))
    state = Membership.State.BLOCKED if block else Membership.State.REMOVED
    if row.state == Membership.State.BLOCKED or not row.can_move_to(state):
        raise NotPutOut(_("This has changed since you opened the page. Look again."))
    came = row.may_come
    row.ended_why = Membership.Why(why)
    close_place(row, state)
    audit.record(actor, "membership.block" if block else "membership.remove", row, about=row.user, reason=why)
    if came:
        signals.member_left.send(Membership, membership=row)
    else:
        stepped_back.send(User, person=row.user)  # who never came may still have been asked to step in there
    offer_free_places(row.group)
    _tell(row)
    return row


@transaction.atomic
def unblock(actor: User, *, membership: Membership) -> Membership:
    """Open the way again: the person may ask as anybody may. Twice is harmless. Raises NotAllowed."""
    row = hold_membership(membership.pk)
    ensure(actor, "membership.put_out", row)
    if row.state != Membership.State.BLOCKED:
        return row
    row.move_to(Membership.State.REMOVED)
    row.save()
    audit.record(actor, "membership.unblock", row, about=row.user)
    return row


def _tell(row: Membership) -> None:
    key = f"ended {row.public_id} {row.state}"
    tell([row.user], "membership.ended", key, mail=row.by_mail, membership=str(row.public_id), group=row.group.slug)


# -- words on leaving -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Said:
    """Words somebody said on leaving: in which month, and under which name if they wished one there."""

    month: date
    name: str = field(repr=False)
    words: str = field(repr=False)


def say_farewell(user: User, *, membership: Membership, words: str, signed: bool = False) -> Farewell:
    """Leave words for those who run the group, apart from who says them unless `signed` (R38).

    Sealed for the group, with the month alone, and without a line in the record: nothing ties them to a
    person. Part of the transaction of leaving. Raises NotAllowed for anybody else's place.
    """
    ensure(user, "membership.leave", membership)
    group = membership.group
    farewell = Farewell(group=group, month=group.today.replace(day=1), signed=membership.alias if signed else "")
    seal(farewell, "words", words, owner=group)
    farewell.save()
    return farewell


@transaction.atomic
def read_farewells(actor: User, *, group: Group) -> list[Said]:
    """What people said on leaving, the newest month first and in no order within it.

    Without a name it is read when its month is over. Reading leaves an entry that is about nobody.
    Raises NotAllowed unless the actor runs the group.
    """
    ensure(actor, "group.run", group)
    rows = list(Farewell.objects.readable_in(group).order_by("-month", "public_id"))
    if rows:
        Farewell.objects.filter(pk__in=[row.pk for row in rows], read_at=None).update(read_at=timezone.now())
        audit.record(actor, "farewell.read", group)
    return [Said(row.month, row.signed, unseal(row, "words", owner=group)) for row in rows]


def forget_farewells() -> int:
    """Erase what was said on leaving a year ago. Returns how many."""
    old = Farewell.objects.filter(month__lt=timezone.localdate() - FAREWELLS_KEPT)
    return old.delete()[0]
