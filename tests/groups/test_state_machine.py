"""The ways of a membership, and who may send it along which of them."""

import pytest
from django.utils import timezone

from groups.models import Membership
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
STATES = Membership.State.values
ENDED = {"declined", "left", "removed", "lapsed", "visited"}
WAYS = {  # written out a second time on purpose: whoever changes the table says so here too
    "requested": "active visiting waitlisted declined left blocked",
    "invited": "active waitlisted declined left lapsed blocked",
    "waitlisted": "invited active visiting left declined blocked",
    "visiting": "active requested visited left removed blocked",
    "active": "paused left removed blocked",
    "paused": "active left removed blocked",
    "blocked": "removed",
}
ALLOWED = {(state, target) for state, targets in WAYS.items() for target in targets.split()}


def standing(state, **facts):
    """A membership that stands in `state` in the database."""
    times = {"active": "joined_at", "paused": "joined_at", "waitlisted": "queued_at"} | dict.fromkeys(ENDED, "ended_at")
    held = {"joined_at": None} | ({times[state]: NOW} if state in times else {})
    return MembershipFactory(state=state, **(held | facts))


@pytest.mark.parametrize("target", STATES)
@pytest.mark.parametrize("state", STATES)
def test_a_membership_moves_only_along_its_ways(state, target):
    seat = standing(state)

    if (state, target) not in ALLOWED:
        with pytest.raises(ValueError, match="no way"):
            seat.move_to(target)
        assert seat.state == state
        return
    seat.move_to(target)
    seat.save()

    seat.refresh_from_db()
    assert seat.state == target
    assert (seat.ended_at is not None) == (target in ENDED)


def test_coming_back_from_a_break_keeps_the_day_of_joining():
    seat = MembershipFactory(state="paused")
    joined = seat.joined_at

    seat.move_to("active")

    assert seat.joined_at == joined
