"""Who has been quiet for a while: from who came to sessions, and from nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.services import look_after_missed, quiet_for
from sessions.models import Seat
from tests.checkins.conftest import MONDAY
from tests.factories import (
    CheckInFactory,
    FacilitatorFactory,
    FollowUpFactory,
    GroupFactory,
    HelloConsentFactory,
    MembershipFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sessions(group):
    """Five evenings, the oldest first."""
    return [SessionFactory(group=group, starts_in=timedelta(days=-days)) for days in (35, 28, 21, 14, 7)]


def marked(user, sessions, *came):
    marks = {"marked_by": UserFactory(), "marked_at": timezone.now(), "state": "declined", "answered_at": None}
    for session, mark in zip(sessions, came, strict=True):
        if mark:
            Seat.objects.create(session=session, user=user, came=mark, **marks)


def named(reader):
    return [(seat.alias, seat.missed) for seat in quiet_for(reader)]


@pytest.mark.parametrize(
    ("came", "found"),
    [
        (("came", "came", "away", "away", "away"), [("Wren", 3)]),
        (("away", "away", "away", "away", "away"), [("Wren", 5)]),
        (("", "", "away", "away", "away"), [("Wren", 3)]),
        (("away", "away", "", "away", ""), [("Wren", 3)]),
        (("came", "came", "came", "away", "away"), []),
        (("away", "away", "away", "away", "came"), []),
        (("away", "away", "away", "away", "left"), []),
        (("away", "away", "away", "apologies", "away"), []),
        (("", "", "", "", ""), []),
    ],
)
def test_the_last_three_times_somebody_was_marked_count(came, found, sessions, wren, marisol):
    marked(wren, sessions, *came)

    assert named(marisol) == found


@pytest.fixture
def quiet(sessions, wren):
    marked(wren, sessions, "came", "came", "away", "away", "away")
    return wren


def test_only_who_runs_the_group_sees_it_and_nobody_sees_themself(quiet, group, sessions, marisol, tunde):
    others = [quiet, SafetyLeadFactory(), FacilitatorFactory().user, MembershipFactory(group=group).user]
    assert [named(user) for user in others] == [[]] * 4
    assert named(tunde) == [("Wren", 3)]


def test_who_was_never_asked_whether_they_want_a_hello_is_not_there(sessions, group, marisol):
    marked(MembershipFactory(group=group).user, sessions, "came", "came", "away", "away", "away")

    assert named(marisol) == []


def test_who_asked_to_be_left_be_is_not_there(quiet, marisol):
    look_after_missed(quiet, on=False)
    assert named(marisol) == []

    look_after_missed(quiet, on=True)
    assert named(marisol) == [("Wren", 3)]


@pytest.mark.parametrize("state", ["paused", "left"])
def test_who_takes_a_break_or_left_is_not_there(state, quiet, group, marisol):
    ended = {"ended_at": timezone.now()} if state == "left" else {}
    group.memberships.filter(user=quiet).update(state=state, **ended)

    assert named(marisol) == []


def test_whoever_is_looked_after_already_is_not_there(quiet, group, marisol):
    FollowUpFactory(about=quiet, group=GroupFactory())
    assert named(marisol) == [("Wren", 3)]

    FollowUpFactory(about=quiet, group=group)
    assert named(marisol) == []


@pytest.mark.parametrize(("said", "found"), [("", [("Wren", 3)]), ("fine", [])])
def test_who_answered_a_hello_since_is_left_be_and_one_hello_more_may_go(said, found, quiet, group, marisol):
    done = {"state": "done", "outcome": "wrote", "closed_at": timezone.now(), "hello_at": MONDAY}
    FollowUpFactory(about=quiet, group=group, said=said, said_at=MONDAY if said else None, **done)

    assert named(marisol) == found


def test_after_two_hellos_a_person_is_left_be_until_they_were_there(quiet, group, sessions, marisol):
    done = {"state": "done", "outcome": "wrote", "closed_at": timezone.now()}
    for days in (12, 5):
        FollowUpFactory(about=quiet, group=group, hello_at=MONDAY - timedelta(days=days), **done)
    assert named(marisol) == []


def test_what_was_before_somebody_was_there_counts_for_nothing(quiet, group, marisol):
    done = {"state": "done", "outcome": "wrote", "closed_at": timezone.now()}
    for days in (40, 33):
        FollowUpFactory(about=quiet, group=group, hello_at=MONDAY - timedelta(days=days), **done)

    assert named(marisol) == [("Wren", 3)]


def test_an_unanswered_check_in_puts_nobody_there(group, wren, marisol):
    CheckInFactory(user=wren, state="lapsed", group=group)

    assert named(marisol) == []


def test_in_a_group_that_has_ended_nobody_is_quiet(quiet, group, marisol):
    type(group).objects.filter(pk=group.pk).update(state="archived", archived_at=timezone.now())

    assert named(marisol) == []


@pytest.mark.parametrize("people", [1, 30])
def test_it_is_one_question_for_one_and_for_thirty(people, sessions, group, marisol, django_assert_num_queries):
    for _n in range(people):
        marked(
            HelloConsentFactory(user=MembershipFactory(group=group).user).user, sessions, "", "", "away", "away", "away"
        )

    with django_assert_num_queries(1):
        assert len(named(marisol)) == people
