"""Somebody who is signed in and could say that something is not right."""

import pytest

from tests.factories import FacilitatorFactory, MembershipFactory


@pytest.fixture(autouse=True)
def _without_a_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def seat(client):
    seat = MembershipFactory(group=FacilitatorFactory(alias="Marisol").group, alias="Wren")
    client.force_login(seat.user)
    return seat
