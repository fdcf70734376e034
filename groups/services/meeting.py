"""On which days groups meet, so that people find them by it. The app above knows, and says so."""

from collections.abc import Iterable, Mapping
from datetime import time

from groups.finding import meeting_mark, part_of_day
from groups.models import Group


def note_meetings(group_id: int, *, times: Iterable[tuple[int, time]]) -> None:
    """Keep the days (1 is Monday) and the times, on the group's own clock, at which it meets from now on.

    In the transaction that changes them, by whoever holds the group. Nobody's own doing: what was planned or
    cancelled has its line in the record already.
    """
    marks = _marks(times)
    Group.objects.filter(pk=group_id).exclude(meets=marks).update(meets=marks)


def note_many_meetings(times: Mapping[int, Iterable[tuple[int, time]]]) -> None:
    """The same for many groups at once, by their keys, by whoever holds them all."""
    changed = []
    for group in Group.objects.filter(pk__in=times).order_by("pk"):
        marks = _marks(times[group.pk])
        if group.meets != marks:
            group.meets = marks
            changed.append(group)
    Group.objects.bulk_update(changed, ["meets"])


def _marks(times: Iterable[tuple[int, time]]) -> list[str]:
    return sorted({meeting_mark(day, part_of_day(clock)) for day, clock in times})
