"""What sessions add to the pages of groups: when they meet. Dates and times, never a link into a room."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group
from groups.policies import may_come
from people.words import zone_words
from sessions.models import GroupSession
from sessions.words import rhythm_words, when_words

SHOWN = 3


def next_sessions(request: HttpRequest, group: Group) -> str:
    """The next meetings, on the group's own page, for anybody who may see it. Members go on to their seat."""
    coming = group.sessions.scheduled().upcoming()[: SHOWN + 1]
    sessions = list(coming)
    if not sessions:
        return ""
    zone = zone_words(group.time_zone)
    inside = request.user.is_authenticated and may_come(request.user, group)
    context = {
        "sessions": [(session, _for_reader(request, session)) for session in sessions[:SHOWN]],
        "more": len(sessions) > SHOWN,
        "zone": zone,
        "inside": inside,
        "pair": group.is_pair,
    }
    return render_to_string("sessions/_next_sessions.html", context, request)


def _for_reader(request: HttpRequest, session: GroupSession) -> str:
    """When it begins on the clock of somebody who is signed in, where that shows another time than the group's."""
    if request.user.is_authenticated and session.group_clock:
        return when_words(session.starts_at)
    return ""


def next_words(groups: Sequence[Group]) -> dict[int, str]:
    """When each group meets, on the group's own clock, in one query: its rhythm and its next date."""
    coming = GroupSession.objects.scheduled().filter(group__in=groups, starts_at__gt=timezone.now())
    single = ExpressionWrapper(Q(series=None), BooleanField())
    first = coming.annotate(single=single).order_by("group", "single", "starts_at").distinct("group", "single")
    found: dict[int, list[GroupSession]] = {}
    for session in first.select_related("series"):
        found.setdefault(session.group_id, []).append(session)
    return {group.pk: _words(group, found[group.pk]) for group in groups if group.pk in found}


def planned_after(group: Group, day: date) -> int:
    """How many of its sessions are planned after this day, on its own clock."""
    return group.sessions.scheduled().filter(local_date__gt=day).count()


def _words(group: Group, sessions: list[GroupSession]) -> str:
    """`sessions` are the next one of a series, if there is one, and the next single one."""
    soonest = min(sessions, key=lambda session: session.starts_at)
    words = {"when": when_words(soonest.starts_at, ZoneInfo(group.time_zone)), "zone": zone_words(group.time_zone)}
    series = sessions[0].series
    if series is None:
        return _("%(when)s, %(zone)s") % words
    words["rhythm"] = rhythm_words(series.starts_on, series.starts_at, series.interval, series.nth)
    return _("%(rhythm)s, %(zone)s. Next: %(when)s") % words
