"""Answering requests."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.errors import AlreadyDecided, GroupFull, NotSuggested, NotTakingPeople, NoVisits
from groups.models import Group, Membership
from groups.signals import member_joined
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.sealed import seal
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)
from tests.groups.line import in_line, stands, told

pytestmark = pytest.mark.django_db


def put_in_line(actor, *, membership):
    """On the waitlist, in a group in which every place is taken."""
    if not membership.group.is_full:
        MembershipFactory(group=membership.group)
        Group.objects.filter(pk=membership.group_id).update(capacity=1)
    return services.waitlist_request(actor, membership=membership)


DECISIONS = [services.accept_request, put_in_line, services.decline_request]


@pytest.fixture
def facilitator():
    return FacilitatorFactory(alias="Marisol")


@pytest.fixture
def asked(facilitator):
    asked = RequestFactory(group=facilitator.group, alias="Wren")
    seal(asked, "words", "Evenings are hard.", owner=asked.user)
    asked.save()
    return asked


@pytest.mark.parametrize("decide", DECISIONS)
def test_nobody_decides_but_a_facilitator_of_that_group(decide, asked):
    strangers = [
        UserFactory(),
        AdminFactory(),
        asked.user,
        FacilitatorFactory().user,
        MembershipFactory(group=asked.group).user,
        FacilitatorFactory(group=asked.group, state="paused").user,
    ]

    for stranger in strangers:
        with pytest.raises(NotAllowed):
            decide(stranger, membership=asked)

    asked.refresh_from_db()
    assert asked.state == "requested"


def test_nobody_lets_themself_in(facilitator):
    own = RequestFactory(user=facilitator.user)
    FacilitatorFactory(group=own.group)

    with pytest.raises(NotAllowed):
        services.accept_request(own.user, membership=own)


def test_nobody_reads_a_request_but_a_facilitator_of_that_group(asked):
    for stranger in (AdminFactory(), FacilitatorFactory().user, MembershipFactory(group=asked.group).user, asked.user):
        with pytest.raises(NotAllowed):
            services.read_request(stranger, membership=asked)

    assert not AuditEntry.objects.exists()


def test_reading_a_request_is_on_record_for_the_person(facilitator, asked):
    words = services.read_request(facilitator.user, membership=asked)

    assert words == "Evenings are hard."
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.about) == (facilitator.user, "membership.read", asked.user)
    assert "Evenings" not in f"{entry.reason} {entry.object_id}"


def test_a_request_without_words_is_not_a_reading(facilitator):
    silent = RequestFactory(group=facilitator.group)

    assert services.read_request(facilitator.user, membership=silent) == ""
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("decide", "state", "action"),
    [
        (services.accept_request, "active", "membership.accept"),
        (put_in_line, "waitlisted", "membership.waitlist"),
        (services.decline_request, "declined", "membership.decline"),
    ],
)
def test_a_decision_says_who_and_when(facilitator, asked, decide, state, action):
    decide(facilitator.user, membership=asked)

    asked.refresh_from_db()
    assert (asked.state, asked.decided_by, asked.decided_at is not None) == (state, facilitator.user, True)
    assert AuditEntry.objects.get().action == action


def test_accept_says_so_to_the_apps_above(facilitator, asked):
    heard = []

    def listen(membership, **kwargs):
        heard.append(membership.pk)

    member_joined.connect(listen)
    try:
        services.accept_request(facilitator.user, membership=asked)
    finally:
        member_joined.disconnect(listen)

    assert heard == [asked.pk]


def test_accept_refuses_a_full_group(facilitator, asked):
    facilitator.group.capacity = 1
    facilitator.group.save()
    MembershipFactory(group=facilitator.group)

    with pytest.raises(GroupFull) as told:
        services.accept_request(facilitator.user, membership=asked)

    assert str(told.value) == "Every place is taken. You can put this request on the waitlist."
    asked.refresh_from_db()
    assert asked.state == "requested"


@pytest.mark.parametrize("second", DECISIONS)
@pytest.mark.parametrize(
    ("first", "stands"),
    [
        (services.accept_request, "Marisol has let this person in."),
        (put_in_line, "Marisol has put this request on the waitlist."),
        (services.decline_request, "Marisol has answered that it is not this group."),
    ],
)
def test_the_second_facilitator_is_told_what_stands(facilitator, asked, first, second, stands):
    other, seen = FacilitatorFactory(group=facilitator.group), Membership.objects.get(pk=asked.pk)
    first(facilitator.user, membership=asked)
    asked.refresh_from_db()

    with pytest.raises(AlreadyDecided) as told:
        second(other.user, membership=seen)

    assert str(told.value) == stands
    state = asked.state
    asked.refresh_from_db()
    assert asked.state == state


def test_a_request_taken_back_meanwhile_is_not_decided(facilitator, asked):
    seen = Membership.objects.get(pk=asked.pk)
    services.withdraw_request(asked.user, membership=asked)

    with pytest.raises(AlreadyDecided) as told:
        services.accept_request(facilitator.user, membership=seen)

    assert str(told.value) == "This request was taken back, or the person has left since."


def test_somebody_on_the_waitlist_is_let_in_when_there_is_room(facilitator, asked):
    put_in_line(facilitator.user, membership=asked)
    Group.objects.update(capacity=2)
    asked.refresh_from_db()

    assert services.accept_request(facilitator.user, membership=asked).state == "active"


def test_whoever_is_put_in_line_while_a_place_is_free_is_offered_it(facilitator, asked):
    offered = services.waitlist_request(facilitator.user, membership=asked)

    asked.refresh_from_db()
    assert (offered.is_offered, asked.is_offered, asked.decided_by) == (True, True, facilitator.user)
    assert told(asked.user) == ["place.offered"]


def test_a_place_that_somebody_let_go_is_offered_when_the_next_one_comes_to_the_line(facilitator, asked):
    Group.objects.update(capacity=1)
    [first] = in_line(facilitator.group, "Robin")
    services.offer_free_places(facilitator.group)
    services.pass_offer(first.user, membership=first, keep_in_line=True)
    assert stands(facilitator.group)["Robin"] == "waitlisted"

    services.waitlist_request(facilitator.user, membership=asked)

    assert [stands(facilitator.group)[name] for name in ("Robin", "Wren")] == ["invited", "waitlisted"]


@pytest.mark.parametrize("shut", [{"kind": "cohort"}, {"intake": "closed"}], ids=str)
@pytest.mark.parametrize("decide", [services.accept_request, services.waitlist_request, services.let_visit])
def test_once_a_group_has_begun_among_itself_the_answer_is_a_kind_no(facilitator, asked, decide, shut):
    Group.objects.update(starts_on=facilitator.group.today, allows_visits=True, **shut)

    with pytest.raises(NotTakingPeople) as told_so:
        decide(facilitator.user, membership=asked)

    assert str(told_so.value) == "This group has begun, and those who began stay together."
    assert services.decline_request(facilitator.user, membership=asked).state == "declined"


def test_words_are_erased_ninety_days_after_the_answer(facilitator, asked):
    services.decline_request(facilitator.user, membership=asked)
    long_ago = timezone.now() - timedelta(days=91)

    assert services.forget_words() == 0
    Membership.objects.filter(pk=asked.pk).update(decided_at=long_ago, ended_at=long_ago)

    assert services.forget_words() == 1
    assert services.forget_words() == 0
    asked.refresh_from_db()
    assert asked.words is None


def test_words_of_somebody_who_waits_are_kept(facilitator, asked):
    put_in_line(facilitator.user, membership=asked)
    Membership.objects.filter(pk=asked.pk).update(decided_at=timezone.now() - timedelta(days=91))

    assert services.forget_words() == 0


# -- a suggestion, and a visit ------------------------------------------------------------------------
@pytest.mark.parametrize(
    "shut", [{"listed": False}, {"intake": "closed"}, {"intake": "invitation"}, {"state": "draft", "opened_at": None}]
)
def test_a_group_that_takes_nobody_is_no_suggestion(facilitator, asked, shut):
    with pytest.raises(NotSuggested):
        services.decline_request(facilitator.user, membership=asked, suggestion=GroupFactory(**shut))

    asked.refresh_from_db()
    assert asked.state == "requested"


def test_the_group_itself_is_no_suggestion(facilitator, asked):
    with pytest.raises(NotSuggested):
        services.decline_request(facilitator.user, membership=asked, suggestion=asked.group)


def test_a_suggestion_is_kept_with_the_answer(facilitator, asked):
    other = GroupFactory()

    services.decline_request(facilitator.user, membership=asked, suggestion=other)

    asked.refresh_from_db()
    assert (asked.state, asked.suggestion) == ("declined", other)


def test_a_group_without_visits_lets_nobody_visit(facilitator, asked):
    with pytest.raises(NoVisits):
        services.let_visit(facilitator.user, membership=asked)


def test_nobody_lets_visit_or_ends_a_visit_but_a_facilitator_of_that_group(facilitator, asked):
    Group.objects.update(allows_visits=True)
    coming = RequestFactory(group=asked.group, state="visiting")

    for stranger in (UserFactory(), AdminFactory(), asked.user, coming.user, FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            services.let_visit(stranger, membership=asked)
        with pytest.raises(NotAllowed):
            services.end_visit(stranger, membership=coming)


def test_a_visit_takes_no_place_and_needs_none(facilitator, asked):
    Group.objects.update(allows_visits=True, capacity=1)
    MembershipFactory(group=asked.group)

    services.let_visit(facilitator.user, membership=asked)

    asked.refresh_from_db()
    assert (asked.state, asked.group.places_taken) == ("visiting", 1)


def test_a_visit_is_let_in_when_there_is_room_and_not_before(facilitator, asked):
    Group.objects.update(allows_visits=True, capacity=1)
    coming, holder = RequestFactory(group=asked.group, state="visiting"), MembershipFactory(group=asked.group)
    with pytest.raises(GroupFull):
        services.accept_request(facilitator.user, membership=coming)
    services.leave_group(holder.user, membership=holder)

    assert services.accept_request(facilitator.user, membership=coming).state == "active"


@pytest.mark.parametrize("decide", [services.decline_request, services.waitlist_request, services.let_visit])
def test_a_visit_is_not_answered_like_a_request(facilitator, decide):
    Group.objects.update(allows_visits=True)
    coming = RequestFactory(group=facilitator.group, state="visiting")

    with pytest.raises(AlreadyDecided):
        decide(facilitator.user, membership=coming)


def test_a_visit_ends_once_and_the_person_is_told(facilitator):
    coming = RequestFactory(group=facilitator.group, state="visiting")

    for _click in (1, 2):
        services.end_visit(facilitator.user, membership=coming)

    coming.refresh_from_db()
    assert (coming.state, coming.words) == ("visited", None)
    assert list(Notice.objects.values_list("user", "topic")) == [(coming.user_id, "visit.over")]
