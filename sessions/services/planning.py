"""From a rule in local time to rows: a series, or a single session."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from groups.models import Group
from notices.services import tell
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import NotAllowed, ensure
from sessions.models import Booking, GroupSession, Room, Series
from sessions.preview import MOST, Preview, Rule, count_of, last_of, preview_of
from sessions.services.ahead import Hosts, book_all, hosts_of, make_rows, rows_to_come, rule_of, slot_of
from sessions.services.days import note_days
from sessions.services.hosting import NoSuchHosts, NotAHost, SecondHostNeeded
from sessions.services.offers import ids_of
from sessions.services.ways_out import dates_to_check, needs_two, overlaps
from sessions.words import when_words


class TooManyDates(Refused):
    """A series has at least one date and at most 400."""


class AlreadyMeets(Refused):
    """A group is in one place at a time."""


class UnknownZone(Refused):
    """The group's clock is one that nobody knows."""


def preview_series(rule: Rule) -> Preview:
    """What a rule with an end makes. Raises TooManyDates."""
    count = count_of(rule)
    if count > MOST:
        raise TooManyDates(_("That makes more than %(most)s sessions. Choose an earlier last day") % {"most": MOST})
    if count < 1 and rule.skips:
        raise TooManyDates(_("That makes no session, because every date is skipped"))
    if count < 1:
        raise TooManyDates(_("That makes no session. Choose a last day on or after the first"))
    return preview_of(rule)


@transaction.atomic
def create_series(
    actor: User,
    *,
    group: Group,
    starts_on: date,
    starts_at: time,
    minutes: int,
    interval: int | None = 1,
    nth: int | None = None,
    skips: Collection[date] = (),
    count: int | None = None,
    ends_on: date | None = None,
    capacity: int | None = None,
    kept_for_new: int = 0,
    plan: str = "",
    lead: User | None = None,
    co: User | None = None,
    room: Room | None = None,
    hosts_on: Mapping[date, Hosts] | None = None,
    made_as: uuid.UUID | None = None,
) -> Series | GroupSession:
    """Let a group meet every `interval` weeks (0: just once), `count` times or until `ends_on`, or with no end.

    With `nth` the interval is months. Dates in `skips` are jumped over and not counted. `lead`, `co` and `room` are
    booked for every session, or for one date those in `hosts_on`.
    Rows stand for 13 weeks from today or from the first session; `keep_ahead` adds the others.
    `made_as` names what one form makes: sent again it gives back what stands.
    Raises NotAllowed, UnknownZone, TooManyDates, AlreadyMeets, NotAHost, NoSuchHosts, SecondHostNeeded, DoubleBooked.
    """
    group = Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    ensure(actor, "series.create", group)
    if standing := _made_before(group, made_as):
        return standing
    rule = Rule(starts_on, starts_at, minutes, zone_of(group), interval or 0, ends_on, nth=nth, skips=frozenset(skips))
    series = _series_by(replace(rule, ends_on=_last(rule, count)))
    series.group, series.created_by, series.public_id = group, actor, made_as or uuid.uuid4()
    series.capacity, series.kept_for_new, series.plan = capacity, kept_for_new, plan
    series.lead, series.co, series.room = lead, co, room
    return _plan(actor, series, hosts_on or {})


