"""Who may look into a group, decide about it, and belong to it."""

from typing import Any

from groups.models import Group, Membership
from people.models import User
from people.policy import Rule


def runs(user: User, group: Group) -> bool:
    """An open facilitator seat in this very group, asked of the database each time (ASVS 8.3.2)."""
    return Membership.objects.facilitated_by(user).filter(group=group).exists()


def belongs(user: User, group: Group) -> bool:
    return Membership.objects.belonging().filter(user=user, group=group).exists()


def may_come(user: User, group: Group) -> bool:
    """Sessions are open to this person: they belong, or they come once to see."""
    return Membership.objects.coming().filter(user=user, group=group).exists()


def has_agreed(user: User, group: Group) -> bool:
    """Said yes to the version that holds now. A group without an agreement asks for none."""
    agreement = group.agreement
    return agreement is None or agreement.acceptances.filter(user=user).exists()


def _is_admin(user: User, obj: Any) -> bool:
    return user.is_admin


def _runs_or_admin(user: User, group: Group) -> bool:
    return user.is_admin or runs(user, group)


def _keeps(user: User, group: Group) -> bool:
    """Looks after what a group is. Two people of a pair keep what they agreed to on pages of their own."""
    return not group.is_pair and _runs_or_admin(user, group)


def _appoints(user: User, group: Group | None) -> bool:
    return user.is_admin and (group is None or not group.is_pair)


def _may_ask(user: User, group: Group) -> bool:
    """Somebody blocked meets the same closed door as everybody meets when a group takes nobody new."""
    blocked = Membership.objects.filter(user=user, group=group, state=Membership.State.BLOCKED)
    return group.takes_requests and not blocked.exists()


def _decides(user: User, membership: Membership) -> bool:
    return runs(user, membership.group) and membership.user_id != user.pk


def _belongs_by(user: User, membership: Membership) -> bool:
    return membership.user_id == user.pk and membership.belongs


def _own(user: User, membership: Membership) -> bool:
    return membership.user_id == user.pk


def _own_seat(user: User, membership: Membership) -> bool:
    """What somebody who runs the group says of themself there, and when they are away."""
    return membership.user_id == user.pk and membership.runs_it


def _sees_members(user: User, group: Group) -> bool:
    if runs(user, group):
        return True
    return group.shows_members and belongs(user, group) and has_agreed(user, group)


RULES: dict[str, Rule] = {
    "group.create": _is_admin,
    "group.change": _keeps,
    "group.open": _keeps,
    "group.door": _runs_or_admin,
    "group.run": runs,
    "group.ask": _may_ask,
    "group.members": _sees_members,
    "agreement.publish": _keeps,
    "agreement.propose": belongs,
    "group.end": _keeps,
    "group.link": runs,
    "group.invite": _runs_or_admin,
    "terms.keep": _is_admin,
    "wish.answer": _is_admin,
    "membership.own": _belongs_by,
    "membership.put_out": _decides,
    "membership.offer": _decides,
    "seat.keep": _own_seat,
    "agreement.accept": belongs,
    "membership.decide": _decides,
    "membership.withdraw": _own,
    "membership.leave": _belongs_by,
    "facilitator.appoint": _appoints,
    "invitation.make": _is_admin,
    "invitation.revoke": _is_admin,
}
