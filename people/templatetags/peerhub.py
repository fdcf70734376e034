"""The drawn parts of the design: icons, leaves, rings of seats and levels, as ready SVG.

Every drawing is aria-hidden; the page says the same thing again in words beside it.
"""

import math
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from people.words import clock_words, zone_words

register = template.Library()

MOST_SEATS_DRAWN = 24
SCALE = ((1, _("Very hard")), (2, _("Hard")), (3, _("Mixed")), (4, _("Okay")), (5, _("Good")))

_SHAPES = {
    "home": '<path d="M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4v-5h-6v5H5a1 1 0 0 1-1-1z"/>',
    "circle": '<circle cx="12" cy="5" r="2"/><circle cx="18.5" cy="9.5" r="2"/><circle cx="16" cy="17.5" r="2"/>'
    '<circle cx="8" cy="17.5" r="2"/><circle cx="5.5" cy="9.5" r="2"/>',
    "pair": '<circle cx="8" cy="8" r="3"/><circle cx="16" cy="8" r="3"/>'
    '<path d="M3 19c0-3 2.2-5 5-5 1.6 0 3 .7 4 1.8 1-1.1 2.4-1.8 4-1.8 2.8 0 5 2 5 5"/>',
    "book": '<path d="M5 5.5A1.5 1.5 0 0 1 6.5 4H19v14H6.5A1.5 1.5 0 0 0 5 19.5zM5 19.5A1.5 1.5 0 0 0 6.5 21H19"/>',
    "person": '<circle cx="12" cy="8" r="3.5"/><path d="M5 20c0-3.5 3-6 7-6s7 2.5 7 6"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8v.1"/>',
    "hand": '<path d="M12 20s-7-4.3-7-9.5A3.8 3.8 0 0 1 12 8.3a3.8 3.8 0 0 1 7 2.2C19 15.7 12 20 12 20z"/>',
    "chart": '<path d="M5 19V11M12 19V5M19 19v-6"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "place": '<path d="M12 21s6.5-5.6 6.5-11A6.5 6.5 0 0 0 5.5 10c0 5.4 6.5 11 6.5 11z"/>'
    '<circle cx="12" cy="10" r="2.3"/>',
    "video": '<rect x="3.5" y="7" width="12" height="10" rx="2"/><path d="m15.5 11 5-3v8l-5-3"/>',
    "repeat": '<path d="M5 10a7 7 0 0 1 12.5-2.5L19 9M19 5v4h-4M19 14a7 7 0 0 1-12.5 2.5L5 15M5 19v-4h4"/>',
    "lock": '<rect x="5.5" y="11" width="13" height="9" rx="2"/><path d="M8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>',
    "back": '<path d="m14 6-6 6 6 6"/>',
    "next": '<path d="m10 6 6 6-6 6"/>',
    "lang": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17"/>',
    "tick": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
}
# The first sign found wins: most browsers also claim to be the ones below them.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
_POINT_ALONG_THE_LINE = {"back", "next"}
ICONS = {
    name: mark_safe(  # noqa: S308  # our own shapes, no one else's words
        f'<svg class="icon{" icon-flip" if name in _POINT_ALONG_THE_LINE else ""}" viewBox="0 0 24 24"'
        f' aria-hidden="true" focusable="false">{shape}</svg>'
    )
    for name, shape in _SHAPES.items()
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the line icons; an unknown name is a mistake in the template and raises KeyError."""
    return ICONS[name]


@register.simple_tag
def back(url: str, label: str) -> SafeString:
    """The way up, above a page's heading."""
    return format_html('<a class="back" href="{}">{}{}</a>', url, ICONS["back"], label)


@register.simple_tag
def leaf(day: date, *, off: bool = False) -> SafeString:
    """The date as a leaf from a calendar, in the reader's zone and language."""
    if isinstance(day, datetime) and timezone.is_aware(day):
        day = timezone.localtime(day)
    return format_html(
        '<div class="{}" aria-hidden="true"><span>{}</span><b>{}</b><span>{}</span></div>',
        "leaf leaf-off" if off else "leaf",
        date_format(day, "D"),
        date_format(day, "j"),
        date_format(day, "M"),
    )


@register.simple_tag
def from_to(start: datetime | time, end: datetime | time) -> str:
    """From when to when, on the reader's clock: 7:00 to 8:15 pm."""
    return clock_words(_here(start), _here(end))


@register.simple_tag
def zone() -> str:
    """The clock by which this page tells its times, as people say it: London time."""
    return zone_words(timezone.get_current_timezone_name())


def _here(moment: datetime | time) -> datetime | time:
    return timezone.localtime(moment) if isinstance(moment, datetime) and timezone.is_aware(moment) else moment


@register.simple_tag
def seats(total: int, taken: int, mine: bool = False) -> SafeString:
    """A ring of places: filled is taken, lamp-coloured is the reader's own. Nothing above 24 places."""
    if not 0 < total <= MOST_SEATS_DRAWN:
        return SafeString("")
    return _ring_of_seats(total, max(0, min(taken, total)), bool(mine))


@register.simple_tag
def level(step: int) -> SafeString:
    """A circle filled to `step` fifths, beside the word of the five-step scale."""
    return _level(step)


@register.simple_tag
def scale(field: BoundField | str, chosen: Any = None) -> SafeString:
    """Five radios drawn as a scale, from a bound field, or from a name and the chosen value."""
    if isinstance(field, BoundField):
        name, start, chosen = field.html_name, field.auto_id, field.value()
        choices = [(value, word) for value, word in getattr(field.field, "choices", ()) if str(value)]
    else:
        name, start, choices = field, f"id_{field}", list(SCALE)
    rows = (
        (
            name,
            value,
            f"{start}_{place}",
            mark_safe(" checked") if str(value) == str(chosen) else "",
            _level(int(value)),
            word,
        )
        for place, (value, word) in enumerate(choices)
    )
    picks = format_html_join(
        "",
        '<label class="pick"><input type="radio" name="{}" value="{}" id="{}"{}><span>{}{}</span></label>',
        rows,
    )
    return format_html('<div class="scale">{}</div>', picks)


@register.simple_tag
def chairs() -> SafeString:
    """The front page's drawing: nine chairs, one lamp-lit, one free."""
    return _CHAIRS


@register.simple_tag
def mark() -> SafeString:
    """The mark beside the name: six dots in a ring, one of them lit."""
    return _MARK


@register.filter
def device(user_agent: str) -> str:
    """What a browser calls itself, as a person would say it: Firefox on Windows."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), _("A browser"))
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if not system:
        return str(browser)
    return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}


@lru_cache(maxsize=512)
def _ring_of_seats(total: int, taken: int, mine: bool) -> SafeString:
    radius = round(100 * min(0.085, 1.05 / total), 2)
    circles = "".join(
        f'<circle cx="{x}" cy="{y}" r="{radius}"{_kind_of_seat(place, taken, mine)}/>'
        for place, (x, y) in enumerate(_ring(total))
    )
    return SafeString(f'<svg class="seats" viewBox="0 0 100 100" aria-hidden="true" focusable="false">{circles}</svg>')


def _kind_of_seat(place: int, taken: int, mine: bool) -> str:
    if mine and place == taken - 1:
        return ' class="mine"'
    return ' class="taken"' if place < taken else ""


def _ring(total: int) -> Iterator[tuple[float, float]]:
    for place in range(total):
        turn = 2 * math.pi * place / total - math.pi / 2
        yield round(50 + 39 * math.cos(turn), 1), round(50 + 39 * math.sin(turn), 1)


@lru_cache(maxsize=8)
def _level(step: int) -> SafeString:
    return SafeString(
        f'<svg class="level" viewBox="0 0 32 32" aria-hidden="true" focusable="false">'
        f'<path class="fill" d="{level_path(step)}"/><circle class="rim" cx="16" cy="16" r="13.5"/></svg>'
    )


def level_path(step: int) -> str:
    """The part of a circle that lies under a level: `step` fifths of its height."""
    if not 1 <= step <= 5:
        raise ValueError("a level is 1 to 5")
    if step == 5:
        return "M16 2.5a13.5 13.5 0 1 1 0 27a13.5 13.5 0 1 1 0-27z"
    radius, top = 13.5, 29.5 - 27 * step / 5
    half = math.sqrt(radius * radius - (16 - top) ** 2)
    large = 1 if top < 16 else 0
    return f"M{16 - half:.2f} {top:.2f}H{16 + half:.2f}A{radius} {radius} 0 {large} 1 {16 - half:.2f} {top:.2f}z"


def _chair(place: int) -> str:
    kind = {0: ' class="mine"', 5: ' class="free"'}.get(place, "")
    return (
        f'<g transform="rotate({place * 40 - 60} 160 160) translate(160 46)"{kind}>'
        '<rect class="seat" x="-19" y="-15" width="38" height="32" rx="10"/>'
        '<path class="backrest" d="M-20 -20q20 -9 40 0"/></g>'
    )


_CHAIRS = SafeString(
    '<svg class="chairs" viewBox="0 0 320 320" aria-hidden="true" focusable="false">'
    '<circle class="rug" cx="160" cy="160" r="92"/><circle class="glow" cx="160" cy="160" r="52"/>'
    f"{''.join(map(_chair, range(9)))}</svg>"
)
_MARK = SafeString(
    '<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false"><g fill="var(--primary)">'
    '<circle cx="16" cy="5" r="3.6"/><circle cx="25.5" cy="10.5" r="3.6"/><circle cx="25.5" cy="21.5" r="3.6"/>'
    '<circle cx="16" cy="27" r="3.6"/><circle cx="6.5" cy="21.5" r="3.6"/></g>'
    '<circle cx="6.5" cy="10.5" r="3.6" fill="var(--lamp)"/></svg>'
)
