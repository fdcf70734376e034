"""When somebody is asked: pure reckoning on their own clock, without a database (R41, R46).

A slot is the moment a week's question is due. Its week is the local Monday of the weekday that was
chosen: a Sunday night that quiet hours move to Monday morning still counts to its own week.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from people.local_time import after_quiet, instant, is_quiet, local_day, monday

GAP = timedelta(days=3)  # the least between two questions
GRACE = timedelta(hours=36)  # how late a question may still come
WEEK = timedelta(days=7)
APART = {"week": WEEK, "fortnight": 2 * WEEK, "month": 2 * WEEK}  # the least between two weeks that are asked
PARTS = {"morning": (9 * 60, 11 * 60), "midday": (12 * 60, 14 * 60), "evening": (17 * 60, 19 * 60 + 30)}  # minutes
SPREAD = 0x9E3779B1  # an odd number near 2^32 / phi: numbers that follow each other land far apart


class Wish(NamedTuple):
    """What a person chose, and when they were last asked. Two people with equal ones are asked alike."""

    weekday: int
    clock: time
    zone: ZoneInfo
    quiet_from: time
    quiet_to: time
    every: str = "week"
    paused_until: date | None = None
    asked_week: date | None = None
    asked_at: datetime | None = None


class Slot(NamedTuple):
    """One week's question and the moment it is due."""

    week: date
    at: datetime


def next_slot(wish: Wish, after: datetime) -> Slot:
    """The first slot after this moment. What is already past this week is not owed."""
    return next(slot for slot in _slots(wish, after) if slot.at > after and _is_free(wish, slot.week, slot.at))


def owed(wish: Wish, now: datetime) -> Slot | None:
    """The question to ask right now, or None: not due, too late, in quiet hours, asked, too soon or paused."""
    slot = _last_slot(wish, now)
    if now - slot.at > GRACE or _is_uncivil(wish, now):
        return None
    return slot if _is_free(wish, slot.week, now) else None


def next_look(wish: Wish, now: datetime) -> datetime:
    """When to look at this person again: the end of the quiet hours that hold a question back, or the next slot."""
    waiting, civil = _last_slot(wish, now), civil_moment(wish, now)
    if civil > now and civil - waiting.at <= GRACE and _is_free(wish, waiting.week, civil):
        return civil
    return next_slot(wish, now).at


def civil_moment(wish: Wish, moment: datetime) -> datetime:
    """The same moment, or the end of the quiet hours it falls into."""
    while _is_uncivil(wish, moment):
        moment = after_quiet(moment, wish.zone, wish.quiet_from, wish.quiet_to)
    return moment


def civil_hours(quiet_from: time, quiet_to: time) -> list[int]:
    """The hours a person may choose to be asked at."""
    return [hour for hour in range(24) if not is_quiet(time(hour), quiet_from, quiet_to)]


def clock_in(part: str, number: int, quiet_from: time, quiet_to: time) -> time:
    """The minute of a part of the day at which one person is asked, always the same one.

    `number` is the person's: people are spread over the part, so that not all are asked at its first minute.
    """
    minutes = _minutes(part, quiet_from, quiet_to)
    return minutes[((number * SPREAD & 0xFFFFFFFF) * len(minutes)) >> 32]


@lru_cache(maxsize=512)
def _minutes(part: str, quiet_from: time, quiet_to: time) -> list[time]:
    """The minutes of a part outside quiet hours; a part that is all quiet has its first, which is moved later."""
    all_of_it = [time(minute // 60, minute % 60) for minute in range(*PARTS[part])]
    return [clock for clock in all_of_it if not is_quiet(clock, quiet_from, quiet_to)] or all_of_it[:1]


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """A zone that is known no more, after an update of the system, must not hold up everybody else's questions."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _slots(wish: Wish, moment: datetime) -> Iterator[Slot]:
    """The slots around and after a moment, or around the end of the pause."""
    day = max(local_day(moment, wish.zone), wish.paused_until or date.min)
    week = monday(day) - WEEK  # the slot of last week may have been moved into this one
    while True:
        yield _slot(wish, week)
        week += WEEK


def _slot(wish: Wish, week: date) -> Slot:
    wall = instant(week + timedelta(days=wish.weekday), wish.clock, wish.zone)
    return Slot(week, civil_moment(wish, wall))


def _last_slot(wish: Wish, now: datetime) -> Slot:
    week = monday(local_day(now, wish.zone))
    return next(slot for back in range(3) if (slot := _slot(wish, week - back * WEEK)).at <= now)


def _is_free(wish: Wish, week: date, at: datetime) -> bool:
    """Whether this week's question may come at this moment: enough weeks after the last one, and not in a pause."""
    if wish.asked_week is not None and week - wish.asked_week < APART[wish.every]:
        return False
    if wish.asked_at is not None and (at - wish.asked_at < GAP or _is_same_month(wish, wish.asked_at, at)):
        return False
    return wish.paused_until is None or local_day(at, wish.zone) >= wish.paused_until


def _is_same_month(wish: Wish, asked_at: datetime, at: datetime) -> bool:
    """Once a month is once in a month of the person's own calendar."""
    if wish.every != "month":
        return False
    before, then = local_day(asked_at, wish.zone), local_day(at, wish.zone)
    return (then.year, then.month) <= (before.year, before.month)


def _is_uncivil(wish: Wish, moment: datetime) -> bool:
    return is_quiet(moment.astimezone(wish.zone).time(), wish.quiet_from, wish.quiet_to)
