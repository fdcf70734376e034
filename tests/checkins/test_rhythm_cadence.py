"""Weekly, fortnightly, monthly, by part of the day: once each time, civilly, in every zone, whatever the clock does."""

import itertools
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from checkins.rhythm import GAP, GRACE, PARTS, WEEK, Wish, clock_in, next_look, next_slot, owed, zone_of
from people.local_time import is_quiet, local_day, monday

QUIET = time(20), time(8)
LONDON = ZoneInfo("Europe/London")
START, END = datetime(2026, 9, 1, tzinfo=UTC), datetime(2027, 11, 10, tzinfo=UTC)  # 14 months: both changes, twice
ZONES = [
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Moscow",
    "Europe/Dublin",
    "Europe/Chisinau",
    "Africa/Lagos",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Dubai",
    "Asia/Tehran",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Yangon",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Beirut",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Australia/Eucla",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
    "Pacific/Pago_Pago",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Santiago",
    "America/Asuncion",
    "America/Havana",
    "Atlantic/Azores",
]


def wish(weekday=0, clock=time(10), zone=LONDON, quiet=QUIET, **more):
    return Wish(weekday, clock, zone, *quiet, **more)


def at(*numbers):
    return datetime(*numbers, tzinfo=UTC)


def live(chosen, ticks):
    """What a person is asked by a clock that looks at these moments, and when."""
    asked, look = [], next_slot(chosen, ticks[0]).at
    for now in ticks:
        if now < look:
            continue
        slot = owed(chosen, now)
        if slot:
            asked.append((slot.week, now))
            chosen = chosen._replace(asked_week=slot.week, asked_at=now)
        look = next_look(chosen, now)
    return asked


def prompt_ticks(chosen, until):
    """A clock that never stops: it looks at the very moment."""
    asked, now = [], START
    while (slot := next_slot(chosen, now)).at < until:
        now = slot.at
        assert owed(chosen, now) == slot
        asked.append((slot.week, now))
        chosen = chosen._replace(asked_week=slot.week, asked_at=now)
    return asked


# -- every fortnight, every month --------------------------------------------------------------
@pytest.mark.parametrize(
    ("every", "asked_at", "due"),
    [
        ("week", at(2026, 11, 23, 10), at(2026, 11, 30, 10)),
        ("fortnight", at(2026, 11, 23, 10), at(2026, 12, 7, 10)),
        # late within the grace still counts to its own week
        ("fortnight", at(2026, 11, 24, 15), at(2026, 12, 7, 10)),
        ("month", at(2026, 11, 2, 10), at(2026, 12, 7, 10)),
        ("month", at(2026, 11, 23, 10), at(2026, 12, 7, 10)),
        # another month has begun, but a week after the last question would be no month
        ("month", at(2026, 11, 30, 10), at(2026, 12, 14, 10)),
    ],
)
def test_the_next_question_after_one(every, asked_at, due):
    chosen = wish(every=every, asked_week=monday(asked_at.date()), asked_at=asked_at)

    assert next_slot(chosen, asked_at).at == due


@pytest.mark.parametrize("every", ["fortnight", "month"])
def test_a_week_let_go_is_made_good_the_week_after(every):
    """The clock was down from Sunday to Thursday: the question does not wait for another whole round."""
    chosen = wish(every=every, asked_week=date(2026, 11, 16), asked_at=at(2026, 11, 16, 10))
    due = next_slot(chosen, at(2026, 11, 16, 10))
    down_until = due.at + timedelta(days=3)

    assert owed(chosen, down_until) is None
    assert next_look(chosen, down_until) == due.at + WEEK


def test_a_month_is_a_month_of_the_persons_own_calendar():
    """In Kiritimati it is February while London still has January."""
    chosen = wish(0, zone=ZoneInfo("Pacific/Kiritimati"), every="month")
    asked = at(2027, 1, 31, 20)  # Monday the first of February, ten o'clock
    chosen = chosen._replace(asked_week=date(2027, 2, 1), asked_at=asked)

    assert next_slot(chosen, asked).at == at(2027, 2, 28, 20)  # Monday the first of March there


def test_after_a_pause_the_first_chosen_day_counts():
    chosen = wish(2, every="month", paused_until=date(2027, 1, 20))

    assert next_slot(chosen, at(2026, 11, 20)).at == at(2027, 1, 20, 10)


# -- parts of the day --------------------------------------------------------------------------
@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_part_of_the_day_is_spread_and_everybody_keeps_their_minute(part):
    first, last = PARTS[part]
    clocks = [clock_in(part, number, *QUIET) for number in range(10_000)]
    counted = Counter(clock.hour * 60 + clock.minute for clock in clocks)

    assert clocks == [clock_in(part, number, *QUIET) for number in range(10_000)]
    assert set(counted) == set(range(first, last))
    assert max(counted.values()) < 1.3 * len(clocks) / (last - first)


@pytest.mark.parametrize(
    ("part", "quiet", "early", "late"),
    [
        ("evening", (time(18), time(8)), time(17), time(17, 59)),
        ("morning", (time(22), time(10)), time(10), time(10, 59)),
        ("midday", (time(12, 30), time(13)), time(12), time(13, 59)),
    ],
)
def test_quiet_hours_leave_a_smaller_part_and_nobody_is_moved_out_of_it(part, quiet, early, late):
    clocks = {clock_in(part, number, *quiet) for number in range(2000)}

    assert (min(clocks), max(clocks)) == (early, late)
    assert not any(is_quiet(clock, *quiet) for clock in clocks)


