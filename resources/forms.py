"""Takes in what admins write about places and help lines, and what people look for."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from people.forms import SingleLineField, WordsField
from resources.models import CrisisLine, Resource

_NUMBER = re.compile(r"[0-9+*#()./\s-]+")
_SECURE = URLValidator(schemes=["https"], message=_("Enter a web address that starts with https://"))


class PhoneField(SingleLineField):
    """A number that people can ring: short ones like 111 too."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not (_NUMBER.fullmatch(value) and sum(sign.isdigit() for sign in value) >= 2):
            raise ValidationError(_("Enter a phone number people can ring, like 0117 496 0148"), code="phone")


class SecureAddressField(SingleLineField):
    """A page of somebody else's: https only."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            _SECURE(value)


class FindForm(forms.Form):
    """What somebody looks for in the directory. Never kept."""

    BY = [("phone", _("By phone")), ("web", _("Online")), ("email", _("By e-mail"))]

    q = SingleLineField(required=False, max_length=100)
    kind = forms.MultipleChoiceField(
        label=_("What kind"), choices=Resource.Kind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    cost = forms.MultipleChoiceField(
        label=_("Cost"), choices=Resource.Cost.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    by = forms.MultipleChoiceField(
        label=_("How to reach them"), choices=BY, required=False, widget=forms.CheckboxSelectMultiple
    )

    def wanted(self) -> dict[str, Any]:
        """What was asked for and can be; an address typed by hand with anything else finds everything."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or ([] if name != "q" else "") for name in self.fields}


class ResourceForm(forms.Form):
    """One place that can help."""

    name = SingleLineField(label=_("Name"), max_length=120, error_messages={"required": _("Say what it is called")})
    kind = forms.ChoiceField(
        label=_("What kind"),
        choices=Resource.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what kind of help it is")},
    )
    what_for = SingleLineField(
        label=_("What they do, in one sentence"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Written to the person who needs it. Members read this first."),
        error_messages={"required": _("Say in one sentence what they do")},
    )
    phone = PhoneField(label=_("Phone"), required=False)
    url = SecureAddressField(label=_("Website"), required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Enter an e-mail address, like name@example.org")},
    )
    cost = forms.ChoiceField(
        label=_("Cost"),
        choices=Resource.Cost.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what it costs")},
    )
    who_for = SingleLineField(label=_("Who it is for"), required=False, max_length=200)
    hours = SingleLineField(label=_("Open"), required=False, max_length=120)
    area = SingleLineField(label=_("Where"), required=False, max_length=120)
    access_notes = SingleLineField(
        label=_("Getting in"), required=False, max_length=200, help_text=_("Step-free, lift, quiet room, hearing loop.")
    )
    languages = SingleLineField(label=_("Languages"), required=False, max_length=120)
    how_to_start = WordsField(
        label=_("How to start"), required=False, max_length=1500, help_text=_("One step on each line.")
    )
    good_to_know = WordsField(
        label=_("Anything else that is good to know"),
        required=False,
        max_length=1000,
        help_text=_("What it is not for, and how long people wait."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    checked = forms.BooleanField(label=_("I checked all of this today"), required=False)
    published = forms.BooleanField(label=_("Show it in the directory"), required=False)

    def __init__(self, *args: Any, resource: Resource, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.resource = resource

    def clean(self) -> dict[str, Any]:
        """What stands in the directory was checked, and has a way to get in touch (R90)."""
        cleaned = super().clean() or {}
        if cleaned.get("published"):
            self._reachable(cleaned)
            if not cleaned.get("checked") and self.resource.checked_on is None:
                self.add_error("checked", _("Ring them or look at their page first, then tick this"))
        return cleaned

    def _reachable(self, cleaned: dict[str, Any]) -> None:
        ways = ("phone", "url", "email")
        if not any(cleaned.get(way) or self.has_error(way) for way in ways):
            self.add_error("phone", _("Give one way to reach them: a phone number, a website or an e-mail address"))


class LineForm(forms.Form):
    """One help line."""

    name = SingleLineField(label=_("Who answers"), max_length=80, error_messages={"required": _("Say who answers")})
    channel = forms.ChoiceField(
        label=_("How"),
        choices=CrisisLine.Channel.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether people call, text or chat")},
    )
    number = PhoneField(label=_("Number"), required=False, help_text=_("To call or to text."))
    url = SecureAddressField(label=_("Web address"), required=False, help_text=_("For a web chat."))
    words = SingleLineField(
        label=_("Words beside it"),
        max_length=160,
        help_text=_("Who answers, what it costs, and when. Like: Samaritans. Free, at any hour"),
        error_messages={"required": _("Write what stands beside the number")},
    )
    emergency = forms.BooleanField(
        label=_("It is for danger right now"), required=False, help_text=_("Such a line always stands first.")
    )
    elsewhere = forms.BooleanField(
        label=_("It is for people in another country"),
        required=False,
        help_text=_("Then it stands on the Help now page only, under the name of the country."),
    )
    country = SingleLineField(label=_("Country"), required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        web = cleaned.get("channel") == CrisisLine.Channel.WEB
        if web and not cleaned.get("url") and not self.has_error("url"):
            self.add_error("url", _("Enter the address of the web chat"))
        if not web and not cleaned.get("number") and not self.has_error("number"):
            self.add_error("number", _("Enter the number people call or text"))
        if cleaned.get("elsewhere") and not cleaned.get("country"):
            self.add_error("country", _("Say which country it is for"))
        return cleaned


class ConfirmLinesForm(forms.Form):
    """A tick for each line that somebody rang or looked up. Each tick carries what was read."""

    lines = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick each line that you rang or looked up"),
            "invalid_choice": _("Somebody changed these lines while you were looking. Read them once more."),
        },
    )

    def __init__(self, *args: Any, lines: list[CrisisLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_tick = {f"{line.public_id}.{line.stamp}": line for line in lines}
        self.fields["lines"].choices = [(tick, line.label) for tick, line in self.by_tick.items()]  # type: ignore[attr-defined]  # a field of choices

    def rows(self) -> list[tuple[CrisisLine, str, str, bool]]:
        """Each line with the id, value and state of its tick."""
        ticked = set(self["lines"].value() or [])
        ticks = enumerate(self.by_tick.items())
        return [(line, f"id_lines_{place}", tick, tick in ticked) for place, (tick, line) in ticks]

    def clean_lines(self) -> list[CrisisLine]:
        return [self.by_tick[tick] for tick in self.cleaned_data["lines"]]
