"""Who reads first, on which days, from when to when; and whom to ask to look."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from checkins.models import Duty
from groups.models import Group, Membership
from people.models import Organisation, User

A_TIME = _("Write a time, like 10:00")


class SeatField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Somebody by the name they have in the group."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.alias)

    def to_python(self, value: Any) -> Any:
        """What is no id at all is not on the list either."""
        try:
            return super().to_python(value)
        except ValidationError as problem:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from problem


def _clock(label: Any, missing: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": missing, "invalid": A_TIME},
    )


class DutyForm(forms.Form):
    """What `set_duty` takes."""

    use_required_attribute = False  # what is missing is said in words, by us

    reader = SeatField(
        label=_("Who reads first"),
        queryset=Membership.objects.none(),
        to_field_name="public_id",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who reads first"), "invalid_choice": _("Choose somebody from the list")},
    )
    days = forms.TypedMultipleChoiceField(
        label=_("On which days"),
        choices=[(day, name) for day, name in WEEKDAYS.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day"), "invalid_choice": _("Choose days from the list")},
    )
    opens = _clock(_("From"), _("Say from when"))
    closes = _clock(_("Until"), _("Say until when"))
    takes_words = forms.BooleanField(
        label=_("Ask for words too"),
        required=False,
        help_text=_(
            "People can then add a few words to their answer. Without this they tap one of five words, no more."
        ),
    )

    def __init__(self, data: Any = None, *, group: Group, duty: Duty | None, reader: User) -> None:
        super().__init__(data, initial=_initial(group, duty, reader))
        field = self.fields["reader"]
        assert isinstance(field, forms.ModelChoiceField)  # for the type checker
        field.queryset = Membership.objects.running().filter(group=group).select_related("user").by_name()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        opens, closes = data.get("opens"), data.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("Choose a time after the first one, on the same day"))
        return data


def _initial(group: Group, duty: Duty | None, reader: User) -> dict[str, Any]:
    """As it is; where nobody has it, whoever opens the page, in the organisation's hours."""
    seats = Membership.objects.running().filter(group=group)
    seat = seats.filter(user=duty.reader_id if duty else reader.pk).first()
    hours = duty.open_hours if duty else Organisation.current().open_hours
    words = duty.takes_words if duty else True
    who = {"reader": str(seat.public_id)} if seat else {}
    return who | {"days": list(hours.days), "opens": hours.opens, "closes": hours.closes, "takes_words": words}


class LookForm(forms.Form):
    """Whom to ask to look."""

    use_required_attribute = False

    person = forms.ChoiceField(
        label=_("Ask somebody else to look"),
        error_messages={"required": _("Choose somebody"), "invalid_choice": _("Choose somebody from the list")},
    )

    def __init__(self, data: Any = None, *, people: Sequence[tuple[str, str]], number: int = 0) -> None:
        super().__init__(data, auto_id=f"id_%s_{number}")
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = [("", _("Choose somebody")), *people]
