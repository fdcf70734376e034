"""What members answer and choose."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.models import CalendarLink


class SeatForm(forms.Form):
    """Yes, not this time, or taking the seat that is offered."""

    answer = forms.ChoiceField(
        choices=[("going", _("Yes, keep my seat")), ("declined", _("Not this time")), ("take", _("Take the seat"))]
    )


class EveryTimeForm(forms.Form):
    """Whether to come to every session of a series."""

    keep = forms.ChoiceField(choices=[("yes", _("Come every time")), ("no", _("Stop coming every time"))])


class CalendarTitlesForm(forms.Form):
    """What the entries in a person's own calendar are called."""

    titles = forms.ChoiceField(
        label=_("What entries say"),
        choices=CalendarLink.Titles.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two"), "invalid_choice": _("Choose one of the two")},
    )


class RemindersForm(forms.Form):
    """Which reminders somebody wants."""

    day_before = forms.BooleanField(label=_("The day before"), required=False)
    hour_before = forms.BooleanField(label=_("One hour before"), required=False)
