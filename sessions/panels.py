"""What sessions add to the pages of groups: when they meet. Dates and times, never a link into a room."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db.models import F
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group
from groups.policies import may_come
from sessions.models import GroupSession
from sessions.words import rhythm_words, when_words, zone_words

SHOWN = 3


def next_sessions(request: HttpRequest, group: Group) -> str:
    """The next meetings, on the group's own page, for anybody who may see it. Members go on to their seat."""
    coming = group.sessions.scheduled().upcoming()[: SHOWN + 1]
    sessions = list(coming)
    if not sessions:
        return ""
    zone = zone_words(group.time_zone)
    inside = request.user.is_authenticated and may_come(request.user, group)
    context = {"sessions": sessions[:SHOWN], "more": len(sessions) > SHOWN, "zone": zone, "inside": inside}
    return render_to_string("sessions/_next_sessions.html", context, request)


def next_words(groups: Sequence[Group]) -> dict[int, str]:
    """When each group meets, on the group's own clock, in one query: its rhythm, else its next date."""
    coming = GroupSession.objects.scheduled().filter(group__in=groups, starts_at__gt=timezone.now())
    first = coming.order_by("group", F("series").asc(nulls_last=True), "starts_at").distinct("group")
    found = {session.group_id: session for session in first.select_related("series")}
    return {group.pk: _words(group, found[group.pk]) for group in groups if group.pk in found}


def _words(group: Group, session: GroupSession) -> str:
    series = session.series
    when = (
        rhythm_words(series.starts_on.weekday(), series.starts_at, series.interval)
        if series
        else when_words(session.starts_at, ZoneInfo(group.time_zone))
    )
    return _("%(when)s, %(zone)s") % {"when": when, "zone": zone_words(group.time_zone)}
