"""What sessions tell the groups below: on which days they meet, so that people find them by it."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from groups.models import Group
from groups.services import note_meetings
from groups.services.locks import hold_group
from sessions.models import GroupSession
from sessions.querysets import SessionQuerySet


def note_days(group_id: int) -> None:
    """Say it anew after a change. The caller has held the group since before it, so two changes see each other."""
    times = _ahead().filter(group=group_id).values_list("local_date__iso_week_day", "local_time")
    note_meetings(group_id, times=times.distinct())


def note_all_days() -> None:
    """Say it anew for every group that meets or has met: as time goes on, meetings are over and new ones stand."""
    groups = Group.objects.filter(Exists(_ahead().filter(group=OuterRef("pk"))) | ~Q(meets=[])).order_by("pk")
    for pk in groups.values_list("pk", flat=True):
        with transaction.atomic():
            hold_group(pk)
            note_days(pk)


def _ahead() -> SessionQuerySet:
    return GroupSession.objects.scheduled().filter(starts_at__gt=timezone.now())
