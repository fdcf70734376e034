"""Where in its week each time zone is, as columns that the database can join: a week ends by one's own clock."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from checkins.models import CheckIn
from checkins.rhythm import WEEK, zone_of
from people.local_time import instant, local_day, monday


class Weeks(NamedTuple):
    """One line a zone: its name, the Monday of its week, when that began, and its day."""

    zones: list[str]
    mondays: list[date]
    begins: list[datetime]
    days: list[date]


def weeks_now(*, left: timedelta = timedelta(0)) -> Weeks:
    """The week of each zone in which a question waits; only of zones in which that much of it is left."""
    now = timezone.now()
    zones, mondays, begins, days = weeks = Weeks([], [], [], [])
    for name in CheckIn.objects.waiting().values_list("user__time_zone", flat=True).distinct():
        zone = zone_of(name)
        today = local_day(now, zone)
        first = monday(today)
        if instant(first + WEEK, time(0), zone) - now >= left:
            zones.append(name)
            mondays.append(first)
            begins.append(instant(first, time(0), zone))
            days.append(today)
    return weeks
