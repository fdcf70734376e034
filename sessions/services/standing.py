"""Coming every time: seats for all sessions of a series, until the person says otherwise."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group, Membership
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, Seat, Series, StandingSeat
from sessions.services.lines import allot, keeps_for_new, new_to
from sessions.services.seats import OnABreak, fill, give_back, hold_membership

State = Seat.State


class NoMoreOfThem(Refused):
    """The series has ended, so there is nothing to come to every time."""


@transaction.atomic
def come_every_time(user: User, *, series: Series) -> StandingSeat:
    """Keep a seat in every session of a series from now on, or a place in the line where there is none.

    What they said for one session stays as it is. A second time changes nothing. Raises NotAllowed,
    NotInTheGroup, OnABreak, NoMoreOfThem.
    """
    membership = hold_membership(user, series.group_id)
    series = _hold(series)
    ensure(user, "standing.keep", series)
    if membership.state == Membership.State.PAUSED:
        raise OnABreak(_("You are taking a break from this group. Come back first, then take a seat"))
    if series.ended_at is not None:
        raise NoMoreOfThem(_("The group does not meet in this way any more"))
    seat, new = StandingSeat.objects.get_or_create(series=series, user=user, ended_at=None)
    if new:
        audit.record(user, "standing.keep", series)
        _keep(list(series.sessions.ahead().values_list("pk", flat=True)), [seat])
    return seat


@transaction.atomic
def stop_coming_every_time(user: User, *, series: Series) -> int:
    """Take it back: the coming seats that came from it go to others. Single answers stay.

    Returns how many seats it was. Twice is harmless.
    """
    series = _hold(series)
    if not series.standing_seats.open().filter(user=user).update(ended_at=timezone.now()):
        return 0
    audit.record(user, "standing.stop", series)
    ahead = Seat.objects.holding().filter(standing=True, session__series=series, session__starts_at__gt=timezone.now())
    return give_back(user, ahead)


def end_standing_seats(user: User, *, group: Group) -> None:
    """Whoever leaves comes to nothing every time. Their seats are given back by whoever calls this."""
    StandingSeat.objects.open().filter(user=user, series__group=group).update(ended_at=timezone.now())


def take_up_standing_seats(user: User, *, group: Group) -> None:
    """Somebody is back from a break: seats again where they come every time, as far as there are any."""
    standing = list(StandingSeat.objects.open().filter(user=user, series__group=group, series__ended_at=None))
    ahead = GroupSession.objects.ahead().filter(series__in=[seat.series_id for seat in standing])
    _keep(list(ahead.values_list("pk", flat=True)), standing)


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


def _hold(series: Series) -> Series:
    """Whoever makes sessions of this series at the moment waits, or was first."""
    return Series.objects.select_for_update(no_key=True).get(pk=series.pk)


def _keep(keys: Sequence[int], standing: Sequence[StandingSeat]) -> None:
    if not standing:
        return
    ahead = GroupSession.objects.ahead().filter(pk__in=keys)
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
    for session in held:
        if any(seat.state == State.WAITING for seat in answers.get(session.pk, [])):
            fill(session)  # who only waits in name, because they are on a break, holds nobody up


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
