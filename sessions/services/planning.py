"""From a rule in local time to rows: a series, a single session, and the nightly walk ahead."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group
from people import audit
from people.errors import Refused
from people.local_time import local_day
from people.models import User
from people.policy import NotAllowed, ensure
from sessions.models import GroupSession, Series
from sessions.preview import MOST, Preview, Rule, count_of, last_of, preview_of
from sessions.services.days import note_all_days, note_days
from sessions.words import when_words


class TooManyDates(Refused):
    """A series has at least one date and at most 400."""


class AlreadyMeets(Refused):
    """A group is in one place at a time."""


def preview_series(rule: Rule) -> Preview:
    """What a rule with an end makes. Raises TooManyDates."""
    count = count_of(rule)
    if count > MOST:
        raise TooManyDates(_("That makes more than %(most)s sessions. Choose an earlier last day") % {"most": MOST})
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
    count: int | None = None,
    ends_on: date | None = None,
    capacity: int | None = None,
    plan: str = "",
    made_as: uuid.UUID | None = None,
) -> Series | GroupSession:
    """Let a group meet every `interval` weeks (0: just once), `count` times or until `ends_on`, or with no end.

    Rows stand for 13 weeks from today or from the first session; `keep_ahead` adds the others.
    `made_as` names what one form makes: sent again it gives back what stands.
    Raises NotAllowed, TooManyDates, AlreadyMeets.
    """
    group = Group.objects.select_for_update(no_key=True).get(pk=group.pk)
    ensure(actor, "series.create", group)
    if standing := _made_before(group, made_as):
        return standing
    rule = Rule(starts_on, starts_at, minutes, ZoneInfo(group.time_zone), interval or 0, ends_on)
    if rule.interval and count is not None:
        rule = replace(rule, ends_on=last_of(rule, min(count, MOST + 1)))
    if rule.ends_on:
        preview_series(rule)
    _ensure_free(group, rule)
    plan_it = _plan_series if rule.interval else _plan_once
    planned = plan_it(actor, group, rule, public_id=made_as or uuid.uuid4(), capacity=capacity, plan=plan)
    note_days(group.pk)
    return planned


def first_clash(group: Group, rule: Rule, *, made_as: uuid.UUID | None = None) -> GroupSession | None:
    """The first session of this group that is on while the rule wants another one, but for those `made_as`."""
    times = [rule.times(day) for day in _dates_to_check(rule)]
    if not times:
        return None
    standing = group.sessions.exclude(state=GroupSession.State.CANCELLED)
    others = standing.exclude(public_id=made_as).exclude(series__public_id=made_as) if made_as else standing
    near = others.overlapping(times[0][0], times[-1][1]).order_by("starts_at")
    return next((session for session in near if _overlaps(session, times)), None)


def also_running(actor: User, *, group: Group, rule: Rule) -> list[GroupSession]:
    """Sessions of other groups that this person runs, on while the rule wants one here. It may be meant: no refusal."""
    times = [rule.times(day) for day in _dates_to_check(rule)]
    if not times:
        return []
    theirs = GroupSession.objects.filter(group__in=Group.objects.run_by(actor)).exclude(group=group)
    near = theirs.scheduled().overlapping(times[0][0], times[-1][1]).select_related("group").order_by("starts_at")
    return [session for session in near if _overlaps(session, times)]


def clash_words(clash: GroupSession) -> str:
    """Which meeting stands in the way, on the group's own clock."""
    when = when_words(clash.starts_at, clash.zone)
    return _("The group already meets then: %(when)s") % {"when": when}


def keep_ahead() -> int:
    """Give every running series its rows for the next 13 weeks, and say when groups meet. Returns how many were new.

    Safe to run twice and late: a slot has one row for ever, and a cancelled one is never made again.
    """
    today = timezone.now().date()
    running = Series.objects.running().filter(group__state=Group.State.OPEN).exclude(ends_on__lt=today)
    made = sum(_extend(pk) for pk in running.order_by("pk").values_list("pk", flat=True))
    note_all_days()
    if made:
        audit.record(None, "series.keep-ahead", reason=str(made))
    return made


@transaction.atomic
def _extend(pk: int) -> int:
    series = Series.objects.select_for_update(no_key=True).get(pk=pk)
    if series.ended_at is not None:
        return 0
    return _materialise(series, after=timezone.now())


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


def _ensure_free(group: Group, rule: Rule) -> None:
    if clash := first_clash(group, rule):
        raise AlreadyMeets(_("The group already meets then: %(when)s") % {"when": when_words(clash.starts_at)})


def _dates_to_check(rule: Rule) -> list[date]:
    until = rule.ends_on or rule.horizon(local_day(timezone.now(), rule.zone))
    return list(rule.dates(until))


def _overlaps(session: GroupSession, times: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(session.starts_at < end and session.ends_at > start for start, end in times)


def _plan_once(
    actor: User, group: Group, rule: Rule, *, public_id: uuid.UUID, capacity: int | None, plan: str
) -> GroupSession:
    session = GroupSession(
        public_id=public_id,
        group=group,
        local_date=rule.starts_on,
        local_time=rule.starts_at,
        time_zone=rule.zone.key,
        minutes=rule.minutes,
        capacity=capacity,
        plan=plan,
    )
    session.set_clock()
    session.save()
    audit.record(actor, "session.create", session)
    return session


def _plan_series(
    actor: User, group: Group, rule: Rule, *, public_id: uuid.UUID, capacity: int | None, plan: str
) -> Series:
    series = Series.objects.create(
        public_id=public_id,
        group=group,
        starts_on=rule.starts_on,
        starts_at=rule.starts_at,
        minutes=rule.minutes,
        interval=rule.interval,
        ends_on=rule.ends_on,
        time_zone=rule.zone.key,
        capacity=capacity,
        plan=plan,
        created_by=actor,
    )
    _materialise(series)
    audit.record(actor, "series.create", series)
    return series


def _materialise(series: Series, *, after: datetime | None = None) -> int:
    """Make the rows that are missing up to the horizon, of dates that begin `after`. The caller holds the series.

    Nothing is added after the day on which the group ends; what was planned by hand stands.
    """
    rule = _rule_of(series)
    until = rule.horizon(local_day(timezone.now(), rule.zone))
    last = series.group.ends_on if after else None
    dates = rule.dates(min(until, last) if last else until)
    standing = set(series.sessions.values_list("slot", flat=True))
    missing = [_slot(series, day) for day in dates if day not in standing]
    rows = [session for session in missing if after is None or session.starts_at > after]
    GroupSession.objects.bulk_create(rows)
    return len(rows)


def _rule_of(series: Series) -> Rule:
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


def _slot(series: Series, day: date) -> GroupSession:
    session = GroupSession(
        group_id=series.group_id,
        series=series,
        slot=day,
        local_date=day,
        local_time=series.starts_at,
        time_zone=series.time_zone,
        minutes=series.minutes,
        capacity=series.capacity,
        plan=series.plan,
    )
    session.set_clock()
    return session
