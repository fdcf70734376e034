"""Proposed changes to an agreement: the words arrive, the name never does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.errors import AlreadyDecided, TooManyProposals
from groups.models import Group, Proposal
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.sealed import destroy_key, unseal
from tests.factories import AdminFactory, FacilitatorFactory, MembershipFactory, RequestFactory, UserFactory, proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat():
    return MembershipFactory(group=FacilitatorFactory(alias="Marisol").group, alias="Wren")


@pytest.fixture
def facilitator(seat):
    return seat.group.memberships.facilitators().get().user


# -- proposing --------------------------------------------------------------------------------------
def test_only_people_who_belong_propose(seat):
    visitor = MembershipFactory(group=seat.group, state="visiting", joined_at=None)
    for stranger in (UserFactory(), AdminFactory(), RequestFactory(group=seat.group).user, visitor.user):
        with pytest.raises(NotAllowed):
            services.propose_change(stranger, group=seat.group, words="Start later.")

    assert not Proposal.objects.exists()


def test_a_proposal_is_sealed_and_leaves_no_trace_of_who_made_it(seat):
    made = services.propose_change(seat.user, group=seat.group, words="Start later.")

    row = Proposal.objects.get()
    assert row == made
    assert b"later" not in bytes(row.words)
    assert unseal(row, "words", owner=seat.user) == "Start later."
    assert not AuditEntry.objects.exists()
    assert not Notice.objects.exists()


def test_three_wait_at_a_time_in_all_groups_together(seat):
    other = MembershipFactory(user=seat.user).group
    for number, group in enumerate([seat.group, seat.group, other]):
        services.propose_change(seat.user, group=group, words=f"Number {number}")

    with pytest.raises(TooManyProposals):
        services.propose_change(seat.user, group=other, words="One more")

    Proposal.objects.filter(group=other).delete()
    assert services.propose_change(seat.user, group=other, words="One more").state == "open"


def test_a_second_click_is_the_same_proposal(seat):
    first = services.propose_change(seat.user, group=seat.group, words="Start later.")

    assert services.propose_change(seat.user, group=seat.group, words="Start later.") == first


def test_the_same_words_by_somebody_else_are_another(seat):
    services.propose_change(seat.user, group=seat.group, words="Start later.")

    services.propose_change(MembershipFactory(group=seat.group).user, group=seat.group, words="Start later.")

    assert Proposal.objects.count() == 2


# -- taking back ------------------------------------------------------------------------------------
def test_nobody_takes_back_what_is_not_theirs(seat, facilitator):
    made = services.propose_change(seat.user, group=seat.group, words="Start later.")

    for stranger in (facilitator, MembershipFactory(group=seat.group).user, AdminFactory()):
        with pytest.raises(NotAllowed):
            services.withdraw_proposal(stranger, proposal=made)

    services.withdraw_proposal(seat.user, proposal=made)
    assert not Proposal.objects.exists()
    assert not AuditEntry.objects.exists()


def test_taking_back_twice_is_harmless_and_after_an_answer_too_late(seat):
    made = services.propose_change(seat.user, group=seat.group, words="Start later.")
    again = Proposal.objects.get()
    services.withdraw_proposal(seat.user, proposal=made)
    services.withdraw_proposal(seat.user, proposal=again)
    shown = proposal(seat.group, seat.user, "x", state="shown", decided_at=seat.created_at)

    with pytest.raises(AlreadyDecided):
        services.withdraw_proposal(seat.user, proposal=shown)


# -- reading and answering --------------------------------------------------------------------------
def test_only_those_who_run_the_group_read_and_answer(seat):
    made = proposal(seat.group, seat.user, "Start later.")

    for stranger in (seat.user, FacilitatorFactory().user, AdminFactory()):
        with pytest.raises(NotAllowed):
            services.read_proposals(stranger, group=seat.group)
        with pytest.raises(NotAllowed):
            services.decide_proposal(stranger, proposal=made, state="shown")


def test_reading_is_on_record_and_about_nobody(seat, facilitator):
    made = proposal(seat.group, seat.user, "Start later.")

    read = services.read_proposals(facilitator, group=seat.group)

    entry = AuditEntry.objects.get()
    assert read == [(made, "Start later.")]
    assert (entry.action, entry.actor, entry.about, entry.object_kind) == (
        "proposal.read", facilitator, None, "groups.group",
    )  # fmt: skip


def test_nothing_to_read_leaves_no_entry(seat, facilitator):
    proposal(seat.group, seat.user, "x", state="shown", decided_at=seat.created_at)

    assert len(services.read_proposals(facilitator, group=seat.group)) == 1
    assert not AuditEntry.objects.exists()


def test_proposals_stand_in_an_order_that_tells_nothing(seat, facilitator):
    for number in range(8):
        proposal(seat.group, MembershipFactory(group=seat.group).user, f"Number {number}")

    listed = [row.public_id for row, _words in services.read_proposals(facilitator, group=seat.group)]

    assert listed == sorted(listed)


@pytest.mark.parametrize("state", ["shown", "taken_up", "set_aside"])
def test_answering_says_who_and_is_about_nobody(seat, facilitator, state):
    made = proposal(seat.group, seat.user, "Start later.")

    services.decide_proposal(facilitator, proposal=made, state=state)

    made.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (made.state, made.decided_by, made.decided_at is None) == (state, facilitator, False)
    assert (entry.action, entry.about, entry.reason) == ("proposal.decide", None, state)


def test_one_that_is_shown_can_be_taken_up_later_and_one_set_aside_stays(seat, facilitator):
    made = proposal(seat.group, seat.user, "Start later.")
    shown = services.decide_proposal(facilitator, proposal=made, state="shown")
    taken = services.decide_proposal(facilitator, proposal=shown, state="taken_up")

    assert services.decide_proposal(facilitator, proposal=taken, state="taken_up").state == "taken_up"
    with pytest.raises(AlreadyDecided):
        services.decide_proposal(facilitator, proposal=taken, state="set_aside")


def test_who_was_slower_is_told_what_stands(seat, facilitator):
    made = proposal(seat.group, seat.user, "Start later.")
    seen = Proposal.objects.get()
    services.decide_proposal(facilitator, proposal=made, state="shown")

    with pytest.raises(AlreadyDecided, match="shown to the group"):
        services.decide_proposal(facilitator, proposal=seen, state="set_aside")


def test_open_is_no_answer(seat, facilitator):
    shown = proposal(seat.group, seat.user, "x", state="shown", decided_at=seat.created_at)

    with pytest.raises(ValueError, match="open"):
        services.decide_proposal(facilitator, proposal=shown, state="open")


# -- who sees what ----------------------------------------------------------------------------------
def test_members_see_what_was_shown_and_the_proposer_alone_sees_their_own(seat, facilitator):
    other = MembershipFactory(group=seat.group).user
    proposal(seat.group, seat.user, "For all", state="shown", decided_at=seat.created_at)
    proposal(seat.group, seat.user, "Not yet")
    proposal(seat.group, seat.user, "No", state="set_aside", decided_at=seat.created_at)

    assert services.shown_proposals(other, group=seat.group) == ["For all"]
    assert services.own_proposals(other, group=seat.group) == []
    own = services.own_proposals(seat.user, group=seat.group)
    assert {(row.state, words) for row, words in own} == {
        ("shown", "For all"),
        ("open", "Not yet"),
        ("set_aside", "No"),
    }
    assert Proposal.objects.visible_to(other).count() == 1
    assert Proposal.objects.visible_to(facilitator).count() == 3
    assert not Proposal.objects.visible_to(UserFactory()).exists()
    with pytest.raises(NotAllowed):
        services.shown_proposals(UserFactory(), group=seat.group)


def test_words_of_an_erased_account_are_left_out_without_a_word(seat, facilitator):
    proposal(seat.group, seat.user, "Gone soon")
    kept = proposal(seat.group, MembershipFactory(group=seat.group).user, "Stays")
    destroy_key(seat.user)

    assert services.read_proposals(facilitator, group=seat.group) == [(kept, "Stays")]


def test_unread_ones_are_counted_a_group(seat, facilitator):
    proposal(seat.group, seat.user, "One")
    proposal(seat.group, seat.user, "Two", state="shown", decided_at=seat.created_at)
    FacilitatorFactory(user=facilitator)

    unread = {group.pk: group.unread for group in Group.objects.run_by(facilitator).with_unread_proposals()}

    assert sorted(unread.values()) == [0, 1]
    assert unread[seat.group_id] == 1


def test_three_months_after_the_answer_nothing_says_who_proposed_what(seat):
    long_ago, lately = timezone.now() - timedelta(days=91), timezone.now() - timedelta(days=89)
    stands = [("taken_up", long_ago), ("set_aside", long_ago), ("taken_up", lately), ("shown", long_ago)]
    rows = [proposal(seat.group, seat.user, state, state=state, decided_at=day) for state, day in stands]
    rows.append(proposal(seat.group, seat.user, "open"))

    assert (services.forget_proposals(), services.forget_proposals()) == (2, 0)
    assert list(Proposal.objects.order_by("pk")) == rows[2:]
