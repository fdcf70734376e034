"""Whoever runs a group hears of somebody new whom none of them let in, and a move is a move however it ends."""

import pytest

from groups import services
from groups.models import Membership
from notices.models import Delivery, Notice
from tests.factories import (
    FacilitatorFactory,
    GroupFactory,
    InvitationFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def told():
    return [(notice.user, notice.ids["membership"]) for notice in Notice.objects.filter(topic="somebody.came")]


def test_nobody_is_told_of_somebody_they_let_in_themselves():
    seat = FacilitatorFactory()

    services.accept_request(seat.user, membership=RequestFactory(group=seat.group))

    assert told() == []


@pytest.mark.parametrize("visit", [False, True])
def test_who_comes_into_an_open_group_is_made_known_without_a_mail(visit):
    seat = FacilitatorFactory(group=GroupFactory(intake="open", allows_visits=True))

    came = services.ask_to_join(UserFactory(), group=seat.group, agreement=None, alias="Wren", visit_wanted=visit)

    assert came.state == ("visiting" if visit else "active")
    assert told() == [(seat.user, str(came.public_id))]
    assert not Delivery.objects.exists()


def test_who_takes_an_offered_place_is_made_known():
    seat = FacilitatorFactory(group=GroupFactory(capacity=1))
    line = MembershipFactory(group=seat.group, state="waitlisted", queued_at=seat.joined_at, joined_at=None)
    [offered] = services.offer_free_places(seat.group)

    services.accept_offer(line.user, membership=offered)

    assert told() == [(seat.user, str(line.public_id))]


def test_who_comes_by_a_letter_is_made_known_and_leaves_the_group_they_come_from():
    seat, old = FacilitatorFactory(), MembershipFactory()
    waits = MembershipFactory(group=old.group, state="waitlisted", queued_at=old.joined_at, joined_at=None)
    old.group.capacity = 1
    old.group.save()
    asked = RequestFactory(group=seat.group, user=old.user, instead_of=old)

    services.take_invitation(old.user, invitation=InvitationFactory(group=seat.group))

    assert told() == [(seat.user, str(asked.public_id))]
    assert {row.pk: row.state for row in Membership.objects.filter(pk__in=[old.pk, waits.pk, asked.pk])} == {
        old.pk: "left",
        waits.pk: "invited",
        asked.pk: "active",
    }
