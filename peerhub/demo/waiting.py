"""A small group with a line before it: one place is held, two people wait."""

from groups.models import Group
from groups.services import leave_group, waitlist_request
from peerhub.demo.groups import ask, join, make_group
from people.models import User

LETTERS = {
    "name": "Letters never sent",
    "purpose": "Writing to somebody or something, and reading aloud only if you want to.",
    "about": "Twenty minutes with pen and paper, then a round. Spelling does not matter. Passing is fine.",
    "capacity": 2,
    "access_notes": "Camera off is fine. Bring any paper.",
}


def make_waiting(people: dict[str, User]) -> Group:
    """Both places are taken, three wait, and somebody leaves: the place is held for the first in line."""
    marisol = people["Marisol"]
    group = make_group(people["Amal"], LETTERS, [marisol])
    join(people, group, ["Sam", "Noor"])
    for name in ("Wren", "Kofi", "Rosa"):
        waitlist_request(marisol, membership=ask(people[name], group, name))
    leave_group(people["Sam"], membership=group.memberships.get(user=people["Sam"]))
    return group
