"""What sessions add to the pages of groups: when they meet. Dates and times, never a link into a room."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Group
from sessions.models import GroupSession
from sessions.words import when_words, zone_words

SHOWN = 3


def next_sessions(request: HttpRequest, group: Group) -> str:
    """The next meetings, on the group's own page, for anybody who may see that page."""
    coming = group.sessions.scheduled().upcoming()[: SHOWN + 1]
    sessions = list(coming)
    if not sessions:
        return ""
    zone = zone_words(group.time_zone)
    context = {"group": group, "sessions": sessions[:SHOWN], "more": len(sessions) > SHOWN, "zone": zone}
    return render_to_string("sessions/_next_sessions.html", context, request)


def next_words(groups: Sequence[Group]) -> dict[int, str]:
    """When each group meets next, on the group's own clock, in one query."""
    coming = GroupSession.objects.scheduled().filter(group__in=groups, starts_at__gt=timezone.now())
    first = dict(coming.order_by().values_list("group").annotate(first=Min("starts_at")))
    return {group.pk: _words(group, first[group.pk]) for group in groups if group.pk in first}


def _words(group: Group, starts_at: datetime) -> str:
    when = when_words(starts_at, ZoneInfo(group.time_zone))
    return _("%(when)s, %(zone)s") % {"when": when, "zone": zone_words(group.time_zone)}
