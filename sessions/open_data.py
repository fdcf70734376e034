"""Groups that may be passed on, as open data: the Meeting Guide feed, and schema.org events on a group's own page.

Only what stands on the group's public page, and only where the group said so (`shared_openly`). Never a person's
name, a place that the group hides, or the video link: whoever wants to come asks on the group's page. The feed
follows https://github.com/code4recovery/spec, which is for weekly meetings only.
"""

import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from groups.models import Group
from people.models import Organisation
from sessions.models import GroupSession, Series

MOST_ROWS = 5000
SHOWN = 3
SOON = timedelta(days=14)
# The specification's own codes for languages and step-free places. What has no code there is said in the notes.
SPOKEN = {
    "am": "AM", "ase": "ASL", "da": "DA", "de": "DE", "el": "EL", "en": "EN", "es": "S", "fa": "FA", "fr": "FR",
    "he": "HE", "hi": "HI", "hr": "HR", "hu": "HU", "it": "ITA", "ja": "JA", "ko": "KOR", "lt": "LT", "ml": "ML",
    "nb": "NO", "no": "NO", "pa": "PUN", "pl": "POL", "pt": "POR", "pt-br": "POR", "ru": "RUS", "sk": "SK",
    "sv": "SV", "th": "TH", "uk": "UK",
}  # fmt: skip
STEP_FREE = "X"
ATTENDANCE = {"online": "Online", "in_person": "Offline", "hybrid": "Mixed"}
# As Django's json_script does: nothing in the data can end the element it stands in.
INERT = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def feed() -> list[dict[str, Any]]:
    """One row for each weekly slot of a group that is listed, open and shared, in a stable order.

    Of a series that is about to go on in another way the one that still runs.
    """
    entity = {"entity": Organisation.current().name, "entity_website_url": settings.SITE_URL}
    first = _first_of(weekly := list(_weekly()[:MOST_ROWS]))
    lines: dict[uuid.UUID, Series] = {}
    for series in sorted(weekly, key=lambda series: series.starts_on):
        lines.setdefault(first[series.pk], series)
    return [_row(series, first[series.pk]) | entity for series in weekly if lines[first[series.pk]] == series]


def events(request: HttpRequest, group: Group) -> str:
    """The next sessions as schema.org events, in a block of data that no browser runs. Nothing unless shared."""
    if not (group.shared_openly and group.listed and group.state == Group.State.OPEN):
        return ""
    coming = group.sessions.scheduled().upcoming()[:SHOWN]
    data = [_event(group, session) for session in coming]
    return _data_block({"@context": "https://schema.org", "@graph": data}) if data else ""


def _weekly() -> Any:
    """Rules that make a session every week, now or soon."""
    today = timezone.localdate()
    running = Series.objects.running().filter(Q(ends_on=None) | Q(ends_on__gte=today), interval=1, nth=None)
    shared = running.filter(
        starts_on__lte=today + SOON, group__listed=True, group__state="open", group__shared_openly=True
    )
    return shared.select_related("group__area").order_by("group__slug", "pk")


def _first_of(weekly: Sequence[Series]) -> dict[int, uuid.UUID]:
    """With what name each of them began: a series that was changed goes on in another one, and is the same meeting."""
    if not any(series.continues_id for series in weekly):
        return {series.pk: series.public_id for series in weekly}
    rows = Series.objects.filter(group__in={series.group_id for series in weekly if series.continues_id})
    before = {pk: (public_id, older) for pk, public_id, older in rows.values_list("pk", "public_id", "continues")}
    found = {}
    for series in weekly:
        name, older = series.public_id, series.continues_id
        while older:
            name, older = before[older]
        found[series.pk] = name
    return found


def _row(series: Series, name: uuid.UUID) -> dict[str, Any]:
    group = series.group
    ends_at = datetime.combine(date.min, series.starts_at) + timedelta(minutes=series.minutes)
    row = {
        "name": group.name,
        "slug": f"{group.slug[:51]}-{name.hex[:12]}",
        "day": series.starts_on.isoweekday() % 7,  # theirs begins on Sunday
        "time": f"{series.starts_at:%H:%M}",
        "end_time": f"{ends_at:%H:%M}",
        "timezone": series.time_zone,
        "types": _types(group),
        "notes": _notes(series),
        "group": group.name,
        "url": _address(group),
        "location": group.shown_place if group.format != Group.Format.ONLINE else "",
        "region": group.area.name if group.area else "",
    }
    return {name: _plain(value) for name, value in row.items() if value not in ("", [])}


def _plain(value: Any) -> Any:
    """Texts of the feed are plain: no markup, even where somebody typed some."""
    return strip_tags(value) if isinstance(value, str) else value


def _types(group: Group) -> list[str]:
    types = [SPOKEN[code] for code in group.languages if code in SPOKEN]
    return [*types, STEP_FREE] if Group.Access.STEP_FREE in group.access else types


def _notes(series: Series) -> str:
    """In words what the format has no field for. No video link: the way in is to ask."""
    group, from_day = series.group, ""
    if series.starts_on > timezone.localdate():
        from_day = _("From %(day)s on.") % {"day": date_format(series.starts_on, "j F Y")}
    parts = [from_day, group.purpose, f"{group.get_format_display()}.", group.access_notes, group.cost]
    return "\n".join([*filter(None, parts), _("Read more and ask to join on the page of the group.")])


def _event(group: Group, session: GroupSession) -> dict[str, Any]:
    zone, organisation = ZoneInfo(session.time_zone), Organisation.current()
    return {
        "@type": "Event",
        "name": group.name,
        "description": group.purpose,
        "startDate": session.starts_at.astimezone(zone).isoformat(),
        "endDate": session.ends_at.astimezone(zone).isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": f"https://schema.org/{ATTENDANCE[group.format]}EventAttendanceMode",
        "location": _location(group),
        "organizer": {"@type": "Organization", "name": organisation.name, "url": settings.SITE_URL},
        "isAccessibleForFree": group.cost == "",
        "inLanguage": list(group.languages),
        "url": _address(group),
    }


def _location(group: Group) -> list[dict[str, Any]]:
    """Where to go, and for what is online the group's page: there people ask, and members find the door."""
    places: list[dict[str, Any]] = []
    if group.format != Group.Format.ONLINE:
        area = group.area.name if group.area else ""
        where = ", ".join(filter(None, [group.shown_place, area])) or Organisation.current().name
        places.append({"@type": "Place", "name": group.shown_place or where, "address": where})
    if group.format != Group.Format.IN_PERSON:
        places.append({"@type": "VirtualLocation", "url": _address(group)})
    return places


def _address(group: Group) -> str:
    return settings.SITE_URL + group.get_absolute_url()


def _data_block(data: dict[str, Any]) -> SafeString:
    text = json.dumps(data, ensure_ascii=False).translate(INERT)
    return format_html(
        '<script type="application/ld+json">{}</script>',
        mark_safe(text),  # noqa: S308  # the three signs that could end the element are escaped above
    )
