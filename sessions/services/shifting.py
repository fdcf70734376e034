"""What a change of one session or of a series comes to, reckoned before anything is written.

A row of a series stands for one date of its rule, its slot. When the rule changes, each row goes to the date that
takes the place of its own, so that seats, notes and calendar entries go along. Rows without such a date are
cancelled, dates without a row are added, and what somebody cancelled or moved by hand stays so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.local_time import instant, local_day
from sessions.models import GroupSession, Series
from sessions.preview import Rule, count_of, weekday_of_month
from sessions.services.ahead import rule_of

NEIGHBOURS = 7  # days: as far a row may go to another date when the rhythm changes
CONTENT = ("capacity", "kept_for_new", "plan")


class Scope(models.TextChoices):
    """Which sessions somebody means."""

    ONE = "one", _("Only this one")
    FOLLOWING = "following", _("This one and all after it")
    ALL = "all", _("All that have not begun")


@dataclass(frozen=True)
class Wish:
    """What somebody would like, as the form says it. The last three are of the series."""

    scope: str
    local_date: date
    local_time: time
    minutes: int
    capacity: int | None
    kept_for_new: int
    plan: str = field(repr=False)
    interval: int = 1
    nth: int | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Shift:
    """One session and where it goes."""

    session: GroupSession
    slot: date | None
    day: date
    clock: time
    minutes: int
    moved_from: datetime | None = None

    @cached_property
    def times(self) -> tuple[datetime, datetime]:
        start = instant(self.day, self.clock, self.session.zone)
        return start, start + timedelta(minutes=self.minutes)

    @property
    def ends_at(self) -> time:
        """On the wall clock."""
        return self.times[1].astimezone(self.session.zone).time()

    @cached_property
    def moves(self) -> bool:
        """Whether people hear of it: a cancelled one goes along in silence. As it stood before it was written."""
        return not self.session.is_cancelled and self.times != (self.session.starts_at, self.session.ends_at)


@dataclass(frozen=True)
class Outcome:
    """What a change comes to."""

    shifts: list[Shift]
    content: dict[str, Any] = field(repr=False)  # what is new beside the time
    rule: Rule | None = None  # of the series that goes on; None for a single session
    surplus: tuple[GroupSession, ...] = ()  # that no date is left for
    added: tuple[date, ...] = ()
    again: tuple[Shift, ...] = ()  # that an earlier change had cancelled, and that this one brings back
    is_other_rule: bool = False
    first: date | None = None  # of the old rule's dates the first one that it gives away

    @property
    def moved(self) -> list[Shift]:
        return [shift for shift in self.shifts if shift.moves]

    @property
    def coming(self) -> list[Shift]:
        """Those that take place, or shall again."""
        return [shift for shift in self.shifts if not shift.session.is_cancelled] + list(self.again)

    @property
    def by_hand(self) -> list[Shift]:
        """Those that somebody moved or cancelled, and that stay so."""
        return [one for one in self.shifts if self.rule and (one.session.is_cancelled or one.moved_from)]

    @property
    def is_empty(self) -> bool:
        return not (self.moved or self.surplus or self.added or self.again or self.content or self.is_other_rule)

    @property
    def count(self) -> int | None:
        """How many dates the series has from here on; None without an end."""
        return count_of(self.rule) if self.rule and self.rule.ends_on else None

    @property
    def token(self) -> str:
        """Short, and another one as soon as something else would come of it."""
        whole = (
            [(shift.session.pk, shift.session.state, shift.slot, shift.times) for shift in [*self.shifts, *self.again]],
            sorted(self.content.items()),
            self.rule and (self.rule.interval, self.rule.nth, self.rule.ends_on, self.rule.starts_at),
            [session.pk for session in self.surplus],
            self.added,
        )
        return sha256(repr(whole).encode()).hexdigest()[:16]


def outcome_of(session: GroupSession, wish: Wish) -> Outcome:
    """Reckon it. For a change the caller holds what is read here; for a preview nobody does."""
    content = {name: getattr(wish, name) for name in CONTENT if getattr(wish, name) != getattr(session, name)}
    if wish.scope == Scope.ONE or session.series is None:
        return Outcome([_one(session, wish)], content)
    return _Series(session, session.series, wish, content).outcome()


def version_of(session: GroupSession) -> str:
    """Short, and another one as soon as somebody changes the session or the rule it comes from."""
    series = session.series
    rule = (series.pk, series.ended_at, rule_of(series).ends_on) if series else None
    own = [getattr(session, name) for name in ("local_date", "local_time", "minutes", "state", *CONTENT)]
    return sha256(repr((own, rule)).encode()).hexdigest()[:16]


def _one(session: GroupSession, wish: Wish) -> Shift:
    shift = Shift(session, session.slot, wish.local_date, wish.local_time, wish.minutes)
    was = session.moved_from or session.starts_at
    return replace(shift, moved_from=None if shift.times[0] == was else was)


class _Series:
    """The reckoning for *this and following* and for *all*."""

    def __init__(self, session: GroupSession, series: Series, wish: Wish, content: dict[str, Any]) -> None:
        self.session, self.series, self.wish, self.content = session, series, wish, content
        self.now = timezone.now()
        self.old = rule_of(series)
        self.first = self._first_slot()
        self.rows = list(series.sessions.filter(slot__gte=self.first).order_by("slot"))
        self.slot = session.slot or session.local_date
        self.day, self.clock = self._anchor()
        self.new = self._new_rule()

    # -- what the person means -----------------------------------------------------------------
    def _first_slot(self) -> date:
        assert self.session.slot is not None  # session_slot_iff_series
        if self.wish.scope == Scope.FOLLOWING:
            return self.session.slot
        ahead = self.series.sessions.filter(starts_at__gt=self.now).order_by("slot").first()
        return ahead.slot if ahead and ahead.slot else self.session.slot

    @property
    def _says_another_time(self) -> bool:
        own = self.session
        return (self.wish.local_date, self.wish.local_time) != (own.local_date, own.local_time)

    @property
    def _says_another_rule(self) -> bool:
        """Whether times are meant. Who changes nothing at all wants the others to be as this one is."""
        rhythm = (self.old.interval, self.old.nth, self.old.ends_on)
        other_rhythm = (self.wish.interval, self.wish.nth, self.wish.ends_on) != rhythm
        other_time = self._says_another_time or self.wish.minutes != self.session.minutes
        return other_rhythm or other_time or not self.content

    def _anchor(self) -> tuple[date, time]:
        """The day and the hour that the rule is to give for this session."""
        same = self.wish.minutes == self.session.minutes and not self.content
        rhythm = (self.wish.interval, self.wish.nth, self.wish.ends_on)
        says_nothing = same and rhythm == (self.old.interval, self.old.nth, self.old.ends_on)
        if self._says_another_time or says_nothing:
            return self.wish.local_date, self.wish.local_time
        return self.slot, self.series.starts_at

    # -- the new rule --------------------------------------------------------------------------
    @property
    def _same_rhythm(self) -> bool:
        return (self.wish.interval, bool(self.wish.nth)) == (self.old.interval, bool(self.old.nth))

    def _new_rule(self) -> Rule:
        longer = self.wish.minutes != self.session.minutes
        minutes = self.wish.minutes if longer else self.series.minutes
        rule = Rule(self.day, self.clock, minutes, self.old.zone, self.wish.interval, None, self.wish.nth)
        rule = replace(rule, skips=frozenset(self._follow(rule)(day) for day in self.old.skips))
        return replace(rule, starts_on=self._begin(rule), ends_on=self._end(rule))

    def _follow(self, rule: Rule) -> Callable[[date], date]:
        """What takes the place of a date when the rhythm stays; else it is moved by as many days."""
        if self._same_rhythm and rule.nth:
            return lambda day: _month_on(self.day, _months_from(self.slot, day), rule.nth or 1)
        return lambda day: day + (self.day - self.slot)

    def _begin(self, rule: Rule) -> date:
        """The first date of the rule that has this session's new date among its own."""
        first = self._follow(rule)(self.first)
        if self._same_rhythm or first >= self.day:
            return first if self._same_rhythm else self.day
        if rule.nth:
            steps = _months_from(first, self.day) // rule.interval
            return _month_on(self.day, -steps * rule.interval, rule.nth)
        steps = (self.day - first).days // (7 * rule.interval)
        return self.day - timedelta(weeks=steps * rule.interval)

    def _end(self, rule: Rule) -> date | None:
        """Unless somebody says another last day there are as many dates as before, or as long a time."""
        end = self.old.ends_on
        if end is None or self.wish.ends_on != end:
            return self.wish.ends_on
        if self._same_rhythm:
            end = max(self.old.dates(end, since=self.slot), default=self.slot)
        return self._follow(rule)(end)

    # -- the rows ------------------------------------------------------------------------------
    def outcome(self) -> Outcome:
        places = self._places()
        shifts = [self._shift(row, places[row.slot]) for row in self.rows if row.slot in places]
        left = [row for row in self.rows if row.slot not in places and self._can_go(row)]
        free = [day for day in self._open_dates() if day not in places.values()]
        once, taken = self._made_before(free)
        again = [shift for shift in once if self._was_surplus(shift.session)]
        rule = replace(self.new, skips=self.new.skips | taken)
        return Outcome(
            shifts=shifts + [shift for shift in once if shift not in again],
            content=self.content,
            rule=rule,
            surplus=tuple(left),
            added=tuple(day for day in free if day not in taken | {shift.slot for shift in once}),
            again=tuple(again),
            first=self.first,
            is_other_rule=replace(rule, starts_on=self.old.starts_on) != self.old,
        )

    def _places(self) -> dict[date | None, date]:
        """Which date takes the place of which slot."""
        follow = self._follow(self.new)
        slots = [row.slot for row in self.rows if row.slot]
        if self._same_rhythm:
            return {slot: follow(slot) for slot in slots if self.new.gives(follow(slot))}
        until = max([follow(slot) for slot in slots]) + timedelta(days=NEIGHBOURS)
        found = _neighbours([follow(slot) for slot in slots], list(self.new.dates(until)))
        return {slot: found[follow(slot)] for slot in slots if follow(slot) in found}

    def _shift(self, row: GroupSession, slot: date) -> Shift:
        own = Shift(row, slot, row.local_date, row.local_time, row.minutes, row.moved_from)
        if row.has_begun or not self._says_another_rule:
            return own
        minutes = self.new.minutes if self.wish.minutes != self.session.minutes else row.minutes
        ruled = Shift(row, slot, slot, self.clock, minutes)
        return own if self._stays_by_hand(row, ruled) else ruled

    def _stays_by_hand(self, row: GroupSession, ruled: Shift) -> bool:
        """Moved by hand, and not meant now. Nobody is sent back into the past either."""
        if row.moved_from is None or ruled.times == (row.starts_at, row.ends_at):
            return False
        if self.wish.scope == Scope.ALL and ruled.times[0] > self.now:
            return False
        return not (row.pk == self.session.pk and self._says_another_time)

    def _can_go(self, row: GroupSession) -> bool:
        return row.state == GroupSession.State.SCHEDULED and not row.has_begun

    def _open_dates(self) -> Iterable[date]:
        """Dates to come of the new rule, as far ahead as the old one had rows."""
        made = max(row.slot for row in self.rows if row.slot)
        goes_on = self.old.ends_on is None or any(self.old.dates(self.old.ends_on, since=made + timedelta(days=1)))
        today = local_day(self.now, self.new.zone)
        until = self._follow(self.new)(made) if goes_on else max(made, self.new.horizon(today))
        last = self.series.group.ends_on
        dates = self.new.dates(min(until, last) if last else until)
        return [day for day in dates if self.new.times(day)[0] > self.now]

    def _made_before(self, days: list[date]) -> tuple[list[Shift], frozenset[date]]:
        """A date is never made twice: what stands for these days already, cancelled or moved away.

        What is cancelled and comes from a rule before this one takes its place; the other days are jumped over.
        """
        mine = {row.pk for row in self.rows}
        rows = GroupSession.objects.filter(series__in=self._family(), slot__in=days).exclude(pk__in=mine)
        found = {row.slot: row for row in rows.select_related("series").order_by("pk") if row.slot}
        once = {day: row for day, row in found.items() if row.is_cancelled and self._is_let_go(row)}
        shifts = [Shift(row, day, day, self.clock, self.new.minutes) for day, row in sorted(once.items())]
        return shifts, frozenset(found.keys() - once.keys())

    def _family(self) -> set[int]:
        """This series, those that it continues, and those that continue them."""
        first = self.series
        while first.continues is not None:
            first = first.continues
        keys, newer = {first.pk}, {first.pk}
        while newer:
            newer = set(Series.objects.filter(continues__in=newer).values_list("pk", flat=True))
            keys |= newer
        return keys

    def _is_let_go(self, row: GroupSession) -> bool:
        """Whether its own series would not make it anew when it goes to another one."""
        series = row.series
        assert series is not None
        assert row.slot is not None
        return series.ended_at is not None or (series.ends_on is not None and row.slot > series.ends_on)

    def _was_surplus(self, row: GroupSession) -> bool:
        """Whether a change of the rule cancelled it, and nobody by hand: both bear the same moment."""
        at = row.cancelled_at
        return at is not None and Series.objects.filter(continues=row.series_id, created_at=at).exists()


def _neighbours(slots: list[date], dates: list[date]) -> dict[date, date]:
    """Those that agree first, then whatever is nearest."""
    apart = ((abs((new - old).days), new, old) for old in slots for new in dates)
    found: dict[date, date] = {}
    for _days, new, old in sorted(pair for pair in apart if pair[0] <= NEIGHBOURS):
        if old not in found and new not in found.values():
            found[old] = new
    return found


def _months_from(one: date, other: date) -> int:
    return (other.year - one.year) * 12 + other.month - one.month


def _month_on(day: date, months: int, nth: int) -> date:
    """The same weekday, so many months on."""
    number = day.year * 12 + day.month - 1 + months
    return weekday_of_month(number // 12, number % 12 + 1, day.weekday(), nth)
