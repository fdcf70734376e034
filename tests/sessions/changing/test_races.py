"""Two who run the group change, cancel and put back at one moment, over real connections."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from sessions import services
from sessions.models import Booking, GroupSession, Series
from tests import factories
from tests.sessions.changing.world import change, wish
from tests.sessions.test_races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)
BEGIN = date(2030, 1, 1)  # a Tuesday


@pytest.fixture(autouse=True)
def _clock():
    """The real one: threads share no other."""


def planned(lead, group, *, day=BEGIN, count=6):
    plan = {"starts_on": day, "starts_at": time(19), "minutes": 75, "count": count, "capacity": 10}
    return services.create_series(lead, group=group, lead=lead, **plan)


def look(session):
    return GroupSession.objects.select_related("series", "group").get(pk=session.pk)


def test_of_two_changes_at_once_one_stands_and_the_other_is_told():
    one = factories.FacilitatorFactory()
    other = factories.FacilitatorFactory(group=one.group).user
    session = look(planned(one.user, one.group).sessions.earliest("slot"))
    seen = services.version_of(session)

    done = all_at_once(
        [
            lambda: change(one.user, session, seen=seen, scope="following", local_time=time(18)),
            lambda: change(other, session, seen=seen, scope="following", local_time=time(20)),
        ]
    )

    assert sorted(type(each).__name__ for each in done) == ["ChangedMeanwhile", "Outcome"]
    assert Series.objects.count() == 2
    assert len(set(GroupSession.objects.values_list("local_time", flat=True))) == 1


def test_two_groups_that_want_one_host_at_one_hour():
    """Both look, both see that the host is free, and one of them is refused by the database."""
    first = factories.FacilitatorFactory()
    second = factories.FacilitatorFactory(user=first.user)
    sessions = [
        look(planned(first.user, seat.group, day=BEGIN + timedelta(days=number), count=1).sessions.get())
        for number, seat in enumerate((first, second))
    ]
    to = {"local_date": BEGIN + timedelta(days=5), "local_time": time(12)}

    done = all_at_once([lambda session=session: change(first.user, session, **to) for session in sessions])

    assert sorted(type(each).__name__ for each in done) == ["DoubleBooked", "Outcome"]
    assert Booking.objects.filter(starts_at=datetime(2030, 1, 6, 12, tzinfo=UTC)).count() == 1


@pytest.mark.parametrize("_again", range(3))
def test_changing_cancelling_and_the_night_at_once_never_cross(_again):
    seat = factories.FacilitatorFactory()
    series = planned(seat.user, seat.group, day=timezone.localdate() + timedelta(days=3), count=30)
    rows = [look(session) for session in series.sessions.order_by("slot")]

    done = all_at_once(
        [
            lambda: change(seat.user, rows[1], scope="following", local_time=time(18)),
            lambda: services.cancel_session(seat.user, session=rows[4]),
            lambda: services.put_back(seat.user, session=rows[4]),
            lambda: services.cancel_series(seat.user, series=series, since=rows[9].slot),
            services.keep_ahead,
            lambda: services.change_sessions(seat.user, session=rows[2], wish=wish(rows[2], capacity=3)),
        ]
    )

    assert {type(each).__name__ for each in done if isinstance(each, Exception)} <= {"NotToBeChanged"}
    slots = list(GroupSession.objects.values_list("series", "slot"))
    assert len(slots) == len(set(slots))
    days = list(GroupSession.objects.exclude(state="cancelled").values_list("local_date", flat=True))
    assert len(days) == len(set(days))
