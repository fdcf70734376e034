"""The line in front of a session: how many seats are free, for whom, and who is next.

Everything here is asked under the session's lock, which makes the count true and the line exact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from groups.models import Membership
from sessions.models import GroupSession, Seat
from sessions.querysets import HERE

KEPT_UNTIL = timedelta(hours=24)  # before the start: from then on seats for newcomers are anybody's


@dataclass(frozen=True)
class Room:
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


def room_of(session: GroupSession, asks: int | None = None) -> Room:
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
    return Room(free, kept, counted["last"] or 0, line, new)


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
    marks = Seat.objects.filter(session__group=group_id, user__in=asked, came__in=HERE)
    visits = Membership.objects.filter(group=group_id, user__in=asked, state=Membership.State.VISITING)
    return asked - frozenset(marks.exclude(user__in=visits.values("user")).values_list("user_id", flat=True))
