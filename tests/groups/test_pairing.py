"""How a pair comes about: asking, proposing, and both saying yes (R70, R75)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups import services
from groups.errors import AlreadyPaired, HelpLinesUnconfirmed, KindStays, KnowEachOther, NoRoomForPair, PairOver
from groups.models import Group, Membership
from groups.policies import belongs, runs
from notices.models import Notice
from people.models import AuditEntry, Organisation
from people.policy import NotAllowed
from tests.factories import AdminFactory, FacilitatorFactory, MembershipFactory, UserFactory
from tests.groups.two import coordinator, mentee, mentor, paired, programme, proposed, two_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return programme()


def told(user):
    return sorted(Notice.objects.filter(user=user).values_list("topic", flat=True))


# -- asking and proposing -----------------------------------------------------------------------
def test_only_a_mentee_asks(group):
    one, other = mentor(group), mentee(group)

    for actor in (one.user, coordinator(group), AdminFactory(), UserFactory()):
        with pytest.raises(NotAllowed):
            services.ask_mentor(actor, group=group, mentor=one)
        with pytest.raises(NotAllowed):
            services.want_mentor(actor, group=group)
    circle = MembershipFactory()
    with pytest.raises(NotAllowed):
        services.ask_mentor(circle.user, group=circle.group, mentor=one)

    assert not group.pairs.exists()
    assert belongs(other.user, group)


def test_asking_is_ones_own_yes_and_gives_nobody_a_right(group):
    one, other = mentor(group), mentee(group)

    pair = services.ask_mentor(other.user, group=group, mentor=one)

    assert (pair.kind, pair.parent, pair.state, pair.name) == ("pair", group, "draft", "Side by side")
    assert (pair.capacity, pair.listed, pair.intake) == (1, False, "closed")
    seats = pair.memberships.order_by("role").values_list("user", "role", "state", "alias", "decided_by")
    assert list(seats) == [
        (one.user.pk, "facilitator", "invited", "Ines", None),
        (other.user.pk, "member", "invited", "Wren", other.user.pk),
    ]
    assert not runs(one.user, pair)
    assert not belongs(other.user, pair)
    assert (told(one.user), told(other.user)) == (["pair.proposed"], [])


def test_only_the_coordinator_proposes(group):
    one, other = mentor(group), mentee(group)

    for actor in (one.user, other.user, AdminFactory(), FacilitatorFactory(group=programme(name="B")).user):
        with pytest.raises(NotAllowed):
            services.propose_pair(actor, group=group, mentor=one, mentee=other)


def test_a_proposal_asks_both(group):
    one, other = mentor(group), mentee(group)

    pair = proposed(group, one, other)

    assert pair.memberships.filter(state="invited", decided_at=None).count() == 2
    assert (told(one.user), told(other.user)) == (["pair.proposed"], ["pair.proposed"])


@pytest.mark.parametrize("how", ["shut", "full", "member", "elsewhere", "suspended"])
def test_a_mentor_who_takes_nobody_is_not_asked(group, how):
    one = mentor(group, is_open=how != "shut", at_most=1)
    if how == "full":
        paired(group, one, mentee(group, alias="Jun"))
    if how == "member":
        services.make_mentee(coordinator(group), membership=one)
    if how == "elsewhere":
        one = mentor(programme(name="Another"))
    if how == "suspended":
        type(one.user).objects.filter(pk=one.user.pk).update(is_active=False, state="suspended")
    other = mentee(group)

    with pytest.raises(NoRoomForPair):
        services.ask_mentor(other.user, group=group, mentor=one)
    with pytest.raises(NoRoomForPair):
        proposed(group, one, other)


def test_one_pair_at_a_time_for_a_mentee(group):
    one, other, second = mentor(group), mentee(group), mentor(group, alias="Kofi")
    proposed(group, one, other)

    with pytest.raises(AlreadyPaired):
        proposed(group, second, other)
    with pytest.raises(AlreadyPaired):
        services.ask_mentor(other.user, group=group, mentor=second)

    assert group.pairs.count() == 1


def test_people_who_know_each_other_from_a_group_are_flagged_and_may_be_meant(group):
    one, other = mentor(group), mentee(group)
    seat = FacilitatorFactory(user=one.user)
    MembershipFactory(group=seat.group, user=other.user)

    with pytest.raises(KnowEachOther):
        proposed(group, one, other)
    pair = services.propose_pair(coordinator(group), group=group, mentor=one, mentee=other, all_the_same=True)

    assert pair.state == "draft"


def test_the_flag_looks_both_ways_and_only_where_one_runs_it(group):
    one, other = mentor(group), mentee(group)
    shared = MembershipFactory(user=one.user).group
    MembershipFactory(group=shared, user=other.user)
    assert not services.pairing.know_each_other(one.user, other.user)

    FacilitatorFactory(group=MembershipFactory(user=one.user).group, user=other.user)
    assert services.pairing.know_each_other(one.user, other.user)


def test_wanting_a_mentor_tells_the_coordinators_once(group):
    other = mentee(group)

    for _ in range(2):
        services.want_mentor(other.user, group=group)
    assert (told(coordinator(group)), group.memberships.get(pk=other.pk).mentor_wanted_at is None) == (
        ["mentor.wanted"],
        False,
    )

    assert services.want_mentor(other.user, group=group, wanted=False).mentor_wanted_at is None


# -- answering ----------------------------------------------------------------------------------
def test_nobody_but_the_two_answers(group):
    pair = proposed(group, mentor(group), mentee(group))

    for stranger in (coordinator(group), AdminFactory(), UserFactory(), mentee(group, alias="Jun").user):
        with pytest.raises(NotAllowed):
            services.answer_pair(stranger, group=pair, yes=True)

    assert pair.memberships.filter(decided_at=None).count() == 2


def test_a_pair_opens_with_the_second_yes_and_not_before(group):
    one, other = mentor(group), mentee(group)
    services.want_mentor(other.user, group=group)
    pair = proposed(group, one, other)

    first = [services.answer_pair(one.user, group=pair, yes=True) for _ in range(2)]
    assert {row.state for row in first} == {"draft"}
    assert not runs(one.user, pair)

    opened = services.answer_pair(other.user, group=pair, yes=True)
    assert opened.state == "open"
    assert opened.ends_on - opened.starts_on == timedelta(weeks=12)
    assert (runs(one.user, pair), belongs(other.user, pair), runs(other.user, pair)) == (True, True, False)
    assert group.memberships.get(pk=other.pk).mentor_wanted_at is None
    assert told(one.user) == ["pair.begun", "pair.proposed"]


def test_a_no_ends_it_frees_both_and_names_nobody(group):
    one, other = mentor(group), mentee(group)
    pair = proposed(group, one, other)
    services.answer_pair(one.user, group=pair, yes=True)

    services.answer_pair(other.user, group=pair, yes=False)

    pair.refresh_from_db()
    assert (pair.state, pair.ended_reason) == ("archived", "not_a_match")
    assert not pair.memberships.open().exists()
    assert (told(one.user), told(other.user)) == (["pair.ended", "pair.proposed"], ["pair.proposed"])
    assert AuditEntry.objects.get(action="group.end").actor is None
    assert proposed(group, mentor(group, alias="Kofi"), other).state == "draft"


def test_after_the_answers_there_is_nothing_to_answer(group):
    pair = paired(group)

    for user in two_of(pair):
        with pytest.raises(PairOver):
            services.answer_pair(user, group=pair, yes=False)

    pair.refresh_from_db()
    assert pair.state == "open"


def test_no_pair_begins_before_the_help_lines_are_confirmed(group):
    one, other = mentor(group), mentee(group)
    pair = proposed(group, one, other)
    services.answer_pair(one.user, group=pair, yes=True)
    Organisation.objects.update(crisis_confirmed_at=None, crisis_confirmed_by=None)

    with pytest.raises(HelpLinesUnconfirmed):
        services.answer_pair(other.user, group=pair, yes=True)

    pair.refresh_from_db()
    assert (pair.state, pair.memberships.filter(decided_at=None).count()) == ("draft", 1)


def test_a_proposal_is_taken_back_by_a_coordinator_alone(group):
    pair = proposed(group, mentor(group), mentee(group))
    for user in (*two_of(pair), AdminFactory()):
        with pytest.raises(NotAllowed):
            services.take_proposal_back(user, group=pair)

    services.take_proposal_back(coordinator(group), group=pair)

    assert Group.objects.get(pk=pair.pk).state == "archived"
    assert [told(user) for user in two_of(pair)] == [["pair.ended", "pair.proposed"]] * 2


def test_what_is_answered_is_not_taken_back(group):
    pair = paired(group)

    with pytest.raises(PairOver):
        services.take_proposal_back(coordinator(group), group=pair)


def test_two_weeks_without_an_answer_end_the_question(group):
    pair, fresh = (
        proposed(group, mentor(group), mentee(group)),
        proposed(group, mentor(group, alias="Kofi"), mentee(group, alias="Jun")),
    )
    Group.objects.filter(pk=pair.pk).update(created_at=timezone.now() - timedelta(days=15))

    assert (services.run_out_proposals(), services.run_out_proposals()) == (1, 0)

    assert list(Group.objects.filter(pk__in=[pair.pk, fresh.pk]).order_by("pk").values_list("state", flat=True)) == [
        "archived",
        "draft",
    ]
    assert set(pair.memberships.values_list("state", flat=True)) == {"lapsed"}
    assert [told(user) for user in two_of(pair)] == [["pair.ended", "pair.proposed"]] * 2


# -- a pair stays a pair ------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["circle", "family", "programme", "cohort"])
def test_a_pair_never_becomes_anything_else(group, kind):
    pair = paired(group)

    with pytest.raises(IntegrityError, match=r"group_(parent_iff_pair|cohort_has_start)"), transaction.atomic():
        Group.objects.filter(pk=pair.pk).update(kind=kind)
    for actor in (AdminFactory(), *two_of(pair), coordinator(group)):
        with pytest.raises((NotAllowed, KindStays)):
            services.change_group(actor, group=pair, kind=kind)


@pytest.mark.parametrize(
    "changed", [{"capacity": 2}, {"capacity": None}, {"listed": True}, {"indexable": True}, {"shared_openly": True}]
)
def test_a_pair_stays_for_two_and_on_no_list(group, changed):
    pair = paired(group)

    with pytest.raises(IntegrityError, match=r"group_(pair_shape|open_to_robots_is_listed)"), transaction.atomic():
        Group.objects.filter(pk=pair.pk).update(**changed)


def test_nobody_else_comes_into_a_pair_or_runs_it(group):
    pair, stranger = paired(group), UserFactory()

    with pytest.raises(NotAllowed):
        services.appoint_facilitator(AdminFactory(), group=pair, person=stranger)
    assert not Group.objects.taking_people().filter(pk=pair.pk).exists()
    assert not pair.takes_requests
    for viewer in (AdminFactory(), stranger, coordinator(group)):
        assert not Group.objects.visible_to(viewer).filter(pk=pair.pk).exists()
        assert not Group.objects.changed_by(viewer).filter(pk=pair.pk).exists()
    assert Membership.objects.filter(group=pair).count() == 2
