"""Many people at once, and one person twice: the roll, guests and how it was."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.models import Feedback, FeedbackGiven, Guest, GuestSeat, Seat
from sessions.services import AlreadySaid, add_guest, give_feedback, keep_attendance, keep_summary
from sessions.services.summaries import SummaryChanged
from tests import factories
from tests.sessions.test_races import all_at_once, crowd

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 12


@pytest.fixture
def session():
    return factories.SessionFactory(starts_in=-timedelta(hours=3))


@pytest.fixture
def facilitator(session):
    return factories.FacilitatorFactory(group=session.group).user


def there(session, facilitator):
    people = crowd(session, PEOPLE)
    marked = {"came": "came", "marked_by": facilitator, "marked_at": timezone.now()}
    Seat.objects.bulk_create(Seat(session=session, user=person, state="going", **marked) for person in people)
    return people


def test_everybody_at_once_is_counted_once(session, facilitator):
    people = there(session, facilitator)

    done = all_at_once(
        [
            lambda person=person: give_feedback(person, session=session, answers={0: 4, 2: 1})
            for person in people
            for _twice in range(2)
        ]
    )

    assert sum(isinstance(one, AlreadySaid) for one in done) == PEOPLE
    assert Feedback.objects.get().given == [[0, 0, 0, PEOPLE], [0] * 4, [PEOPLE, 0, 0, 0], [0] * 4]
    assert FeedbackGiven.objects.count() == PEOPLE


def test_a_guest_written_down_twice_at_once_is_one(session, facilitator):
    second = factories.FacilitatorFactory(group=session.group).user

    done = all_at_once(
        [
            lambda who=who: add_guest(who, session=session, called="Ann", regular=True)
            for who in (facilitator, second) * 4
        ]
    )

    assert len({guest.pk for guest in done}) == 1
    assert (Guest.objects.count(), GuestSeat.objects.count()) == (1, 1)


def test_two_rolls_at_once_keep_both_marks(session, facilitator):
    ines, jun = crowd(session, 2)
    session.group.memberships.update(joined_at=timezone.now() - timedelta(days=9))

    all_at_once(
        [
            lambda who=who: keep_attendance(facilitator, session=session, marks={who.pk: "left"})
            for who in (ines, jun) * 3
        ]
    )

    assert [*Seat.objects.values_list("came", flat=True)] == ["left", "left"]


def test_of_two_who_write_at_once_one_is_told(session, facilitator):
    second = factories.FacilitatorFactory(group=session.group).user

    done = all_at_once(
        [
            lambda who=who, about=about: keep_summary(who, session=session, about=about)
            for who, about in ((facilitator, "Sleep"), (second, "Work"))
        ]
    )

    assert sum(isinstance(one, SummaryChanged) for one in done) == 1
