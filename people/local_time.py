"""From the wall clock to the instant and back (architecture.md section 2, rule 4)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which this wall clock is shown in this zone.

    A time that the spring jump skips becomes the same time after the jump (01:30 -> 02:30);
    a time that comes twice in autumn is the first of the two.
    """
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def exists(day: date, clock: time, zone: ZoneInfo) -> bool:
    """Whether the wall clock ever shows this time on this day."""
    wall = datetime.combine(day, clock)
    return instant(day, clock, zone).astimezone(zone).replace(tzinfo=None) == wall


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def monday(day: date) -> date:
    """The Monday of this day's week: the name of the week."""
    return day - timedelta(days=day.weekday())


def is_quiet(clock: time, quiet_from: time, quiet_to: time) -> bool:
    """Whether a wall clock lies in quiet hours, which may run past midnight. Equal ends: never quiet."""
    if quiet_from <= quiet_to:
        return quiet_from <= clock < quiet_to
    return clock >= quiet_from or clock < quiet_to


def after_quiet(moment: datetime, zone: ZoneInfo, quiet_from: time, quiet_to: time) -> datetime:
    """The same moment, or the end of the quiet hours it falls into (R59)."""
    local = moment.astimezone(zone)
    if not is_quiet(local.time(), quiet_from, quiet_to):
        return moment
    day = local.date()
    if quiet_from > quiet_to and local.time() >= quiet_from:
        day += timedelta(days=1)
    end = instant(day, quiet_to, zone)
    if end > moment:
        return end
    return datetime.combine(day, quiet_to, tzinfo=zone).replace(fold=1).astimezone(UTC)  # the hour that comes twice
