"""How those who run a group answer."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group, Membership
from people.forms import SingleLineField
from people.local_time import exists, instant

State = Membership.State
DECISIONS = ["accept", "visit", "waitlist", "decline", "end"]
YEARS = range(2000, 3000)  # the first and the last day there is are no moment in some zones
SEEN = [State.REQUESTED.value, State.WAITLISTED.value, State.VISITING.value]


class MomentField(forms.CharField):
    """The very moment that stood on the page, to the microsecond; it is not typed by anybody."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self._unknown() from None
        if moment.tzinfo is None:
            raise self._unknown()
        return moment

    def _unknown(self) -> ValidationError:
        return ValidationError(_("Open the page again, and look at the time that stands there"))


class DecisionForm(forms.Form):
    """One answer, the state in which the facilitator saw the request, and a group to look at instead."""

    decision = forms.ChoiceField(
        choices=[(decision, decision) for decision in DECISIONS],
        error_messages={"required": _("Choose an answer"), "invalid_choice": _("Choose an answer")},
    )
    seen = forms.ChoiceField(choices=[(state, state) for state in SEEN], widget=forms.HiddenInput)
    suggestion = forms.ModelChoiceField(
        label=_("Suggest another group"),
        required=False,
        queryset=Group.objects.none(),
        to_field_name="slug",
        empty_label=_("No suggestion"),
        help_text=_("They see it beside your answer, with a link."),
        error_messages={
            "invalid_choice": _("That group takes nobody new at the moment. Suggest another one, or none.")
        },
    )

    def __init__(self, data: Any = None, *, group: Group) -> None:
        super().__init__(data)
        cast("forms.ModelChoiceField[Group]", self.fields["suggestion"]).queryset = Group.objects.to_suggest(group)


class TalkForm(forms.Form):
    """When and how two people talk. Day and time are on the clock of whoever offers."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Choose a day"), "invalid": _("Write the day like 2027-01-05")},
    )
    clock = forms.TimeField(
        label=_("Time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": _("Choose a time"), "invalid": _("Write the time like 19:00")},
    )
    how = SingleLineField(
        label=_("How you talk"),
        max_length=300,
        help_text=_("By phone, a link, or where. The person sees it, and those who run the group."),
        error_messages={"required": _("Say how you talk, like “by phone, I call you”")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen = MomentField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, zone: ZoneInfo, at: datetime | None = None, how: str = "") -> None:
        self.zone = zone
        local = at.astimezone(zone) if at else None
        begun = {"day": local.date(), "clock": local.time(), "how": how} if local else {}
        super().__init__(data, initial=begun)

    def clean(self) -> dict[str, Any]:
        kept = self.cleaned_data
        day, clock = kept.get("day"), kept.get("clock")
        if day and day.year not in YEARS:
            raise ValidationError({"day": _("Choose a time that is still to come")})
        if day and clock:
            if not exists(day, clock, self.zone):
                raise ValidationError({"clock": _("The clocks go forward then, so this time does not exist")})
            kept["at"] = instant(day, clock, self.zone)
            if kept["at"] <= timezone.now():
                raise ValidationError({"day": _("Choose a time that is still to come")})
        return kept


class TalkAnswerForm(forms.Form):
    """Yes or rather not, to the time that stood on the page."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    seen = MomentField()
