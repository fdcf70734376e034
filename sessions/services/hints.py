"""What helps whoever calls the roll to see a face behind a name: the first time, or a while away."""

from collections.abc import Sequence
from itertools import takewhile
from uuid import UUID

from django.utils.translation import gettext as _

from sessions.models import GroupSession, Seat
from sessions.querysets import HERE
from sessions.services.roll import RollLine

LOOKED_BACK = 5  # sessions
SAID_OFTEN = 2  # once away is nothing to remark on


def hints_of(session: GroupSession, roll: Sequence[RollLine]) -> dict[UUID, str]:
    """One short sentence a line, in two queries for the whole roll."""
    known = {line.user_id for line in roll if line.user_id is not None}
    missed, came_before = _missed(session, known), _came_before(session, known)
    return {line.key: _hint(line, missed.get(line.user_id or 0, 0), line.user_id in came_before) for line in roll}


def _hint(line: RollLine, missed: int, came_before: bool) -> str:
    seat = line.seat
    if line.guest or line.has_left or line.visits:
        return line.said
    if seat and seat.answered_at and seat.state == Seat.State.DECLINED:
        return line.said
    if seat and seat.state == Seat.State.GOING and not came_before:
        return _("First time today")
    return _("Missed the last %(count)s") % {"count": missed} if missed >= SAID_OFTEN else line.said


def _missed(session: GroupSession, people: set[int]) -> dict[int, int]:
    """How many of the last sessions that know of somebody they did not come to, one after the other."""
    before = GroupSession.objects.filter(group=session.group_id, state="held", starts_at__lt=session.starts_at)
    last = before.order_by("-starts_at", "-pk")[:LOOKED_BACK]
    marks = Seat.objects.filter(session__in=last.values("pk"), user__in=people).exclude(came="")
    found: dict[int, list[str]] = {}
    for user, came in marks.order_by("-session__starts_at", "-session").values_list("user_id", "came"):
        found.setdefault(user, []).append(came)
    return {user: len(list(takewhile(lambda came: came not in HERE, row))) for user, row in found.items()}


def _came_before(session: GroupSession, people: set[int]) -> set[int]:
    others = Seat.objects.filter(session__group=session.group_id, session__starts_at__lt=session.starts_at)
    return set(others.filter(user__in=people, came__in=HERE).values_list("user_id", flat=True).distinct())
