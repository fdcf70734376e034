"""When a question is due: wall clocks of the world, downtime, pauses, and no second question a week."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkins.rhythm import GAP, GRACE, Wish, civil_hours, next_look, next_slot, owed
from people.local_time import is_quiet, local_day, monday

QUIET = {"quiet_from": time(20), "quiet_to": time(8)}
ZONES = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/Santiago",
    "Africa/Cairo",
    "Pacific/Kiritimati",
]


def wish(zone="Europe/London", weekday=0, hour=10, **more):
    return Wish(weekday, time(hour), ZoneInfo(zone), **(QUIET | more))


def at(*numbers):
    return datetime(*numbers, tzinfo=UTC)


def nothing_quiet():
    return {"quiet_from": time(0), "quiet_to": time(0)}


@pytest.mark.parametrize(
    ("zone", "weekday", "hour", "more", "after", "due"),
    [
        # 10 o'clock stays 10 o'clock over both changes of the clocks
        ("Europe/London", 0, 10, {}, at(2026, 3, 23, 12), at(2026, 3, 30, 9)),
        ("Europe/London", 0, 10, {}, at(2026, 10, 19, 12), at(2026, 10, 26, 10)),
        ("America/New_York", 0, 10, {}, at(2026, 3, 2, 16), at(2026, 3, 9, 14)),
        ("America/New_York", 0, 10, {}, at(2026, 10, 26, 16), at(2026, 11, 2, 15)),
        ("Australia/Lord_Howe", 0, 10, {}, at(2026, 9, 28, 1), at(2026, 10, 4, 23)),
        ("Asia/Kathmandu", 0, 10, {}, at(2026, 11, 16, 5), at(2026, 11, 23, 4, 15)),
        # an hour the spring jump skips comes after the jump
        ("Europe/London", 6, 1, nothing_quiet(), at(2026, 3, 23), at(2026, 3, 29, 1)),
        ("Australia/Lord_Howe", 6, 2, nothing_quiet(), at(2026, 9, 28), at(2026, 10, 3, 15, 30)),
        # an hour that comes twice: the first one
        ("Europe/London", 6, 1, nothing_quiet(), at(2026, 10, 20), at(2026, 10, 25, 0)),
        # Samoa had no Friday 30 December 2011: the same wall time a day later
        ("Pacific/Apia", 4, 10, {}, at(2011, 12, 27), at(2011, 12, 30, 20)),
        # quiet hours move Sunday night to Monday morning; it still counts to its own week
        ("Europe/London", 6, 23, {}, at(2026, 11, 20), at(2026, 11, 23, 8)),
        # the moment itself is past
        ("Europe/London", 0, 10, {}, at(2026, 11, 23, 10), at(2026, 11, 30, 10)),
        # a pause ends on its day
        ("Europe/London", 2, 10, {"paused_until": date(2026, 3, 4)}, at(2026, 2, 1), at(2026, 3, 4, 10)),
        ("Europe/London", 1, 10, {"paused_until": date(2026, 3, 4)}, at(2026, 2, 1), at(2026, 3, 10, 10)),
        # asked on Sunday, then Monday was chosen: a day later would be too soon
        (
            "Europe/London",
            0,
            10,
            {"asked_week": date(2026, 11, 16), "asked_at": at(2026, 11, 22, 18)},
            at(2026, 11, 22, 19),
            at(2026, 11, 30, 10),
        ),
        # asked this week already, then a later day was chosen
        (
            "Europe/London",
            4,
            10,
            {"asked_week": date(2026, 11, 16), "asked_at": at(2026, 11, 16, 10)},
            at(2026, 11, 17),
            at(2026, 11, 27, 10),
        ),
    ],
)
def test_the_next_question(zone, weekday, hour, more, after, due):
    assert next_slot(wish(zone, weekday, hour, **more), after).at == due


@pytest.mark.parametrize(
    ("now", "asked", "look_again"),
    [
        (at(2026, 11, 23, 9, 59), None, at(2026, 11, 23, 10)),
        (at(2026, 11, 23, 10), date(2026, 11, 23), at(2026, 11, 30, 10)),
        (at(2026, 11, 23, 19, 59), date(2026, 11, 23), at(2026, 11, 30, 10)),
        # the worker was down until the night: held back until the morning
        (at(2026, 11, 23, 23), None, at(2026, 11, 24, 8)),
        (at(2026, 11, 24, 8), date(2026, 11, 23), at(2026, 11, 30, 10)),
        # 36 hours are over at night: that week is let go
        (at(2026, 11, 24, 19, 59), date(2026, 11, 23), at(2026, 11, 30, 10)),
        (at(2026, 11, 24, 21), None, at(2026, 11, 30, 10)),
        (at(2026, 11, 26, 10), None, at(2026, 11, 30, 10)),
        # five months down: one jump, no backlog
        (at(2027, 4, 21, 10), None, at(2027, 4, 26, 9)),
    ],
)
def test_late_is_asked_civilly_or_let_go(now, asked, look_again):
    chosen = wish()
    slot = owed(chosen, now)
    if slot:
        chosen = wish(asked_week=slot.week, asked_at=now)

    assert (slot and slot.week) == asked
    assert next_look(chosen, now) == look_again


def test_a_paused_person_is_not_owed_a_question():
    assert owed(wish(), at(2026, 11, 23, 10)) is not None
    assert owed(wish(paused_until=date(2026, 11, 24)), at(2026, 11, 23, 10)) is None


def test_nobody_is_asked_twice_within_three_days():
    just_asked = wish(asked_week=date(2026, 11, 16), asked_at=at(2026, 11, 20, 10, 1))

    assert owed(just_asked, at(2026, 11, 23, 10)) is None
    assert owed(just_asked, at(2026, 11, 23, 10, 1)) is not None


def test_only_hours_outside_the_quiet_ones_are_offered():
    assert civil_hours(time(20), time(8)) == list(range(8, 20))
    assert civil_hours(time(1, 30), time(6)) == [0, 1, *range(6, 24)]
    assert civil_hours(time(5), time(5)) == list(range(24))


moments = st.datetimes(datetime(2010, 1, 4), datetime(2027, 1, 1)).map(lambda m: m.replace(tzinfo=UTC))
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    quiet=st.tuples(clocks, clocks),
    start=moments,
    steps=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(0, 60 * 24 * 5)), min_size=3, max_size=12
    ),
)
def test_never_twice_a_week_never_in_quiet_hours_never_too_late(zone, quiet, start, steps):
    """A clock that stops for up to five days at a time, and a person who changes their mind meanwhile."""
    now, last = start, (None, None)
    asked = []
    for weekday, hour, down in steps:
        chosen = Wish(weekday, time(hour), ZoneInfo(zone), *quiet, "week", None, *last)
        look = next_slot(chosen, now).at
        assert look > now
        now = look + timedelta(minutes=down)
        slot = owed(chosen, now)
        if slot:
            asked.append((slot, now))
            last = (slot.week, now)
            chosen = Wish(weekday, time(hour), ZoneInfo(zone), *quiet, "week", None, *last)
        assert next_look(chosen, now) > now

    weeks = [slot.week for slot, _ in asked]
    assert len(weeks) == len(set(weeks))
    assert all(slot.week == monday(slot.week) and slot.at <= moment <= slot.at + GRACE for slot, moment in asked)
    assert not any(is_quiet(moment.astimezone(ZoneInfo(zone)).time(), *quiet) for _, moment in asked)
    assert all(later[1] - earlier[1] >= GAP for earlier, later in itertools.pairwise(asked))


@settings(max_examples=60, deadline=None)
@given(zone=st.sampled_from(ZONES), weekday=st.integers(0, 6), hour=st.integers(8, 19), start=moments)
def test_a_clock_that_never_stops_asks_every_week(zone, weekday, hour, start):
    chosen, now = wish(zone, weekday, hour), start
    weeks = []
    for _ in range(60):
        now = next_slot(chosen, now).at
        slot = owed(chosen, now)
        weeks.append(slot.week)
        assert local_day(slot.at, ZoneInfo(zone)) >= slot.week
        chosen = wish(zone, weekday, hour, asked_week=slot.week, asked_at=now)

    assert weeks == [weeks[0] + timedelta(weeks=n) for n in range(60)]
