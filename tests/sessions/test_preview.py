"""Rules as pure dates, over every kind of clock change (architecture.md 6c)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions.preview import Rule, clock_changes, comes_twice, count_of, last_of, preview_of

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
LORD_HOWE, APIA = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")
SANTIAGO, CAIRO = ZoneInfo("America/Santiago"), ZoneInfo("Africa/Cairo")


def rule(starts_on, starts_at, zone, **more):
    return Rule(starts_on, starts_at, more.pop("minutes", 75), zone, **more)


def starts(starts_on, starts_at, zone, count):
    made = preview_of(rule(starts_on, starts_at, zone, ends_on=last_of(rule(starts_on, starts_at, zone), count)))
    return [made.rule.times(day)[0].strftime("%d %b %H:%M") for day in made.dates]


@pytest.mark.parametrize(
    ("zone", "first", "expected"),
    [
        (LONDON, date(2026, 3, 26), ["26 Mar 19:00", "02 Apr 18:00"]),
        (LONDON, date(2026, 10, 22), ["22 Oct 18:00", "29 Oct 19:00"]),
        (NEW_YORK, date(2026, 3, 5), ["06 Mar 00:00", "12 Mar 23:00"]),
        (NEW_YORK, date(2026, 10, 29), ["29 Oct 23:00", "06 Nov 00:00"]),
        (LORD_HOWE, date(2026, 4, 1), ["01 Apr 08:00", "08 Apr 08:30"]),
        (LORD_HOWE, date(2026, 9, 30), ["30 Sep 08:30", "07 Oct 08:00"]),
    ],
)
def test_seven_in_the_evening_stays_seven_on_the_wall_clock(zone, first, expected):
    assert starts(first, time(19), zone, 2) == expected


@pytest.mark.parametrize(
    ("zone", "day", "clock"),
    [
        (LONDON, date(2026, 3, 29), time(1, 30)),
        (NEW_YORK, date(2026, 3, 8), time(2, 30)),
        (LORD_HOWE, date(2026, 10, 4), time(2, 15)),
        (SANTIAGO, date(2026, 9, 6), time(0, 30)),
        (CAIRO, date(2026, 4, 24), time(0, 30)),
        (APIA, date(2011, 12, 30), time(19)),
    ],
)
def test_a_time_that_the_clocks_jump_over_is_named(zone, day, clock):
    made = preview_of(rule(day - timedelta(weeks=1), clock, zone, ends_on=day))

    assert made.skipped == [day]
    assert preview_of(rule(day - timedelta(weeks=1), clock, zone, ends_on=day - timedelta(days=1))).skipped == []


def test_a_time_that_comes_twice_is_named_and_the_first_one_counts():
    made = preview_of(rule(date(2026, 10, 18), time(1, 30), LONDON, ends_on=date(2026, 10, 25)))

    assert made.twice == [date(2026, 10, 25)]
    assert made.rule.times(date(2026, 10, 25))[0] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert not comes_twice(date(2026, 10, 25), time(19), LONDON)
    assert not comes_twice(date(2026, 3, 29), time(1, 30), LONDON)


def test_ninety_minutes_over_the_change_last_ninety_minutes():
    start, end = rule(date(2026, 10, 25), time(0, 30), LONDON, minutes=90).times(date(2026, 10, 25))

    assert end - start == timedelta(minutes=90)
    assert end.astimezone(LONDON).time() == time(1)


@pytest.mark.parametrize(
    ("zone", "first", "last", "days"),
    [
        (LONDON, date(2027, 1, 5), date(2027, 3, 23), []),
        (LONDON, date(2027, 1, 5), date(2027, 3, 28), [date(2027, 3, 28)]),
        (LONDON, date(2026, 3, 1), date(2026, 10, 31), [date(2026, 3, 29), date(2026, 10, 25)]),
        (NEW_YORK, date(2026, 3, 1), date(2026, 11, 5), [date(2026, 3, 8), date(2026, 11, 1)]),
        (LORD_HOWE, date(2026, 4, 1), date(2026, 4, 30), [date(2026, 4, 5)]),
        (APIA, date(2011, 12, 28), date(2012, 1, 2), [date(2011, 12, 30)]),
        (ZoneInfo("UTC"), date(2026, 1, 1), date(2028, 1, 1), []),
    ],
)
def test_clock_changes(zone, first, last, days):
    assert clock_changes(zone, first, last) == days


@pytest.mark.parametrize(
    ("interval", "ends_on", "days"),
    [
        (0, None, [5]),
        (1, date(2027, 1, 5), [5]),
        (1, date(2027, 1, 25), [5, 12, 19]),
        (1, date(2027, 1, 26), [5, 12, 19, 26]),
        (2, date(2027, 1, 26), [5, 19]),
        (4, date(2027, 1, 26), [5]),
    ],
)
def test_every_date_and_their_count(interval, ends_on, days):
    made = rule(date(2027, 1, 5), time(19), LONDON, interval=interval, ends_on=ends_on)

    assert [day.day for day in preview_of(made).dates] == days
    assert count_of(made) == len(days)


def test_the_horizon_is_thirteen_weeks_from_today_or_from_a_first_session_ahead():
    made = rule(date(2027, 1, 5), time(19), LONDON)

    assert made.horizon(date(2026, 12, 1)) == date(2027, 4, 6)
    assert made.horizon(date(2027, 2, 1)) == date(2027, 5, 3)
    assert len(list(made.dates(made.horizon(date(2026, 12, 1))))) == 14


def test_months_group_the_dates():
    made = preview_of(rule(date(2027, 1, 26), time(19), LONDON, ends_on=date(2027, 2, 9)))

    assert [(first.strftime("%B %Y"), [day.day for day, _made in days]) for first, days in made.months] == [
        ("January 2027", [26]),
        ("February 2027", [2, 9]),
    ]
