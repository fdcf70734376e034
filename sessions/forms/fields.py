"""How days, times and numbers are asked for."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

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
