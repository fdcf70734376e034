"""The demo's groups of other kinds: a course with dates, a family circle, a mentoring programme, one that has ended."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from groups.models import Group
from groups.services import archive_group
from people.models import User

FAMILY = {
    "name": "Someone you care about",
    "purpose": "For family, partners and friends of somebody who is having a hard time.",
    "about": "Tea first. Then a round: how you are, not only how they are. Nobody tells you what to do.",
    "kind": Group.Kind.FAMILY,
    "format": Group.Format.IN_PERSON,
    "place": "Quay Hall, first floor",
    "access": [Group.Access.STEP_FREE, Group.Access.QUIET_ROOM],
    "access_notes": "A lift is beside the café.",
    "cost": "Free. Tea costs what you like",
    "capacity": 12,
    "allows_visits": True,
}
PROGRAMME = {
    "name": "Side by side",
    "purpose": "A mentor who has been through something like it, for twelve weeks.",
    "about": "You meet one person, about once a week, online or over a walk. You say what you want it to be for.",
    "kind": Group.Kind.PROGRAMME,
    "format": Group.Format.HYBRID,
    "place": "Where the two of you choose",
    "capacity": 20,
    "offers_talk": True,
    "shows_members": False,
}
WALKS = {
    "name": "Autumn walks",
    "purpose": "A slow walk along the harbour, talking or not.",
    "format": Group.Format.IN_PERSON,
    "place": "From the old ferry steps",
}


def course() -> dict[str, Any]:
    """Starts in eleven days, so that people can still ask."""
    first = timezone.localdate() + timedelta(days=11)
    return {
        "name": "Twelve weeks of sleeping better",
        "purpose": "A course for people who lie awake. The same people from start to end.",
        "kind": Group.Kind.COHORT,
        "starts_on": first,
        "ends_on": first + timedelta(weeks=12),
        "opens_again_on": first + timedelta(weeks=14),
        "capacity": 8,
        "access": [Group.Access.CAMERA, Group.Access.CAPTIONS],
        "last_ritual": "A round: what helps me now. Then each says one thing to somebody else. We end on time.",
    }


def end(group: Group, facilitator: User) -> Group:
    """It came to its end, and its people read on."""
    return archive_group(facilitator, group=group)