def zone_of(group: Group) -> ZoneInfo:
    """The group's clock. Raises UnknownZone."""
    try:
        return ZoneInfo(group.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        words = _("Nobody knows the time zone %(zone)s. Choose another one in the settings of the group")
        raise UnknownZone(words % {"zone": group.time_zone}) from problem


def first_clash(group: Group, rule: Rule, *, made_as: uuid.UUID | None = None) -> GroupSession | None:
    """The first session of this group that is on while the rule wants another one, but for those `made_as`.

    Dates of its other series count that have no row so far: the night will make them.
    """
    times = [rule.times(day) for day in dates_to_check(rule)]
    if not times:
        return None
    others = group.sessions.exclude(state=GroupSession.State.CANCELLED)
    running = group.series.running()
    if made_as:
        others = others.exclude(public_id=made_as).exclude(series__public_id=made_as)
        running = running.exclude(public_id=made_as)
    near = list(others.overlapping(times[0][0], times[-1][1]))
    near += [row for series in running for row in rows_to_come(series, rule.starts_on, times[-1][1].date())]
    near.sort(key=lambda session: session.starts_at)
    return next((session for session in near if overlaps(session, times)), None)


def clash_words(clash: GroupSession) -> str:
    """Which meeting stands in the way, on the group's own clock."""
    when = when_words(clash.starts_at, clash.zone)
    return _("The group already meets then: %(when)s") % {"when": when}


def _last(rule: Rule, count: int | None) -> date | None:
    if not rule.interval:
        return None
    return rule.ends_on if count is None else last_of(rule, min(count, MOST + 1))


def _series_by(rule: Rule) -> Series:
    """A series of this rule, not saved. A single session is made from one that never is."""
    return Series(
        starts_on=rule.starts_on,
        starts_at=rule.starts_at,
        minutes=rule.minutes,
        interval=rule.interval,
        nth=rule.nth if rule.interval else None,
        skips=sorted(rule.skips),
        ends_on=rule.ends_on,
        time_zone=rule.zone.key,
    )


def _plan(actor: User, series: Series, hosts_on: Mapping[date, Hosts]) -> Series | GroupSession:
    rule = rule_of(series)
    if rule.ends_on or not rule.interval:
        preview_series(rule)
    if clash := first_clash(series.group, rule):
        raise AlreadyMeets(clash_words(clash))
    _ensure_hosts(series.group, hosts_of(series), hosts_on)
    planned = _plan_series(actor, series, hosts_on) if rule.interval else _plan_once(actor, series, hosts_on)
    note_days(series.group_id)
    return planned


def _plan_once(actor: User, series: Series, hosts_on: Mapping[date, Hosts]) -> GroupSession:
    session = slot_of(series, series.starts_on)
    session.series, session.slot, session.public_id = None, None, series.public_id
    session.save()
    book_all([session], hosts_of(series), hosts_on=hosts_on)
    audit.record(actor, "session.create", session)
    _tell_hosts(actor, [session])
    return session


def _plan_series(actor: User, series: Series, hosts_on: Mapping[date, Hosts]) -> Series:
    series.save()
    rows = make_rows(series, hosts_on=hosts_on)
    audit.record(actor, "series.create", series)
    _tell_hosts(actor, rows)
    return series


def _tell_hosts(actor: User, rows: Collection[GroupSession]) -> None:
    """Whoever somebody else put down hears it once, whatever the number of dates."""
    booked = Booking.objects.of_hosts().filter(session__in=rows).exclude(host=actor).select_related("host", "session")
    dates: dict[User, list[GroupSession]] = {}
    for booking in booked.order_by("starts_at", "pk"):
        if booking.host:
            dates.setdefault(booking.host, []).append(booking.session)
    for host, theirs in dates.items():
        every = [[str(session.public_id), session.starts_at.isoformat()] for session in theirs]
        about = f"host.booked {theirs[0].public_id} {theirs[0].sequence}"
        tell([host], "host.booked", about, **ids_of(theirs[0]), all=every)


def _ensure_hosts(group: Group, hosts: Hosts, hosts_on: Mapping[date, Hosts]) -> None:
    """Raises NotAHost, NoSuchHosts, SecondHostNeeded."""
    everywhere = [hosts, *hosts_on.values()]
    people = {who.pk for of in everywhere for who in of.people}
    if people - set(group.memberships.running().filter(user__in=people).values_list("user_id", flat=True)):
        raise NotAHost(_("Choose somebody who runs this group"))
    if any(of.lead and of.lead == of.co for of in everywhere):
        raise NoSuchHosts(_("Choose two different people, or leave the second one empty"))
    if Room.objects.filter(pk__in={room.pk for of in everywhere for room in of.rooms}, retired_at__isnull=False):
        raise NoSuchHosts(_("This room is not in use any more. Choose another"))
    if needs_two(group) and not all(of.lead and of.co for of in everywhere):
        raise SecondHostNeeded(_("Sessions here are led by two people. Choose who leads and who helps"))


def _made_before(group: Group, made_as: uuid.UUID | None) -> Series | GroupSession | None:
    """What this form made already. Raises NotAllowed when its name belongs to another group's sessions."""
    if made_as is None:
        return None
    standing = (
        Series.objects.filter(public_id=made_as).first() or GroupSession.objects.filter(public_id=made_as).first()
    )
    if standing is not None and standing.group_id != group.pk:
        raise NotAllowed("series.create")
    return standing
