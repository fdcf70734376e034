"""What apps above groups add to its pages, without groups knowing them.

An app registers in its `apps.py`. A panel draws its part of the group's page; the next words say in
one line when the group meets; planned after says how many meetings of a group stand on its calendar
after a day.
"""

from collections.abc import Callable, Sequence
from datetime import date

from django.http import HttpRequest

from groups.models import Group

Panel = Callable[[HttpRequest, Group], str]  # SafeString for markup; plain text is escaped
NextWords = Callable[[Sequence[Group]], dict[int, str]]
PlannedAfter = Callable[[Group, date], int]

_panels: dict[str, Panel] = {}
_next_words: dict[str, NextWords] = {}
_planned_after: dict[str, PlannedAfter] = {}


def register(name: str, panel: Panel) -> None:
    """Let `panel` draw a part of every group's page. Two panels of one name are a mistake of ours."""
    if _panels.setdefault(name, panel) is not panel:
        raise ValueError(f"two panels called {name}")


def register_next_words(name: str, words: NextWords) -> None:
    """Let `words` say when groups meet: at most one query for all of them, answers by primary key."""
    if _next_words.setdefault(name, words) is not words:
        raise ValueError(f"two next words called {name}")


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


def planned_after(group: Group, day: date) -> int:
    """How many meetings would be cancelled if this were the group's last day."""
    return sum(count(group, day) for count in _planned_after.values())
