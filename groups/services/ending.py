"""How a group ends: a day that everybody knows, a last session to part in, and a page to read on.

Nothing is deleted. Who belonged still reads the page and the agreement; who waited is told kindly.
"""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import signals
from groups.errors import BadEnding, GroupEnded
from groups.models import Group, Membership
from groups.models.group import TOLD_BEFORE
from groups.services.closing import close_place
from groups.services.keeping import ensure_ready, save_group
from groups.services.locks import hold_group
from groups.services.wishing import tell_waiting
from notices.services import tell
from people import audit
from people.models import User
from people.policy import ensure


@transaction.atomic
def plan_ending(actor: User, *, group: Group, ends_on: date | None, last_ritual: str) -> Group:
    """Say on which day a group ends and how its last session parts; None takes the day back.

    The same again changes nothing. Raises NotAllowed, GroupEnded and BadEnding.
    """
    ensure(actor, "group.end", group)
    row = hold_group(group.pk)
    if row.has_ended:
        raise GroupEnded(_("This group has ended already."))
    if ends_on is not None and ends_on != row.ends_on and ends_on < row.today:
        raise BadEnding(_("Choose today or a day that is still to come"))
    if ends_on is not None and row.starts_on is not None and ends_on < row.starts_on:
        raise BadEnding(_("Choose a day after the group has begun"))
    changed = [name for name, new in (("ends_on", ends_on), ("last_ritual", last_ritual)) if getattr(row, name) != new]
    if changed:
        row.ends_on, row.last_ritual = ends_on, last_ritual
        row.save(update_fields=changed)
        audit.record(actor, "group.plan-ending", row, reason=", ".join(changed))
    return row


@transaction.atomic
def archive_group(actor: User, *, group: Group) -> Group:
    """End a group now. Twice is harmless: the second time nothing happens and nobody is told. Raises NotAllowed."""
    ensure(actor, "group.end", group)
    row = hold_group(group.pk)
    if not row.has_ended:
        end_group(row, actor=actor)
    return row


def end_group(row: Group, *, actor: User | None, reason: str = "") -> None:
    """End a group or pair whose row the caller holds. `actor` None is the clock; `reason` is a pair's."""
    was_open = row.state == Group.State.OPEN
    row.state, row.archived_at, row.ended_reason = Group.State.ARCHIVED, timezone.now(), reason
    row.save(update_fields=["state", "archived_at", "ended_reason"])
    audit.record(actor, "group.end", row, reason=reason)
    _let_go(row, actor)
    signals.group_ended.send(Group, group=row, actor=actor)
    if was_open and not row.is_pair:
        belong = _people_of(row)
        tell([user for user in belong if user != actor], "group.ended", _key("group.ended", row), group=row.slug)


@transaction.atomic
def reopen_group(actor: User, *, group: Group) -> Group:
    """Open a group again that has ended; a planned end that is over is forgotten. Twice is harmless.

    Raises NotAllowed, what `open_group` raises, and GroupNameTaken where another group has its name by now.
    """
    ensure(actor, "group.open", group)
    row = hold_group(group.pk)
    if row.state == Group.State.OPEN:
        return row
    ensure_ready(row)
    row.state, row.archived_at, row.opened_at = Group.State.OPEN, None, row.opened_at or timezone.now()
    if row.ends_on is not None and row.ends_on <= row.today:
        row.ends_on = None
    save_group(row, update_fields=["state", "archived_at", "opened_at", "ends_on"])
    audit.record(actor, "group.reopen", row)
    signals.group_reopened.send(Group, group=row)
    tell_waiting(row)
    return row


# -- the clock --------------------------------------------------------------------------------
def archive_due() -> int:
    """End groups and pairs whose last day is over where they are. Returns how many. Twice and late are harmless."""
    due = Group.objects.past_their_end().order_by("pk").values_list("pk", flat=True)
    return sum(_end_if_over(pk) for pk in due)


@transaction.atomic
def _end_if_over(pk: int) -> bool:
    row = hold_group(pk)
    over = row.state == Group.State.OPEN and row.ends_on is not None and row.ends_on < row.today
    if over:
        end_group(row, actor=None, reason=Group.Ended.COMPLETED if row.is_pair else "")
    return over


def tell_endings() -> int:
    """Tell everybody once, two weeks before, on which day their group ends. Returns how many were told."""
    soon = Group.objects.ending_by(timezone.now().date() + TOLD_BEFORE)
    return sum(_tell_of_ending(group) for group in soon.order_by("pk") if group.ends_soon)


@transaction.atomic
def _tell_of_ending(group: Group) -> int:
    key = f"group.ending {group.public_id} {group.ends_on}"
    return len(tell(_people_of(group), "group.ending", key, group=group.slug, day=str(group.ends_on)))


def _people_of(group: Group) -> list[User]:
    return [seat.user for seat in group.memberships.belonging().select_related("user").order_by("pk")]


def _let_go(row: Group, actor: User | None) -> None:
    """Close what waits at the door. What was written with it has no reader any more."""
    waiting = _waiting(row)
    for seat in waiting:
        visits = seat.state == Membership.State.VISITING
        seat.decided_by, seat.decided_at = actor, timezone.now()
        close_place(seat, Membership.State.LEFT if visits else Membership.State.DECLINED)
        audit.record(actor, "membership.let-go", seat, about=seat.user)
        if not row.is_pair:
            tell([seat.user], "request.ended", f"request.ended {seat.public_id}", mail=seat.by_mail, group=row.slug)


def _waiting(row: Group) -> QuerySet[Membership]:
    rows = row.memberships.at_the_door().select_for_update(of=("self",), no_key=True)
    return rows.select_related("user").order_by("pk")


def _key(name: str, row: Group) -> str:
    """Once for each time a group ends: it may be opened again."""
    return f"{name} {row.public_id} {row.archived_at:%Y-%m-%dT%H:%M:%S.%f}"
