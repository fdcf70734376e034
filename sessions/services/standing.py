"""Coming every time: seats for all sessions of a series, until the person says otherwise."""

from collections.abc import Iterable, Sequence

from django.utils import timezone

from groups.models import Membership
from sessions.models import GroupSession, Seat, Series, StandingSeat
from sessions.services.lines import allot, keeps_for_new, new_to

State = Seat.State


def keep_standing_seats(sessions: Iterable[GroupSession]) -> None:
    """Seats in these sessions for everybody who comes every time, in the order in which they said so.

    Within the capacity, else a place in the line. For whoever makes sessions or puts them back, inside
    that transaction and holding the series. An answer that somebody gave for one session stays, and a
    second call changes nothing. Nobody is told.
    """
    series = {session.series_id for session in sessions if session.series_id}
    standing = StandingSeat.objects.open().filter(series__in=series).order_by("since", "pk")
    _keep([session.pk for session in sessions], list(standing))


def carry_standing_seats(old: Series, new: Series) -> None:
    """Who came every time to `old` comes every time to the series that goes on in its place. The old ones end."""
    standing = old.standing_seats.open().order_by("since", "pk")
    StandingSeat.objects.bulk_create(
        StandingSeat(series=new, user_id=seat.user_id, since=seat.since) for seat in standing
    )
    standing.update(ended_at=timezone.now())


def _keep(keys: Sequence[int], standing: Sequence[StandingSeat]) -> None:
    if not standing:
        return
    ahead = GroupSession.objects.scheduled().filter(pk__in=keys, starts_at__gt=timezone.now())
    places = _hold_places({seat.user_id for seat in standing}, ahead.values_list("group_id", flat=True))
    rows: list[Seat] = []
    held = list(ahead.order_by("starts_at", "pk").select_for_update(no_key=True))
    answers: dict[int, list[Seat]] = {}
    for seat in Seat.objects.filter(session__in=held):
        answers.setdefault(seat.session_id, []).append(seat)
    for session in held:
        people = [seat.user_id for seat in standing if seat.series_id == session.series_id]
        comers = [user for user in people if _comes_to(session, places.get((session.group_id, user)))]
        rows += _seats_for(session, comers, answers.get(session.pk, []))
    Seat.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "user"],
        update_fields=["state", "queue", "standing", "answered_at"],
    )


def _hold_places(users: Iterable[int], groups: Iterable[int]) -> dict[tuple[int, int], Membership]:
    """Share-lock who belongs, as an answer does: who leaves at this moment waits, and then gives the seats back."""
    held = Membership.objects.raw(
        "SELECT m.* FROM groups_membership m JOIN people_user u ON u.id = m.user_id"
        " WHERE m.user_id = ANY(%s) AND m.group_id = ANY(%s) AND m.state = ANY(%s) AND m.role = %s AND u.is_active"
        " ORDER BY m.id FOR SHARE OF m",
        [sorted(users), sorted(set(groups)), ["active", "paused"], Membership.Role.MEMBER.value],
    )
    return {(row.group_id, row.user_id): row for row in held}


def _comes_to(session: GroupSession, place: Membership | None) -> bool:
    """A break rests the seat up to the day on which it ends."""
    if place is None:
        return False
    back = place.paused_until
    return place.state != Membership.State.PAUSED or (back is not None and back <= session.local_date)


def _seats_for(session: GroupSession, people: Sequence[int], seats: Sequence[Seat]) -> list[Seat]:
    """New rows, and those of people who have not said anything, behind everybody who already waits."""
    said = {seat.user_id for seat in seats if not (seat.state == State.DECLINED and seat.answered_at is None)}
    unsaid = [user for user in people if user not in said]
    line = sorted((seat for seat in seats if seat.state == State.WAITING), key=lambda seat: seat.queue or 0)
    given = _allotted(session, seats, [seat.user_id for seat in line] + unsaid)[len(line) :]
    last = max((seat.queue or 0 for seat in seats), default=0)
    rows = []
    for user, has in zip(unsaid, given, strict=True):
        last += not has
        state, queue = (State.GOING, None) if has else (State.WAITING, last)
        rows.append(Seat(session=session, user_id=user, state=state, queue=queue, standing=True))
    return rows


def _allotted(session: GroupSession, seats: Sequence[Seat], line: Sequence[int]) -> list[bool]:
    taken = [seat.user_id for seat in seats if seat.state in {State.GOING, State.OFFERED}]
    free = None if session.capacity is None else max(0, session.capacity - len(taken))
    keeps = keeps_for_new(session)
    new = new_to(session.group_id, [*taken, *line]) if keeps else frozenset[int]()
    kept = max(0, keeps - sum(user in new for user in taken))
    return allot(free, kept, [user in new for user in line])
