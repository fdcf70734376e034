"""Draws how the weeks were: small, in the colours of the page, and never alone. The same facts stand in a table."""

from datetime import date
from itertools import pairwise

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from checkins.models import CheckIn
from checkins.trend import Trend, Week
from people.templatetags.peerhub import level_path

register = template.Library()

WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, STEP = 74, 12, 18, 34  # where the five lines begin and end, and how far apart they are
ROOM = 36  # for the name of a month
BIGGEST = 0.62  # of the 32 signs that a level is drawn in


@register.simple_tag
def weeks(trend: Trend) -> SafeString:
    """One level a week, joined where weeks follow each other. An empty week is only a gap."""
    places = trend.places
    each = (WIDTH - LEFT - RIGHT) / len(places)
    at = [(LEFT + each * (n + 0.5), monday, week) for n, (monday, week) in enumerate(places)]
    return format_html(
        '<svg class="chart trend" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        _lines(),
        _months([(x, monday) for x, monday, _week in at]),
        _joins([(x, week) for x, _monday, week in at]),
        _levels([(x, week) for x, _monday, week in at if week], min(BIGGEST, each / 30)),
    )


def _height(mood: int) -> int:
    return TOP + STEP * (5 - mood)


def _lines() -> SafeString:
    rows = ((LEFT, _height(mood), WIDTH - RIGHT, _height(mood), _height(mood) + 4, word) for mood, word in _moods())
    return format_html_join(
        "",
        '<line class="gridline" x1="{}" y1="{}" x2="{}" y2="{}"/><text class="axis" x="0" y="{}">{}</text>',
        rows,
    )


def _moods() -> list[tuple[int, str]]:
    return [(mood.value, str(mood.label)) for mood in CheckIn.Mood]


def _months(at: list[tuple[float, date]]) -> SafeString:
    """The name of a month under its first Monday, where there is room for it."""
    shown: list[tuple[float, int, str]] = []
    for (_x, before), (x, day) in pairwise(at):
        free = not shown or x - shown[-1][0] >= ROOM
        if before.month != day.month and free and x < WIDTH - RIGHT - ROOM / 2:
            shown.append((round(x, 1), HEIGHT - 6, date_format(day, "M")))
    return format_html_join("", '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>', shown)


def _joins(at: list[tuple[float, Week | None]]) -> SafeString:
    pairs = [(one, other) for one, other in pairwise(at) if one[1] and other[1]]
    rows = [
        (round(x, 1), _height(one.mood), round(to, 1), _height(other.mood))
        for (x, one), (to, other) in pairs
        if one and other
    ]
    return format_html_join("", '<line class="span" x1="{}" y1="{}" x2="{}" y2="{}"/>', rows)


def _levels(at: list[tuple[float, Week]], scale: float) -> SafeString:
    """The circle filled to fifths that stands beside each of the five words everywhere."""
    half = 16 * scale
    rows = (
        (round(x - half, 1), round(_height(week.mood) - half, 1), round(scale, 3), level_path(week.mood))
        for x, week in at
    )
    return format_html_join(
        "",
        '<g transform="translate({} {}) scale({})"><circle class="ground" cx="16" cy="16" r="15"/>'
        '<path class="fill" d="{}"/><circle class="rim" cx="16" cy="16" r="13.5"/></g>',
        rows,
    )
