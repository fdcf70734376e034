"""The rule of a series as pure dates: what it makes, and what a person should know before making it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from people.local_time import exists, instant

MOST = 400  # dates one series may have
HORIZON = timedelta(weeks=13)  # how far ahead a series has rows


@dataclass(frozen=True)
class Rule:
    """When a group meets, in local time. `interval` is weeks, 0 is just once; without `ends_on` it goes on."""

    starts_on: date
    starts_at: time
    minutes: int
    zone: ZoneInfo
    interval: int = 1
    ends_on: date | None = None

    def dates(self, until: date) -> Iterator[date]:
        """Every date the rule gives up to `until`, that day included."""
        last = min(until, self.ends_on) if self.ends_on else until
        day = self.starts_on
        while day <= last:
            yield day
            if not self.interval:
                return
            day += timedelta(weeks=self.interval)

    def horizon(self, today: date) -> date:
        """Until when rows stand: 13 weeks from today, or from the first session while that lies ahead."""
        return max(today, self.starts_on) + HORIZON

    def times(self, day: date) -> tuple[datetime, datetime]:
        """Start and end as instants. The length is added to the instant, never to the wall clock."""
        start = instant(day, self.starts_at, self.zone)
        return start, start + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Preview:
    """What a rule makes, before it is made."""

    rule: Rule
    dates: list[date]
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
    def months(self) -> list[tuple[date, list[date]]]:
        """The dates by month, each month named by its first date."""
        by_month = groupby(self.dates, key=lambda day: (day.year, day.month))
        return [(days[0], days) for days in (list(group) for _, group in by_month)]


def last_of(starts_on: date, interval: int, count: int) -> date:
    """The date of the last of `count` sessions. Raises OverflowError beyond the calendar."""
    return starts_on + timedelta(weeks=interval * (count - 1))


def count_of(rule: Rule) -> int:
    """How many dates a rule with an end gives, without making them."""
    if not rule.interval or rule.ends_on is None:
        return 1
    return max(0, (rule.ends_on - rule.starts_on).days // (7 * rule.interval) + 1)


def preview_of(rule: Rule) -> Preview:
    """Every date of a rule that ends. The caller has refused rules of more than MOST dates."""
    dates = list(rule.dates(rule.ends_on or rule.starts_on))
    return Preview(
        rule=rule,
        dates=dates,
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
