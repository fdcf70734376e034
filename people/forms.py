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
# Signs that are drawn as nothing: a name of them is no name, and a name with them looks like another one.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
# Joiners do something in emoji and in scripts that join; beside signs that never do they only hide.
_NEVER_JOIN = "[\\s\u0021-\u0022\u0024-\u0029\u002b-\u002f\u003a-\u052f\u1e00-\u1fff]"
_IDLE_JOINER = re.compile(f"(?:^|(?<={_NEVER_JOIN}))[\u200c\u200d\ufe0f]+|[\u200c\u200d]+$")
_HIDDEN_WORDS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """A name or title without hidden signs, in one line, composed (NFC)."""
    seen = " ".join(_BLANK.sub(" ", _HIDDEN.sub(" ", unicodedata.normalize("NFC", text))).split())
    return _IDLE_JOINER.sub("", seen).strip()


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
        if has_address(value):
            raise ValidationError(_("Choose a name that is not your e-mail address"), code="address")
        if looks_like_a_phone_number(value):
            raise ValidationError(_("Choose a name that is not a phone number"), code="phone")


class PronounsField(SingleLineField):
    """They stand after the name wherever it stands, so they tell no more than it may (R12)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Pronouns"))
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("help_text", _("Shown after your name, like Wren (they)."))
        super().__init__(**kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if has_address(value) or looks_like_a_phone_number(value):
            raise ValidationError(_("Write pronouns here, like she or they"), code="reach")


class HelloField(forms.BooleanField):
    """Asked of everybody who comes into a group, ticked beforehand (R36). Other words are another version of the yes:
    see `people.consents`.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Say hello if I miss a session"))
        kwargs.setdefault("required", False)
        words = _(
            "Those who run the group may write to you. Two in a row at most, then we stop. Untick it if you would "
            "like none. You can change it at any time under Messages."
        )
        kwargs.setdefault("help_text", words)
        super().__init__(**kwargs)


def has_address(text: str) -> bool:
    """Whether somebody could be written to; also where the sign is a wide or a small one."""
    return "@" in unicodedata.normalize("NFKC", text)


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
    pronouns = PronounsField()
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
