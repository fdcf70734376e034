"""What a person chooses about what is sent to them."""

from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from checkins.models import Rhythm
from checkins.rhythm import civil_hours
from people.models import User


class MessagesForm(forms.Form):
    """If, when and how long not: everything that is sent to a person."""

    use_required_attribute = False  # what is missing is said in words, by us

    often = forms.ChoiceField(
        label=_("How often"),
        choices=[("weekly", _("Every week")), ("off", _("Off"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say if you would like to be asked")},
    )
    weekday = forms.TypedChoiceField(
        label=_("Which day"),
        coerce=int,
        choices=list(WEEKDAYS_ABBR.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a day")},
    )
    hour = forms.TypedChoiceField(
        label=_("At what time"),
        coerce=int,
        help_text=_("Only times outside your quiet hours, in your time zone."),
        error_messages={
            "required": _("Choose a time"),
            "invalid_choice": _("Choose a time outside your quiet hours"),
        },
    )
    quiet_from = forms.TimeField(
        label=_("From"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say when your quiet hours begin"), "invalid": _("Write a time, like 20:00")},
    )
    quiet_to = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say when your quiet hours end"), "invalid": _("Write a time, like 08:00")},
    )
    pause = forms.ChoiceField(
        label=_("Check-ins rest"),
        choices=[("no", _("Not now")), ("until", _("Until a day")), ("open", _("Until I'm back"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say if check-ins should rest")},
    )
    until = forms.DateField(
        label=_("Send nothing until"),
        required=False,
        help_text=_("We start again that morning."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a date, like 2027-01-31")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        quiet = self._quiet_hours()
        field = self.fields["hour"]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = [(hour, time_format(time(hour), "TIME_FORMAT")) for hour in civil_hours(*quiet)]

    def _quiet_hours(self) -> tuple[time, time]:
        """Those being sent in, so that both can change at once; else the ones that hold now."""
        try:
            fields = self.fields["quiet_from"], self.fields["quiet_to"]
            return fields[0].clean(self.data.get("quiet_from")), fields[1].clean(self.data.get("quiet_to"))
        except ValidationError:
            return self.user.quiet_from, self.user.quiet_to

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        today = timezone.localdate()
        if until and not today < until <= today + timedelta(days=366):
            raise ValidationError(_("Choose a day from tomorrow on, within a year"))
        return until

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("pause") == "until" and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the day on which we start again"))
        if data.get("pause") == "no" and data.get("until"):
            self.add_error("pause", _("Choose “Until a day”, or empty the date below"))
        return data

    @staticmethod
    def initial_for(user: User, rhythm: Rhythm | None) -> dict[str, Any]:
        """What holds now. Somebody who never chose finds nothing chosen but Off."""
        rhythm = rhythm or Rhythm(user=user, on=False)
        until = rhythm.paused_until if rhythm.is_paused else None
        hours = civil_hours(user.quiet_from, user.quiet_to)
        return {
            "often": "weekly" if rhythm.on else "off",
            "weekday": rhythm.weekday,
            "hour": rhythm.hour if rhythm.hour in hours else next(iter(hours), None),
            "quiet_from": user.quiet_from,
            "quiet_to": user.quiet_to,
            "pause": ("until" if until else "open") if rhythm.is_paused else "no",
            "until": until,
        }
