"""People at the same moment, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from groups import services
from groups.errors import AlreadyDecided, GroupFull, LastFacilitator
from groups.models import Group, Membership
from groups.services import deciding
from people.models import AuditEntry
from tests.factories import AgreementFactory, FacilitatorFactory, GroupFactory, RequestFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
CROWD, PLACES = 20, 5


def at_once(*calls):
    """Run each on a connection of its own, all starting together; what each returned or raised."""
    start = Barrier(len(calls))

    def run(call):
        start.wait(timeout=30)
        try:
            return call()
        except Exception as problem:  # noqa: BLE001  # handed back to be looked at
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def kinds(results):
    return sorted(type(result).__name__ for result in results)


@pytest.fixture
def crowd():
    seat = FacilitatorFactory(group=GroupFactory(capacity=PLACES))
    requests = RequestFactory.create_batch(CROWD, group=seat.group)
    return [lambda asked=asked: services.accept_request(seat.user, membership=asked) for asked in requests]


def test_twenty_accepted_at_once_into_five_places_are_five(crowd):
    results = at_once(*crowd)

    assert kinds(results) == ["GroupFull"] * (CROWD - PLACES) + ["Membership"] * PLACES
    assert all(isinstance(result, GroupFull | Membership) for result in results)
    assert Membership.objects.members().count() == PLACES
    assert AuditEntry.objects.filter(action="membership.accept").count() == PLACES


def test_canary_without_the_lock_on_the_group_it_oversells(crowd, monkeypatch):
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
    decider = asked.decided_by.memberships.get().alias
    assert str(told).startswith(decider)
    assert AuditEntry.objects.filter(about=asked.user).count() == 1


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
