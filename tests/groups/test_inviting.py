"""Letters of those who run a group: into that group, as members, and no longer than they run it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups.errors import InvitationGone, NotTakingPeople
from groups.letters import invitation_token, invite, read_token, revoke_invitation, send_again
from groups.models import Invitation, Membership
from groups.services import take_invitation
from notices.models import Delivery
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat():
    return FacilitatorFactory()


def asked(seat, *emails):
    return invite(seat.user, emails=emails or ["a@example.org"], role="member", group=seat.group)


@pytest.mark.parametrize("role", ["facilitator", "admin", "safety_lead"])
def test_a_facilitator_gives_no_role(seat, role):
    with pytest.raises(NotAllowed):
        invite(seat.user, emails=["a@example.org"], role=role, group=seat.group)

    assert not Invitation.objects.exists()


def test_a_facilitator_asks_nobody_into_another_group_or_into_none(seat):
    for group in (GroupFactory(), None):
        with pytest.raises(NotAllowed):
            invite(seat.user, emails=["a@example.org"], role="member", group=group)

    assert not Delivery.objects.exists()


def test_nobody_is_invited_into_a_pair():
    pair = GroupFactory(kind="pair", parent=GroupFactory(kind="programme"), capacity=1, listed=False)

    for actor in (FacilitatorFactory(group=pair).user, AdminFactory()):
        with pytest.raises(NotAllowed):
            invite(actor, emails=["a@example.org"], role="member", group=pair)

    assert not Invitation.objects.exists()


def test_members_do_not_invite(seat):
    with pytest.raises(NotAllowed):
        invite(MembershipFactory(group=seat.group).user, emails=["a@example.org"], role="member", group=seat.group)

    assert not Invitation.objects.exists()


def test_whoever_takes_the_letter_is_a_member(seat):
    (letter,) = asked(seat)
    person = UserFactory()

    take_invitation(person, invitation=letter, alias="Wren")

    joined = Membership.objects.get(user=person)
    assert (joined.group, joined.role, joined.state, joined.decided_by) == (seat.group, "member", "active", seat.user)


def test_the_letter_dies_with_the_seat_of_whoever_wrote_it(seat):
    (letter,) = asked(seat)
    assert read_token(invitation_token(letter)) == letter

    Membership.objects.filter(pk=seat.pk).update(state="left", ended_at=timezone.now())

    assert read_token(invitation_token(letter)) is None
    with pytest.raises(InvitationGone):
        take_invitation(UserFactory(), invitation=letter, alias="Wren")


def test_nobody_is_invited_into_a_group_that_is_among_itself():
    begun = GroupFactory(kind="cohort", starts_on=timezone.localdate() - timedelta(days=1))

    with pytest.raises(NotTakingPeople):
        asked(FacilitatorFactory(group=begun))

    assert not Invitation.objects.exists()


def test_a_letter_opens_nothing_once_the_cohort_has_begun():
    group = GroupFactory(kind="cohort", starts_on=timezone.localdate() + timedelta(days=1))
    (letter,) = asked(FacilitatorFactory(group=group))
    assert read_token(invitation_token(letter)) == letter

    type(group).objects.update(starts_on=timezone.localdate())

    assert read_token(invitation_token(letter)) is None


# -- twice ----------------------------------------------------------------------------------------
def test_a_second_click_sends_one_mail_and_not_two(seat):
    first, second = asked(seat), asked(seat)

    assert first == second
    assert Delivery.objects.count() == 1
    assert AuditEntry.objects.filter(action="invitation.make").count() == 1


def test_after_a_minute_the_letter_is_sent_again_and_lives_longer(seat, time_machine):
    time_machine.move_to("2026-11-21 12:00Z", tick=False)
    (letter,) = asked(seat)
    before = letter.expires_at

    time_machine.shift(timedelta(seconds=60))
    again = send_again(seat.user, invitation=letter)

    assert (again.pk, again.expires_at - before) == (letter.pk, timedelta(minutes=1))
    assert Delivery.objects.count() == 2


def test_sending_again_is_no_way_around_a_letter_that_is_taken_or_taken_back(seat):
    taken = InvitationFactory(
        group=seat.group, invited_by=seat.user, accepted_at=timezone.now(), accepted_by=UserFactory()
    )
    back = InvitationFactory(group=seat.group, invited_by=seat.user, revoked_at=timezone.now())

    for letter in (taken, back):
        send_again(seat.user, invitation=letter)

    assert not Delivery.objects.exists()


# -- whose letters ----------------------------------------------------------------------------------
def test_a_facilitator_keeps_letters_of_the_group_but_not_those_of_admins(seat):
    colleague = FacilitatorFactory(group=seat.group)
    (theirs,) = asked(colleague)
    from_admin = InvitationFactory(group=seat.group)
    elsewhere = InvitationFactory(group=GroupFactory(), invited_by=FacilitatorFactory().user)
    role = InvitationFactory(group=seat.group, role="facilitator", invited_by=seat.user)

    assert list(Invitation.objects.kept_by(seat.user, seat.group)) == [theirs]
    revoke_invitation(seat.user, invitation=theirs)
    for letter in (from_admin, elsewhere, role):
        with pytest.raises(NotAllowed):
            revoke_invitation(seat.user, invitation=letter)
        with pytest.raises(NotAllowed):
            send_again(seat.user, invitation=letter)

    assert Invitation.objects.open().count() == 3


def test_inviting_the_address_of_a_coming_facilitator_takes_nothing_from_them(seat):
    letter = InvitationFactory(
        email="a@example.org", group=seat.group, role="facilitator", expires_at=timezone.now() + timedelta(days=3)
    )

    asked(seat)

    letter.refresh_from_db()
    assert (letter.role, letter.invited_by.is_admin) == ("facilitator", True)
    assert not Delivery.objects.exists()
