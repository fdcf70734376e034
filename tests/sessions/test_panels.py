"""What sessions say on the pages of groups."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from sessions.panels import next_sessions, next_words
from tests import factories

pytestmark = pytest.mark.django_db


def at(group, day, **more):
    return factories.SessionFactory(**{"group": group, "starts_at": datetime(2026, 12, day, 19, tzinfo=UTC)} | more)


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

    request = rf.get("/")
    request.user = AnonymousUser()
    drawn = next_sessions(request, group)

    assert [f"<strong>Tuesday {day} December</strong>" in drawn for day in (1, 8, 15, 22)] == [True] * 3 + [False]
    assert drawn.count("7:00 to 8:15 pm") == 3
    assert "Times are London time. There are more after these." in drawn
    assert "href" not in drawn


def test_a_member_goes_on_from_the_group_to_the_question_of_a_seat(rf):
    membership = factories.MembershipFactory()
    session = at(membership.group, 1)

    request = rf.get("/")
    request.user = membership.user

    assert f'<a href="{session.get_absolute_url()}">Tuesday 1 December</a>' in next_sessions(request, membership.group)


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


@pytest.mark.parametrize(
    ("interval", "words"),
    [(1, "Tuesdays, 7:00 pm, London time"), (2, "Every 2 weeks on Tuesday, 7:00 pm, London time")],
)
def test_a_group_with_a_rhythm_is_known_by_it_and_not_by_an_extra_evening(interval, words):
    series = factories.SeriesFactory(starts_on=date(2026, 12, 1), starts_at=time(19), interval=interval)
    at(series.group, 8, series=series, slot=date(2026, 12, 8))
    assert next_words([series.group]) == {series.group.pk: f"{words}. Next: Tuesday 8 December, 7:00 pm"}

    factories.SessionFactory(group=series.group, starts_in=timedelta(hours=5))
    assert next_words([series.group]) == {series.group.pk: f"{words}. Next: Saturday 21 November, 5:00 pm"}
