"""The line in front of a session: how many seats are free, for whom, and who is next.

Everything here is asked under the session's lock, which makes the count true and the line exact.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from groups.models import Membership
from sessions.models import GroupSession, Seat
from sessions.querysets import HERE

KEPT_UNTIL = timedelta(hours=24)  # before the start: from then on seats for newcomers are anybody's


@dataclass(frozen=True)
class Seating:
    """How a session stands: seats that are free, how many of them wait for newcomers, and the line."""

    free: int | None  # None where nobody counts
    kept: int
    last_place: int
    line: tuple[Seat, ...] = ()  # those who may come, first one first
    new: frozenset[int] = frozenset()  # the users among them, and the one who asks, who never came before

    def next_in_line(self) -> list[Seat]:
        """To whom the free seats go."""
        given = allot(self.free, self.kept, [seat.user_id in self.new for seat in self.line])
        return [seat for seat, has in zip(self.line, given, strict=True) if has]

    def has_one_for(self, user_id: int, queue: int | None = None) -> bool:
        """Whether a seat is left for the one who asks once everybody before has one. Without a place: at the end."""
        before = [seat for seat in self.line if queue is None or (seat.queue or 0) < queue]
        line = [seat.user_id in self.new for seat in before]
        return allot(self.free, self.kept, [*line, user_id in self.new])[-1]


def allot(free: int | None, kept: int, line: Sequence[bool]) -> list[bool]:
    """Who of a line gets a seat, in its order: `line` says of each whether they come for the first time.

    `kept` of the free seats go only to those. A newcomer takes one of these, so nobody who came before
    is overtaken on a seat that they could have had.
    """
    given = []
    for is_new in line:
        has = free is None or free > (0 if is_new else kept)
        if has and free is not None:
            free -= 1
            kept = max(0, kept - is_new)
        given.append(has)
    return given


def seating_of(session: GroupSession, asks: int | None = None) -> Seating:
    """Count; `asks` is somebody who would like a seat, and whose own row does not count.

    Two queries, and three more where seats wait for newcomers.
    """
    gone = Q(state__in=[Seat.State.GOING, Seat.State.OFFERED]) & ~Q(user=asks)
    waiting = Count("pk", filter=Q(state=Seat.State.WAITING) & ~Q(user=asks))
    counted = session.seats.aggregate(taken=Count("pk", filter=gone), waiting=waiting, last=Max("queue"))
    free = None if session.capacity is None else max(0, session.capacity - counted["taken"])
    line = _line(session, asks) if counted["waiting"] else ()
    kept, new = 0, frozenset[int]()
    if keeps_for_new(session):
        holders = list(session.seats.filter(gone).values_list("user_id", flat=True))
        people = [seat.user_id for seat in line] + ([asks] if asks else [])
        new = new_to(session.group_id, [*holders, *people])
        kept = max(0, keeps_for_new(session) - sum(holder in new for holder in holders))
    return Seating(free, kept, counted["last"] or 0, line, new)


def _line(session: GroupSession, but: int | None) -> tuple[Seat, ...]:
    """Those who wait and may come: in the group, not on a break, and able to sign in."""
    coming = Membership.objects.coming().filter(group=session.group_id, user__is_active=True)
    able = coming.exclude(state=Membership.State.PAUSED).values("user")
    line = session.seats.in_line().filter(user__in=able).exclude(user=but).select_related("user")
    for seat in line:
        seat.session = session
    return tuple(line)


def keeps_for_new(session: GroupSession) -> int:
    """How many seats wait for newcomers at this moment."""
    if session.capacity is None or session.starts_at - KEPT_UNTIL <= timezone.now():
        return 0
    return min(session.kept_for_new, session.capacity)


def new_to(group_id: int, users: Iterable[int]) -> frozenset[int]:
    """Those of them who never came to this group, or come once to see."""
    asked = frozenset(users)
    if not asked:
        return asked
    return asked - {user for _group, user in _regulars({group_id}, asked)}


def seatings_of(sessions: Iterable[GroupSession], reader: int) -> dict[int, Seating]:
    """For pages, without a lock: how those of them stand for this reader that keep seats for newcomers now.

    Three queries for all of them, and none where no seat is kept.
    """
    keeping = [session for session in sessions if not session.is_cancelled and keeps_for_new(session)]
    if not keeping:
        return {}
    rows: dict[int, list[Seat]] = {session.pk: [] for session in keeping}
    for seat in Seat.objects.holding().filter(session__in=keeping).exclude(user=reader).order_by("queue"):
        rows[seat.session_id].append(seat)
    groups = {session.group_id for session in keeping}
    regulars = _regulars(groups, {reader} | {seat.user_id for seats in rows.values() for seat in seats})
    return {session.pk: _seating(session, rows[session.pk], reader, regulars) for session in keeping}


def _seating(
    session: GroupSession, seats: Sequence[Seat], reader: int, regulars: Collection[tuple[int, int]]
) -> Seating:
    people = {reader} | {seat.user_id for seat in seats}
    new = frozenset(user for user in people if (session.group_id, user) not in regulars)
    line = tuple(seat for seat in seats if seat.state == Seat.State.WAITING)
    taken = [seat.user_id for seat in seats if seat.state != Seat.State.WAITING]
    kept = max(0, keeps_for_new(session) - sum(user in new for user in taken))
    return Seating(max(0, (session.capacity or 0) - len(taken)), kept, 0, line, new)


def _regulars(groups: Collection[int], people: Collection[int]) -> set[tuple[int, int]]:
    """Which of these people came to which of these groups before, and do not come once to see."""
    came = Seat.objects.filter(session__group__in=groups, user__in=people, came__in=HERE)
    visits = Membership.objects.filter(group__in=groups, user__in=people, state=Membership.State.VISITING)
    known = set(came.order_by().values_list("session__group_id", "user_id").distinct())
    return known - set(visits.values_list("group_id", "user_id"))