def test_a_part_that_is_all_quiet_comes_at_the_next_civil_moment():
    quiet = time(20), time(12)
    chosen = wish(clock=clock_in("morning", 7, *quiet), quiet=quiet)

    assert next_slot(chosen, at(2026, 11, 20)).at == at(2026, 11, 23, 12)


def test_a_zone_nobody_knows_any_more_holds_up_nobody():
    assert zone_of("Mars/Olympus") == ZoneInfo("UTC")
    assert zone_of("../etc/passwd") == ZoneInfo("UTC")
    assert zone_of("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")


# -- all over the world ------------------------------------------------------------------------
def check(chosen, asked):
    """Whatever happened: never twice, never near, never by night, never too late, and once a month is that."""
    weeks = [week for week, _moment in asked]
    days = [local_day(moment, chosen.zone) for _week, moment in asked]
    least = {"week": 1, "fortnight": 2, "month": 2}[chosen.every]
    assert all(later - earlier >= least * WEEK for earlier, later in itertools.pairwise(weeks))
    assert all(later[1] - earlier[1] >= GAP for earlier, later in itertools.pairwise(asked))
    assert not any(is_quiet(m.astimezone(chosen.zone).time(), chosen.quiet_from, chosen.quiet_to) for _w, m in asked)
    assert all(timedelta(0) <= day - week <= WEEK + GRACE for day, week in zip(days, weeks, strict=True))
    if chosen.every == "month":
        months = [(day.year, day.month) for day in days]
        assert len(set(months)) == len(months)


def check_whole(chosen, asked):
    """With a clock that never stops nothing is left out either."""
    check(chosen, asked)
    weeks = [week for week, _moment in asked]
    if chosen.every in ("week", "fortnight"):
        step = WEEK if chosen.every == "week" else 2 * WEEK
        assert weeks == [weeks[0] + n * step for n in range(len(weeks))]
        assert len(weeks) >= (END - START).days // step.days - 1
        return
    months = [(day.year, day.month) for day in (local_day(moment, chosen.zone) for _week, moment in asked)]
    assert len(months) >= 13
    assert all((b[0] - a[0]) * 12 + b[1] - a[1] == 1 for a, b in itertools.pairwise(months))


def grid(zones, weekdays, clocks):
    for zone, weekday, clock, every in itertools.product(zones, weekdays, clocks, ("week", "fortnight", "month")):
        yield wish(weekday, clock, ZoneInfo(zone), every=every)


def walk(zones, weekdays, clocks):
    count = 0
    for chosen in grid(zones, weekdays, clocks):
        asked = prompt_ticks(chosen, END)
        check_whole(chosen, asked)
        count += len(asked)
    return count


def test_everywhere_over_14_months_once_each_time():
    assert walk(ZONES[::4], (0, 6), (time(9, 41), time(22))) > 3000


@pytest.mark.nightly
def test_everywhere_on_every_day_at_every_hour():
    clocks = [time(hour) for hour in range(0, 24, 3)] + [clock_in(part, 5, *QUIET) for part in PARTS]
    assert walk(ZONES, range(7), clocks) > 200_000


def broken_clock(dice):
    """Looks every 20 minutes, is down for days, and jumps an hour ahead, an hour back and ten days ahead."""
    ticks, now, jumps = [], START, {dice.randrange(3000, 25_000): jump for jump in (1, -1, 240)}
    while now < END:
        now += timedelta(minutes=20)
        if dice.random() < 1 / 800:
            now += timedelta(hours=dice.uniform(1, 96))
        now += timedelta(hours=jumps.get(len(ticks), 0))
        ticks.append(now)
    return ticks


def outages(zones, rounds):
    asked = 0
    for seed, (zone, every) in enumerate(itertools.product(zones * rounds, ("week", "fortnight", "month"))):
        dice = random.Random(seed)
        chosen = wish(dice.randrange(7), time(dice.randrange(24)), ZoneInfo(zone), every=every)
        found = live(chosen, broken_clock(dice))
        check(chosen, found)
        asked += len(found)
    return asked


def test_outages_and_jumping_clocks_never_ask_twice_or_by_night():
    assert outages(ZONES[::8], 1) > 200


@pytest.mark.nightly
def test_outages_and_jumping_clocks_everywhere():
    assert outages(ZONES, 6) > 15_000


def moving_people(count):
    """In the middle of weeks they move, choose another day, hour and how often; the row of a week is unique."""
    asked = 0
    for seed in range(count):
        dice = random.Random(seed)
        chosen, now, rows = wish(dice.randrange(7), time(dice.randrange(24))), START, {}
        for _change in range(30):
            moved = {"zone": ZoneInfo(dice.choice(ZONES)), "every": dice.choice(["week", "fortnight", "month"])}
            chosen = chosen._replace(weekday=dice.randrange(7), clock=time(dice.randrange(24)), **moved)
            until = now + timedelta(hours=dice.randrange(12, 400))
            while (look := next_slot(chosen, now).at) < until:
                now = look
                slot = owed(chosen, now)
                assert slot.week not in rows, "twice in one week"
                assert all(now - before >= GAP for before in rows.values())
                assert not is_quiet(now.astimezone(chosen.zone).time(), *QUIET)
                rows[slot.week] = now
                chosen = chosen._replace(asked_week=slot.week, asked_at=now)
            now = until
        asked += len(rows)
    return asked


def test_who_moves_in_the_middle_of_a_week_is_never_asked_twice():
    assert moving_people(40) > 400


@pytest.mark.nightly
def test_very_many_who_move_in_the_middle_of_a_week():
    assert moving_people(2000) > 20_000
