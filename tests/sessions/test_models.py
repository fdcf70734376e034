"""What must never be false about sessions stands in the database."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from sessions.models import GroupSession, Seat, Series
from tests import factories
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db


def breaks(constraint, change):
    with refused_by(constraint):
        change()


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("series_interval", {"interval": 0}),
        ("series_interval", {"interval": 13}),
        ("series_minutes", {"minutes": 4}),
        ("series_minutes", {"minutes": 721}),
        ("series_dates", {"ends_on": date(2027, 1, 4)}),
        ("series_capacity_positive", {"capacity": 0}),
        ("series_nth", {"nth": 0}),
        ("series_nth", {"nth": 5}),
        ("series_nth", {"nth": -2}),
    ],
)
def test_series_constraints(constraint, change):
    factories.SeriesFactory()

    breaks(constraint, lambda: Series.objects.update(**change))


def test_nobody_helps_themself_to_lead_a_series():
    person = factories.UserFactory()
    factories.SeriesFactory(lead=person)

    breaks("series_two_hosts", lambda: Series.objects.update(co=person))


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("session_state", {"state": "gone"}),
        ("session_ends_after_start", {"ends_at": timezone.now() - timedelta(days=9)}),
        ("session_minutes", {"minutes": 4}),
        ("session_minutes", {"minutes": 721}),
        ("session_capacity_positive", {"capacity": 0}),
        ("session_slot_iff_series", {"slot": date(2027, 1, 5)}),
        ("session_cancelled_says_who", {"state": "cancelled"}),
        ("session_cancelled_says_who", {"cancelled_at": timezone.now()}),
        ("session_held_says_who", {"state": "held"}),
        ("session_held_says_who", {"held_at": timezone.now()}),
    ],
)
def test_session_constraints(constraint, change):
    factories.SessionFactory()

    breaks(constraint, lambda: GroupSession.objects.update(**change))


def test_a_slot_has_one_session():
    series = factories.SeriesFactory()
    factories.SessionFactory(group=series.group, series=series, slot=date(2027, 1, 5))

    breaks(
        "session_one_per_slot",
        lambda: factories.SessionFactory(group=series.group, series=series, slot=date(2027, 1, 5)),
    )


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("seat_state", {"state": "maybe"}),
        ("seat_came", {"came": "late"}),
        ("seat_came_says_who", {"came": "came"}),
        ("seat_waiting_has_place", {"state": "waiting"}),
        ("seat_waiting_has_place", {"state": "offered", "offered_until": timezone.now()}),
        ("seat_offer_has_end", {"state": "offered", "queue": 1}),
        ("seat_offer_has_end", {"offered_until": timezone.now()}),
        ("seat_unanswered_is_declined", {"answered_at": None}),
    ],
)
def test_seat_constraints(constraint, change):
    factories.SeatFactory()

    breaks(constraint, lambda: Seat.objects.update(**change))


def test_a_person_has_one_seat_in_a_session():
    seat = factories.SeatFactory()

    breaks("seat_once", lambda: factories.SeatFactory(session=seat.session, user=seat.user))


def test_a_place_in_the_line_is_given_once():
    seat = factories.SeatFactory(state="waiting", queue=1)

    breaks("seat_queue_once", lambda: factories.SeatFactory(session=seat.session, state="waiting", queue=1))


def test_the_length_is_added_to_the_instant():
    session = factories.SessionFactory.build(
        group=None, local_date=date(2026, 10, 25), local_time=time(0, 30), minutes=90
    )

    session.set_clock()

    assert session.ends_at - session.starts_at == timedelta(minutes=90)
