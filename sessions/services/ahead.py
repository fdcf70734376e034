"""The rows of a series: made when it is planned, and each night for the weeks that come into sight."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from groups.models import Group, Membership
from people import audit
from people.local_time import local_day
from people.models import User
from sessions.models import Booking, GroupSession, Room, Series
from sessions.preview import Rule
from sessions.services.days import note_all_days
from sessions.services.hosting import Clash, book, clashes, refusing_overlaps
from sessions.services.standing import keep_standing_seats

log = logging.getLogger(__name__)
AT_ONCE = 100  # series that one transaction of the night holds


@dataclass(frozen=True)
class Hosts:
    """Who leads, who helps and where: of a series, or of one of its dates."""

    lead: User | None = None
    co: User | None = None
    room: Room | None = None

    @property
    def people(self) -> list[User]:
        return [who for who in (self.lead, self.co) if who]

    @property
    def duties(self) -> list[tuple[User | Room, str]]:
        """Everybody and everything to book, and as what."""
        all_three = ((self.lead, Booking.Duty.LEAD.value), (self.co, Booking.Duty.CO.value), (self.room, ""))
        return [(who, duty) for who, duty in all_three if who]

    @property
    def rooms(self) -> list[Room]:
        return [self.room] if self.room else []

    def but(self, taken: Iterable[Clash]) -> "Hosts":
        """Without those who are booked elsewhere."""
        gone = {clash.who for clash in taken}
        return replace(self, **{name: None for name in ("lead", "co", "room") if getattr(self, name) in gone})

    def clashes(self, times: Any, *, but: Collection[int] = ()) -> dict[int, list[Clash]]:
        return clashes(times, lead=self.lead, co=self.co, room=self.room, but=but)


def keep_ahead() -> int:
    """Give every running series its rows for the next 13 weeks, and say when groups meet. Returns how many were new.

    Safe to run twice and late: a slot has one row for ever, and a cancelled one is never made again. Whoever is to
    lead and is booked elsewhere is left out of that date, and so is a room: the session is made, and needs a host.
    A series that cannot be kept stands in no other one's way; the record says how many there are.
    """
    today = timezone.now().date()
    running = Series.objects.running().filter(group__state=Group.State.OPEN).exclude(ends_on__lt=today)
    keys = list(running.order_by("pk").values_list("pk", flat=True))
    broken: list[int] = []
    made = sum(_extend_those(keys[first : first + AT_ONCE], broken) for first in range(0, len(keys), AT_ONCE))
    note_all_days()
    if broken:
        audit.record(None, "series.not-kept", reason=str(len(broken)))
    if made:
        audit.record(None, "series.keep-ahead", reason=str(made))
    return made


def make_rows(series: Series, *, hosts_on: Mapping[date, Hosts] | None = None) -> list[GroupSession]:
    """All rows of a new series up to the horizon, with who leads them and where. `hosts_on` are other ones for a date.

    Raises DoubleBooked.
    """
    rows = [slot_of(series, day) for day in _missing(series, _standing([series], series.starts_on))]
    GroupSession.objects.bulk_create(rows)
    book_all(rows, hosts_of(series), hosts_on=hosts_on)
    keep_standing_seats(rows)
    return rows


def book_all(
    rows: Iterable[GroupSession], hosts: Hosts, *, hosts_on: Mapping[date | None, Hosts] | Mapping[date, Hosts] | None
) -> None:
    """Book these hosts, or those that are meant for a date, in bulk. Raises DoubleBooked."""
    others: dict[Any, Hosts] = dict(hosts_on or {})
    together: dict[Hosts, list[GroupSession]] = {}
    for session in rows:
        together.setdefault(others.get(session.local_date, hosts), []).append(session)
    wanted = [of for of in together if of != Hosts()]
    with refusing_overlaps(
        hosts=[who for of in wanted for who in of.people], rooms=[room for of in wanted for room in of.rooms]
    ):
        for of in wanted:
            book(together[of], lead=of.lead, co=of.co, room=of.room)


def is_known(zone: str) -> bool:
    """Whether this machine can reckon with the clock. One that it cannot stands in no other series' way."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        log.error("a series or session has a time zone that nobody knows")
        return False
    return True


def hosts_of(series: Series) -> Hosts:
    return Hosts(series.lead, series.co, series.room)


def rule_of(series: Series) -> Rule:
    return Rule(
        series.starts_on,
        series.starts_at,
        series.minutes,
        series.zone,
        interval=series.interval,
        ends_on=series.ends_on,
        nth=series.nth,
        skips=frozenset(series.skips),
    )


def slot_of(series: Series, day: date) -> GroupSession:
    """The row of one date of a series, not saved yet."""
    session = GroupSession(
        group_id=series.group_id,
        series=series,
        slot=day,
        local_date=day,
        local_time=series.starts_at,
        time_zone=series.time_zone,
        minutes=series.minutes,
        capacity=series.capacity,
        kept_for_new=series.kept_for_new,
        plan=series.plan,
    )
    session.set_clock()
    return session


def rows_to_come(series: Series, since: date, until: date) -> list[GroupSession]:
    """What nights to come will make between two days, not saved."""
    last = min(filter(None, [until, series.group.ends_on]))
    beyond = max(since, rule_of(series).horizon(local_day(timezone.now(), series.zone)) + timedelta(days=1))
    return [slot_of(series, day) for day in rule_of(series).dates(last, since=beyond)]


