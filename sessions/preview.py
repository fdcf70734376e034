"""The rule of a series as pure dates: what it makes, and what a person should know before making it."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, islice, takewhile
from zoneinfo import ZoneInfo

from people.local_time import exists, instant

MOST = 400  # dates one series may have
HORIZON = timedelta(weeks=13)  # how far ahead a series has rows


@dataclass(frozen=True)
class Rule:
    """When a group meets, in local time. Without `ends_on` it goes on; `skips` are dates it jumps over.

    `interval` is weeks, and 0 is just once. With `nth` it is months: the `nth` time that the weekday of `starts_on`
    comes in a month, 1 to 4, or -1 for the last.
    """

    starts_on: date
    starts_at: time
    minutes: int
    zone: ZoneInfo
    interval: int = 1
    ends_on: date | None = None
    nth: int | None = None
    skips: frozenset[date] = frozenset()

    def dates(self, until: date, *, since: date = date.min) -> Iterator[date]:
        """Every date the rule gives from `since` up to `until`, both days included."""
        last = min(until, self.ends_on) if self.ends_on else until
        for day in takewhile(lambda day: day <= last, self._steps(max(since, self.starts_on))):
            if day not in self.skips:
                yield day

    def gives(self, day: date) -> bool:
        """Whether this is one of its dates. No skipped one is."""
        return next(self.dates(day, since=day), None) is not None

    def horizon(self, today: date) -> date:
        """Until when rows stand: 13 weeks from today, or from the first session while that lies ahead."""
        return max(today, self.starts_on) + HORIZON

    def times(self, day: date) -> tuple[datetime, datetime]:
        """Start and end as instants. The length is added to the instant, never to the wall clock."""
        start = instant(day, self.starts_at, self.zone)
        return start, start + timedelta(minutes=self.minutes)

    def _steps(self, since: date) -> Iterator[date]:
        """Its dates from a day on, skipped ones too, to the end of the calendar. Not one before is walked over."""
        if self.nth and self.interval:
            return self._months(since, self.nth)
        if self.interval:
            return self._weeks(since)
        return iter([self.starts_on] if since <= self.starts_on else [])

    def _weeks(self, since: date) -> Iterator[date]:
        step = 7 * self.interval
        first = -(-(since - self.starts_on).days // step)
        most = (date.max - self.starts_on).days // step
        return (self.starts_on + timedelta(days=step * number) for number in range(first, most + 1))

    def _months(self, since: date, nth: int) -> Iterator[date]:
        begin = _month_number(self.starts_on)
        first = (_month_number(since) - begin) // self.interval
        numbers = range(begin + first * self.interval, _month_number(date.max) + 1, self.interval)
        days = (weekday_of_month(number // 12, number % 12 + 1, self.starts_on.weekday(), nth) for number in numbers)
        return (day for day in days if day >= since)


@dataclass(frozen=True)
class Preview:
    """What a rule makes, before it is made."""

    rule: Rule
    dates: list[date]
    jumped: list[date]  # dates that it would have but for its skips
    skipped: list[date]  # days on which the clocks jump over this time
    twice: list[date]  # days on which this time comes twice: the first one counts
    changes: list[date]  # days on which the clocks change, from the first session to the last

    @property
    def count(self) -> int:
        return len(self.dates)

    @property
    def last(self) -> date:
        return self.dates[-1]

    @property
    def is_long(self) -> bool:
        """Whether the last dates come after the horizon, so that their rows are added later."""
        return self.last > self.rule.horizon(self.rule.starts_on)

    @property
    def ends_at(self) -> time:
        """When it ends on the wall clock, on a day without a jump."""
        return (
            datetime.combine(self.rule.starts_on, self.rule.starts_at) + timedelta(minutes=self.rule.minutes)
        ).time()

    @property
    def first(self) -> date:
        return self.dates[0]

    @property
    def needless(self) -> list[date]:
        """What was to be skipped and is none of its dates."""
        return sorted(self.rule.skips - set(self.jumped))

    @property
    def months(self) -> list[tuple[date, list[tuple[date, bool]]]]:
        """The dates by month, each month named by its first date, and whether each is one or is skipped."""
        every = [(day, day not in self.rule.skips) for day in sorted(self.dates + self.jumped)]
        by_month = groupby(every, key=lambda row: (row[0].year, row[0].month))
        return [(days[0][0], days) for days in (list(group) for _, group in by_month)]


def last_of(rule: Rule, count: int) -> date:
    """The date of the last of `count` sessions; skipped dates are none. Raises OverflowError beyond the calendar."""
    if count < 1:
        return rule.starts_on - timedelta(days=1)
    days = list(islice(rule.dates(date.max), count))
    if len(days) < count:
        raise OverflowError("the calendar ends before the series does")
    return days[-1]


def count_of(rule: Rule) -> int:
    """How many dates a rule gives up to its end, or up to its first date where it has none: at most MOST and one."""
    return sum(1 for _day in islice(rule.dates(rule.ends_on or rule.starts_on), MOST + 1))


def weekday_of_month(year: int, month: int, weekday: int, nth: int) -> date:
    """The `nth` time (1 to 4, or -1: the last) that this weekday comes in a month."""
    if nth > 0:
        return date(year, month, 1 + (weekday - date(year, month, 1).weekday()) % 7 + 7 * (nth - 1))
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def nths_of(day: date) -> list[int]:
    """How a date stands in its month: the second of its weekday is [2], a fourth that is the last as well [4, -1]."""
    nth = (day.day - 1) // 7 + 1
    is_last = day.day + 7 > monthrange(day.year, day.month)[1]
    return [nth] * (nth < 5) + [-1] * is_last


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def preview_of(rule: Rule) -> Preview:
    """Every date of a rule that ends. The caller has refused rules of more than MOST dates."""
    every = list(replace(rule, skips=frozenset()).dates(rule.ends_on or rule.starts_on))
    dates = [day for day in every if day not in rule.skips]
    return Preview(
        rule=rule,
        dates=dates,
        jumped=[day for day in every if day in rule.skips],
        skipped=[day for day in dates if not exists(day, rule.starts_at, rule.zone)],
        twice=[day for day in dates if comes_twice(day, rule.starts_at, rule.zone)],
        changes=clock_changes(rule.zone, dates[0], dates[-1]) if dates else [],
    )


def comes_twice(day: date, clock: time, zone: ZoneInfo) -> bool:
    """Whether the clocks go back over this time, so that the day has it two times."""
    wall = datetime.combine(day, clock, tzinfo=zone)
    return exists(day, clock, zone) and wall.astimezone(UTC) != wall.replace(fold=1).astimezone(UTC)


def clock_changes(zone: ZoneInfo, first: date, last: date) -> list[date]:
    """The days from `first` to `last` that begin with another offset from UTC than they end with."""
    days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    return [day for day in days if _offset(day, zone) != _offset(day + timedelta(days=1), zone)]


def _offset(day: date, zone: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(), tzinfo=zone).utcoffset()
