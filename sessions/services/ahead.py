"""The rows of a series: made when it is planned, and each night for the weeks that come into sight."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from groups.models import Group, Membership
from people import audit
from people.local_time import local_day
from people.models import User
from sessions.models import GroupSession, Room, Series
from sessions.preview import Rule
from sessions.services.days import note_all_days
from sessions.services.hosting import Clash, book, clashes, refusing_overlaps
from sessions.services.standing import keep_standing_seats


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
    """
    today = timezone.now().date()
    running = Series.objects.running().filter(group__state=Group.State.OPEN).exclude(ends_on__lt=today)
    made = sum(_extend(pk) for pk in running.order_by("pk").values_list("pk", flat=True))
    note_all_days()
    if made:
        audit.record(None, "series.keep-ahead", reason=str(made))
    return made


def make_rows(series: Series, *, hosts_on: Mapping[date, Hosts] | None = None) -> list[GroupSession]:
    """All rows of a new series up to the horizon, with who leads them and where. `hosts_on` are other ones for a date.

    Raises DoubleBooked.
    """
    rows = [slot_of(series, day) for day in _missing(series, series.starts_on)]
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


@transaction.atomic
def _extend(pk: int) -> int:
    held = Series.objects.select_for_update(no_key=True, of=("self",))
    series = held.select_related("group", "lead", "co", "room").get(pk=pk)
    if series.ended_at is not None:
        return 0
    now = timezone.now()
    rows = [slot_of(series, day) for day in _missing(series, local_day(now, series.zone), last=series.group.ends_on)]
    rows = GroupSession.objects.bulk_create([session for session in rows if session.starts_at > now])
    if rows:
        _book_who_is_free(series, rows)
        keep_standing_seats(rows)
    return len(rows)


def _book_who_is_free(series: Series, rows: list[GroupSession]) -> None:
    hosts = _still(series)
    with refusing_overlaps(hosts=hosts.people, rooms=hosts.rooms):
        taken = hosts.clashes([(session.starts_at, session.ends_at) for session in rows])
        book_all(rows, hosts, hosts_on={rows[at].local_date: hosts.but(found) for at, found in taken.items()})


def _still(series: Series) -> Hosts:
    """Those of its hosts who run the group to this day, and its room while that is in use."""
    hosts = hosts_of(series)
    run: set[int] = set()
    if hosts.people:
        run = set(Membership.objects.running().filter(group=series.group_id).values_list("user_id", flat=True))
    room = hosts.room if hosts.room and hosts.room.retired_at is None else None
    lead, co = (who if who and who.pk in run else None for who in (hosts.lead, hosts.co))
    return Hosts(lead, co, room)


def _missing(series: Series, since: date, *, last: date | None = None) -> list[date]:
    """Dates from a day up to the horizon that have no row.

    Nothing is added by night after the day on which the group ends (`last`); what was planned by hand stands.
    """
    rule = rule_of(series)
    until = rule.horizon(local_day(timezone.now(), rule.zone))
    standing = set(series.sessions.filter(slot__gte=since).values_list("slot", flat=True))
    return [day for day in rule.dates(min(until, last) if last else until, since=since) if day not in standing]
