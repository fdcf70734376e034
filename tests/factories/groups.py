"""Groups, who belongs to them, and what is said in them."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from groups.models import (
    Acceptance,
    Agreement,
    Announcement,
    Area,
    Away,
    Farewell,
    Group,
    GroupLink,
    Invitation,
    Membership,
    Proposal,
    Term,
    WelcomeTalk,
    Wish,
)
from people.sealed import seal
from tests.factories.people import AdminFactory, UserFactory


class GroupFactory(DjangoModelFactory):
    """An open, listed circle with an agreement nobody has to have affirmed unless `agreement` is made."""

    class Meta:
        model = Group

    slug = factory.Sequence(lambda n: f"quiet-river-{n}")
    name = factory.Sequence(lambda n: f"Group {n}")
    purpose = "For anyone whose worry gets loud at night."
    state = "open"
    opened_at = factory.LazyFunction(timezone.now)
    archived_at = factory.LazyAttribute(lambda group: timezone.now() if group.state == "archived" else None)
    capacity = 10
    created_by = factory.SubFactory(AdminFactory)


class AgreementFactory(DjangoModelFactory):
    class Meta:
        model = Agreement

    group = factory.SubFactory(GroupFactory)
    version = 1
    sections = [{"promise": "What is said here stays here.", "meaning": "Also who was here."}]
    published_by = factory.SubFactory(UserFactory)


class AcceptanceFactory(DjangoModelFactory):
    class Meta:
        model = Acceptance

    agreement = factory.SubFactory(AgreementFactory)
    user = factory.SubFactory(UserFactory)


class MembershipFactory(DjangoModelFactory):
    """Somebody who belongs. `MembershipFactory(state="requested", joined_at=None)` asks."""

    class Meta:
        model = Membership

    group = factory.SubFactory(GroupFactory)
    user = factory.SubFactory(UserFactory)
    state = "active"
    alias = factory.Sequence(lambda n: f"Alias {n}")
    joined_at = factory.LazyFunction(timezone.now)


class FacilitatorFactory(MembershipFactory):
    role = "facilitator"


class RequestFactory(MembershipFactory):
    state = "requested"
    joined_at = None


class WelcomeTalkFactory(DjangoModelFactory):
    class Meta:
        model = WelcomeTalk

    membership = factory.SubFactory(RequestFactory)
    at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))
    offered_by = factory.SubFactory(UserFactory)


class WaitingFactory(MembershipFactory):
    """In line for a place, behind everybody made before."""

    state = "waitlisted"
    joined_at = None
    queued_at = factory.LazyFunction(timezone.now)


class OfferFactory(WaitingFactory):
    """A free place is held for this person, for two days."""

    state = "invited"
    offered_until = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))


def farewell(group, words, month=date(2026, 1, 1), signed=""):
    """Words that somebody left, some months ago."""
    row = Farewell(group=group, month=month, signed=signed)
    seal(row, "words", words, owner=group)
    row.save()
    return row


class AwayFactory(DjangoModelFactory):
    """Somebody who runs a group is not there, from today until they say."""

    class Meta:
        model = Away

    seat = factory.SubFactory(FacilitatorFactory)
    starts_on = factory.LazyFunction(timezone.localdate)


def proposal(group, user, words, **fields):
    """A change somebody proposes, with its words sealed."""
    row = Proposal(group=group, user=user, **fields)
    seal(row, "words", words, owner=user)
    row.save()
    return row


def news(group, author, words, **fields):
    """Something everybody in a group was told, or will be in five minutes, with its words sealed."""
    fields = {"people": 3, "goes_at": timezone.now() + timedelta(minutes=5)} | fields
    row = Announcement(group=group, author=author, **fields)
    seal(row, "words", words, owner=group)
    row.save()
    return row


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"guest{n}@example.org")
    invited_by = factory.SubFactory(AdminFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class TermFactory(DjangoModelFactory):
    class Meta:
        model = Term

    kind = "topic"
    name = factory.Sequence(lambda n: f"Topic {n}")


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area

    name = factory.Sequence(lambda n: f"Area {n}")


class WishFactory(DjangoModelFactory):
    class Meta:
        model = Wish

    user = factory.SubFactory(UserFactory)
    kind = "wait"


class GroupLinkFactory(DjangoModelFactory):
    """A link that works for 30 days, made by somebody who runs the group."""

    class Meta:
        model = GroupLink

    group = factory.SubFactory(GroupFactory)
    created_by = factory.LazyAttribute(lambda link: FacilitatorFactory(group=link.group).user)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))
