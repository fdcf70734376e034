"""Whichever way a place ends: what was for the time before it is forgotten with it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from people.sealed import seal
from tests.factories import AdminFactory, FacilitatorFactory, GroupFactory, MembershipFactory, WelcomeTalkFactory

pytestmark = pytest.mark.django_db
IN_LINE = {"joined_at": None, "queued_at": timezone.now()}
HELD = {"joined_at": None, "offered_until": timezone.now() + timedelta(days=1)}


def a_place(state, **facts):
    """With everything that can hang on one while it lasts."""
    place = MembershipFactory(state=state, instead_of=MembershipFactory(), **facts)
    talk = WelcomeTalkFactory(membership=place)
    seal(place, "words", "Evenings are hard.", owner=place.user)
    seal(talk, "how", "By phone.", owner=place.user)
    place.fit_asked_at, place.fit = timezone.now(), "unsure"
    place.save()
    talk.save()
    return place


def _leave(place):
    services.leave_group(place.user, membership=place)


def _move(place):
    other = FacilitatorFactory(group=GroupFactory(intake="open")).group
    services.ask_to_join(place.user, group=other, agreement=None, alias="Wren", instead_of=place)


def _put_out(place):
    services.put_out(FacilitatorFactory(group=place.group).user, membership=place, why="safety")


def _block(place):
    services.put_out(FacilitatorFactory(group=place.group).user, membership=place, why="safety", block=True)


def _take_back(place):
    services.withdraw_request(place.user, membership=place)


def _pass(place):
    services.pass_offer(place.user, membership=place, keep_in_line=False)


def _end(place):
    services.archive_group(AdminFactory(), group=place.group)


def _be_over(place):
    services.end_visit(None, membership=place)


@pytest.mark.parametrize(
    ("way", "state", "facts"),
    [
        (_leave, "active", {}),
        (_move, "paused", {}),
        (_put_out, "active", {}),
        (_block, "waitlisted", IN_LINE),
        (_take_back, "requested", {"joined_at": None}),
        (_pass, "invited", HELD),
        (_end, "requested", {"joined_at": None}),
        (_be_over, "visiting", {"joined_at": None}),
    ],
)
def test_nothing_hangs_on_a_place_that_has_ended(way, state, facts):
    place = a_place(state, **facts)

    way(place)

    place.refresh_from_db()
    place.talk.refresh_from_db()
    assert place.state != state
    assert (place.words, place.fit, place.instead_of, place.talk.how) == (None, "", None, None)
