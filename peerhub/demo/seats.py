"""Seats as life moves them: one that is held for the next in line, and those that are kept for every week."""

from groups.models import Group
from people.models import User
from sessions.models import GroupSession, Series
from sessions.services import answer_seat, come_every_time


def make_seats(groups: dict[str, Group], people: dict[str, User]) -> None:
    """Wren waited for a seat, is offered the one that Pat gave back, and Pat is in line now.

    Leila and Jun come every week elsewhere; Jun has said no to one evening.
    """
    full, _next = _coming(groups["loss"])[:2]
    for going in (False, True):
        answer_seat(people["Pat"], session=full, going=going)
    _soon, evening = _coming(groups["evenings"])[:2]
    for name in ("Leila", "Jun"):
        come_every_time(people[name], series=Series.objects.get(sessions=evening))
    answer_seat(people["Jun"], session=evening, going=False)


def _coming(group: Group) -> list[GroupSession]:
    return list(group.sessions.scheduled().upcoming().exclude(series=None)[:2])
