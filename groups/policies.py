"""Who may look into a group, decide about it, and belong to it."""

from typing import Any

from groups.models import Group, GroupLink, Invitation, Membership, Proposal, Wish
from people.models import User
from people.policy import Rule, can


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


def may_run(person: User) -> bool:
    """Whether somebody can be given a group. The one place to ask for training (R26).

    As soon as there is a course with certificates, this asks for one that has not run out, and whoever
    appoints may pass over it with an entry in the record that says so.
    """
    return person.is_active


def link_holds(link: GroupLink) -> bool:
    """A link works as long as whoever made it still runs the group: their rights end with their seat."""
    return link.is_open and can(link.created_by, "group.link", link.group)


def _anybody(user: User, obj: Any) -> bool:
    return True


def _is_admin(user: User, obj: Any) -> bool:
    return user.is_admin


def _runs_or_admin(user: User, group: Group) -> bool:
    return user.is_admin or runs(user, group)


def _keeps(user: User, group: Group) -> bool:
    """Looks after what a group is. Two people of a pair keep what they agreed to on pages of their own."""
    return not group.is_pair and _runs_or_admin(user, group)


def _appoints(user: User, group: Group | None) -> bool:
    return user.is_admin and (group is None or not group.is_pair)


def _keeps_door(user: User, group: Group) -> bool:
    """The door of a pair is a matter of the two."""
    return runs(user, group) or (user.is_admin and not group.is_pair)


def _coordinates(user: User, group: Group) -> bool:
    """Whoever runs a mentoring programme."""
    return group.kind == Group.Kind.PROGRAMME and runs(user, group)


def _coordinates_place(user: User, membership: Membership) -> bool:
    return membership.user_id != user.pk and _coordinates(user, membership.group)


def _looks_for_mentor(user: User, group: Group) -> bool:
    """A member of an open mentoring programme."""
    if group.kind != Group.Kind.PROGRAMME or group.state != Group.State.OPEN:
        return False
    return group.memberships.filter(user=user, state=Membership.State.ACTIVE, role=Membership.Role.MEMBER).exists()


def _shows_themself(user: User, membership: Membership) -> bool:
    """A mentor or mentee says what they want the other to see."""
    facilitates = membership.role == Membership.Role.FACILITATOR
    return _belongs_by(user, membership) and membership.group.kind == Group.Kind.PROGRAMME and not facilitates


def _is_asked(user: User, group: Group) -> bool:
    """One of the two of a pair that was proposed and is not yet one."""
    asked = group.memberships.filter(user=user, state=Membership.State.INVITED)
    return group.is_pair and group.state == Group.State.DRAFT and asked.exists()


def _is_half(user: User, group: Group) -> bool:
    """One of the two, as long as they are one."""
    return group.is_pair and group.state == Group.State.OPEN and belongs(user, group)


def _was_half(user: User, group: Group) -> bool:
    """One of the two, also after it ended; not somebody who was asked alone."""
    return group.is_pair and group.memberships.filter(user=user, joined_at__isnull=False).exists()


def _may_ask(user: User, group: Group) -> bool:
    """Somebody blocked meets the same closed door as everybody meets when a group takes nobody new."""
    blocked = Membership.objects.filter(user=user, group=group, state=Membership.State.BLOCKED)
    return group.takes_requests and not blocked.exists()


def _may_ask_by_link(user: User, link: GroupLink) -> bool:
    """The link opens the door of an unlisted group, or of one by invitation. Somebody blocked stays outside."""
    blocked = Membership.objects.filter(user=user, group=link.group, state=Membership.State.BLOCKED)
    return link_holds(link) and link.group.takes_invited and not blocked.exists()


def _brings_people_in(user: User, group: Group) -> bool:
    """Those who run a group ask others in. A pair is two people, and a group that has ended takes nobody."""
    return not group.is_pair and group.state != Group.State.ARCHIVED and runs(user, group)


def _writes_to_all(user: User, group: Group) -> bool:
    """Those who run a group that is open. Two people of a pair talk to each other."""
    return not group.is_pair and group.state == Group.State.OPEN and runs(user, group)


