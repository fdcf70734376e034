"""What the database itself refuses, and the ways a membership can go."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.models import Acceptance, Agreement, Group, Invitation, Membership
from groups.services.locks import broken
from tests.factories import (
    AcceptanceFactory,
    AgreementFactory,
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def refusal(change):
    """The name of the constraint that stops `change`."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        change()
    return broken(caught.value)


GROUP_WRONGS = {
    "group_capacity_positive": {"capacity": 0},
    "group_kind": {"kind": "party"},
    "group_state": {"state": "secret"},
    "group_open_has_time": {"state": "open", "opened_at": None},
}
MEMBERSHIP_WRONGS = {
    "membership_state": {"state": "lost"},
    "membership_role": {"role": "boss"},
    "membership_active_has_joined": {"state": "active", "joined_at": None},
    "membership_ended_iff_closed": {"state": "active", "ended_at": NOW},
    "membership_waitlist_has_place": {"state": "waitlisted", "queued_at": None},
}
INVITATION_WRONGS = {
    "invitation_email_lower": {"email": "Guest@example.org"},
    "invitation_role": {"role": "boss"},
    "invitation_facilitator_has_group": {"role": "facilitator", "group": None},
    "invitation_accepted_by_whom": {"accepted_at": NOW},
}


@pytest.mark.parametrize(("constraint", "wrong"), GROUP_WRONGS.items())
def test_database_refuses_a_group_with(constraint, wrong):
    group = GroupFactory()

    assert refusal(lambda: Group.objects.filter(pk=group.pk).update(**wrong)) == constraint


@pytest.mark.parametrize(("constraint", "wrong"), MEMBERSHIP_WRONGS.items())
def test_database_refuses_a_membership_with(constraint, wrong):
    seat = MembershipFactory()

    assert refusal(lambda: Membership.objects.filter(pk=seat.pk).update(**wrong)) == constraint


def test_database_refuses_a_closed_membership_without_an_end():
    seat = MembershipFactory()

    assert refusal(lambda: Membership.objects.filter(pk=seat.pk).update(state="left")) == "membership_ended_iff_closed"


@pytest.mark.parametrize(("constraint", "wrong"), INVITATION_WRONGS.items())
def test_database_refuses_an_invitation_with(constraint, wrong):
    letter = InvitationFactory()

    assert refusal(lambda: Invitation.objects.filter(pk=letter.pk).update(**wrong)) == constraint


def test_two_groups_may_not_share_a_name_in_any_case():
    GroupFactory(name="Evenings")

    assert refusal(lambda: GroupFactory(name="EVENINGS")) == "group_name_ci"


def test_the_name_of_an_ended_group_is_free():
    GroupFactory(name="Evenings", state="archived")

    assert GroupFactory(name="evenings").name == "evenings"


def test_one_open_membership_a_person_and_group():
    seat = MembershipFactory()

    assert refusal(lambda: RequestFactory(group=seat.group, user=seat.user)) == "membership_one_open"


def test_a_closed_membership_stands_beside_an_open_one():
    seat = MembershipFactory(state="left", ended_at=NOW)

    assert RequestFactory(group=seat.group, user=seat.user).state == "requested"


def test_one_name_a_group_in_any_case_also_while_asking():
    seat = RequestFactory(alias="Wren")

    assert refusal(lambda: MembershipFactory(group=seat.group, alias="WREN")) == "membership_alias_ci"


def test_a_name_is_free_again_when_its_person_left():
    seat = MembershipFactory(alias="Wren", state="left", ended_at=NOW)

    assert MembershipFactory(group=seat.group, alias="Wren").alias == "Wren"


def test_one_agreement_a_version():
    agreement = AgreementFactory()

    assert refusal(lambda: AgreementFactory(group=agreement.group, version=1)) == "agreement_version"


def test_one_acceptance_a_person():
    said = AcceptanceFactory()

    assert refusal(lambda: AcceptanceFactory(agreement=said.agreement, user=said.user)) == "acceptance_once"


def test_one_open_letter_an_address():
    InvitationFactory(email="guest@example.org")

    assert refusal(lambda: InvitationFactory(email="guest@example.org")) == "invitation_one_open"


