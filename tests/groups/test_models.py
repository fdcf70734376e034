"""What the database itself refuses, and how places are counted."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.models import (
    Area,
    Away,
    EndingReview,
    Group,
    GroupLink,
    Invitation,
    Membership,
    PairAgreement,
    PairProfile,
    PairYes,
    Proposal,
    Term,
    WelcomeTalk,
    Wish,
)
from groups.services.locks import broken
from tests.factories import (
    AcceptanceFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)
from tests.groups.test_announcing import ANNOUNCEMENT_WRONGS

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SOON = NOW + timedelta(days=2)
TODAY = date(2027, 3, 1)
YESTERDAY = date(2027, 2, 28)


def refusal(change):
    """The name of the constraint that stops `change`."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        change()
    return broken(caught.value)


GROUP_WRONGS = {
    "group_capacity_positive": {"capacity": 0},
    "group_kind": {"kind": "party"},
    "group_state": {"state": "secret"},
    "group_format": {"format": "by_post"},
    "group_intake": {"intake": "lottery"},
    "group_open_has_time": {"state": "open", "opened_at": None},
    "group_archived_iff_time": {"archived_at": NOW},
    "group_dates": {"starts_on": TODAY, "ends_on": YESTERDAY},
    "group_cohort_has_start": {"kind": "cohort", "starts_on": None},
    "group_parent_iff_pair": {"kind": "pair", "capacity": 1, "listed": False},
    "group_ended_reason": {"ended_reason": "completed"},
    "group_offer_hours": {"offer_hours": 11},
    "group_speaks": {"languages": []},
    "group_open_to_robots_is_listed": {"listed": False, "indexable": True},
}
MEMBERSHIP_WRONGS = {
    "membership_state": {"state": "lost"},
    "membership_role": {"role": "boss"},
    "membership_active_has_joined": {"state": "active", "joined_at": None},
    "membership_ended_iff_closed": {"state": "active", "ended_at": NOW},
    "membership_waitlist_has_place": {"state": "waitlisted", "queued_at": None},
    "membership_offer_only_invited": {"offered_until": SOON},
    "membership_pause_only_paused": {"paused_until": TODAY},
    "membership_why_only_put_out": {"ended_why": "safety"},
    "membership_fit_was_asked": {"fit": "fits"},
}
INVITATION_WRONGS = {
    "invitation_email_lower": {"email": "Guest@example.org"},
    "invitation_role": {"role": "boss"},
    "invitation_facilitator_has_group": {"role": "facilitator", "group": None},
    "invitation_accepted_by_whom": {"accepted_at": NOW},
}


def of_pair(**facts):
    """A pair inside a programme."""
    programme = GroupFactory(kind="programme")
    return GroupFactory(**{"kind": "pair", "parent": programme, "capacity": 1, "listed": False} | facts)


def an_away(**facts):
    seat = FacilitatorFactory()
    return Away.objects.create(**{"seat": seat, "starts_on": TODAY} | facts)


def a_pair_agreement(**facts):
    dates = {"starts_on": TODAY, "ends_on": TODAY + timedelta(weeks=12)}
    pair = facts.pop("group", None) or of_pair()
    return PairAgreement.objects.create(**{"group": pair, "version": 1, "written_by": UserFactory()} | dates | facts)


def a_link(**facts):
    group = facts.pop("group", None) or GroupFactory()
    return GroupLink.objects.create(**{"group": group, "created_by": UserFactory(), "expires_at": SOON} | facts)


def a_wish(**facts):
    user = facts.pop("user", None) or UserFactory()
    return Wish.objects.create(**{"user": user, "kind": "wait"} | facts)


def a_proposal(**facts):
    return Proposal.objects.create(group=GroupFactory(), user=UserFactory(), **facts)


def a_talk(**facts):
    return WelcomeTalk.objects.create(membership=RequestFactory(), at=SOON, offered_by=UserFactory(), **facts)


def a_profile(**facts):
    return PairProfile.objects.create(membership=MembershipFactory(), **facts)


def an_area(**facts):
    return Area.objects.create(**{"name": "Harbourside"} | facts)


def a_term(**facts):
    return Term.objects.create(**{"kind": "topic", "name": "Grief"} | facts)


# What the database refuses outright, by the name of what refuses it.
WRONGS = {
    "term_kind": partial(a_term, kind="mood"),
    "area_both_or_neither": partial(an_area, latitude=53.8),
    "group_pair_shape": partial(of_pair, capacity=2),
    "away_dates": partial(an_away, starts_on=TODAY, ends_on=YESTERDAY),
    "welcometalk_state": partial(a_talk, state="lost"),
    "proposal_state": partial(a_proposal, state="lost", decided_at=NOW),
    "proposal_decided_iff_closed": partial(a_proposal, state="shown"),
    "grouplink_ends_after_start": partial(a_link, expires_at=NOW - timedelta(days=1)),
    "pairprofile_at_most": partial(a_profile, at_most=0),
    "pairagreement_dates": partial(a_pair_agreement, starts_on=TODAY, ends_on=TODAY),
    "wish_kind": partial(a_wish, kind="dream"),
}


