"""What people type comes in whole, with nothing hidden in it."""

import pytest
from django import forms

from people.forms import NameField, PronounsField, SingleLineField, WordsField


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Wren  ", "Wren"),
        ("Wren\r\nBcc: x", "Wren Bcc: x"),
        ("\u202eWren\u200b", "Wren"),
        ("e\u0301lan", "élan"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("नर्\u200dसरी", "नर्\u200dसरी"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("❤\ufe0f Wren", "❤\ufe0f Wren"),
        ("Wr\u200den\u200c", "Wren"),
        ("Wren\ufe0f", "Wren"),
        ("Wr\u034fen\U000e0041", "Wr en"),
    ],
)
def test_a_name_is_one_line_with_nothing_hidden(typed, kept):
    assert SingleLineField().clean(typed) == kept


def test_a_name_of_hidden_signs_is_no_name():
    with pytest.raises(forms.ValidationError):
        SingleLineField().clean("\u200b\u202e")


@pytest.mark.parametrize("sign", "\u3164\u2800\u115f\uffa0\u200d\ufe0f")
def test_a_name_that_is_drawn_as_nothing_is_no_name(sign):
    with pytest.raises(forms.ValidationError):
        NameField().clean(sign * 3)


@pytest.mark.parametrize(
    "typed", ["wren@example.org", "@wren", "wren＠example.org", "07700 900123", "+44 7700 900123", "call 0113 496 0000"]
)
@pytest.mark.parametrize("field", [NameField, PronounsField])
def test_a_name_that_tells_how_to_reach_somebody_is_refused(field, typed):
    with pytest.raises(forms.ValidationError):
        field().clean(typed)


@pytest.mark.parametrize("typed", ["", "she", "they/them", "sie/ihr"])
def test_pronouns_are_whatever_they_are(typed):
    assert PronounsField().clean(typed) == typed


@pytest.mark.parametrize("typed", ["Wren", "D.", "Wren 2", "Ana-Lucía", "李"])
def test_any_other_name_will_do(typed):
    assert NameField().clean(typed) == typed


def test_words_keep_their_lines_and_scripts():
    assert WordsField().clean("Mornings.\r\n\r\nمساء الخير 🙂\x00\u202e") == "Mornings.\n\nمساء الخير 🙂"


def test_words_that_are_too_long_are_refused_not_cut():
    with pytest.raises(forms.ValidationError):
        WordsField(max_length=10).clean("x" * 11)


def test_a_browser_keeps_none_of_somebodys_words():
    assert WordsField().widget.attrs["autocomplete"] == "off"
