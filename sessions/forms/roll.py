"""Who came."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.forms import NameField
from sessions.forms.fields import number_input
from sessions.models import Seat
from sessions.services import RollLine
from sessions.services.roll import MOST_HEADS

ONCE, ALWAYS = "once", "always"
HEADS = gettext_lazy("Write how many people came, from 0 to %(most)s") % {"most": MOST_HEADS}


class GuestNameField(NameField):
    """What a guest is called here. It tells no more than a member's name may."""

    WORDS: ClassVar[dict[str, Any]] = {
        "address": gettext_lazy("Write a name without an e-mail address"),
        "phone": gettext_lazy("Write a name without a phone number"),
    }

    def validate(self, value: str) -> None:
        try:
            super().validate(value)
        except ValidationError as problem:
            code = problem.code or ""
            raise ValidationError(self.WORDS.get(code, problem.message), code=code) from problem


class AttendanceForm(forms.Form):
    """One person a row, four answers each, none of them given beforehand; and somebody who is not on the list.

    `said` begins the rows of people who are not marked, by their key: the page that closes a session has it from
    what people answered. `hints` say something beside the names. Only with `regulars` a guest can be kept.
    """

    guest = GuestNameField(
        label=gettext_lazy("Display name"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("For the list only. They need no account, and nobody writes to them."),
    )
    guest_often = forms.ChoiceField(
        label=gettext_lazy("How often do they come?"),
        choices=[(ONCE, gettext_lazy("This once")), (ALWAYS, gettext_lazy("Every time"))],
        widget=forms.RadioSelect,
        required=False,
        initial=ONCE,
        error_messages={"invalid_choice": gettext_lazy("Choose This once or Every time")},
    )

    def __init__(
        self,
        *args: Any,
        roll: list[RollLine],
        said: Mapping[UUID, str] | None = None,
        hints: Mapping[UUID, str] | None = None,
        regulars: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.roll, self.hints, self.regulars = roll, hints or {}, regulars
        if not regulars:
            del self.fields["guest_often"]
        for line in roll:
            words = _("Choose Here, Told us, Away or Left early for %(name)s") % {"name": line.name}
            self.fields[f"came-{line.key}"] = forms.ChoiceField(
                label=line.name,
                choices=Seat.Came.choices,
                widget=forms.RadioSelect,
                required=False,
                initial=line.came or (said or {}).get(line.key, ""),
                error_messages={"invalid_choice": words},
            )
            self.fields[f"was-{line.key}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=line.came
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each person with the two fields of their row."""
        return [
            {
                "line": line,
                "hint": self.hints.get(line.key, line.said),
                "came": self[f"came-{line.key}"],
                "was": self[f"was-{line.key}"],
            }
            for line in self.roll
        ]

    @property
    def marked(self) -> int:
        return sum(bool(line.came) for line in self.roll)

    @property
    def members(self) -> int:
        return sum(line.guest is None for line in self.roll)

    @property
    def guests(self) -> int:
        return len(self.roll) - self.members

    def clean_guest(self) -> str:
        called: str = self.cleaned_data["guest"]
        here = [line.name.casefold() for line in self.roll if line.guest is None]
        if any(called.casefold() in {name, name.rpartition(" (")[0]} for name in here if called):  # (she): pronouns
            raise ValidationError(
                _("%(name)s is on the list. Mark them there, or write a name that differs") % {"name": called}
            )
        return called

    def marks(self, *, everyone_else: str = "") -> dict[int, str]:
        """What was changed on this page: somebody else's marks made meanwhile stay. `everyone_else` fills the rest."""
        found = self._found(everyone_else)
        return {line.user_id: came for line, came in found if line.user_id is not None}

    def guest_marks(self, *, everyone_else: str = "") -> dict[int, str]:
        """The same for guests."""
        return {line.guest.pk: came for line, came in self._found(everyone_else) if line.guest}

    def new_guest(self) -> dict[str, Any] | None:
        """Somebody else who came, if the page names one."""
        called = self.cleaned_data["guest"]
        return {"called": called, "regular": self.cleaned_data.get("guest_often") == ALWAYS} if called else None

    def _found(self, everyone_else: str) -> list[tuple[RollLine, str]]:
        found: list[tuple[RollLine, str]] = []
        for line in self.roll:
            came, was = self.cleaned_data[f"came-{line.key}"], self.cleaned_data[f"was-{line.key}"]
            if came and came != was:
                found.append((line, came))
            elif everyone_else and not came and not line.came:
                found.append((line, everyone_else))
        return found


class HeadcountForm(forms.Form):
    """How many came, instead of who. Where names are marked, taking them away is said first."""

    count = forms.IntegerField(
        label=gettext_lazy("How many people came?"),
        min_value=0,
        max_value=MOST_HEADS,
        widget=number_input(),
        help_text=gettext_lazy("Without those who led it."),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), HEADS),
    )
    sure = forms.BooleanField(
        label=gettext_lazy("Take away who is marked"),
        error_messages={"required": gettext_lazy("Tick that the names may go, or go back to the list")},
    )

    def __init__(self, *args: Any, names: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not names:
            del self.fields["sure"]
