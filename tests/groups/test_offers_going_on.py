"""An offer runs out and goes on, and whoever frees a place makes one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from groups import services
from groups.errors import AlreadyAsked, GroupFull, NameTaken, OfferGone
from groups.models import Membership
from groups.services.offering import run_out_offers
from notices.models import Notice
from people.models import AuditEntry
from people.services import suspend_person
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    OfferFactory,
    RequestFactory,
)
from tests.groups.line import in_line, stands, told

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
GONE = timedelta(seconds=-1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group():
    """Two places, one of them taken."""
    group = GroupFactory(capacity=2)
    MembershipFactory(group=group)
    return group


@pytest.fixture
def offer(group):
    return OfferFactory(group=group, alias="Ann")


def test_what_is_held_for_somebody_suspended_goes_on_at_once_and_they_keep_their_day_in_line(group):
    ann, _bo = in_line(group, "Ann", "Bo")
    services.offer_free_places(group)
    assert stands(group) == {"Ann": "invited", "Bo": "waitlisted"}

    suspend_person(AdminFactory(), person=ann.user)

    queued = ann.queued_at
    ann.refresh_from_db()
    assert stands(group) == {"Ann": "waitlisted", "Bo": "invited"}
    assert (ann.queued_at, ann.offers_lapsed) == (queued, 0)


def test_the_place_of_somebody_suspended_stays_theirs(group):
    seat = MembershipFactory(group=group, alias="Ann")
    in_line(group, "Bo")

    suspend_person(AdminFactory(), person=seat.user)
    services.offer_free_places(group)

    assert stands(group) == {"Ann": "active", "Bo": "waitlisted"}


# -- running out ------------------------------------------------------------------------------
def test_nothing_runs_out_before_its_time(clock, offer):
    clock.move_to(offer.offered_until + GONE)

    assert run_out_offers() == 0
    assert stands(offer.group) == {"Ann": "invited"}


def test_the_first_time_puts_somebody_back_in_line_behind_the_others(clock, offer):
    bo, _cy = in_line(offer.group, "Bo", "Cy")
    clock.move_to(offer.offered_until)

    assert run_out_offers() == 1

    offer.refresh_from_db()
    assert (offer.state, offer.offers_lapsed, offer.offered_until) == ("waitlisted", 1, None)
    assert stands(offer.group) == {"Ann": "waitlisted", "Bo": "invited", "Cy": "waitlisted"}
    assert (told(offer.user), told(bo.user)) == (["place.run_out"], ["place.offered"])
    assert AuditEntry.objects.get(action="membership.run_out").actor is None


def test_the_second_time_closes_it(clock, group):
    offer = OfferFactory(group=group, alias="Ann", offers_lapsed=1, words=b"sealed")
    in_line(group, "Bo")
    clock.move_to(offer.offered_until)

    assert run_out_offers() == 1

    offer.refresh_from_db()
    assert (offer.state, offer.offers_lapsed, offer.words) == ("lapsed", 2, None)
    assert stands(group) == {"Ann": "lapsed", "Bo": "invited"}


def test_twice_runs_out_nothing_twice(clock, offer):
    clock.move_to(offer.offered_until)

    assert (run_out_offers(), run_out_offers()) == (1, 0)
    assert (stands(offer.group), told(offer.user)) == ({"Ann": "waitlisted"}, ["place.run_out"])


def line_of(user):
    from notices.registry import topic

    notice = Notice.objects.filter(user=user).latest("pk")
    return topic(notice.topic).line(notice.ids, user)


def test_what_they_are_told_is_true(clock, offer):
    in_line(offer.group, "Bo")
    lapsed = OfferFactory(alias="Eve", offers_lapsed=1)
    alone = OfferFactory(alias="Flo")
    clock.move_to(NOON + timedelta(days=2))

    run_out_offers()

    assert line_of(offer.user) == "The place went to the next person. You are still in line."
    assert line_of(alone.user) == "The place is not held for you any more. You are still in line."
    assert line_of(lapsed.user) == "The place is not held for you any more. You can wait for the next one."


@pytest.mark.parametrize("facts", [{"state": "archived", "archived_at": NOON}, {"kind": "cohort", "starts_on": NOON}])
def test_an_offer_of_a_group_that_takes_nobody_any_more_is_closed(clock, facts):
    offer = OfferFactory(alias="Ann", group=GroupFactory(**facts))
    clock.move_to(offer.offered_until)

    run_out_offers()

    assert stands(offer.group) == {"Ann": "lapsed"}


# -- in line again ----------------------------------------------------------------------------
def lapsed(group, **facts):
    return MembershipFactory(group=group, state="lapsed", joined_at=None, ended_at=NOON, offers_lapsed=2, **facts)


def test_who_lapsed_can_be_in_line_again_at_its_end(group):
    MembershipFactory(group=group)
    in_line(group, "Bo")
    old = lapsed(group, alias="Ann", pronouns="she", by_mail=False)

    row = services.wait_again(old.user, membership=old)

    assert (row.pk != old.pk, row.state, row.alias, row.pronouns, row.by_mail, row.offers_lapsed) == (
        True, "waitlisted", "Ann", "she", False, 0,
    )  # fmt: skip
    assert [seat.alias for seat in group.memberships.in_line()] == ["Bo", "Ann"]
    assert Membership.objects.get(pk=old.pk).state == "lapsed"


def test_who_is_first_in_line_is_offered_what_is_free(group):
    old = lapsed(group, alias="Ann")
    waiting = in_line(GroupFactory(), "Bo")[0]

    assert services.wait_again(old.user, membership=old).is_offered
    assert services.wait_again(waiting.user, membership=waiting).is_offered


def test_being_in_line_again_is_asked_for_once(group):
    old = lapsed(group)
    MembershipFactory(group=group)
    services.wait_again(old.user, membership=old)

    with pytest.raises(AlreadyAsked):
        services.wait_again(old.user, membership=old)


def test_a_name_that_somebody_has_by_now_is_told_kindly(group):
    old = lapsed(group, alias="Ann")
    MembershipFactory(group=group, alias="ann")

    with pytest.raises(NameTaken):
        services.wait_again(old.user, membership=old)


@pytest.mark.parametrize("state", ["left", "declined", "removed", "visited", "active", "requested"])
def test_nobody_is_in_line_again_who_was_never_offered(group, state):
    ended = {"ended_at": NOON} if state in Membership.CLOSED else {}
    seat = MembershipFactory(group=group, state=state, **ended)

    with pytest.raises(OfferGone):
        services.wait_again(seat.user, membership=seat)


def test_nobody_is_in_line_again_for_a_group_that_ended():
    old = lapsed(GroupFactory(state="archived"))

    with pytest.raises(OfferGone):
        services.wait_again(old.user, membership=old)


# -- whoever frees a place calls --------------------------------------------------------------
@pytest.fixture
def full():
    """One place, taken, and somebody in line."""
    group = GroupFactory(capacity=1)
    MembershipFactory(group=group, alias="Ann")
    FacilitatorFactory(group=group, alias="Mae")
    in_line(group, "Bo")
    return group


def seat_of(group, name):
    return group.memberships.get(alias=name)


def test_leaving_frees_a_place(full):
    ann = seat_of(full, "Ann")

    services.leave_group(ann.user, membership=ann)

    assert seat_of(full, "Bo").is_offered


def test_putting_somebody_out_frees_a_place(full):
    ann, mae = seat_of(full, "Ann"), seat_of(full, "Mae")

    services.put_out(mae.user, membership=ann, why="safety")

    assert seat_of(full, "Bo").is_offered


def test_more_places_are_offered(full):
    services.change_group(AdminFactory(), group=full, capacity=2)

    assert seat_of(full, "Bo").is_offered


def test_who_runs_the_group_takes_no_place_any_more(full):
    services.appoint_facilitator(AdminFactory(), group=full, person=seat_of(full, "Ann").user)

    assert seat_of(full, "Bo").is_offered


def test_taking_an_offered_request_back_frees_it(offer):
    in_line(offer.group, "Bo")

    services.withdraw_request(offer.user, membership=offer)

    assert stands(offer.group) == {"Ann": "left", "Bo": "invited"}


def test_taking_a_request_back_frees_nothing_that_was_not_held(full):
    asked = RequestFactory(group=full)

    services.withdraw_request(asked.user, membership=asked)

    assert stands(full)["Bo"] == "waitlisted"


# -- beside other ways in ---------------------------------------------------------------------
def test_nobody_is_let_in_to_a_place_that_is_held(offer):
    facilitator = FacilitatorFactory(group=offer.group)
    (bo,) = in_line(offer.group, "Bo")

    with pytest.raises(GroupFull):
        services.accept_request(facilitator.user, membership=bo)


def test_an_invitation_fills_the_place_that_is_held_for_the_same_person(offer):
    letter = InvitationFactory(group=offer.group, email=offer.user.email, invited_by=AdminFactory())

    services.take_invitation(offer.user, invitation=letter)

    assert stands(offer.group) == {"Ann": "active"}
