"""The hours in which somebody is there, on the clock of one place: durations on instants, walls by the wall clock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from people.local_time import instant, local_day
from people.words import clock_words

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OpenHours:
    """From `opens` to `closes` on these days of the week, at least one of them. Monday is 0."""

    days: Sequence[int]
    opens: time
    closes: time
    zone: ZoneInfo

    def is_open_on(self, day: date) -> bool:
        return day.weekday() in self.days

    def is_open(self, at: datetime) -> bool:
        return self.next_open(at) == at

    def next_open(self, at: datetime) -> datetime:
        """This moment, if somebody is there; else the next at which somebody is."""
        return self.after(at, timedelta(0))

    def after(self, at: datetime, long: timedelta) -> datetime:
        """The moment at which somebody has been there for so long, counted from this one."""
        at, left = at.astimezone(UTC), long
        for opens, closes in self._windows(at):
            start = max(opens, at)
            if start + left < closes or (left and start + left == closes):
                return start + left
            left -= closes - start
        raise AssertionError("the week has open hours for ever")

    def close_of(self, day: date) -> datetime:
        """When the hours of this day end."""
        return instant(day, self.closes, self.zone)

    def open_day_after(self, day: date, days: int) -> date:
        """So many open days later."""
        for _n in range(days):
            day += A_DAY
            while not self.is_open_on(day):
                day += A_DAY
        return day

    def noon_of(self, day: date) -> datetime:
        """At noon, if somebody is there by then; else when the hours of this day end."""
        noon = time(12)
        return instant(day, noon, self.zone) if self.opens < noon <= self.closes else self.close_of(day)

    def _windows(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Every stretch of open hours that ends after `at`. One that the spring jump swallows is left out."""
        day, last = local_day(at, self.zone) - A_DAY, at
        while True:
            if self.is_open_on(day):
                opens, closes = max(instant(day, self.opens, self.zone), last), self.close_of(day)
                if opens < closes:
                    yield opens, closes
                    last = closes
            day += A_DAY


def hours_words(hours: OpenHours) -> str:
    """Monday to Friday, 9:00 am to 5:00 pm."""
    return _("%(days)s, %(times)s") % {"days": days_words(hours.days), "times": clock_words(hours.opens, hours.closes)}


def days_words(days: Sequence[int]) -> str:
    """Every day; Monday to Thursday and Saturday; Monday and Wednesday."""
    if len(set(days)) == len(WEEKDAYS):
        return _("Every day")
    said = [words for run in _runs(sorted(set(days))) for words in _run_words(run)]
    if len(said) == 1:
        return said[0]
    return _("%(days)s and %(last)s") % {"days": ", ".join(said[:-1]), "last": said[-1]}


def _runs(days: Sequence[int]) -> list[list[int]]:
    """Days that follow each other stand together."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _run_words(run: Sequence[int]) -> list[str]:
    if len(run) < 3:
        return [str(WEEKDAYS[day]) for day in run]
    return [_("%(first)s to %(last)s") % {"first": WEEKDAYS[run[0]], "last": WEEKDAYS[run[-1]]}]