def two_terms():
    a_term()
    a_term(name="GRIEF")


def two_areas():
    an_area()
    an_area(name="HARBOURSIDE")


def two_links():
    a_link(group=a_link().group)


def two_wishes():
    a_wish(user=a_wish().user)


def two_versions():
    a_pair_agreement(group=a_pair_agreement().group)


def two_extensions():
    first = a_pair_agreement(extends=True, holds_since=NOW)
    a_pair_agreement(group=first.group, version=2, extends=True, holds_since=NOW)


def two_yeses():
    said = PairYes.objects.create(agreement=a_pair_agreement(), user=UserFactory())
    PairYes.objects.create(agreement=said.agreement, user=said.user)


def two_reviews():
    written = EndingReview.objects.create(group=of_pair(), user=UserFactory())
    EndingReview.objects.create(group=written.group, user=written.user)


def two_names():
    GroupFactory(name="Evenings")
    GroupFactory(name="EVENINGS")


def two_places():
    seat = MembershipFactory()
    RequestFactory(group=seat.group, user=seat.user)


def two_called_wren():
    MembershipFactory(group=RequestFactory(alias="Wren").group, alias="WREN")


def two_first_versions():
    AgreementFactory(group=AgreementFactory().group, version=1)


def two_acceptances():
    said = AcceptanceFactory()
    AcceptanceFactory(agreement=said.agreement, user=said.user)


def two_letters():
    InvitationFactory(email="guest@example.org")
    InvitationFactory(email="guest@example.org")


def its_own_parent():
    pair = of_pair()
    Group.objects.filter(pk=pair.pk).update(parent=pair)


def its_own_cover():
    away = an_away()
    Away.objects.filter(pk=away.pk).update(cover=away.seat)


# Where a second one, or the row itself, is too much.
TWICE = {
    "term_once": two_terms,
    "area_name_ci": two_areas,
    "group_name_ci": two_names,
    "group_not_own_parent": its_own_parent,
    "away_not_own_cover": its_own_cover,
    "membership_one_open": two_places,
    "membership_alias_ci": two_called_wren,
    "agreement_version": two_first_versions,
    "acceptance_once": two_acceptances,
    "invitation_one_open": two_letters,
    "grouplink_one_open": two_links,
    "wish_one_open": two_wishes,
    "pairagreement_version": two_versions,
    "pairagreement_one_extension": two_extensions,
    "pairyes_once": two_yeses,
    "endingreview_once": two_reviews,
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


@pytest.mark.parametrize(("constraint", "wrong"), WRONGS.items())
def test_database_refuses_a_row_with(constraint, wrong):
    assert refusal(wrong) == constraint


def test_what_is_not_known_passes_no_check():
    assert refusal(partial(of_pair, capacity=None)) == "group_pair_shape"
    assert refusal(partial(an_area, longitude=-1.5)) == "area_both_or_neither"


@pytest.mark.parametrize(("constraint", "twice"), TWICE.items())
def test_database_refuses_a_second(constraint, twice):
    assert refusal(twice) == constraint


def test_what_is_closed_leaves_room_for_the_next():
    a_wish(user=a_wish(answered_at=NOW).user)
    a_link(group=a_link(revoked_at=NOW).group)
    first = a_pair_agreement(extends=True)
    a_pair_agreement(group=first.group, version=2, extends=True, holds_since=NOW)

    assert (Wish.objects.count(), GroupLink.objects.count(), PairAgreement.objects.count()) == (2, 2, 2)


def test_the_name_of_an_ended_group_is_free():
    GroupFactory(name="Evenings", state="archived")

    assert GroupFactory(name="evenings").name == "evenings"


def test_a_closed_membership_stands_beside_an_open_one():
    seat = MembershipFactory(state="left", ended_at=NOW)

    assert RequestFactory(group=seat.group, user=seat.user).state == "requested"


def test_a_name_is_free_again_when_its_person_left():
    seat = MembershipFactory(alias="Wren", state="left", ended_at=NOW)

    assert MembershipFactory(group=seat.group, alias="Wren").alias == "Wren"


def test_every_named_constraint_of_groups_is_tried_here():
    beside = {*INVITATION_WRONGS, *ANNOUNCEMENT_WRONGS}
    tried = {*GROUP_WRONGS, *MEMBERSHIP_WRONGS, *WRONGS, *TWICE, *beside}

    assert {c.name for model in apps.get_app_config("groups").get_models() for c in model._meta.constraints} == tried


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
