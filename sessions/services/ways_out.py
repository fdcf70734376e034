"""What stands in the way of a rule, date by date, and the ways out of it."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from groups.models import Away, Group, Membership
from people.local_time import local_day
from people.models import Organisation, User
from sessions.models import Booking, GroupSession
from sessions.preview import Rule
from sessions.services.ahead import Hosts
from sessions.services.hosting import Clash, Times

SKIP, KEEP = "skip", "keep"
MOST_ASKED = 6  # how many others are looked at as a way out


@dataclass(frozen=True)
class Way:
    """One way out. `hosts` lead on that day, and without them the day is skipped."""

    key: str
    hosts: Hosts | None
    instead: Membership | None = None  # who leads, or helps, in somebody's place


@dataclass(frozen=True)
class DayClash:
    """A date on which something is in the way.

    A clash is "host" or "room" where the database would refuse, and "busy" where it may be meant: the same person
    runs another group that meets then, and nobody is booked for that. `away` said that they are not there.
    """

    day: date
    clashes: tuple[Clash, ...]
    ways: tuple[Way, ...]
    away: tuple[User, ...] = ()

    @property
    def is_soft(self) -> bool:
        return all(clash.kind == "busy" for clash in self.clashes)


def ways_out(
    actor: User, *, group: Group, rule: Rule, hosts: Hosts, made_as: uuid.UUID | None = None
) -> list[DayClash]:
    """Each date of a rule on which one of the hosts, or the room, is wanted elsewhere.

    What the form `made_as` made itself does not count.
    """
    days = dates_to_check(rule)
    times = [rule.times(day) for day in days]
    found = hosts.clashes(times, but=_own(made_as))
    for number, busy in _busy(hosts.people or [actor], group, times).items():
        found.setdefault(number, []).extend(busy)
    gone = _away(group, days)
    away = {n: [who for who in hosts.people if who in gone[day]] for n, day in enumerate(days) if day in gone}
    at = sorted(found.keys() | {number for number, people in away.items() if people})
    others = _free_at(group, hosts, [times[number] for number in at])
    others = [
        [one for one in free if one.user not in gone.get(days[n], ())] for n, free in zip(at, others, strict=True)
    ]
    until = rule.horizon(local_day(timezone.now(), rule.zone))
    two = bool(at) and needs_two(group)
    made = []
    for n, free in zip(at, others, strict=True):
        clashes, missing = found.get(n, []), away.get(n, [])
        ways = _ways(hosts, clashes, free if days[n] <= until else [], two, missing)
        made.append(DayClash(days[n], tuple(clashes), tuple(ways), tuple(missing)))
    return made


def dates_to_check(rule: Rule) -> list[date]:
    """All dates of a rule that ends, else those up to the horizon."""
    return list(rule.dates(rule.ends_on or rule.horizon(local_day(timezone.now(), rule.zone))))


def overlaps(session: GroupSession, times: Iterable[Times]) -> bool:
    return any(session.starts_at < end and session.ends_at > start for start, end in times)


def needs_two(group: Group) -> bool:
    """Whether no session of this group is planned without a second host (R23). A pair has one mentor."""
    return not group.is_pair and Organisation.current().needs_two_hosts


def _own(made_as: uuid.UUID | None) -> list[int]:
    if made_as is None:
        return []
    own = GroupSession.objects.filter(Q(public_id=made_as) | Q(series__public_id=made_as))
    return list(own.values_list("pk", flat=True))


def _away(group: Group, days: Sequence[date]) -> dict[date, set[User]]:
    """Who runs the group and said that they are not there, by day. One query."""
    if not days:
        return {}
    gone: dict[date, set[User]] = {}
    near = Away.objects.touching(days[0], days[-1]).filter(seat__group=group)
    for row in near.select_related("seat__user"):
        for day in days:
            if row.starts_on <= day and (row.ends_on is None or day <= row.ends_on):
                gone.setdefault(day, set()).add(row.seat.user)
    return gone


def _busy(people: Collection[User], group: Group, times: Sequence[Times]) -> dict[int, list[Clash]]:
    """Sessions of other groups that these people run and for which nobody is booked: so one of them may be wanted."""
    if not times:
        return {}
    run = Membership.objects.running().filter(user__in=people).exclude(group=group)
    theirs = {row.group_id: row.user for row in run.select_related("user").order_by("-pk")}
    near = GroupSession.objects.scheduled().filter(group__in=theirs).overlapping(times[0][0], times[-1][1])
    led = Booking.objects.of_hosts().filter(session=OuterRef("pk"))
    found: dict[int, list[Clash]] = {}
    for session in near.exclude(Exists(led)).select_related("group").order_by("starts_at", "pk"):
        for number in (number for number, span in enumerate(times) if overlaps(session, [span])):
            found.setdefault(number, []).append(Clash("busy", theirs[session.group_id], session))
    return found


def _free_at(group: Group, hosts: Hosts, times: Sequence[Times]) -> list[list[Membership]]:
    """Who else runs the group and is free, for each of these times."""
    if not times:
        return []
    running = group.memberships.running().exclude(user=hosts.lead).select_related("user").order_by("alias", "pk")
    others = list(running[:MOST_ASKED])
    taken = {other.pk: Hosts(lead=other.user).clashes(times) for other in others}
    return [[other for other in others if place not in taken[other.pk]] for place in range(len(times))]


def _ways(
    hosts: Hosts, found: Collection[Clash], others: Sequence[Membership], two: bool, away: Collection[User]
) -> list[Way]:
    """Skip it, let somebody else lead, keep it without what is taken. Where two are needed, never with fewer."""
    left = hosts.but(clash for clash in found if clash.kind != "busy")
    wanted = {clash.who for clash in found} | set(away)
    instead = []
    if hosts.lead in wanted:
        instead += [Way(f"lead-{other.public_id}", _led_by(left, other.user), other) for other in others]
    elif hosts.co in wanted:
        free = (other for other in others if other.user != hosts.co)
        instead += [Way(f"co-{other.public_id}", replace(left, co=other.user), other) for other in free]
    ways = [Way(SKIP, None), *instead, Way(KEEP, left)]
    if two:
        return [way for way in ways if way.hosts is None or (way.hosts.lead and way.hosts.co)]
    return ways


def _led_by(hosts: Hosts, lead: User) -> Hosts:
    return Hosts(lead, None if hosts.co == lead else hosts.co, hosts.room)
