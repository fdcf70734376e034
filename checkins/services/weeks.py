"""Where in its week each time zone is, as columns that the database can join: a week ends by one's own clock."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from checkins.models import CheckIn
from checkins.rhythm import WEEK, zone_of
from people.local_time import instant, local_day, monday

Weeks = tuple[list[str], list[date], list[datetime], list[date]]  # zones, their Mondays, when those began, today


def weeks_now(*, left: timedelta = timedelta(0)) -> Weeks:
    """The week of each zone in which a question waits; only of zones in which that much of it is left."""
    now = timezone.now()
    weeks: Weeks = ([], [], [], [])
    for name in CheckIn.objects.waiting().values_list("user__time_zone", flat=True).distinct():
        zone = zone_of(name)
        today = local_day(now, zone)
        first = monday(today)
        if instant(first + WEEK, time(0), zone) - now >= left:
            for column, value in zip(weeks, (name, first, instant(first, time(0), zone), today), strict=True):
                column.append(value)
    return weeks
