"""Rules as pure dates, over every kind of clock change (architecture.md 6c)."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from sessions.preview import (
    MOST,
    Rule,
    clock_changes,
    comes_twice,
    count_of,
    last_of,
    nths_of,
    preview_of,
    weekday_of_month,
)

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


# -- months -------------------------------------------------------------------------------------
def monthly(starts_on, nth, **more):
    return rule(starts_on, time(19), LONDON, nth=nth, **more)


@pytest.mark.parametrize("weekday", range(7))
def test_every_weekday_of_every_month_as_a_calendar_on_the_wall_has_it(weekday):
    for year in (2026, 2027, 2028):
        for month in range(1, 13):
            column = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
            counted = [weekday_of_month(year, month, weekday, nth).day for nth in (1, 2, 3, 4, -1)]
            assert counted == [*column[:4], column[-1]]


@pytest.mark.parametrize("nth", [1, 2, 3, 4, -1])
@pytest.mark.parametrize("weekday", range(7))
def test_a_monthly_rule_gives_one_date_in_each_month(weekday, nth):
    made = preview_of(monthly(weekday_of_month(2027, 1, weekday, nth), nth, ends_on=date(2028, 12, 31)))

    assert [(day.year, day.month) for day in made.dates] == [
        (year, month) for year in (2027, 2028) for month in range(1, 13)
    ]
    assert {day.weekday() for day in made.dates} == {weekday}
    assert all(nth in nths_of(day) for day in made.dates)


def test_the_fourth_and_the_last_part_where_a_month_has_a_fifth():
    """February 2027 has four Sundays, January and May have five."""
    first, until = date(2027, 2, 28), date(2027, 5, 31)

    assert nths_of(first) == [4, -1]
    assert [day.day for day in preview_of(monthly(first, 4, ends_on=until)).dates] == [28, 28, 25, 23]
    assert [day.day for day in preview_of(monthly(first, -1, ends_on=until)).dates] == [28, 28, 25, 30]


def test_a_fifth_can_only_be_the_last():
    assert [nths_of(date(2027, 3, day)) for day in (1, 9, 23, 24, 25, 29, 31)] == [
        [1], [2], [4], [4], [4, -1], [-1], [-1],
    ]  # fmt: skip


def test_every_two_months_and_a_first_day_that_is_none_of_them():
    made = preview_of(monthly(date(2027, 1, 13), 2, interval=2, ends_on=date(2027, 8, 1)))
    assert made.dates == [date(2027, 1, 13), date(2027, 3, 10), date(2027, 5, 12), date(2027, 7, 14)]

    late = preview_of(monthly(date(2027, 1, 20), 2, ends_on=date(2027, 3, 31)))
    assert late.dates == [date(2027, 2, 10), date(2027, 3, 10)]


@pytest.mark.parametrize(
    ("nth", "interval", "skips", "count", "last"),
    [
        (2, 1, [], 12, date(2027, 12, 14)),
        (2, 1, [date(2027, 12, 14)], 12, date(2028, 1, 11)),
        (None, 1, [], 12, date(2027, 3, 30)),
        (None, 1, [date(2027, 1, 12), date(2027, 1, 19)], 12, date(2027, 4, 13)),
        (None, 1, [date(2027, 1, 13)], 12, date(2027, 3, 30)),
        (None, 2, [date(2027, 1, 26)], 2, date(2027, 2, 9)),
    ],
)
def test_a_number_of_times_counts_the_dates_that_are_made(nth, interval, skips, count, last):
    made = rule(date(2027, 1, 12), time(19), LONDON, nth=nth, interval=interval, skips=frozenset(skips))

    assert last_of(made, count) == last
    assert len(list(made.dates(last))) == count == len(list(islice(made.dates(date.max), count)))


def test_no_time_at_all_ends_the_day_before_and_the_calendar_has_an_end():
    made = rule(date(2027, 1, 12), time(19), LONDON)

    assert last_of(made, 0) == date(2027, 1, 11)
    with pytest.raises(OverflowError):
        last_of(rule(date(9999, 12, 1), time(19), LONDON), 9)
    assert len(list(rule(date(9999, 12, 1), time(19), LONDON, nth=1).dates(date.max))) == 1


@pytest.mark.parametrize("more", [{"interval": 1}, {"interval": 3}, {"nth": -1}, {"nth": 3, "interval": 2}])
def test_dates_from_a_day_on_are_those_of_the_whole_rule(more):
    made = rule(date(2027, 1, 5), time(19), LONDON, skips=frozenset([date(2027, 6, 29)]), **more)
    every = list(made.dates(date(2028, 12, 31)))

    for ahead in range(0, 700, 13):
        since = date(2026, 12, 25) + timedelta(days=ahead)
        assert list(made.dates(date(2028, 12, 31), since=since)) == [day for day in every if day >= since]
        assert made.gives(since) == (since in every)


def test_counting_stops_when_there_are_too_many():
    assert count_of(rule(date(2027, 1, 5), time(19), LONDON, ends_on=date.max)) == MOST + 1
    assert count_of(monthly(date(2027, 1, 5), 1, ends_on=date.max)) == MOST + 1


def test_what_is_skipped_stands_in_the_months_and_what_is_none_of_the_dates_is_named():
    skips = frozenset([date(2027, 2, 2), date(2027, 2, 3)])
    made = preview_of(rule(date(2027, 1, 26), time(19), LONDON, ends_on=date(2027, 2, 9), skips=skips))

    assert (made.dates, made.jumped) == ([date(2027, 1, 26), date(2027, 2, 9)], [date(2027, 2, 2)])
    assert made.needless == [date(2027, 2, 3)]
    assert [[(day.day, is_made) for day, is_made in days] for _first, days in made.months] == [
        [(26, True)],
        [(2, False), (9, True)],
    ]


def test_a_time_that_is_skipped_harms_nobody_on_a_day_that_is_skipped():
    jump = date(2027, 3, 28)
    made = rule(date(2027, 3, 21), time(1, 30), LONDON, ends_on=date(2027, 4, 4))

    assert preview_of(made).skipped == [jump]
    assert preview_of(rule(date(2027, 3, 21), time(1, 30), LONDON, ends_on=date(2027, 4, 4), skips=frozenset([jump]))
                      ).skipped == []  # fmt: skip


def test_once_may_be_skipped_as_well():
    once = rule(date(2027, 1, 5), time(19), LONDON, interval=0, skips=frozenset([date(2027, 1, 5)]))

    assert (list(once.dates(date.max)), count_of(once)) == ([], 0)
    assert list(rule(date(2027, 1, 5), time(19), LONDON, interval=0).dates(date.max, since=date(2027, 1, 6))) == []
