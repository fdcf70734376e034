"""Changing a session or a series: this one, this and following, or all that have not begun.

Everything stands or falls together. Rows keep their keys, seats, notes and calendar entries; people hear once of all
that moved. What it comes to is reckoned in `shifting`, for the preview and again here under the locks.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from groups.services.locks import hold_group
from people import audit
from people.errors import Refused
from people.local_time import exists
from people.models import User
from people.policy import NotAllowed, ensure
from sessions.models import Booking, GroupSession, Room, Series
from sessions.services.ahead import Hosts, book_all, hosts_of, slot_of
from sessions.services.days import note_days
from sessions.services.hosting import Clash, DoubleBooked, Times, refusing_overlaps
from sessions.services.offers import shorten_offers
from sessions.services.planning import AlreadyMeets, clash_words, preview_series
from sessions.services.seats import fill, lock_session
from sessions.services.shifting import Outcome, Scope, Shift, Wish, outcome_of, version_of
from sessions.services.standing import carry_standing_seats, keep_standing_seats
from sessions.services.telling import tell_all_cancelled, tell_all_moved, tell_all_put_back
from sessions.services.ways_out import dates_to_check
from sessions.words import when_words

WRITTEN = [
    "series",
    "slot",
    "local_date",
    "local_time",
    "minutes",
    "starts_at",
    "ends_at",
    "moved_from",
    "capacity",
    "kept_for_new",
    "plan",
    "state",
    "cancelled_at",
    "cancelled_by",
    "opened_at",
    "opened_by",
]


class NotToBeChanged(Refused):
    """What has begun or is cancelled stays as it is."""


class ChangedMeanwhile(Refused):
    """Somebody else was quicker, so this would do something else than its page said."""


class TimeHasPassed(Refused):
    """Nobody meets in the past."""


class HourIsSkipped(Refused):
    """The clocks jump over this time on that day."""


@transaction.atomic
def change_sessions(
    actor: User,
    *,
    session: GroupSession,
    wish: Wish,
    seen: str = "",
    said: str = "",
    made_as: uuid.UUID | None = None,
) -> Outcome:
    """Do what `wish` asks for, all of it or nothing. `made_as` names the series that goes on: sent again it is done.

    `seen` is the version that the person looked at, and `said` what the button promised; empty, nobody looks.
    Raises NotAllowed, NotToBeChanged, ChangedMeanwhile, TimeHasPassed, HourIsSkipped, TooManyDates, AlreadyMeets,
    DoubleBooked.
    """
    hold_group(session.group_id)
    session = _hold(session, wish)
    ensure(actor, "session.change", session)
    if _done_before(session, made_as):
        return Outcome([], {})
    _ensure_can_change(session)
    outcome = outcome_of(session, wish)
    if outcome.is_empty:
        return outcome
    if (seen and seen != version_of(session)) or (said and said != outcome.token):
        raise ChangedMeanwhile(_("Somebody changed this meanwhile. Here is how it stands now. Look again, then save"))
    ensure_possible(session, outcome)
    _write(actor, session, outcome, made_as or uuid.uuid4())
    return outcome


def ensure_possible(session: GroupSession, outcome: Outcome) -> None:
    """Raises TimeHasPassed, HourIsSkipped, TooManyDates, AlreadyMeets or DoubleBooked, which say where and why."""
    if outcome.rule and outcome.rule.ends_on:
        preview_series(outcome.rule)
    changed = [*outcome.moved, *outcome.again]
    _ensure_times(session, changed, outcome)
    _ensure_group_is_free(session, changed, outcome)
    _ensure_hosts_are_free(session, changed, outcome)


def _hold(session: GroupSession, wish: Wish) -> GroupSession:
    """The series first, so that no night adds rows to it, then its sessions in their order."""
    if session.series_id and wish.scope != Scope.ONE:
        Series.objects.select_for_update(no_key=True).get(pk=session.series_id)
        rows = GroupSession.objects.filter(series=session.series_id).order_by("starts_at", "pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))
    else:
        lock_session(session)
    found = GroupSession.objects.select_related("group", "series__group", "series__continues")
    return found.get(pk=session.pk)


def _done_before(session: GroupSession, made_as: uuid.UUID | None) -> bool:
    """Raises NotAllowed when this name belongs to another group's series."""
    made = Series.objects.filter(public_id=made_as).first() if made_as else None
    if made and made.group_id != session.group_id:
        raise NotAllowed("session.change")
    return made is not None


