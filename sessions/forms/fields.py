"""How days, times and numbers are asked for."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from people.forms import SingleLineField
from sessions.preview import nths_of
from sessions.words import day_of_month

MOST_DAYS, SPARE_BOXES = 60, 2


def day_input(**attrs: Any) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"} | attrs)


def clock_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


def number_input() -> forms.NumberInput:
    return forms.NumberInput(attrs={"inputmode": "numeric"})


def whole_number(most: int, words: Any, *, least: int = 1) -> dict[str, Any]:
    """A number of people or sessions from 1 on, refused in one sentence whatever is wrong with it."""
    messages = dict.fromkeys(("invalid", "min_value", "max_value"), words)
    limits = {"min_value": least, "max_value": most}
    return limits | {"error_messages": messages, "widget": number_input(), "required": False}


class SeatsFields(forms.Form):
    """How many may come, how many seats wait for new people, and what the session is about."""

    capacity = forms.IntegerField(
        label=_("Seats"),
        help_text=_("For members. Leave it empty for no limit."),
        **whole_number(500, _("Say how many seats, from 1 to 500")),
    )
    kept_for_new = forms.IntegerField(
        label=_("Seats kept for new people"),
        help_text=_("For those who come for the first time. From a day before, anybody can take what is left."),
        **whole_number(100, _("Say how many seats wait for new people, from 0 to 100"), least=0),
    )
    plan = SingleLineField(
        label=_("What you will do"),
        required=False,
        max_length=300,
        help_text=_("Members of the group read it on the session's page."),
        error_messages={"max_length": _("Say it in at most 300 signs")},
    )

    def look_at_seats(self) -> None:
        kept, seats = self.cleaned_data.get("kept_for_new"), self.cleaned_data.get("capacity")
        if not kept or "capacity" not in self.cleaned_data:
            return
        if seats is None:
            self.add_error("kept_for_new", _("Say how many seats there are, and then how many wait for new people"))
        elif kept >= seats:
            self.add_error("kept_for_new", _("Keep fewer than all %(seats)s seats") % {"seats": seats})


MORE = "more"  # every five weeks and beyond, said in a box of its own
FEWEST_MORE, MOST_MORE = 5, 12


class RhythmFields(forms.Form):
    """How many weeks, where they are more than four; and which day of the month, where a fourth is the last too."""

    weeks = forms.IntegerField(
        label=_("Every how many weeks?"),
        help_text=_("Only with “Every few weeks”: from 5 to 12."),
        **whole_number(MOST_MORE, _("Say every how many weeks, from 5 to 12"), least=FEWEST_MORE),
    )
    nth = forms.TypedChoiceField(
        label=_("Which day of the month"),
        choices=[("4", _("The fourth of its kind")), ("-1", _("The last of its kind"))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the two")},
    )

    def look_at_weeks(self) -> None:
        if (
            self.cleaned_data.get("how_often") == MORE
            and not self.cleaned_data.get("weeks")
            and not self.has_error("weeks")
        ):
            self.add_error("weeks", _("Say every how many weeks, from 5 to 12"))

    @property
    def asks_weeks(self) -> bool:
        """Whether the box for the weeks stands open: where it counts, or something stands in it."""
        return self["how_often"].value() == MORE or bool(self["weeks"].value() or self["weeks"].errors)

    @property
    def interval(self) -> int:
        """In weeks. Not for what is monthly or once."""
        often: str = self.cleaned_data["how_often"]
        return int(self.cleaned_data["weeks"] if often == MORE else often)


def ways_to_say(day: date, chosen: int | None) -> list[tuple[int, str, bool]]:
    """The days of the month that this one is, in words, and which is chosen. Nothing where there is nothing to ask."""
    nths = nths_of(day) if chosen else []
    return [(nth, day_of_month(day, nth), nth == chosen) for nth in nths] if len(nths) > 1 else []


def often_of(interval: int) -> dict[str, Any]:
    """What these fields begin with for every so many weeks."""
    return {"how_often": MORE, "weeks": interval} if interval >= FEWEST_MORE else {"how_often": str(interval)}


class DaysInput(forms.MultiWidget):
    """A box for each day, and always some empty ones: sent once, there is room for more."""

    use_fieldset = True

    def __init__(self) -> None:
        super().__init__([])
        self._make_room(1 + SPARE_BOXES)

    def decompress(self, value: Any) -> list[Any]:
        return list(value or [])

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:  # noqa: ARG002  # Django's own signature
        boxes = [key for key in data if re.fullmatch(rf"{re.escape(name)}_\d{{1,3}}", key)]
        days = [str(data[key]).strip() for key in sorted(boxes, key=lambda key: int(key.rsplit("_", 1)[1]))]
        given = [day for day in days if day]
        self._make_room(min(len(given), MOST_DAYS) + SPARE_BOXES)
        return given

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else ""

    def _make_room(self, boxes: int) -> None:
        while len(self.widgets) < boxes:
            number = len(self.widgets)
            self.widgets = [*self.widgets, day_input(**{"aria-label": format_lazy("{} {}", _("Day"), number + 1)})]
            self.widgets_names = [f"_{box}" for box in range(len(self.widgets))]


class DaysField(forms.Field):
    """Some days, in their order and each once."""

    widget = DaysInput

    def to_python(self, value: list[str] | None) -> list[date]:
        if len(value or []) > MOST_DAYS:
            raise ValidationError(_("Skip at most %(most)s days") % {"most": MOST_DAYS}, code="many")
        try:
            return sorted({forms.DateField().to_python(day) or date.min for day in value or []})
        except ValidationError as problem:
            raise ValidationError(_("Write each day like 2027-02-16"), code="invalid") from problem
