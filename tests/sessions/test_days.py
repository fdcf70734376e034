"""Groups are found by the days on which they meet: what sessions tell the groups below, whenever it changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db.models.expressions import RawSQL

from groups.models import Group
from groups.services import archive_group
from sessions.models import GroupSession
from sessions.services import cancel_session, create_series, keep_ahead
from tests import factories

pytestmark = pytest.mark.django_db
TUESDAY, EVENING = date(2026, 12, 1), time(19)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False)


def meets():
    return Group.objects.get().meets


@pytest.fixture
def seat():
    return factories.FacilitatorFactory()


def plan(seat, **more):
    rule = {"starts_on": TUESDAY, "starts_at": EVENING, "minutes": 75, "interval": 0}
    return create_series(seat.user, group=seat.group, **rule | more)


@pytest.mark.parametrize(
    ("more", "marks"),
    [
        ({}, ["2-evening"]),
        ({"starts_at": time(16, 59)}, ["2-daytime"]),
        ({"starts_at": time(17)}, ["2-evening"]),
        ({"starts_on": date(2026, 12, 6), "starts_at": time(9)}, ["7-daytime"]),
        ({"interval": 1, "count": 3}, ["2-evening"]),
        ({"interval": 2}, ["2-evening"]),
    ],
    ids=str,
)
def test_a_group_is_found_by_what_is_planned(seat, more, marks):
    assert meets() == []

    plan(seat, **more)

    assert meets() == marks


def test_days_are_those_of_the_groups_own_clock(seat):
    Group.objects.update(time_zone="Pacific/Auckland")  # where it is Tuesday morning, it is Monday here

    plan(seat, starts_at=time(8))

    assert (GroupSession.objects.get().starts_at.weekday(), meets()) == (0, ["2-daytime"])


def test_several_meetings_are_several_marks_and_the_last_of_a_day_takes_its_mark_along(seat):
    first, second = plan(seat), plan(seat, starts_on=TUESDAY + timedelta(days=7))
    plan(seat, starts_on=TUESDAY + timedelta(days=4), starts_at=time(10))
    assert meets() == ["2-evening", "6-daytime"]

    cancel_session(seat.user, session=first)
    assert meets() == ["2-evening", "6-daytime"]

    cancel_session(seat.user, session=second)
    assert meets() == ["6-daytime"]


def test_a_group_that_has_ended_meets_no_more(seat):
    plan(seat, interval=1)

    archive_group(seat.user, group=seat.group)

    assert meets() == []


def test_what_is_over_is_not_ahead_once_the_night_has_come(seat, time_machine):
    plan(seat)
    plan(seat, starts_on=date(2026, 12, 5), starts_at=time(10))
    time_machine.move_to(datetime(2026, 12, 2, 2, 10, tzinfo=UTC), tick=False)

    keep_ahead()
    assert meets() == ["6-daytime"]

    time_machine.move_to(datetime(2026, 12, 6, 2, 10, tzinfo=UTC), tick=False)
    keep_ahead()
    assert meets() == []


def test_the_night_heals_what_was_missed(seat):
    """Whatever wrote rows past the services, and every group of one that meets without an end."""
    factories.SessionFactory(group=seat.group, local_date=TUESDAY, local_time=EVENING)
    series = factories.SeriesFactory(starts_on=date(2026, 12, 6), starts_at=time(10), interval=1)

    keep_ahead()

    assert Group.objects.get(pk=seat.group_id).meets == ["2-evening"]
    assert Group.objects.get(pk=series.group_id).meets == ["7-daytime"]


def test_a_night_without_news_writes_nothing(seat):
    plan(seat, interval=1, count=3)
    row = Group.objects.annotate(version=RawSQL("groups_group.ctid::text", [])).values_list("version")

    before = row.get()
    keep_ahead()

    assert row.get() == before


def test_a_group_of_which_nothing_was_said_is_missed(client, organisation, seat):
    """Else the days would be looked up elsewhere, and the tests above would prove nothing about the list."""
    factories.SessionFactory(group=seat.group, local_date=TUESDAY, local_time=EVENING)
    queries = [{"day": "2"}, {"when": "evening"}, {"day": "2", "when": "evening"}]
    missed = [client.get("/groups/", query).context["count"] for query in queries]

    keep_ahead()

    assert missed == [0, 0, 0]
    assert [client.get("/groups/", query).context["count"] for query in queries] == [1, 1, 1]
