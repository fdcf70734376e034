"""Coming to one group instead of another: the old place is left when the new one is taken, without a word about why."""

from groups import signals
from groups.models import Group, Membership
from groups.services.closing import close_place
from groups.services.locks import hold_groups, hold_membership
from people import audit


def hold_both(membership: Membership) -> Group:
    """The group of a request, and the one the person would leave for it, held in one order; the first comes back."""
    other = membership.instead_of.group_id if membership.instead_of else None
    return hold_groups(membership.group_id, other)[membership.group_id]


def leave_the_other(row: Membership) -> Group | None:
    """Leave the group that this one is taken instead of; comes back for its free place to be offered.

    `row` was taken a moment ago, and both groups are held (`hold_both`). None where there is nothing to leave.
    """
    if row.instead_of_id is None:
        return None
    old = hold_membership(row.instead_of_id)
    row.instead_of = None
    row.save(update_fields=["instead_of"])
    if not old.belongs or old.role != Membership.Role.MEMBER:
        return None  # gone, or given more to do there meanwhile
    close_place(old, Membership.State.LEFT)
    audit.record(row.user, "membership.leave", old, about=row.user)
    signals.member_left.send(Membership, membership=old)
    return old.group
