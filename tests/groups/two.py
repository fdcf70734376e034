"""A mentoring programme to test with, and two people in it."""

from django.utils import timezone

from groups import services
from groups.models import Group, PairProfile
from people.models import Organisation
from tests.factories import (
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)

WORDS = {"purpose": "To get out more.", "rhythm": "Every week", "place": "Quay café", "hours": "9 to 6", "also": ""}


def programme(**fields):
    """An open one that a coordinator runs, where help lines are confirmed."""
    OrganisationFactory()
    Organisation.objects.update(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=UserFactory())
    group = GroupFactory(kind="programme", **({"name": "Side by side"} | fields))
    AgreementFactory(group=group)
    FacilitatorFactory(group=group, alias="Amal")
    return group


def mentor(group, alias="Ines", shows="I like the sea.", **fields):
    place = MembershipFactory(group=group, role="mentor", alias=alias)
    profile = PairProfile.objects.create(membership=place, **fields)
    if shows:
        kept = {"is_open": profile.is_open, "at_most": profile.at_most}
        services.save_profile(place.user, membership=place, shows=shows, **kept)
    return place


def mentee(group, alias="Wren", shows="I sleep badly."):
    place = MembershipFactory(group=group, alias=alias)
    services.save_profile(place.user, membership=place, shows=shows)
    return place


def coordinator(group):
    return group.memberships.facilitators().first().user


def proposed(group, one, other):
    """What the coordinator proposed, not answered yet."""
    return services.propose_pair(coordinator(group), group=group, mentor=one, mentee=other)


def paired(group=None, one=None, other=None):
    """A pair that both said yes to."""
    group = group or programme()
    one, other = one or mentor(group), other or mentee(group)
    pair = proposed(group, one, other)
    services.answer_pair(one.user, group=pair, yes=True)
    services.answer_pair(other.user, group=pair, yes=True)
    return Group.objects.get(pk=pair.pk)


def two_of(pair):
    """The mentor, then the mentee."""
    return [pair.memberships.filter(role=role).latest("pk").user for role in ("facilitator", "member")]
