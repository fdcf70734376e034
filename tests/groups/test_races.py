"""People at the same moment, on connections of their own."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.utils import timezone

from groups import services
from groups.errors import AlreadyDecided, LastFacilitator
from groups.models import Group, Membership, WelcomeTalk
from groups.services import deciding
from people.models import AuditEntry
from tests.factories import (
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)
from tests.groups.at_once import ROUNDS, at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 20


def crowd_at(places):
    """A facilitator letting in twenty people at once."""
    seat = FacilitatorFactory(group=GroupFactory(capacity=places))
    requests = RequestFactory.create_batch(CROWD, group=seat.group)
    return [partial(services.accept_request, seat.user, membership=asked) for asked in requests]


def test_twenty_accepted_at_once_into_five_places_are_five():
    results = at_once(*crowd_at(5))

    assert kinds(results) == ["GroupFull"] * (CROWD - 5) + ["Membership"] * 5
    assert Membership.objects.members().count() == 5
    assert AuditEntry.objects.filter(action="membership.accept").count() == 5


@ROUNDS
def test_the_last_place_goes_to_one_of_twenty(rounds):
    for done in range(1, rounds + 1):
        results = at_once(*crowd_at(1))

        assert kinds(results) == ["GroupFull"] * (CROWD - 1) + ["Membership"]
        assert Membership.objects.members().count() == done


def test_canary_without_the_lock_on_the_group_it_oversells(monkeypatch):
    crowd = crowd_at(5)
    counted = Barrier(CROWD)
    is_full = Group.is_full.fget

    def all_have_counted(group):
        answer = is_full(group)
        counted.wait(timeout=30)
        return answer

    monkeypatch.setattr(deciding, "hold_both", lambda row: Group.objects.get(pk=row.group_id))
    monkeypatch.setattr(Group, "is_full", property(all_have_counted))

    at_once(*crowd)

    assert Membership.objects.members().count() == CROWD


@pytest.mark.parametrize("other", [services.decline_request, services.waitlist_request, services.accept_request])
def test_two_facilitators_deciding_at_once_are_one_decision(other):
    first = FacilitatorFactory()
    second, asked = FacilitatorFactory(group=first.group), RequestFactory(group=first.group)
    copies = [Membership.objects.get(pk=asked.pk) for _ in range(2)]

    results = at_once(
        lambda: services.accept_request(first.user, membership=copies[0]),
        lambda: other(second.user, membership=copies[1]),
    )

    assert kinds(results) == ["AlreadyDecided", "Membership"]
    told = next(result for result in results if isinstance(result, AlreadyDecided))
    asked.refresh_from_db()
    decisions = AuditEntry.objects.filter(about=asked.user, actor__isnull=False)
    assert decisions.get().actor == asked.decided_by
    # Who is put in line while a place is free is offered it at once: then that is what stands.
    decider = asked.decided_by.memberships.get().alias
    assert str(told).startswith("A place is held" if asked.is_offered else decider)


def test_two_facilitators_leaving_at_once_leave_one():
    first = FacilitatorFactory()
    second = FacilitatorFactory(group=first.group)

    results = at_once(*(lambda s=seat: services.leave_group(s.user, membership=s) for seat in (first, second)))

    assert kinds(results) == ["LastFacilitator", "Membership"]
    assert any(isinstance(result, LastFacilitator) for result in results)
    assert first.group.memberships.facilitators().count() == 1


def test_the_second_click_of_asking_is_no_second_request():
    agreement, user = AgreementFactory(), UserFactory()

    def ask():
        return services.ask_to_join(user, group=agreement.group, agreement=agreement, alias="Wren")

    results = at_once(ask, ask)

    assert kinds(results) == ["AlreadyAsked", "Membership"]
    assert Membership.objects.filter(user=user).count() == 1


def test_two_people_choosing_one_name_at_once_are_told_kindly():
    agreement, people = AgreementFactory(), UserFactory.create_batch(2)

    results = at_once(
        *(
            lambda u=user: services.ask_to_join(u, group=agreement.group, agreement=agreement, alias="Wren")
            for user in people
        )
    )

    assert kinds(results) == ["Membership", "NameTaken"]


def test_taking_a_request_back_while_it_is_accepted_is_one_or_the_other():
    seat = FacilitatorFactory()
    asked = RequestFactory(group=seat.group)
    copies = [Membership.objects.get(pk=asked.pk) for _ in range(2)]

    results = at_once(
        lambda: services.accept_request(seat.user, membership=copies[0]),
        lambda: services.withdraw_request(asked.user, membership=copies[1]),
    )

    assert kinds(results) == ["AlreadyDecided", "Membership"]


def test_the_same_two_groups_left_for_each_other_at_once_do_not_lock_each_other_out():
    """Each asks to come to the other's group instead of their own; both are let in at the same moment."""
    here, there = FacilitatorFactory(), FacilitatorFactory()
    moves = []
    for stays, goes in [(here, there), (there, here)]:
        old = MembershipFactory(group=stays.group)
        moves.append((goes.user, old, RequestFactory(group=goes.group, user=old.user, instead_of=old)))

    results = at_once(*(lambda u=user, n=new: services.accept_request(u, membership=n) for user, _, new in moves))

    assert kinds(results) == ["Membership", "Membership"]
    for _, old, new in moves:
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.state, new.state, new.instead_of) == ("left", "active", None)


def test_one_person_let_in_twice_instead_of_one_place_leaves_it_once():
    old, first, second = MembershipFactory(), FacilitatorFactory(), FacilitatorFactory()
    asked = [RequestFactory(group=seat.group, user=old.user, instead_of=old) for seat in (first, second)]

    results = at_once(
        *(
            lambda s=seat, m=row: services.accept_request(s.user, membership=m)
            for seat, row in zip((first, second), asked, strict=True)
        )
    )

    assert kinds(results) == ["Membership", "Membership"]
    assert AuditEntry.objects.filter(action="membership.leave").count() == 1


def test_two_facilitators_who_offer_a_talk_at_once_offer_one():
    first = FacilitatorFactory(group__offers_talk=True)
    second, asked = FacilitatorFactory(group=first.group), RequestFactory(group=first.group)
    copies = [Membership.objects.get(pk=asked.pk) for _ in range(2)]
    at = timezone.now() + timedelta(days=1)

    results = at_once(
        *(
            lambda s=seat, m=row: services.offer_talk(s.user, membership=m, at=at, how="By phone")
            for seat, row in zip((first, second), copies, strict=True)
        )
    )

    assert kinds(results) == ["TalkChanged", "WelcomeTalk"]
    assert WelcomeTalk.objects.count() == 1


def test_the_last_place_of_an_open_group_is_taken_once():
    agreement, people = AgreementFactory(group__intake="open", group__capacity=1), UserFactory.create_batch(6)

    results = at_once(
        *(
            lambda u=user: services.ask_to_join(u, group=agreement.group, agreement=agreement, alias=f"Wren {u.pk}")
            for user in people
        )
    )

    assert sorted(row.state for row in results) == ["active"] + ["waitlisted"] * 5


def test_somebody_who_is_let_in_and_let_visit_at_once_is_one_of_the_two():
    first = FacilitatorFactory(group__allows_visits=True)
    second, asked = FacilitatorFactory(group=first.group), RequestFactory(group=first.group)
    copies = [Membership.objects.get(pk=asked.pk) for _ in range(2)]

    results = at_once(
        lambda: services.accept_request(first.user, membership=copies[0]),
        lambda: services.let_visit(second.user, membership=copies[1]),
    )

    assert kinds(results) == ["AlreadyDecided", "Membership"]
