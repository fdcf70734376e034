"""What apps above groups add to its pages, without groups knowing them.

An app registers in its `apps.py`. A panel draws its part of the group's page; the next words say in
one line when the group meets; a meeting filter finds the groups that meet on certain days; planned
after says how many meetings of a group stand on its calendar after a day.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date

from django.db.models.expressions import Combinable
from django.http import HttpRequest

from groups.models import Group

Panel = Callable[[HttpRequest, Group], str]  # SafeString for markup; plain text is escaped
NextWords = Callable[[Sequence[Group]], dict[int, str]]
MeetingFilter = Callable[[Collection[int], Collection[str]], Combinable]
PlannedAfter = Callable[[Group, date], int]

_panels: dict[str, Panel] = {}
_next_words: dict[str, NextWords] = {}
_meeting_filters: dict[str, MeetingFilter] = {}
_planned_after: dict[str, PlannedAfter] = {}


def register(name: str, panel: Panel) -> None:
    """Let `panel` draw a part of every group's page. Two panels of one name are a mistake of ours."""
    if _panels.setdefault(name, panel) is not panel:
        raise ValueError(f"two panels called {name}")


def register_next_words(name: str, words: NextWords) -> None:
    """Let `words` say when groups meet: at most one query for all of them, answers by primary key."""
    if _next_words.setdefault(name, words) is not words:
        raise ValueError(f"two next words called {name}")


def register_meeting_filter(name: str, condition: MeetingFilter) -> None:
    """Let `condition` say, for a queryset of groups, which of them meet on these days (1 is Monday) at these times.

    Times are "daytime" and "evening" on the group's own clock. No days, or no times, ask for none in particular.
    """
    if _meeting_filters.setdefault(name, condition) is not condition:
        raise ValueError(f"two meeting filters called {name}")


def register_planned_after(name: str, count: PlannedAfter) -> None:
    """Let `count` say how many meetings of a group are planned after a day on the group's own clock."""
    if _planned_after.setdefault(name, count) is not count:
        raise ValueError(f"two planned afters called {name}")


def panels_for(request: HttpRequest, group: Group) -> list[str]:
    """What the apps above show on this group's page, in the order they registered; nothing where they are silent."""
    return [drawn for panel in _panels.values() if (drawn := panel(request, group))]


def next_meeting_words(groups: Sequence[Group]) -> dict[int, str]:
    """When each group meets, in words, for the groups that have a meeting ahead."""
    found: dict[int, str] = {}
    for words in _next_words.values():
        found |= words(groups)
    return found


def meetings_on(days: Collection[int], times: Collection[str]) -> list[Combinable]:
    """What groups that meet then have to fulfil; nothing where nobody asks for a day or a time."""
    if not days and not times:
        return []
    return [condition(days, times) for condition in _meeting_filters.values()]


def planned_after(group: Group, day: date) -> int:
    """How many meetings would be cancelled if this were the group's last day."""
    return sum(count(group, day) for count in _planned_after.values())
