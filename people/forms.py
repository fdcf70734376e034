"""Fields that take in what people type, and the forms about themselves."""

import re
import unicodedata
import zoneinfo
from typing import Any, cast

import phonenumbers
from django import forms
from django.conf import settings
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

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The browser keeps nothing of it: not to offer it again, not to put it back after Back (T2)."""
        return super().widget_attrs(widget) | {"autocomplete": "off"}

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


def zone_choices() -> list[tuple[str, str]]:
    """Time zones as places, in the order of their names."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class PersonForm(forms.Form):
    """What a person is called, whose clock they live by, and how much a glance at their screen tells."""

    display_name = NameField(
        label=_("What we call you"),
        required=False,
        help_text=_("Stands at the top of your pages and where no group is meant. It need not be your real name."),
    )
    pronouns = SingleLineField(
        label=_("Pronouns"),
        max_length=40,
        required=False,
        help_text=_("Shown after your name, like Wren (they)."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Every time you see is reckoned for this place."),
        error_messages={
            "required": _("Choose a time zone from the list"),
            "invalid_choice": _("Choose a time zone from the list"),
        },
    )
    locale = forms.ChoiceField(
        label=_("Language"), error_messages={"invalid_choice": _("Choose a language from the list")}
    )
    discreet = forms.BooleanField(
        label=_("Use discreet mode"),
        required=False,
        help_text=_("Tabs say “Notes”. Messages name no group, no person and no topic."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) > 1:
            cast(forms.ChoiceField, self.fields["locale"]).choices = settings.LANGUAGES
        else:
            del self.fields["locale"]
