"""Open hours: so long means so long, over both changes of the clocks, and 9 o'clock stays 9 o'clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from people.open_hours import OpenHours, days_words, hours_words

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = (0, 1, 2, 3, 4)
ZONES = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kathmandu",
]


def office(days=WEEKDAYS, opens=time(9), closes=time(17), zone=LONDON):
    return OpenHours(days, opens, closes, zone)


def at(*numbers):
    return datetime(*numbers, tzinfo=UTC)


def hours(number):
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(2026, 11, 20, 8, 59), False),
        (at(2026, 11, 20, 9), True),
        (at(2026, 11, 20, 16, 59), True),
        (at(2026, 11, 20, 17), False),  # the end belongs to nobody
        (at(2026, 11, 21, 12), False),  # a Saturday
        (at(2026, 7, 20, 8), True),  # 9 o'clock in summer
    ],
)
def test_it_is_open_by_the_wall_clock(moment, is_open):
    assert office().is_open(moment) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(2026, 11, 20, 12), at(2026, 11, 20, 12)),
        (at(2026, 11, 20, 17), at(2026, 11, 23, 9)),
        (at(2026, 11, 21, 12), at(2026, 11, 23, 9)),
        (at(2026, 3, 28, 12), at(2026, 3, 30, 8)),  # the clocks go forward in between
    ],
)
def test_the_next_open_moment(moment, opens):
    assert office().next_open(moment) == opens


@pytest.mark.parametrize(
    ("moment", "long", "then"),
    [
        (at(2026, 11, 20, 10), 2, at(2026, 11, 20, 12)),
        (at(2026, 11, 20, 15), 2, at(2026, 11, 20, 17)),  # to the last minute of the day
        (at(2026, 11, 20, 16), 2, at(2026, 11, 23, 10)),  # the weekend does not count
        (at(2026, 11, 21, 23), 2, at(2026, 11, 23, 11)),
        (at(2026, 11, 20, 10), 20, at(2026, 11, 24, 14)),
        (at(2026, 10, 23, 15), 3, at(2026, 10, 26, 11)),  # the clocks go back in between
    ],
)
def test_so_many_open_hours_later(moment, long, then):
    assert office().after(moment, hours(long)) == then


def test_the_moment_may_come_in_any_zone():
    friday = datetime(2026, 11, 20, 11, tzinfo=ZoneInfo("America/New_York"))  # 4 pm in London

    assert office().after(friday, hours(2)) == at(2026, 11, 23, 10)


def test_the_night_that_repeats_an_hour_has_one_more():
    night = office(days=(6,), opens=time(0), closes=time(3))

    assert night.after(at(2026, 10, 24, 12), hours(4)) == at(2026, 10, 25, 3)


def test_hours_that_the_spring_jump_swallows_do_not_count():
    night = office(days=(6,), opens=time(1), closes=time(2))

    assert night.next_open(at(2026, 3, 28, 12)) == at(2026, 4, 5, 0)


def test_a_day_that_never_was_is_stepped_over():
    """Samoa had no Friday 30 December 2011: its hours and those of the Saturday are the same ones."""
    apia = office(days=(4, 5), zone=ZoneInfo("Pacific/Apia"))

    assert apia.after(at(2011, 12, 29), hours(9)) == apia.after(at(2012, 1, 5), hours(1))


minutes = st.integers(0, 14 * 24 * 60)
days = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True)


@given(zone=st.sampled_from(ZONES), month=st.integers(1, 12), minute=minutes, days=days, long=st.integers(1, 600))
@settings(max_examples=150, deadline=None)
def test_between_now_and_then_exactly_so_many_minutes_are_open(zone, month, minute, days, long):
    """Counted minute by minute on the wall clock, around every change of the clocks of a year."""
    place = OpenHours(days, time(4), time(11, 30), ZoneInfo(zone))
    start = at(2026, month, 20) + timedelta(minutes=minute)

    then = place.after(start, timedelta(minutes=long))

    between = range(int((then - start).total_seconds()) // 60)
    walls = [(start + timedelta(minutes=n)).astimezone(place.zone) for n in between]
    assert sum(wall.weekday() in days and time(4) <= wall.time() < time(11, 30) for wall in walls) == long
    assert place.is_open(then - timedelta(minutes=1))


@given(zone=st.sampled_from(ZONES), minute=minutes, first=st.integers(0, 900), second=st.integers(1, 900))
@settings(max_examples=150, deadline=None)
def test_two_stretches_are_one_long_one(zone, minute, first, second):
    place = OpenHours(WEEKDAYS, time(0, 30), time(23, 30), ZoneInfo(zone))
    start = at(2026, 3, 20) + timedelta(minutes=minute)

    once = place.after(start, timedelta(minutes=first + second))

    assert place.after(place.after(start, timedelta(minutes=first)), timedelta(minutes=second)) == once


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        (date(2026, 11, 19), 1, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 2, date(2026, 11, 24)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
    ],
)
def test_open_days_later(day, count, then):
    assert office().open_day_after(day, count) == then


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        (time(9), time(17), at(2026, 11, 20, 12)),
        (time(8), time(11), at(2026, 11, 20, 11)),
        (time(14), time(18), at(2026, 11, 20, 18)),
    ],
)
def test_a_promise_is_for_noon_where_noon_lies_in_the_hours(opens, closes, said):
    assert office(opens=opens, closes=closes).noon_of(date(2026, 11, 20)) == said


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([0, 1, 2, 3, 4], "Monday to Friday"),
        ([0, 1, 2, 5], "Monday to Wednesday and Saturday"),
        ([0, 1], "Monday and Tuesday"),
        ([4, 0, 2], "Monday, Wednesday and Friday"),
        ([0, 2, 3, 4, 6], "Monday, Wednesday to Friday and Sunday"),
        ([3], "Thursday"),
        ([0, 1, 2, 3, 4, 5, 6], "Every day"),
    ],
)
def test_days_are_said_as_people_say_them(days, words):
    assert days_words(days) == words


def test_hours_are_said_in_words():
    assert hours_words(office()) == "Monday to Friday, 9:00 am to 5:00 pm"


def test_hours_are_said_as_the_readers_language_writes_times():
    with translation.override("de"):
        assert hours_words(office(days=[3])) == "Donnerstag, 09:00 to 17:00"
