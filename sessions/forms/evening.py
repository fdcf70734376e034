"""What hosts send before and during an evening."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.services import MOVES, Check


class ChecksForm(forms.Form):
    """What was looked at. `was` is what stood ticked when the page was opened."""

    done = forms.MultipleChoiceField(
        widget=forms.MultipleHiddenInput,
        required=False,
        error_messages={"invalid_choice": _("The list has changed. Tick again what is done")},
    )
    was = forms.MultipleChoiceField(
        widget=forms.MultipleHiddenInput,
        required=False,
        error_messages={"invalid_choice": _("The list has changed. Tick again what is done")},
    )

    def __init__(self, *args: Any, checks: list[Check], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("done", "was"):
            field: Any = self.fields[name]
            field.choices = [(check.item, check.label) for check in checks]


class PageForm(forms.Form):
    """One press on the run sheet: what to do, and on which page it was pressed."""

    do = forms.ChoiceField(
        widget=forms.HiddenInput,
        choices=[(name, name) for name in MOVES],
        error_messages={
            "required": _("Press one of the buttons on this page"),
            "invalid_choice": _("Press one of the buttons on this page"),
        },
    )
    count = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=1_000_000,
        error_messages={
            name: _("Press one of the buttons on this page")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )
    who = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": _("Choose somebody of this group, or a guest")}
    )

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["who"]
        field.choices = list(people)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("do") == "put" and not found.get("who") and "who" not in self.errors:
            self.add_error("who", _("Choose who is next"))
        return found
