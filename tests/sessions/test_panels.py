"""What sessions say on the pages of groups."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions.panels import next_sessions, next_words
from tests import factories

pytestmark = pytest.mark.django_db


def at(group, day, **more):
    return factories.SessionFactory(group=group, starts_at=datetime(2026, 12, day, 19, tzinfo=UTC), **more)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False)


def test_a_group_without_meetings_shows_nothing(rf):
    group = factories.GroupFactory()
    at(group, 1, state="cancelled", cancelled_at=datetime(2026, 11, 1, tzinfo=UTC), cancelled_by=group.created_by)
    factories.SessionFactory(group=group, starts_in=timedelta(days=-1))

    assert next_sessions(rf.get("/"), group) == ""
    assert next_words([group]) == {}


def test_the_next_three_meetings_without_any_link(rf):
    group = factories.GroupFactory()
    for day in (1, 8, 15, 22):
        at(group, day)

    drawn = next_sessions(rf.get("/"), group)

    assert [f"Tuesday {day} December, 7:00 to 8:15 pm" in drawn for day in (1, 8, 15, 22)] == [True] * 3 + [False]
    assert "Times are London time. There are more after these." in drawn
    assert "href" not in drawn


def test_when_groups_meet_next_in_one_query(django_assert_num_queries):
    groups = [factories.GroupFactory(), factories.GroupFactory(time_zone="America/New_York"), factories.GroupFactory()]
    for group in groups[:2]:
        at(group, 8, time_zone=group.time_zone)
        at(group, 1, time_zone=group.time_zone)

    with django_assert_num_queries(1):
        words = next_words(groups)

    assert words == {
        groups[0].pk: "Tuesday 1 December, 7:00 pm, London time",
        groups[1].pk: "Tuesday 1 December, 2:00 pm, New York time",
    }
