"""The words by which the demo's groups are found: topics, whom they are for, and parts of an invented town."""

from typing import Any

from groups.models import Group
from groups.services import change_group, keep_area, keep_term
from people.models import User

TOPICS = ("Anxiety", "Grief", "Sleep", "Mood", "Being a parent", "Living abroad")
AUDIENCES = ("Men", "Family and carers", "New parents", "Spanish speakers")
# Degrees of a harbour town that is nowhere in particular.
AREAS = {"Harbourside": (51.449, -2.598), "Easton": (51.464, -2.566), "Northfield": (51.501, -2.610)}
ONLINE = [Group.Access.CAMERA, Group.Access.CAPTIONS]
IN_TOWN = [Group.Access.STEP_FREE, Group.Access.QUIET_ROOM]
FOUND_BY: dict[str, tuple[list[str], dict[str, Any]]] = {
    "evenings": (["Anxiety", "Sleep"], {"access": ONLINE, "indexable": True}),
    "loss": (["Grief"], {"access": ONLINE}),
    "talking": (["Mood", "Men"], {"access": IN_TOWN, "area": "Harbourside"}),
    "voces": (["Living abroad", "Spanish speakers"], {"access": [Group.Access.CAMERA]}),
    "course": (["Sleep"], {}),
    "family": (["Family and carers"], {"area": "Easton"}),
    "programme": (["Mood"], {"area": "Northfield"}),
}


def make_findable(groups: dict[str, Group], admin: User) -> None:
    """Give each group its words and its area."""
    terms = {name: keep_term(admin, kind="topic", name=name) for name in TOPICS}
    terms |= {name: keep_term(admin, kind="audience", name=name) for name in AUDIENCES}
    areas = {name: keep_area(admin, name=name, latitude=north, longitude=east) for name, (north, east) in AREAS.items()}
    for key, (names, facts) in FOUND_BY.items():
        where = {"area": areas[facts["area"]]} if "area" in facts else {}
        change_group(admin, group=groups[key], terms=[terms[name] for name in names], **facts | where)
