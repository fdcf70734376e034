"""Says times in words: which zone is meant, and what a group's own clock shows."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from people.words import clock_words, zone_words


def when_words(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """The day and the time, on the reader's own clock or on that of `zone`: Tuesday 1 December, 7:00 pm"""
    local = timezone.localtime(moment, zone)
    return _("%(day)s, %(time)s") % {
        "day": date_format(local, "l j F"),
        "time": time_format(local.time(), "TIME_FORMAT"),
    }


def clock_of(moment: datetime, zone: ZoneInfo) -> str:
    """The time alone: 7:00 pm"""
    return time_format(moment.astimezone(zone).time(), "TIME_FORMAT")


def day_of_month(day: date, nth: int) -> str:
    """Its weekday as months count it: The second Tuesday."""
    words = {
        1: _("The first %(day)s"),
        2: _("The second %(day)s"),
        3: _("The third %(day)s"),
        4: _("The fourth %(day)s"),
        -1: _("The last %(day)s"),
    }
    return words[nth] % {"day": WEEKDAYS[day.weekday()]}


def rhythm_words(first: date, starts_at: time, interval: int, nth: int | None = None) -> str:
    """A rule as people say it: Tuesdays, 7:00 pm, or The last Friday of each month, 6:30 pm."""
    clock = time_format(starts_at, "TIME_FORMAT")
    return _("%(day)s, %(time)s") % {"day": _rhythm(first, interval, nth), "time": clock}


def _rhythm(first: date, interval: int, nth: int | None) -> str:
    if nth and interval > 1:
        return _("%(day)s of every %(months)s months") % {"day": day_of_month(first, nth), "months": interval}
    if nth:
        return _("%(day)s of each month") % {"day": day_of_month(first, nth)}
    if interval > 1:
        return _("Every %(weeks)s weeks on %(day)s") % {"weeks": interval, "day": WEEKDAYS[first.weekday()]}
    days = (_("Mondays"), _("Tuesdays"), _("Wednesdays"), _("Thursdays"), _("Fridays"), _("Saturdays"), _("Sundays"))
    return days[first.weekday()]


def differs_for_the_reader(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the reader's clock shows another time than the group's at this moment."""
    return timezone.localtime(moment).utcoffset() != moment.astimezone(zone).utcoffset()


def group_clock(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """What the group's own clock shows, or "" where the reader's shows the same."""
    if not differs_for_the_reader(starts_at, zone):
        return ""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return _("%(day)s, %(times)s, %(zone)s") % {
        "day": date_format(start, "l j F"),
        "times": clock_words(start, end),
        "zone": zone_words(zone.key),
    }