def _ensure_can_change(session: GroupSession) -> None:
    if session.is_cancelled:
        raise NotToBeChanged(_("This session is cancelled. Put it back first, then change it"))
    if session.has_begun:
        raise NotToBeChanged(_("This session has begun, so it stays as it is"))


# -- what may not be -----------------------------------------------------------------------------
def _ensure_times(session: GroupSession, changed: Sequence[Shift], outcome: Outcome) -> None:
    now = timezone.now()
    for shift in changed:
        if shift.times[0] <= now:
            words = _("%(when)s has passed. Choose a later time")
            raise TimeHasPassed(words % {"when": when_words(shift.times[0], session.zone)})
    rows = [(shift.day, shift.clock) for shift in changed]
    later = [(day, outcome.rule.starts_at) for day in _without_rows(outcome) if outcome.rule]
    for day, clock in [*rows, *later]:
        if not exists(day, clock, session.zone):
            words = _("On %(day)s the clocks jump over %(time)s, so choose another time")
            when = {"day": date_format(day, "j F Y"), "time": time_format(clock, "TIME_FORMAT")}
            raise HourIsSkipped(words % when)


def _without_rows(outcome: Outcome) -> list[date]:
    """Dates to come of the new rule that no row stands for yet."""
    if outcome.rule is None:
        return []
    taken = {shift.slot for shift in [*outcome.shifts, *outcome.again]}
    now, rule = timezone.now(), outcome.rule
    return [day for day in dates_to_check(rule) if day not in taken and rule.times(day)[0] > now]


def _ensure_group_is_free(session: GroupSession, changed: Sequence[Shift], outcome: Outcome) -> None:
    later = [outcome.rule.times(day) for day in _without_rows(outcome) if outcome.rule]
    wanted: list[Times] = sorted([*later, *(shift.times for shift in changed)])
    if not wanted:
        return
    for (_start, end), (start, _end) in pairwise(wanted):
        if start < end:
            words = _("Two of them would be on at the same time: %(when)s")
            raise AlreadyMeets(words % {"when": when_words(start, session.zone)})
    away = {shift.session.pk for shift in changed} | {row.pk for row in outcome.surplus}
    standing = session.group.sessions.exclude(state=GroupSession.State.CANCELLED).exclude(pk__in=away)
    near = standing.overlapping(wanted[0][0], wanted[-1][1]).order_by("starts_at", "pk")
    for other in near:
        if any(other.starts_at < end and other.ends_at > start for start, end in wanted):
            raise AlreadyMeets(clash_words(other))


def _ensure_hosts_are_free(session: GroupSession, changed: Sequence[Shift], outcome: Outcome) -> None:
    """The database would refuse it as well; here we can say who, and when."""
    away = [shift.session.pk for shift in changed] + [row.pk for row in outcome.surplus]
    together: dict[Hosts, list[Times]] = {}
    booked = hosts_by_session([shift.session for shift in changed])
    for shift in changed:
        together.setdefault(booked.get(shift.session.pk, Hosts()), []).append(shift.times)
    if outcome.rule and session.series:
        together.setdefault(hosts_of(session.series), []).extend(outcome.rule.times(day) for day in outcome.added)
    for hosts, times in together.items():
        for found in hosts.clashes(times, but=away).values():
            raise DoubleBooked(taken_words(session, found[0]), found[0].kind)


def hosts_by_session(sessions: Sequence[GroupSession]) -> dict[int, Hosts]:
    """Who is booked for each of them, and where."""
    found: dict[int, Hosts] = {}
    for row in Booking.objects.filter(session__in=sessions).select_related("host", "room"):
        part: Any = {row.duty or "room": row.host or row.room}
        found[row.session_id] = replace(found.get(row.session_id, Hosts()), **part)
    return found


def taken_words(session: GroupSession, clash: Clash) -> str:
    """Who, or which room, is wanted elsewhere, on the group's own clock. Not for which group."""
    when = when_words(clash.session.starts_at, session.zone)
    if isinstance(clash.who, Room):
        return _("%(room)s is taken then: %(when)s") % {"room": clash.who.name, "when": when}
    seat = session.group.memberships.running().filter(user=clash.who).first()
    name = seat.alias if seat else clash.who.display_name
    return _("%(name)s leads another session then: %(when)s") % {"name": name, "when": when}