def _extend_those(keys: list[int], broken: list[int]) -> int:
    """Some series in one transaction. If one of them breaks it, the halves are tried, down to the one that does.

    A database that is away breaks all, and is not for us to catch: the next night goes on where this one stopped.
    """
    try:
        return _extend(keys)
    except OperationalError:
        raise
    except Exception as problem:  # noqa: BLE001 — whatever it is, the others go on
        if len(keys) > 1:
            middle = len(keys) // 2
            return _extend_those(keys[:middle], broken) + _extend_those(keys[middle:], broken)
        log.error("series %s was not kept ahead (%s)", keys[0], type(problem).__name__)
        broken += keys
        return 0


@transaction.atomic
def _extend(keys: list[int]) -> int:
    """Some series at once, each with what it lacks."""
    held = Series.objects.select_for_update(no_key=True, of=("self",)).running().filter(pk__in=keys).order_by("pk")
    many = [series for series in held.select_related("group", "lead", "co", "room") if is_known(series.time_zone)]
    now = timezone.now()
    standing = _standing(many, min((local_day(now, series.zone) for series in many), default=date.max))
    rows = [
        row
        for series in many
        for row in (slot_of(series, day) for day in _missing(series, standing, last=series.group.ends_on))
        if row.starts_at > now
    ]
    GroupSession.objects.bulk_create(rows)
    _book_who_is_free(rows, _still(many))
    if rows:
        keep_standing_seats(rows)
    return len(rows)


def _book_who_is_free(rows: Sequence[GroupSession], hosts: Mapping[int, Hosts]) -> None:
    """Book whoever is free on each date. Of two series in one night the first one has them."""
    everybody = {who for of in hosts.values() for who in of.people}
    rooms = {room for of in hosts.values() for room in of.rooms}
    if not rows or not (everybody or rooms):
        return
    with refusing_overlaps(hosts=everybody, rooms=rooms):
        taken = _taken(rows, everybody, rooms)
        wanted = []
        for row in rows:
            for who, duty in hosts[row.series_id or 0].duties:
                spans = taken.setdefault(who, [])
                if all(end <= row.starts_at or start >= row.ends_at for start, end in spans):
                    spans.append((row.starts_at, row.ends_at))
                    wanted.append((row, who, duty))
        _insert(wanted)


def _taken(rows: Sequence[GroupSession], hosts: Collection[User], rooms: Collection[Room]) -> dict[User | Room, Any]:
    """When each of them is booked already, between the first of these rows and the last. One query."""
    people, places = {who.pk: who for who in hosts}, {room.pk: room for room in rooms}
    near = Booking.objects.overlapping(min(row.starts_at for row in rows), max(row.ends_at for row in rows))
    booked = near.filter(Q(host__in=people) | Q(room__in=places))
    taken: dict[User | Room, Any] = {}
    for host, room, start, end in booked.values_list("host_id", "room_id", "starts_at", "ends_at"):
        taken.setdefault(people[host] if host else places[room or 0], []).append((start, end))
    return taken


def _insert(wanted: Sequence[tuple[GroupSession, User | Room, str]]) -> None:
    """Bookings by the thousand, at the times that the database has for their sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO group_sessions_booking"
            " (public_id, session_id, host_id, room_id, duty, starts_at, ends_at, live, created_at)"
            " SELECT gen_random_uuid(), s.id, w.host, w.room, w.duty, s.starts_at, s.ends_at, s.live, %s"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[]) AS w (session, host, room, duty)"
            " JOIN group_sessions_groupsession s ON s.id = w.session ORDER BY s.starts_at, s.id",
            [
                timezone.now(),
                [row.pk for row, _who, _duty in wanted],
                [who.pk if isinstance(who, User) else None for _row, who, _duty in wanted],
                [who.pk if isinstance(who, Room) else None for _row, who, _duty in wanted],
                [duty for _row, _who, duty in wanted],
            ],
        )


def _still(many: Sequence[Series]) -> dict[int, Hosts]:
    """Of each series those hosts who run the group to this day, and its room while that is in use."""
    people = {user for series in many for user in (series.lead_id, series.co_id) if user}
    places = Membership.objects.running().filter(group__in={series.group_id for series in many}, user__in=people)
    run = set(places.values_list("group_id", "user_id")) if people else set()
    still = {}
    for series in many:
        lead, co = (who if who and (series.group_id, who.pk) in run else None for who in (series.lead, series.co))
        room = series.room if series.room and series.room.retired_at is None else None
        still[series.pk] = Hosts(lead, co, room)
    return still


def _standing(many: Collection[Series], since: date) -> set[tuple[int | None, date | None]]:
    """Slots that have a row already."""
    rows = GroupSession.objects.filter(series__in=many, slot__gte=since)
    return set(rows.values_list("series_id", "slot"))


def _missing(series: Series, standing: Collection[Any], *, last: date | None = None) -> list[date]:
    """Dates from today up to the horizon that have no row.

    Nothing is added by night after the day on which the group ends (`last`); what was planned by hand stands.
    """
    rule = rule_of(series)
    today = local_day(timezone.now(), rule.zone)
    until = rule.horizon(today)
    days = rule.dates(min(until, last) if last else until, since=today)
    return [day for day in days if (series.pk, day) not in standing]
