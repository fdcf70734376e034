"""What sessions tell the groups below: on which days they meet, so that people find them by it."""

from datetime import time

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from groups.models import Group
from groups.services import note_many_meetings, note_meetings
from sessions.models import GroupSession
from sessions.querysets import SessionQuerySet

AT_ONCE = 100  # groups that one transaction of the night holds


def note_days(group_id: int) -> None:
    """Say it anew after a change. The caller has held the group since before it, so two changes see each other."""
    times = _ahead().filter(group=group_id).values_list("local_date__iso_week_day", "local_time")
    note_meetings(group_id, times=times.distinct())


def note_all_days() -> None:
    """Say it anew for every group that meets or has met: as time goes on, meetings are over and new ones stand."""
    groups = Group.objects.filter(Exists(_ahead().filter(group=OuterRef("pk"))) | ~Q(meets=[])).order_by("pk")
    keys = list(groups.values_list("pk", flat=True))
    for first in range(0, len(keys), AT_ONCE):
        _note_many(keys[first : first + AT_ONCE])


@transaction.atomic
def _note_many(keys: list[int]) -> None:
    held = Group.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    times: dict[int, list[tuple[int, time]]] = {pk: [] for pk in held.values_list("pk", flat=True)}
    rows = _ahead().filter(group__in=keys).values_list("group_id", "local_date__iso_week_day", "local_time")
    for pk, day, clock in rows.distinct():
        times[pk].append((day, clock))
    note_many_meetings(times)


def _ahead() -> SessionQuerySet:
    return GroupSession.objects.scheduled().filter(starts_at__gt=timezone.now())
