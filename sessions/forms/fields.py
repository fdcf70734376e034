"""How days, times and numbers are asked for."""

from typing import Any

from django import forms


def day_input(**attrs: str) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"} | attrs)


def clock_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


def number_input() -> forms.NumberInput:
    return forms.NumberInput(attrs={"inputmode": "numeric"})


def whole_number(most: int, words: Any) -> dict[str, Any]:
    """A number of people or sessions from 1 on, refused in one sentence whatever is wrong with it."""
    messages = dict.fromkeys(("invalid", "min_value", "max_value"), words)
    return {"min_value": 1, "max_value": most, "error_messages": messages, "widget": number_input(), "required": False}
