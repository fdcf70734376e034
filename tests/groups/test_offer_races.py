"""One free place and many hands at the same moment: on connections of their own, again and again."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.utils import timezone

from groups import services
from groups.models import Group, Membership
from groups.services import offering
from notices.models import Notice
from people.models import AuditEntry
from tests.factories import FacilitatorFactory, GroupFactory, MembershipFactory, OfferFactory, WaitingFactory
from tests.groups.at_once import ROUNDS, at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS, CROWD = 10, 20


def line(group, number):
    start = timezone.now() - timedelta(days=1)
    return [WaitingFactory(group=group, queued_at=start + timedelta(minutes=n)) for n in range(number)]


def states(group):
    return sorted(group.memberships.filter(role="member").values_list("state", flat=True))


@ROUNDS
def test_many_clicks_on_one_offer_take_it_once(rounds):
    for _round in range(rounds):
        offer = OfferFactory(group=GroupFactory(capacity=1))
        copies = [Membership.objects.get(pk=offer.pk) for _ in range(CLICKS)]

        results = at_once(*(partial(services.accept_offer, offer.user, membership=copy) for copy in copies))

        assert kinds(results) == ["Membership"] * CLICKS
        assert states(offer.group) == ["active"]
        assert AuditEntry.objects.filter(action="membership.take_place", about=offer.user).count() == 1


@ROUNDS
def test_many_people_at_one_offer_are_one(rounds):
    for _round in range(rounds):
        group = GroupFactory(capacity=1)
        people = line(group, CROWD)
        services.offer_free_places(group)
        copies = [Membership.objects.select_related("user").get(pk=seat.pk) for seat in people]

        results = at_once(*(partial(services.accept_offer, seat.user, membership=seat) for seat in copies))

        assert kinds(results) == ["Membership"] + ["OfferGone"] * (CROWD - 1)
        assert states(group) == ["active"] + ["waitlisted"] * (CROWD - 1)
        assert people[0].group.memberships.get(state="active") == people[0]


@ROUNDS
def test_the_last_place_is_given_once_however_it_is_given(rounds):
    """Facilitators let people in while the same place is offered along the line."""
    for _round in range(rounds):
        seat = FacilitatorFactory(group=GroupFactory(capacity=1))
        people = line(seat.group, 4)

        results = at_once(
            *(partial(services.accept_request, seat.user, membership=asked) for asked in people),
            *(partial(services.offer_free_places, seat.group) for _ in range(2)),
        )

        assert set(kinds(results)) <= {"Membership", "GroupFull", "AlreadyDecided", "list"}
        assert seat.group.memberships.holding_places().count() == 1


@ROUNDS
def test_taking_a_place_at_the_moment_it_runs_out_is_one_or_the_other(rounds):
    for _round in range(rounds):
        group = GroupFactory(capacity=1)
        offer = OfferFactory(group=group, offered_until=timezone.now() + timedelta(milliseconds=40))
        (waiting,) = line(group, 1)
        moment = Barrier(2)

        def at_the_moment(call, moment=moment, offer=offer):
            while timezone.now() < offer.offered_until - timedelta(milliseconds=2):
                pass
            moment.wait(timeout=30)
            return call()

        at_once(
            partial(at_the_moment, partial(services.accept_offer, offer.user, membership=offer)),
            partial(at_the_moment, offering.run_out_offers),
        )
        offering.run_out_offers()

        after = (Membership.objects.get(pk=offer.pk).state, Membership.objects.get(pk=waiting.pk).state)
        assert after in {("active", "waitlisted"), ("waitlisted", "invited")}
        assert group.memberships.holding_places().count() == 1


@ROUNDS
def test_two_clocks_run_an_offer_out_once(rounds):
    for _round in range(rounds):
        offer = OfferFactory(group=GroupFactory(capacity=1), offered_until=timezone.now())
        (waiting,) = line(offer.group, 1)

        results = at_once(offering.run_out_offers, offering.run_out_offers)

        assert sorted(results) == [0, 1]
        assert Notice.objects.filter(user__in=[offer.user, waiting.user]).count() == 2


@ROUNDS
def test_people_leaving_at_once_offer_each_place_once(rounds):
    for _round in range(rounds):
        group = GroupFactory(capacity=3)
        seats = MembershipFactory.create_batch(3, group=group)
        people = line(group, 5)

        results = at_once(
            *(partial(services.leave_group, seat.user, membership=seat) for seat in seats),
            partial(services.offer_free_places, group),
        )

        assert kinds(results) == ["Membership"] * 3 + ["list"]
        offered = group.memberships.offered().order_by("queued_at")
        assert list(offered) == people[:3]


@ROUNDS
def test_one_person_answering_two_ways_at_once_has_one_answer(rounds):
    for _round in range(rounds):
        group = GroupFactory(capacity=1)
        offer = OfferFactory(group=group)
        (waiting,) = line(group, 1)

        results = at_once(
            partial(services.accept_offer, offer.user, membership=offer),
            partial(services.pass_offer, offer.user, membership=offer, keep_in_line=False),
        )

        assert kinds(results) == ["Membership", "OfferGone"]
        after = (Membership.objects.get(pk=offer.pk).state, Membership.objects.get(pk=waiting.pk).state)
        assert after in {("active", "waitlisted"), ("left", "invited")}


def test_canary_without_the_lock_on_the_group_one_place_is_offered_twice(monkeypatch):
    group = GroupFactory(capacity=1)
    line(group, 2)
    looked = Barrier(2)
    free = Group.free.fget

    def both_have_looked(row):
        answer = free(row)
        looked.wait(timeout=30)
        return answer

    monkeypatch.setattr(offering, "hold_group", lambda pk: Group.objects.get(pk=pk))
    monkeypatch.setattr(Group, "free", property(both_have_looked))

    at_once(*(partial(services.offer_free_places, group) for _ in range(2)))

    assert group.memberships.offered().count() == 2
