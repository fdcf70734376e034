"""What the organisation is called, what it promises, when somebody is there, and how long things are kept."""

import zoneinfo
from datetime import time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from people.forms import SingleLineField, WordsField, one_line
from people.local_time import is_quiet
from people.models import Organisation


def _zones() -> list[tuple[str, str]]:
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def _number(label: Any, least: int, most: int, *, help_text: Any, missing: Any, wrong: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=help_text,
        error_messages={"required": missing, "invalid": wrong, "min_value": wrong, "max_value": wrong},
    )


class SettingsForm(forms.Form):
    """What the organisation is called, what it promises, and how long things are kept."""

    name = SingleLineField(
        label=_("Name"), max_length=120, error_messages={"required": _("Say what your organisation is called")}
    )
    sender = SingleLineField(
        label=_("Name on messages"),
        max_length=60,
        help_text=_("Shown on lock screens. No words about health, groups or support."),
        error_messages={"required": _("Give the name that messages come from")},
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zones,
        help_text=_("New groups start with it. Each person sees times in their own."),
        error_messages={"invalid_choice": _("Choose a time zone from the list")},
    )
    signup = forms.ChoiceField(
        label=_("Who may make an account"),
        choices=Organisation.Signup.choices,
        widget=forms.RadioSelect,
        help_text=_("With invitations only, people need one to make an account."),
        error_messages={"required": _("Say who may make an account")},
    )
    answer_days = _number(
        _("Facilitators answer within, days"),
        1,
        30,
        help_text=_("Used in every sentence that promises an answer. Promise less than you can keep."),
        missing=_("Say within how many days people get an answer"),
        wrong=_("Enter a number of days, from 1 to 30"),
    )
    contact = SingleLineField(
        label=_("How to reach a person"),
        required=False,
        max_length=200,
        help_text=_("A phone number or an e-mail address. It stands on Help now and on Who runs this."),
    )
    open_days = forms.TypedMultipleChoiceField(
        label=_("Days on which somebody is there"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one day"),
            "invalid_choice": _("Choose days from the list"),
        },
    )
    opens = forms.TimeField(
        label=_("From"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say from when on somebody is there"), "invalid": _("Write a time, like 09:00")},
    )
    closes = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say until when somebody is there"), "invalid": _("Write a time, like 17:00")},
    )
    hours = SingleLineField(
        label=_("Anything to add to these hours"),
        required=False,
        max_length=120,
        help_text=_("Like: Closed on bank holidays. Stands after them wherever they stand."),
    )
    unseen_hours = _number(
        _("If nobody looks, the next people are told after, hours"),
        1,
        24,
        help_text=_("When somebody asked for contact or shared that it was very hard. Only the hours above count."),
        missing=_("Say after how many hours the next people are told"),
        wrong=_("Enter a number of hours, from 1 to 24"),
    )
    quiet_from = forms.TimeField(
        label=_("From"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say when quiet hours begin"), "invalid": _("Write a time, like 20:00")},
    )
    quiet_to = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say when quiet hours end"), "invalid": _("Write a time, like 08:00")},
    )
    help_phrases = WordsField(
        label=_("Words at which the help lines are offered"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_(
            "One phrase a line. Nobody watches what people write, and nobody is told. Whoever writes one of these "
            "beside an answer sees the help lines on the next page. Nothing about it is kept."
        ),
        error_messages={"max_length": _("Make the list shorter, 2,000 signs at most")},
    )
    hello_by_itself = forms.BooleanField(
        label=_("After a missed session, a hello goes out by itself"),
        required=False,
        help_text=_("Without a tick, somebody who runs the group decides each time. Two in a row at most."),
    )
    news_an_hour = _number(
        _("People who may be written to in one hour, at most"),
        1,
        1_000_000,
        help_text=_("For news to whole groups. Who writes beyond that is told from when it can go."),
        missing=_("Say to how many people news may go in an hour"),
        wrong=_("Enter a number of people, 1 or more"),
    )
    confidentiality_limits = WordsField(
        label=_("When something may not stay private"),
        required=False,
        max_length=2000,
        help_text=_("People read it beside what each group agrees to, before they join."),
    )
    note_months = _number(
        _("Notes are kept for, months"),
        1,
        24,
        help_text=_("Counts for notes that are written from now on. After that their words are deleted for ever."),
        missing=_("Say for how many months notes are kept"),
        wrong=_("Enter a number of months, from 1 to 24"),
    )
    needs_two_hosts = forms.BooleanField(
        label=_("Every session has two who lead"),
        required=False,
        help_text=_("With a tick, no session can be planned with only one. Without it, there is a warning."),
    )
    cover_hours = _number(
        _("Look for somebody to step in until, hours before"),
        1,
        48,
        help_text=_("If nobody leads a session by then, it is cancelled and everybody who comes is told."),
        missing=_("Say how many hours before the start"),
        wrong=_("Enter a number of hours, from 1 to 48"),
    )

    def clean_help_phrases(self) -> str:
        """Each phrase once, without empty lines."""
        lines = (one_line(line) for line in self.cleaned_data["help_phrases"].splitlines())
        return "\n".join(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens"), data.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("Choose a time after the one before it"))
        self._keep_the_day_free(data.get("quiet_from"), data.get("quiet_to"))
        return data

    def _keep_the_day_free(self, begin: time | None, end: time | None) -> None:
        """Two times in the wrong order would let everything out at night."""
        if begin is None or end is None:
            return
        if begin == end:
            self.add_error("quiet_to", _("Choose another time than the one before it"))
        elif is_quiet(time(12), begin, end):
            self.add_error("quiet_to", _("This makes the middle of the day quiet. Check which time comes first"))