# -- writing it ----------------------------------------------------------------------------------
def _write(actor: User, session: GroupSession, outcome: Outcome, made_as: uuid.UUID) -> None:
    moved, again = [shift.session for shift in outcome.moved], [shift.session for shift in outcome.again]
    old, series = session.series, None
    with refusing_overlaps([*moved, *again]):
        if old and outcome.rule:
            series = _go_on(actor, old, session, outcome, made_as)
        _cancel(actor, outcome.surplus, series)
        _shift_rows(outcome, series)
        if series:
            _add_rows(series, outcome)
    if old and outcome.first:
        _end(old, outcome.first)
    _fill(outcome)
    for one in moved:
        shorten_offers(one)
    audit.record(actor, "series.change", series) if series else audit.record(actor, "session.change", session)
    note_days(session.group_id)
    tell_all_moved(moved, by=actor)
    tell_all_cancelled(outcome.surplus, by=actor)
    tell_all_put_back(again, by=actor)


def _go_on(actor: User, old: Series, session: GroupSession, outcome: Outcome, made_as: uuid.UUID) -> Series:
    """The series that continues the old one. Whoever came every time does so here."""
    rule = outcome.rule
    assert rule is not None
    series = Series(
        public_id=made_as,
        group_id=old.group_id,
        starts_on=rule.starts_on,
        starts_at=rule.starts_at,
        minutes=rule.minutes,
        interval=rule.interval,
        nth=rule.nth,
        skips=sorted(rule.skips),
        ends_on=rule.ends_on,
        time_zone=old.time_zone,
        lead=old.lead,
        co=old.co,
        room=old.room,
        continues=old,
        created_by=actor,
    )
    for name in ("capacity", "kept_for_new", "plan"):
        setattr(series, name, outcome.content.get(name, getattr(old, name)))
    series.save()
    carry_standing_seats(old, series)
    return series


def _shift_rows(outcome: Outcome, series: Series | None) -> None:
    for shift in [*outcome.shifts, *outcome.again]:
        row = shift.session
        row.series, row.slot = series or row.series, shift.slot
        if not row.has_begun:
            _set_time(row, shift)
            for name, value in outcome.content.items():
                setattr(row, name, value)
    for shift in outcome.again:
        shift.session.take_place()
    GroupSession.objects.bulk_update([shift.session for shift in [*outcome.shifts, *outcome.again]], WRITTEN)


def _set_time(row: GroupSession, shift: Shift) -> None:
    """A host who was there already was there for another evening."""
    start, end = shift.times
    if start != row.starts_at:
        row.opened_at, row.opened_by = None, None
    row.local_date, row.local_time, row.minutes = shift.day, shift.clock, shift.minutes
    row.starts_at, row.ends_at, row.moved_from = start, end, shift.moved_from


def _cancel(actor: User, rows: Sequence[GroupSession], series: Series | None) -> None:
    """They bear the moment at which the series that goes on was made: so a later change can bring them back."""
    for row in rows:
        assert series is not None
        row.call_off(actor, series.created_at)
        audit.record(actor, "session.cancel", row)
    GroupSession.objects.bulk_update(rows, GroupSession.CALLED_OFF)


def _add_rows(series: Series, outcome: Outcome) -> None:
    rows = GroupSession.objects.bulk_create([slot_of(series, day) for day in outcome.added])
    book_all(rows, hosts_of(series), hosts_on=None)
    keep_standing_seats([*rows, *(shift.session for shift in outcome.again)])


def _end(old: Series, first: date) -> None:
    """Nothing is added to it any more. What it has before the `first` date that it gave away, stands."""
    before = first - timedelta(days=1)
    if old.starts_on <= before and (old.ends_on is None or before < old.ends_on):
        old.ends_on = before
    if not old.sessions.scheduled().filter(starts_at__gt=timezone.now()).exists():
        old.ended_at = timezone.now()
    old.save(update_fields=["ends_on", "ended_at"])


def _fill(outcome: Outcome) -> None:
    """More seats are for those in line."""
    if outcome.content.keys() & {"capacity", "kept_for_new"} or outcome.again:
        for shift in outcome.coming:
            if not shift.session.has_begun:
                fill(lock_session(shift.session))
