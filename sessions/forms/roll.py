"""Who came."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.models import Seat
from sessions.services import RollLine


class AttendanceForm(forms.Form):
    """One person a row, three answers each, none of them given beforehand."""

    def __init__(self, *args: Any, roll: list[RollLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roll = roll
        for line in roll:
            words = _("Choose Here, Told us or Away for %(name)s") % {"name": line.name}
            self.fields[f"came-{line.key}"] = forms.ChoiceField(
                label=line.name,
                choices=Seat.Came.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=line.came,
                error_messages={"invalid_choice": words},
            )
            self.fields[f"was-{line.key}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=line.came
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each person with the two fields of their row."""
        return [{"line": line, "came": self[f"came-{line.key}"], "was": self[f"was-{line.key}"]} for line in self.roll]

    @property
    def marked(self) -> int:
        return sum(bool(line.came) for line in self.roll)

    def marks(self, *, everyone_else: str = "") -> dict[int, str]:
        """What was changed on this page: somebody else's marks made meanwhile stay. `everyone_else` fills the rest."""
        found: dict[int, str] = {}
        for line in self.roll:
            came, was = self.cleaned_data[f"came-{line.key}"], self.cleaned_data[f"was-{line.key}"]
            if came and came != was:
                found[line.user_id] = came
            elif everyone_else and not came and not line.came:
                found[line.user_id] = everyone_else
        return found
