"""Whoever left the group with which they shared an answer: what they say after that is theirs alone."""

import pytest

from checkins.models import FollowUp
from checkins.services import answer_checkin
from groups.services import leave_group
from tests.checkins.test_answers import say
from tests.factories import FacilitatorFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]


@pytest.fixture
def elsewhere(wren):
    """Another group of hers, so that she is asked on."""
    other = FacilitatorFactory(group__name="Men, talking", alias="Osei")
    MembershipFactory(user=wren, group=other.group)
    return other.group


@pytest.fixture
def left(answered, wren, group, elsewhere):
    answer_checkin(wren, checkin=answered, mood=3)
    say(answered, share="facilitators", group=group)
    leave_group(wren, membership=group.memberships.get(user=wren))
    answered.refresh_from_db()
    return answered


def test_a_very_hard_answer_goes_to_no_group_that_was_left(left, wren):
    answer_checkin(wren, checkin=left, mood=1)

    left.refresh_from_db()
    assert (left.share, FollowUp.objects.count()) == ("me", 0)


def test_those_who_run_it_read_nothing_that_was_said_since(left, wren, marisol, as_person):
    page = f"/check-in/{left.public_id}/"
    assert as_person(marisol).get(page).status_code == 200

    answer_checkin(wren, checkin=left, mood=1)

    assert as_person(marisol).get(page).status_code == 404


def test_what_somebody_was_asked_for_before_still_waits(answered, wren, group, elsewhere):
    say(answered, share="facilitators", group=group)
    leave_group(wren, membership=group.memberships.get(user=wren))

    answer_checkin(wren, checkin=answered, mood=1)

    assert list(FollowUp.objects.to_do().values_list("cause", "seen_at")) == [("hard", None)]


def test_the_page_still_says_who_reads_what_was_shared(left, wren, as_person):
    text = as_person(wren).get(f"/check-in/{left.public_id}/").content.decode()

    assert "You and Marisol and Tunde. The group does not." in text
