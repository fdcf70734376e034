"""Who is a mentor in a programme, and what mentors and mentees choose to show of themselves."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.errors import AlreadyPaired, GroupFull, NotTakingPeople
from groups.models import Group, Membership, PairProfile
from groups.services.locks import hold_group, hold_membership
from groups.services.offering import offer_free_places
from people import audit
from people.models import User
from people.policy import ensure
from people.sealed import seal, unseal, unseal_each


@transaction.atomic
def make_mentor(actor: User, *, membership: Membership) -> Membership:
    """Make a member of a programme a mentor in it; their place goes to whoever is first in line. Twice is harmless.

    Raises NotAllowed unless the actor runs the programme, NotTakingPeople for somebody who is not a
    member there now, and AlreadyPaired for somebody who has a mentor.
    """
    row = _member_of_programme(actor, membership, Membership.Role.MEMBER, Membership.Role.MENTOR)
    if row.role == Membership.Role.MENTOR:
        return row
    if not row.group.memberships.looking_for_mentor().filter(pk=row.pk).exists():
        raise AlreadyPaired(_("They have a mentor, or one is proposed to them. That ends first."))
    row.role, row.mentor_wanted_at = Membership.Role.MENTOR, None
    row.save(update_fields=["role", "mentor_wanted_at"])
    PairProfile.objects.get_or_create(membership=row)
    audit.record(actor, "mentor.make", row, about=row.user)
    offer_free_places(row.group)  # a mentor takes no member's place
    return row


@transaction.atomic
def make_mentee(actor: User, *, membership: Membership) -> Membership:
    """Make a mentor a member like the others again. Twice is harmless.

    Raises NotAllowed, NotTakingPeople, AlreadyPaired while they are in a pair, and GroupFull.
    """
    row = _member_of_programme(actor, membership, Membership.Role.MEMBER, Membership.Role.MENTOR)
    if row.role == Membership.Role.MEMBER:
        return row
    if row.group.memberships.with_pairs().filter(Q(pairs__gt=0), pk=row.pk).exists():
        raise AlreadyPaired(_("They are in a pair, or one is proposed to them. That ends first."))
    if row.group.is_full:
        raise GroupFull(_("Every place for members is taken."))
    row.role = Membership.Role.MEMBER
    row.save(update_fields=["role"])
    audit.record(actor, "mentor.unmake", row, about=row.user)
    return row


@transaction.atomic
def save_profile(
    user: User, *, membership: Membership, shows: str, is_open: bool = True, at_most: int = 2
) -> PairProfile:
    """Keep what a person shows of themself in a programme, in their own words. Empty words show nothing.

    Raises NotAllowed for anybody else, and for those who run the programme.
    """
    row = hold_membership(membership.pk)
    ensure(user, "profile.keep", row)
    profile = PairProfile.objects.filter(membership=row).first() or PairProfile(membership=row)
    seal(profile, "shows", shows, owner=user)
    profile.updated_at = timezone.now()
    if row.role == Membership.Role.MENTOR:
        profile.is_open, profile.at_most = is_open, at_most
    profile.save()
    audit.record(user, "pair.profile", row, about=user)
    return profile


def own_profile(user: User, *, membership: Membership) -> tuple[PairProfile, str]:
    """The person's own, or one that is still empty. Raises NotAllowed for anybody else."""
    ensure(user, "profile.keep", membership)
    profile = PairProfile.objects.filter(membership=membership).first() or PairProfile(membership=membership)
    return profile, unseal(profile, "shows", owner=user)


def mentors_to_choose(user: User, *, group: Group) -> list[tuple[Membership, str]]:
    """Mentors who take somebody new, with what they wrote to be found by. Two queries.

    They wrote it for every mentee of the programme, so looking leaves no entry. Coordinators are not
    among its readers. Raises NotAllowed for anybody but a mentee.
    """
    ensure(user, "mentor.ask", group)
    rows = group.memberships.with_pairs().free_mentors().never_with(user).exclude(profile__shows=None)
    mentors = list(rows.select_related("user", "profile").by_name())
    return list(zip(mentors, _shown(mentors), strict=True))


@transaction.atomic
def read_other_half(user: User, *, group: Group) -> tuple[Membership, str]:
    """Who the other one of a proposed pair is, and what they chose to show. Leaves an entry that they can see.

    Raises NotAllowed for anybody who is not asked, and when there is nothing to answer any more.
    """
    ensure(user, "pair.answer", group)
    seat = group.memberships.exclude(user=user).select_related("user").get()
    profile = PairProfile.objects.filter(
        membership__group=group.parent_id, membership__user=seat.user, membership__state=Membership.State.ACTIVE
    ).first()
    if profile is None or not profile.shows:
        return seat, ""
    audit.record(user, "pair.read", seat, about=seat.user)
    return seat, unseal(profile, "shows", owner=seat.user)


def _shown(rows: Sequence[Membership]) -> list[str]:
    return unseal_each([(row.profile, row.user) for row in rows], "shows")


def _member_of_programme(actor: User, membership: Membership, *roles: str) -> Membership:
    """The row, held after its programme, if the person is there now in one of these roles."""
    hold_group(membership.group_id)
    row = hold_membership(membership.pk)
    ensure(actor, "mentor.make", row)
    if row.state != Membership.State.ACTIVE or row.role not in roles:
        raise NotTakingPeople(_("They are not a member of the programme at the moment."))
    return row