def test_every_named_constraint_is_tried_here():
    tried = {
        *GROUP_WRONGS,
        *MEMBERSHIP_WRONGS,
        *INVITATION_WRONGS,
        "group_name_ci",
        "membership_one_open",
        "membership_alias_ci",
        "agreement_version",
        "acceptance_once",
        "invitation_one_open",
    }

    named = {c.name for m in (Group, Membership, Agreement, Acceptance, Invitation) for c in m._meta.constraints}

    assert named == tried


# -- the ways of a membership ------------------------------------------------------------------
STATES = Membership.State.values
ALLOWED = {
    ("requested", "active"),
    ("requested", "waitlisted"),
    ("requested", "declined"),
    ("requested", "left"),
    ("requested", "blocked"),
    ("invited", "active"),
    ("invited", "declined"),
    ("invited", "left"),
    ("waitlisted", "invited"),
    ("waitlisted", "active"),
    ("waitlisted", "left"),
    ("waitlisted", "declined"),
    ("active", "paused"),
    ("active", "left"),
    ("active", "removed"),
    ("active", "blocked"),
    ("paused", "active"),
    ("paused", "left"),
    ("paused", "removed"),
    ("blocked", "removed"),
}


def standing(state):
    """A membership that stands in `state` in the database."""
    times = {"active": "joined_at", "paused": "joined_at", "waitlisted": "queued_at"}
    times |= dict.fromkeys(Membership.CLOSED, "ended_at")
    held = {"joined_at": None} | ({times[state]: NOW} if state in times else {})
    return MembershipFactory(state=state, **held)


@pytest.mark.parametrize("target", STATES)
@pytest.mark.parametrize("state", STATES)
def test_a_membership_moves_only_along_its_ways(state, target):
    seat = standing(state)

    if (state, target) not in ALLOWED:
        with pytest.raises(ValueError, match="no way"):
            seat.move_to(target)
        assert seat.state == state
        return
    seat.move_to(target)
    seat.save()

    seat.refresh_from_db()
    assert seat.state == target
    assert (seat.ended_at is not None) == (target in {"left", "declined", "removed"})


def test_coming_back_from_a_break_keeps_the_day_of_joining():
    seat = MembershipFactory(state="paused")
    joined = seat.joined_at

    seat.move_to("active")

    assert seat.joined_at == joined


# -- room ----------------------------------------------------------------------------------------
def test_facilitators_take_no_place():
    group = GroupFactory(capacity=2)
    MembershipFactory(group=group, role="facilitator")
    MembershipFactory(group=group)
    MembershipFactory(group=group, state="paused")
    RequestFactory(group=group)

    assert (group.places_taken, group.free, group.is_full) == (2, 0, True)


def test_free_reads_the_count_that_came_with_the_group(django_assert_num_queries):
    MembershipFactory(group=GroupFactory(capacity=5))
    group = Group.objects.with_counts().get()

    with django_assert_num_queries(0):
        assert group.free == 4


def test_a_group_that_counts_no_places_is_never_full():
    group = GroupFactory(capacity=None)
    MembershipFactory(group=group)

    assert (group.free, group.is_full) == (None, False)


def test_more_people_than_places_leave_none_free():
    group = GroupFactory(capacity=1)
    MembershipFactory.create_batch(2, group=group)

    assert group.free == 0


# -- who sees what ---------------------------------------------------------------------------------
def test_a_stranger_sees_listed_open_groups_alone():
    shown = GroupFactory()
    GroupFactory(listed=False)
    GroupFactory(state="draft", opened_at=None)
    GroupFactory(state="archived")

    assert list(Group.objects.visible_to(UserFactory())) == [shown]


def test_somebody_blocked_does_not_see_an_unlisted_group():
    seat = MembershipFactory(state="blocked", group=GroupFactory(listed=False), joined_at=None)
    MembershipFactory(group=seat.group)

    assert list(Group.objects.visible_to(seat.user)) == []


def test_only_facilitators_of_that_group_decide_about_its_requests():
    mine = MembershipFactory(role="facilitator")
    asked = RequestFactory(group=mine.group)
    RequestFactory()

    assert list(Membership.objects.decided_by(mine.user)) == [asked]
    assert list(Membership.objects.decided_by(asked.user)) == []
