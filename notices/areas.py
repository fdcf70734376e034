"""The headings under which people switch mails on and off.

All of them are on for somebody who chose nothing, and in the app everything always stands.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVERYBODY, RUNS_GROUPS, RUNS_ALL = "everybody", "runs groups", "runs all"


@dataclass(frozen=True)
class Area:
    """One heading. `code` is one letter and never another: it stands in links of mails, where only we read it (T1).

    `for_whom`: the part somebody has to have for it to be about them at all.
    """

    name: str
    code: str
    title: Promise
    words: Promise
    for_whom: str = EVERYBODY


AREAS: dict[str, Area] = {
    area.name: area
    for area in (
        Area("checkins", "a", _("Check-ins"), _("The question how you are.")),
        Area("sessions", "b", _("Your sessions"), _("Reminders, a seat that comes free, another time or place.")),
        Area("groups", "c", _("Your groups"), _("Answers to what you asked for, and what changes about your place.")),
        Area("news", "d", _("News"), _("What those who run a group of yours tell everybody in it.")),
        Area("replies", "e", _("Replies"), _("When somebody writes back to you.")),
        Area(
            "looking_after",
            "f",
            _("People you look after"),
            _("Requests, who would like a word, and who leads when."),
            for_whom=RUNS_GROUPS,
        ),
        Area(
            "organisation",
            "g",
            _("The organisation"),
            _("What waits for those who look after all of it."),
            for_whom=RUNS_ALL,
        ),
    )
}
BY_CODE: dict[str, Area] = {area.code: area for area in AREAS.values()}


def areas_of(parts: Collection[str]) -> list[Area]:
    """The areas that are about somebody with these parts, in the order they are shown in."""
    return [area for area in AREAS.values() if area.for_whom in {EVERYBODY, *parts}]
