"""Fields that take in what people type, and the forms about themselves."""

import re
import unicodedata
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Controls, bidi marks and overrides, zero-width signs but the joiner that emoji and scripts need.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_HIDDEN_WORDS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """A name or title without hidden signs, in one line, composed (NFC)."""
    return " ".join(_HIDDEN.sub(" ", unicodedata.normalize("NFC", text)).split())


class SingleLineField(forms.CharField):
    """A name or a title: one line, nothing hidden in it."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class WordsField(forms.CharField):
    """Somebody's own words: kept as they are but for control signs and direction overrides."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        kwargs.setdefault("max_length", 4000)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return _HIDDEN_WORDS.sub("", unicodedata.normalize("NFC", text)).replace("\r\n", "\n")


class NameField(SingleLineField):
    """The name other people see. It need not be real, and it may not tell how to reach somebody (R12)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "nickname"}))
        super().__init__(**kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if "@" in value:
            raise ValidationError(_("Choose a name that is not your e-mail address"), code="address")
        if looks_like_a_phone_number(value):
            raise ValidationError(_("Choose a name that is not a phone number"), code="phone")


def looks_like_a_phone_number(text: str) -> bool:
    if sum(sign.isdigit() for sign in text) >= 7:
        return True
    return any(phonenumbers.PhoneNumberMatcher(text, "GB"))
