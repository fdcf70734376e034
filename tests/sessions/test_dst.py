"""Five years of sessions in six zones that change their clocks in their own ways: the wall clock is kept."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from people.local_time import exists
from sessions.preview import Rule, preview_of

FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
ZONES = {  # when clocks change, and by how many hours at most, from 2026 to 2030
    "Europe/London": 10,
    "America/New_York": 10,
    "Australia/Lord_Howe": 10,  # by half an hour
    "America/Santiago": 10,  # at midnight, into the day before
    "Africa/Cairo": 10,  # at midnight
    "Pacific/Apia": 0,  # gave summer time up in 2021
}
CLOCKS = [time(0), time(0, 30), time(1, 30), time(2, 15), time(9), time(19), time(23, 59)]


def week(zone, first, clock, *, ends_on=LAST, **more):
    return Rule(first, clock, 75, ZoneInfo(zone), ends_on=ends_on, **more)


@pytest.mark.parametrize("zone", ZONES)
def test_every_clock_change_of_five_years_is_known(zone):
    made = preview_of(week(zone, FIRST, time(19), ends_on=LAST))

    assert len(made.changes) == ZONES[zone]
    after = [datetime.combine(day, time(12), ZoneInfo(zone)) + timedelta(days=1) for day in made.changes]
    assert len({moment.utcoffset() for moment in after}) == (2 if made.changes else 0)


@pytest.mark.parametrize("clock", CLOCKS, ids=str)
@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_five_years_is_made_once_and_at_its_time(zone, clock):
    """Seven series, one for each weekday, are every day there is: nothing is lost, nothing is doubled."""
    here = ZoneInfo(zone)
    made = [preview_of(week(zone, FIRST + timedelta(days=day), clock)) for day in range(7)]
    days = sorted(day for preview in made for day in preview.dates)

    assert days == [FIRST + timedelta(days=ahead) for ahead in range((LAST - FIRST).days + 1)]
    starts = {day: preview.rule.times(day)[0] for preview in made for day in preview.dates}
    assert len(set(starts.values())) == len(days)
    jumped = {day for preview in made for day in preview.skipped}
    assert {
        day for day in days if starts[day].astimezone(here).replace(tzinfo=None) != datetime.combine(day, clock)
    } == (jumped)
    assert jumped == {day for day in days if not exists(day, clock, here)}
    assert all(
        preview.rule.times(day)[1] - starts[day] == timedelta(minutes=75) for preview in made for day in preview.dates
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("interval", "nth", "count"), [(1, None, 260), (2, None, 130), (1, 2, 60), (1, -1, 60)])
def test_seven_in_the_evening_is_never_jumped_over_nor_shown_twice(zone, interval, nth, count):
    made = preview_of(week(zone, date(2026, 1, 13), time(19), interval=interval, nth=nth, ends_on=date(2030, 12, 31)))

    assert (made.skipped, made.twice) == ([], [])
    clocks = {made.rule.times(day)[0].astimezone(ZoneInfo(zone)).time() for day in made.dates}
    assert (clocks, len(made.dates)) == ({time(19)}, count)


@pytest.mark.parametrize(
    ("zone", "clock", "days"),
    [
        ("Europe/London", time(1, 30), ["29 Mar 2026", "28 Mar 2027", "26 Mar 2028", "25 Mar 2029", "31 Mar 2030"]),
        ("America/New_York", time(2, 30), ["08 Mar 2026", "14 Mar 2027", "12 Mar 2028", "11 Mar 2029", "10 Mar 2030"]),
        (
            "Australia/Lord_Howe",
            time(2, 15),
            ["04 Oct 2026", "03 Oct 2027", "01 Oct 2028", "07 Oct 2029", "06 Oct 2030"],
        ),
        ("America/Santiago", time(0, 30), ["06 Sep 2026", "05 Sep 2027", "03 Sep 2028", "02 Sep 2029", "08 Sep 2030"]),
        ("Africa/Cairo", time(0, 30), ["24 Apr 2026", "30 Apr 2027", "28 Apr 2028", "27 Apr 2029", "26 Apr 2030"]),
        ("Pacific/Apia", time(1, 30), []),
    ],
)
def test_the_hours_that_do_not_exist_are_named_with_their_days(zone, clock, days):
    made = [preview_of(week(zone, FIRST + timedelta(days=day), clock)) for day in range(7)]

    jumped = sorted(day for preview in made for day in preview.skipped)
    assert [day.strftime("%d %b %Y") for day in jumped] == days


@pytest.mark.parametrize(
    ("zone", "clock"),
    [
        ("Europe/London", time(1, 30)),
        ("America/New_York", time(1, 30)),
        ("Australia/Lord_Howe", time(1, 45)),
        ("America/Santiago", time(23, 30)),
        ("Africa/Cairo", time(23, 30)),
    ],
)
def test_an_hour_that_comes_twice_counts_once_and_the_first_time(zone, clock):
    made = [preview_of(week(zone, FIRST + timedelta(days=day), clock)) for day in range(7)]
    twice = sorted(day for preview in made for day in preview.twice)

    assert [day.year for day in twice] == [2026, 2027, 2028, 2029, 2030]
    rule = made[0].rule
    for day in twice:
        both = [
            datetime.combine(day, clock.replace(fold=fold), tzinfo=ZoneInfo(zone)).astimezone(UTC) for fold in (0, 1)
        ]
        assert rule.times(day)[0] == min(both) != max(both)
