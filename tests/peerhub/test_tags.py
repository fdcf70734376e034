"""The drawn parts: right shapes, hidden from screen readers, nothing that a page could break out of."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone, translation

from people.templatetags import peerhub as tags


class HowForm(forms.Form):
    mood = forms.TypedChoiceField(
        coerce=int, choices=[("", "-"), *[(n, w) for n, w in tags.SCALE]], widget=forms.RadioSelect
    )


def test_an_unknown_icon_is_a_mistake_in_the_template():
    with pytest.raises(KeyError):
        tags.icon("crystal ball")


def test_every_icon_is_whole_and_hidden_from_screen_readers():
    shown = {name: ElementTree.fromstring(svg).attrib for name, svg in tags.ICONS.items()}

    assert {attrs["aria-hidden"] for attrs in shown.values()} == {"true"}
    assert {name for name, attrs in shown.items() if "icon-flip" in attrs["class"]} == {"back", "next"}


def test_back_escapes_what_people_wrote():
    assert tags.back("/groups/", "<x9>") == (f'<a class="back" href="/groups/">{tags.ICONS["back"]}&lt;x9&gt;</a>')


def test_leaf_shows_the_readers_day_not_that_of_utc():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)

    with timezone.override("Asia/Tokyo"):
        there = tags.leaf(late)

    assert there == '<div class="leaf" aria-hidden="true"><span>Wed</span><b>25</b><span>Nov</span></div>'


def test_leaf_speaks_the_readers_language_and_can_be_crossed_out():
    with translation.override("de"):
        leaf = tags.leaf(date(2026, 12, 1), off=True)

    assert leaf == '<div class="leaf leaf-off" aria-hidden="true"><span>Di</span><b>1</b><span>Dez</span></div>'


@pytest.mark.parametrize("total", [-1, 0, 25, 400])
def test_seats_leaves_the_sentence_alone_when_a_ring_would_say_nothing(total):
    assert tags.seats(total, 3) == ""


@pytest.mark.parametrize(
    ("total", "taken", "mine", "classes"),
    [
        (4, 0, False, [None, None, None, None]),
        (4, 2, False, ["taken", "taken", None, None]),
        (4, 2, True, ["taken", "mine", None, None]),
        (2, 9, False, ["taken", "taken"]),
        (2, -1, True, [None, None]),
    ],
)
def test_seats_draws_one_dot_a_place(total, taken, mine, classes):
    ring = ElementTree.fromstring(tags.seats(total, taken, mine))

    assert [dot.get("class") for dot in ring] == classes


@pytest.mark.parametrize("step", [0, 6])
def test_level_refuses_what_is_not_on_the_scale(step):
    with pytest.raises(ValueError, match="1 to 5"):
        tags.level(step)


def test_each_level_is_drawn_differently():
    assert len({tags.level(step) for step in range(1, 6)}) == 5


def test_scale_from_a_name_preselects_nothing_unless_asked():
    assert _radios(tags.scale("mood")) == [("mood", str(n), f"id_mood_{n - 1}", False) for n in range(1, 6)]


def test_scale_from_a_name_preselects_what_was_chosen():
    assert [row[3] for row in _radios(tags.scale("mood", 4))] == [False, False, False, True, False]


def test_scale_from_a_bound_field_keeps_the_answer_and_the_first_id():
    field = HowForm({"mood": "2"})["mood"]

    radios = _radios(tags.scale(field))

    assert [row[3] for row in radios] == [False, True, False, False, False]
    assert [row[2] for row in radios][:2] == ["id_mood_0", "id_mood_1"]


def test_scale_escapes_words_and_name():
    form = type("F", (forms.Form,), {"<x9>": forms.ChoiceField(choices=[(1, "<x9>")], widget=forms.RadioSelect)})()

    assert "<x9>" not in tags.scale(form["<x9>"])


def test_chairs_and_mark_are_whole_drawings():
    page = Template("{% load peerhub %}{% chairs %}{% mark %}").render(Context())

    chairs, mark = ElementTree.fromstring(f"<div>{page}</div>")

    assert [group.get("class") for group in chairs.iter("g")].count("mine") == 1
    assert len(list(mark.iter("circle"))) == 6


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("", "A browser"),
        ("curl/8.5", "A browser"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
    ],
)
def test_device_says_what_a_person_would(user_agent, said):
    assert tags.device(user_agent) == said


def _radios(html):
    inputs = ElementTree.fromstring(html.replace(" checked>", ' checked="">').replace("><span>", "/><span>")).iter(
        "input"
    )
    return [(i.get("name"), i.get("value"), i.get("id"), i.get("checked") is not None) for i in inputs]
