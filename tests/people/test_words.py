"""How times are written: as the design does in English, and as each other language has it."""

from datetime import UTC, datetime, time
from gettext import GNUTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.formats import time_format

from people.words import clock_words, zone_words

CATALOGUE = Path(settings.BASE_DIR, "locale/en/LC_MESSAGES")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (time(19), time(20, 15), "7:00 to 8:15 pm"),
        (time(10, 30), time(11, 30), "10:30 to 11:30 am"),
        (time(11, 30), time(13), "11:30 am to 1:00 pm"),
        (time(23), time(0, 30), "11:00 pm to 12:30 am"),
    ],
)
def test_the_first_half_of_the_day_is_said_only_where_it_differs(start, end, words):
    assert clock_words(start, end) == words


@pytest.mark.parametrize("language", ["en-gb", "en", "en-us"])
def test_every_english_writes_the_same_time(language):
    with translation.override(language):
        assert [time_format(time(hour), "TIME_FORMAT") for hour in (0, 9, 12, 19)] == [
            "12:00 am",
            "9:00 am",
            "12:00 pm",
            "7:00 pm",
        ]


def test_a_language_with_one_clock_of_24_hours_keeps_it():
    with translation.override("de"):
        assert clock_words(time(19), time(20, 15)) == "19:00 to 20:15"


def test_a_template_says_it_on_the_readers_clock():
    moments = {"start": datetime(2026, 12, 1, 19, tzinfo=UTC), "end": datetime(2026, 12, 1, 20, 15, tzinfo=UTC)}
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        page = Template("{% load peerhub %}{% from_to start end %}").render(Context(moments))
    assert page == "4:00 to 5:15 am"


def test_the_compiled_words_are_those_of_the_source():
    with (CATALOGUE / "django.mo").open("rb") as compiled:
        words = GNUTranslations(compiled)
    assert [words.gettext(half) for half in ("a.m.", "p.m.")] == ["am", "pm"]
    assert (CATALOGUE / "django.po").read_text().count("msgid") == 3


@pytest.mark.parametrize(
    ("name", "words"),
    [("Europe/London", "London time"), ("America/Argentina/Buenos_Aires", "Buenos Aires time"), ("UTC", "UTC")],
)
def test_a_zone_is_called_by_its_city(name, words):
    with timezone.override(name):
        page = Template("{% load peerhub %}{% zone %}").render(Context())

    assert (zone_words(name), page) == (words, words)
