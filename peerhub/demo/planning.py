"""A group that meets by the month, with a holiday left out."""

from datetime import date, time, timedelta

from django.utils import timezone

from groups.models import Group
from people.local_time import local_day
from people.models import User
from sessions.models import Room
from sessions.preview import weekday_of_month
from sessions.services import create_series

SATURDAY, SECOND = 5, 2


def make_monthly(groups: dict[str, Group], people: dict[str, User]) -> None:
    """Every second Saturday for a year. The third one is a holiday, so a later one takes its place."""
    group, tunde = groups["family"], people["Tunde A."]
    first, _next, third = _next_months(local_day(timezone.now(), group.zone), 3)
    create_series(
        tunde, group=group, starts_on=first, starts_at=time(10, 30), minutes=90, nth=SECOND, skips=[third], count=12,
        capacity=12, kept_for_new=2, lead=tunde, room=Room.objects.order_by("pk").first(),
        plan="A round, then a hot drink together.",
    )  # fmt: skip


def _next_months(today: date, count: int) -> list[date]:
    """The second Saturday of each of the next months."""
    months = [today.replace(day=1)]
    while len(months) <= count:
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    return [weekday_of_month(month.year, month.month, SATURDAY, SECOND) for month in months[1:]]
