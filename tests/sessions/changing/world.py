"""Twelve Tuesdays, and what the page that changes them asks for."""

from dataclasses import replace
from datetime import UTC, date, datetime

from sessions import services
from sessions.models import GroupSession, Series
from sessions.services import Scope, Wish

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TUESDAY = date(2027, 1, 5)


def nth(series, number):
    """The session that was the first, second ... of them when they were made."""
    return GroupSession.objects.select_related("series", "group").order_by("pk")[number]


def wish(session, **change):
    """What the page asks for when only this is changed on it."""
    series = session.series
    rhythm = {"interval": series.interval, "nth": series.nth, "ends_on": series.ends_on} if series else {}
    own = {name: getattr(session, name) for name in ("local_date", "local_time", "minutes", "capacity", "plan")}
    return replace(Wish(scope=Scope.ONE, kept_for_new=session.kept_for_new, **own, **rhythm), **change)


def change(actor, session, *, seen="", said="", made_as=None, **wanted):
    given = {"seen": seen, "said": said, "made_as": made_as}
    return services.change_sessions(actor, session=session, wish=wish(session, **wanted), **given)


def state():
    """All that must not change when something is refused."""
    return list(GroupSession.objects.order_by("pk").values_list()), list(Series.objects.order_by("pk").values_list())


def days(**of):
    return [session.local_date for session in GroupSession.objects.filter(**of).order_by("local_date")]