def _invites_members(user: User, group: Group) -> bool:
    return not group.is_pair and _runs_or_admin(user, group)


def _keeps_letter(user: User, letter: Invitation) -> bool:
    """Admins keep all of them; those who run a group keep what they or a colleague wrote to its coming members."""
    if user.is_admin:
        return True
    if letter.group is None or letter.role != Invitation.Role.MEMBER:
        return False
    return not letter.invited_by.is_admin and _brings_people_in(user, letter.group)


def _own_wish(user: User, wish: Wish) -> bool:
    return wish.user_id == user.pk


def _decides(user: User, membership: Membership) -> bool:
    return runs(user, membership.group) and membership.user_id != user.pk


def _belongs_by(user: User, membership: Membership) -> bool:
    return membership.user_id == user.pk and membership.belongs


def _leaves(user: User, membership: Membership) -> bool:
    """Nobody leaves the other one of a pair behind in it: the pair ends."""
    return not membership.group.is_pair and _belongs_by(user, membership)


def _own(user: User, membership: Membership) -> bool:
    return membership.user_id == user.pk


def _puts_out(user: User, membership: Membership) -> bool:
    """Two people of a pair part in ways of their own."""
    return not membership.group.is_pair and _decides(user, membership)


def _was_asked_fit(user: User, membership: Membership) -> bool:
    return _belongs_by(user, membership) and membership.fit_asked_at is not None


def _own_seat(user: User, membership: Membership) -> bool:
    """What somebody who runs the group says of themself there, and when they are away."""
    return membership.user_id == user.pk and membership.runs_it


def _own_proposal(user: User, proposal: Proposal) -> bool:
    return proposal.user_id == user.pk


def _answers_proposal(user: User, proposal: Proposal) -> bool:
    return runs(user, proposal.group)


def _takes_back(user: User, membership: Membership) -> bool:
    """A pair ends as pairs end: nobody takes a mentor out of it."""
    return user.is_admin and not membership.group.is_pair


def _sees_load(user: User, obj: Any) -> bool:
    """Admins give groups to people, safety leads see to it that somebody answers. Both should see who carries much."""
    return user.is_admin or user.is_safety_lead


def _sees_members(user: User, group: Group) -> bool:
    if runs(user, group):
        return True
    return group.shows_members and belongs(user, group) and has_agreed(user, group)


RULES: dict[str, Rule] = {
    "group.create": _is_admin,
    "group.change": _keeps,
    "group.open": _keeps,
    "group.door": _keeps_door,
    "group.run": runs,
    "group.ask": _may_ask,
    "group.members": _sees_members,
    "agreement.publish": _keeps,
    "agreement.propose": belongs,
    "group.end": _keeps,
    "group.link": _brings_people_in,
    "announcement.write": _writes_to_all,
    "group.ask_by_link": _may_ask_by_link,
    "group.invite": _invites_members,
    "mentor.ask": _looks_for_mentor,
    "mentor.make": _coordinates_place,
    "pair.answer": _is_asked,
    "pair.keep": _is_half,
    "pair.look-back": _was_half,
    "pair.propose": _coordinates,
    "profile.keep": _shows_themself,
    "terms.keep": _is_admin,
    "wish.make": _anybody,
    "wish.own": _own_wish,
    "wish.answer": _is_admin,
    "membership.own": _belongs_by,
    "membership.put_out": _puts_out,
    "fit.answer": _was_asked_fit,
    "seat.keep": _own_seat,
    "agreement.accept": may_come,
    "membership.decide": _decides,
    "membership.withdraw": _own,
    "offer.answer": _own,
    "membership.leave": _leaves,
    "facilitator.appoint": _appoints,
    "facilitator.release": _takes_back,
    "load.see": _sees_load,
    "proposal.decide": _answers_proposal,
    "proposal.withdraw": _own_proposal,
    "invitation.make": _is_admin,
    "invitation.revoke": _keeps_letter,
}
