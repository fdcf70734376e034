"""The wall clock is the promise."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from people.local_time import after_quiet, exists, instant, is_quiet, local_day, monday

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("day", "clock", "zone", "shown"),
    [
        (date(2026, 3, 26), time(19), "Europe/London", "2026-03-26 19:00"),
        (date(2026, 4, 2), time(19), "Europe/London", "2026-04-02 19:00"),
        (date(2026, 3, 29), time(1, 30), "Europe/London", "2026-03-29 02:30"),  # the hour that is skipped
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-04 02:45"),  # half an hour is skipped
        (date(2026, 9, 6), time(0), "America/Santiago", "2026-09-06 01:00"),  # midnight is skipped
        (date(2011, 12, 30), time(19), "Pacific/Apia", "2011-12-31 19:00"),  # the day is skipped
    ],
)
def test_the_instant_shows_this_wall_clock_or_the_one_after_the_jump(day, clock, zone, shown):
    moment = instant(day, clock, ZoneInfo(zone))

    assert moment.tzinfo is UTC
    assert moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") == shown


def test_an_hour_that_comes_twice_is_the_first_of_the_two():
    assert instant(date(2026, 10, 25), time(1, 30), LONDON) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_it_knows_which_times_never_come():
    assert not exists(date(2026, 3, 29), time(1, 30), LONDON)
    assert exists(date(2026, 3, 29), time(2, 30), LONDON)


def test_the_day_is_the_readers_own():
    assert local_day(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), ZoneInfo("Asia/Kathmandu")) == date(2026, 11, 24)


def test_a_week_is_named_by_its_monday():
    assert [monday(date(2026, 11, d)) for d in (22, 23, 29)] == [
        date(2026, 11, 16),
        date(2026, 11, 23),
        date(2026, 11, 23),
    ]


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [(time(19, 59), False), (time(20), True), (time(3), True), (time(7, 59), True), (time(8), False)],
)
def test_quiet_hours_run_past_midnight(clock, quiet):
    assert is_quiet(clock, time(20), time(8)) is quiet


@pytest.mark.parametrize(("clock", "quiet"), [(time(12), False), (time(13), True), (time(15), False)])
def test_quiet_hours_in_the_middle_of_a_day(clock, quiet):
    assert is_quiet(clock, time(13), time(15)) is quiet


def test_equal_ends_are_never_quiet():
    assert not is_quiet(time(8), time(8), time(8))


@pytest.mark.parametrize(
    ("said", "leaves"),
    [
        ("2026-11-23 21:00", "2026-11-24 08:00"),
        ("2026-11-24 03:00", "2026-11-24 08:00"),
        ("2026-11-24 09:00", "2026-11-24 09:00"),
    ],
)
def test_what_falls_into_quiet_hours_waits_for_their_end(said, leaves):
    moment = datetime.fromisoformat(said).replace(tzinfo=LONDON)

    assert after_quiet(moment, LONDON, time(20), time(8)) == datetime.fromisoformat(leaves).replace(tzinfo=LONDON)
