"""Who opened things about a person, in words that person can use (safety.md T4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkins.models import CheckIn, FollowUp
from groups.models import Membership
from notes.models import Concern, Note
from people.models import AuditEntry, User

MOST = 200
OPENINGS = {
    "note.read": gettext_lazy("Read a note about you"),
    "concern.read": gettext_lazy("Read a concern about you, which you were told of"),
    "checkin.read": gettext_lazy("Read your check-in"),
    "followup.see": gettext_lazy("Looked at why you may need a word"),
    "reply.read": gettext_lazy("Read what you wrote to them"),
    "membership.read": gettext_lazy("Read what you wrote when you asked to join"),
    "wish.read": gettext_lazy("Read what you wrote when no group fitted"),
    "pair.read": gettext_lazy("Read what you show for mentoring"),
    "pair.read-review": gettext_lazy("Read how you look back on your mentoring"),
}
OF_TWO = {"pair.read", "pair.read-review"}
KINDS: tuple[type[Model], ...] = (Note, Concern, CheckIn, FollowUp, Membership)


class Opening(NamedTuple):
    """One time somebody opened something: when, who by their part here, and what."""

    at: datetime
    who: str
    what: str


def opened_about(person: User) -> list[Opening]:
    """Newest first, the last 200. What the person opened themself is not among them."""
    entries = AuditEntry.objects.filter(about=person, action__in=OPENINGS).exclude(actor=person)
    rows = list(entries.select_related("actor").order_by("-at", "-pk")[:MOST])
    groups = _groups(rows)
    runs = _facilitators(rows, groups.values())
    return [Opening(row.at, _who(row, groups.get(row.object_id), runs), str(OPENINGS[row.action])) for row in rows]


def _who(row: AuditEntry, group: tuple[int, str] | None, runs: set[tuple[int | None, int]]) -> str:
    if group and row.action in OF_TWO:
        return _("The other one of the two of you in %(group)s") % {"group": group[1]}
    if group and (row.actor_id, group[0]) in runs:
        return _("A facilitator of %(group)s") % {"group": group[1]}
    if row.action == "wish.read":
        return _("An admin")
    if row.actor is not None and row.actor.is_safety_lead:
        return _("A safety lead")
    return _("Somebody who helped to run this place then")


def _groups(rows: Iterable[AuditEntry]) -> dict[str, tuple[int, str]]:
    """The group of each thing that was opened, by the thing's public id: one query a kind."""
    found: dict[str, tuple[int, str]] = {}
    for kind in KINDS:
        ids = [row.object_id for row in rows if row.object_kind == kind._meta.label_lower]
        if ids:
            things: Any = kind._default_manager.filter(public_id__in=ids, group__isnull=False)
            found |= {
                str(pk): (group, name) for pk, group, name in things.values_list("public_id", "group", "group__name")
            }
    return found


def _facilitators(rows: Iterable[AuditEntry], groups: Iterable[tuple[int, str]]) -> set[tuple[int | None, int]]:
    """Who runs or ran which of these groups, by today's and by closed seats."""
    seats = Membership.objects.filter(
        user__in={row.actor_id for row in rows}, group__in={group for group, _name in groups}, role="facilitator"
    )
    return set(seats.values_list("user", "group"))
