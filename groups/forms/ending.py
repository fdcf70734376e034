"""How a group ends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.forms.settings import WRONG_DAY, day_input
from groups.models import Group
from groups.words import starting_ritual
from people.errors import Refused
from people.forms import WordsField


class EndingForm(forms.Form):
    """The last day, and how the last session parts. `take_back` is the other button: no day any more."""

    ends_on = forms.DateField(
        label=_("Last day"),
        widget=day_input(),
        help_text=_("The day of the last session. It ends in the night after."),
        error_messages=WRONG_DAY | {"required": _("Choose the last day")},
    )
    last_ritual = WordsField(
        label=_("How the last session parts"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Words to start with, for those who run it. Change them as you like. Members do not see them."),
    )
    take_back = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, group: Group) -> None:
        start = {"ends_on": group.ends_on, "last_ritual": group.last_ritual or starting_ritual()}
        super().__init__(data, initial=start)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("take_back"):
            self.errors.pop("ends_on", None)
            cleaned["ends_on"] = None
        return cleaned

    def plan(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("ends_on", "last_ritual")}

    def refuse(self, refusal: Refused) -> None:
        self.add_error("ends_on", str(refusal))
