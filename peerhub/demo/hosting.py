"""Rooms, who leads the demo's sessions, somebody who asks for cover, and a session that needs a host."""

from groups.models import Group
from people.models import User
from sessions.models import GroupSession
from sessions.services import add_stand_in, ask_cover, keep_room, set_hosts

ROOMS = (
    {
        "name": "Quay Hall, back room",
        "address": "Quay Hall, 4 Harbour Lane. Ring at the side door.",
        "capacity": 14,
        "access_notes": "Step-free. The toilet is wide enough for a chair. Soft light.",
    },
    {
        "name": "The small room",
        "address": "Quay Hall, 4 Harbour Lane, first floor",
        "capacity": 8,
        "access_notes": "Nine steps and no lift.",
    },
)


def make_hosting(groups: dict[str, Group], people: dict[str, User]) -> None:
    marisol, tunde = people["Marisol"], people["Tunde A."]
    hall, _small = (keep_room(people["Amal"], room=None, **facts) for facts in ROOMS)
    add_stand_in(marisol, group=groups["evenings"], person=people["Ana"])
    for session in _ahead(groups["evenings"]):
        set_hosts(marisol, session=session, lead=marisol, co=tunde, room=None)
    for number, session in enumerate(_ahead(groups["talking"])):
        set_hosts(tunde, session=session, lead=tunde if number else None, co=None, room=hall)  # the first needs a host
    for session in _ahead(groups["loss"]):
        set_hosts(tunde, session=session, lead=tunde, co=marisol, room=None)
    _somebody_cannot(groups["evenings"], marisol)


def _somebody_cannot(group: Group, host: User) -> None:
    """For the date after next she asks: Tunde helps to lead and is asked first, Ana some hours later."""
    ask_cover(host, session=_ahead(group)[1])


def _ahead(group: Group) -> list[GroupSession]:
    return list(group.sessions.scheduled().upcoming()[:6])
