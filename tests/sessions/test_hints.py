"""What stands beside the names on the roll."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.services import add_guest, hints_of, keep_attendance, roll_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.SessionFactory(starts_in=timedelta(0))


@pytest.fixture
def facilitator(session):
    return factories.FacilitatorFactory(group=session.group).user


def member(session, name):
    joined = timezone.now() - timedelta(days=90)
    return factories.MembershipFactory(group=session.group, alias=name, joined_at=joined).user


def held(session, facilitator, *marks):
    """Sessions before this one, the oldest first, each with the marks it was kept with."""
    for weeks, marked in enumerate(reversed(marks), start=1):
        before = factories.SessionFactory(group=session.group, starts_in=-timedelta(weeks=weeks))
        keep_attendance(facilitator, session=before, marks=marked)


def hints(session):
    roll = roll_of(session)
    found = hints_of(session, roll)
    return [found[line.key] for line in roll]


def test_the_first_time_is_of_who_said_yes_and_never_came(session, facilitator):
    ines, jun, kofi, leila = (member(session, name) for name in ("Ines", "Jun", "Kofi", "Leila"))
    for person, state in [(ines, "going"), (jun, "going"), (kofi, "declined")]:
        factories.SeatFactory(session=session, user=person, state=state)
    held(session, facilitator, {jun.pk: "left", leila.pk: "away"})

    assert hints(session) == ["First time today", "Said yes", "Said no", "No answer"]


@pytest.mark.parametrize(
    ("before", "hint"),
    [
        (["away", "came"], "Said yes"),
        (["came", "away"], "Said yes"),
        (["came", "apologies", "away"], "Missed the last 2"),
        (["came", "away", "away", "away"], "Missed the last 3"),
        (["came", "away", "away", "left"], "Said yes"),
        (["came", *["away"] * 7], "Missed the last 5"),
        (["came", "away", "", "away"], "Missed the last 2"),
    ],
)
def test_who_was_away_more_than_once_in_a_row_is_seen(session, facilitator, before, hint):
    jun = member(session, "Jun")
    factories.SeatFactory(session=session, user=jun)
    held(session, facilitator, *({jun.pk: came} for came in before))

    assert hints(session) == [hint]


def test_a_no_says_more_than_what_was_before(session, facilitator):
    jun = member(session, "Jun")
    factories.SeatFactory(session=session, user=jun, state="declined")
    held(session, facilitator, {jun.pk: "came"}, {jun.pk: "away"}, {jun.pk: "away"})

    assert hints(session) == ["Said no"]


def test_other_groups_and_later_sessions_tell_nothing(session, facilitator):
    jun = member(session, "Jun")
    factories.SeatFactory(session=session, user=jun)
    elsewhere = factories.SessionFactory(starts_in=-timedelta(days=7))
    factories.MembershipFactory(group=elsewhere.group, user=jun, joined_at=timezone.now() - timedelta(days=90))
    keep_attendance(factories.FacilitatorFactory(group=elsewhere.group).user, session=elsewhere, marks={jun.pk: "came"})
    later = factories.SessionFactory(group=session.group, starts_in=timedelta(minutes=5))
    keep_attendance(facilitator, session=later, marks={jun.pk: "came"})

    assert hints(session) == ["First time today"]


def test_guests_and_who_left_are_called_so(session, facilitator):
    gone = member(session, "Gone")
    factories.SeatFactory(session=session, user=gone)
    gone.memberships.update(state="left", ended_at=timezone.now())
    add_guest(facilitator, session=session, called="Ann")

    assert hints(session) == ["Left the group", "Guest, without an account"]
