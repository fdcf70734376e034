"""Tells those whom it concerns that sessions moved, meet elsewhere, are cancelled or are on again.

Everybody hears once about what was changed at once, however many dates that is. Called inside the transaction
of the change, after the sessions are saved.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from groups.models import Group, Membership
from notices.services import has_not_left, tell
from people.models import User
from sessions.models import Booking, GroupSession, Seat, StandingSeat

NOT_YET = timedelta(0)


def tell_all_moved(sessions: Iterable[GroupSession], *, by: User | None = None) -> None:
    """These begin at another time than before. Whoever did it (`by`) knows."""
    _tell_each("session.moved", sessions, by)


def tell_new_clock(session: GroupSession) -> None:
    """Its hour stands where it meets, and a country has changed its clocks: those who live by another one hear."""
    _tell_each("session.moved", [session], None, elsewhere=session.time_zone)


def tell_place(session: GroupSession, *, by: User | None = None) -> None:
    """This session meets in another room, or at another address."""
    tell_all_places([session], by=by)


def tell_all_places(sessions: Iterable[GroupSession], *, by: User | None = None) -> None:
    _tell_each("session.place", sessions, by)


def tell_new_place(group: Group, *, by: User | None = None) -> None:
    """A group meets in another place, or in another way: everybody hears once, about the sessions ahead.

    Not about those in a room of their own: they stay where they are.
    """
    ahead = group.sessions.scheduled().filter(starts_at__gt=timezone.now())
    tell_all_places(ahead.exclude(Exists(Booking.objects.filter(session=OuterRef("pk"), room__isnull=False))), by=by)


def tell_cancelled(session: GroupSession, *, after: timedelta = NOT_YET, by: User | None = None) -> None:
    """This session is cancelled. The mail waits `after`, so that it can be undone, unless the start is near."""
    tell_all_cancelled([session], after=after, by=by)


def tell_all_cancelled(sessions: Iterable[GroupSession], *, after: timedelta = NOT_YET, by: User | None = None) -> None:
    _tell_each("session.cancelled", sessions, by, after=after)


def tell_put_back(session: GroupSession, *, by: User | None = None) -> None:
    """This session, once cancelled, is on again. Whom no mail told that it was cancelled is sent none now."""
    tell_all_put_back([session], by=by)


def tell_all_put_back(sessions: Iterable[GroupSession], *, by: User | None = None) -> None:
    _tell_each("session.back", sessions, by)


def how_many_hear(sessions: Iterable[GroupSession], *, by: User | None = None) -> int:
    """How many people would be told of a change of these."""
    return len(_concerned(list(sessions), but=by))


def _tell_each(
    name: str, sessions: Iterable[GroupSession], by: User | None, after: timedelta = NOT_YET, elsewhere: str = ""
) -> None:
    """One notice for each person, about those of the sessions that concern them. `elsewhere`: not in this zone."""
    now = timezone.now().isoformat()
    for user, theirs in _concerned(list(sessions), but=by).items():
        if user.time_zone == elsewhere:
            continue
        first = theirs[0]
        key = f"{name} {first.public_id} {int(first.starts_at.timestamp())} {now}"
        mail = name != "session.back" or not _never_heard(user, theirs)
        tell([user], name, key, mail=mail, after=after, **_ids(theirs))


def _ids(sessions: Sequence[GroupSession]) -> dict[str, Any]:
    """What a notice keeps: the first session and its time, and each with its time as it was told."""
    every = [_pair(session) for session in sessions]
    session, at = every[0]
    return {"session": session, "at": at, "all": every}


def _never_heard(user: User, sessions: Sequence[GroupSession]) -> bool:
    """Whether every mail about the cancelling still waits. Nothing of it holds now, so none of them leaves."""
    about = [_pair(session) for session in sessions]
    return all(has_not_left(user, "session.cancelled", all=[pair]) for pair in about)


def _pair(session: GroupSession) -> list[str]:
    return [str(session.public_id), session.starts_at.isoformat()]


def _concerned(sessions: list[GroupSession], *, but: User | None) -> dict[User, list[GroupSession]]:
    """Who keeps a seat, stands in line, comes every time or is there as a host, each with their sessions in order."""
    by_key = {session.pk: session for session in sorted(sessions, key=lambda one: (one.starts_at, one.pk))}
    pairs = _seated(by_key) | _every_time(by_key) | _hosting(by_key)
    people = {user.pk: user for user in User.objects.filter(pk__in={user for user, _ in pairs}).order_by("pk")}
    return {
        user: [session for key, session in by_key.items() if (pk, key) in pairs]
        for pk, user in people.items()
        if but is None or pk != but.pk
    }


def _seated(sessions: dict[int, GroupSession]) -> set[tuple[int, int]]:
    return set(Seat.objects.holding().filter(session__in=sessions).values_list("user_id", "session_id"))


def _every_time(sessions: dict[int, GroupSession]) -> set[tuple[int, int]]:
    """Those who come every time, but for the dates to which they said no."""
    series = {session.series_id for session in sessions.values() if session.series_id}
    if not series:
        return set()
    no = Seat.objects.filter(session__in=sessions, state=Seat.State.DECLINED).values_list("user_id", "session_id")
    standing = StandingSeat.objects.open().filter(series__in=series).values_list("user_id", "series_id")
    wanted = {
        (user, key) for user, series_id in standing for key, one in sessions.items() if one.series_id == series_id
    }
    return wanted - set(no)


def _hosting(sessions: dict[int, GroupSession]) -> set[tuple[int, int]]:
    """Who is booked; of a session without anybody booked, all who run its group."""
    booked = set(Booking.objects.of_hosts().filter(session__in=sessions).values_list("host_id", "session_id"))
    without = sessions.keys() - {session for _, session in booked}
    groups = {sessions[key].group_id for key in without}
    run = Membership.objects.facilitators().filter(group__in=groups).values_list("user_id", "group_id")
    return booked | {(user, key) for user, group in run for key in without if sessions[key].group_id == group}
