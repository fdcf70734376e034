"""Says times in words: which zone is meant, and what a group's own clock shows."""

from datetime import datetime, time
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


def rhythm_words(weekday: int, starts_at: time, interval: int) -> str:
    """A weekly rule as people say it: Tuesdays, 7:00 pm, or Every 2 weeks on Thursday, 6:30 pm."""
    days = (_("Mondays"), _("Tuesdays"), _("Wednesdays"), _("Thursdays"), _("Fridays"), _("Saturdays"), _("Sundays"))
    day = days[weekday]
    if interval > 1:
        day = _("Every %(weeks)s weeks on %(day)s") % {"weeks": interval, "day": WEEKDAYS[weekday]}
    return _("%(day)s, %(time)s") % {"day": day, "time": time_format(starts_at, "TIME_FORMAT")}


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
