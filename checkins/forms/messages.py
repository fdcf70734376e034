"""What a person chooses about what is sent to them."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from checkins.models import Rhythm
from checkins.rhythm import PARTS, civil_hours
from notices.areas import AREAS, Area
from people.local_time import is_quiet
from people.models import User

ASK = "checkins"  # the area of the question itself: where it comes is chosen beside it
REACH = ("no_mail", "no_calls", "no_voicemail", "no_texts")
LABELS = dict(Rhythm.Part.choices)


class MessagesForm(forms.Form):
    """If, when, where and how long not: everything that is sent to a person, and how they may be reached."""

    use_required_attribute = False  # what is missing is said in words, by us

    often = forms.ChoiceField(
        label=_("How often"),
        choices=[*Rhythm.Every.choices, ("off", _("Off"))],
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
    part = forms.ChoiceField(
        label=_("Which part of the day"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Morning is 9 to 11, midday 12 to 2, evening 5 to 7:30, in your time zone."),
        error_messages={"invalid_choice": _("Choose a part of the day outside your quiet hours")},
    )
    hour = forms.TypedChoiceField(
        label=_("If at one time, when"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("Only times outside your quiet hours."),
        error_messages={"invalid_choice": _("Choose a time outside your quiet hours")},
    )
    where = forms.ChoiceField(
        label=_("Where"),
        choices=[("email", _("E-mail")), ("home", _("Only on my home page"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say where you would like to be asked")},
    )
    remind = forms.BooleanField(
        label=_("Remind me once"),
        required=False,
        help_text=_("If a question waits, one gentle reminder, and no more."),
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
    mail = forms.MultipleChoiceField(
        label=_("Send me an e-mail about"), required=False, widget=forms.CheckboxSelectMultiple
    )
    shown = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)
    after_missed = forms.BooleanField(
        label=_("A hello if I miss a session"), required=False, help_text=_("At most two in a row, then we stop.")
    )
    no_mail = forms.BooleanField(
        label=_("Send nothing: keep it all in here"),
        required=False,
        help_text=_(
            "No mail at all, but for what you need to sign in. Everything waits for you under “What we told you”."
        ),
    )
    no_calls = forms.BooleanField(label=_("Never call"), required=False)
    no_voicemail = forms.BooleanField(label=_("Never leave a voicemail"), required=False)
    no_texts = forms.BooleanField(label=_("Never send a text"), required=False)
    pause = forms.ChoiceField(
        label=_("Check-ins rest"),
        choices=[("no", _("Not now")), ("until", _("Until a day")), ("open", _("Until I'm back"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say if check-ins should rest")},
    )
    until = forms.DateField(
        label=_("Ask nothing until"),
        required=False,
        help_text=_("We start again that morning."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a date, like 2027-01-31")},
    )

    def __init__(self, *args: Any, user: User, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        quiet = self._quiet_hours()
        hours = [(hour, time_format(time(hour), "TIME_FORMAT")) for hour in civil_hours(*quiet)]
        self._offer("hour", [("", _("Choose a time")), *hours])
        self._offer("part", [(part, LABELS[part]) for part in (*civil_parts(*quiet), Rhythm.Part.EXACT)])
        self._offer("mail", [(area.name, area.title) for area in areas if area.name != ASK])
        self._offer("shown", [(area, area) for area in AREAS])
        self.initial["shown"] = [area.name for area in areas if area.name != ASK]

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = choices

    def _quiet_hours(self) -> tuple[time, time]:
        """Those being sent in, so that both can change at once; else the ones that hold now."""
        try:
            fields = self.fields["quiet_from"], self.fields["quiet_to"]
            return fields[0].clean(self.data.get("quiet_from")), fields[1].clean(self.data.get("quiet_to"))
        except ValidationError:
            return self.user.quiet_from, self.user.quiet_to

    def reach_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("after_missed", *REACH)]

    def mail_rows(self) -> list[tuple[Any, Area]]:
        """Each tick with what it is about."""
        return [(tick, AREAS[str(tick.data["value"])]) for tick in self["mail"]]

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        today = timezone.localdate()
        if until and not today < until <= today + timedelta(days=366):
            raise ValidationError(_("Choose a day from tomorrow on, within a year"))
        return until

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("part") == Rhythm.Part.EXACT and data.get("hour") is None and "hour" not in self.errors:
            self.add_error("hour", _("Choose a time"))
        if data.get("pause") == "until" and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the day on which we start again"))
        if data.get("pause") == "no" and data.get("until"):
            self.add_error("pause", _("Choose “Until a day”, or empty the date below"))
        return data

    def as_choices(self) -> dict[str, Any]:
        """What was chosen, as the service takes it. An area that the page did not show stays as it is."""
        data = self.cleaned_data
        hour = data["hour"] if data["hour"] is not None else self.initial["hour"]
        mail = {area: area in data["mail"] for area in data["shown"] if area != ASK}
        return {
            "on": data["often"] != "off",
            "every": data["often"] if data["often"] != "off" else self.initial["every"],
            "weekday": data["weekday"],
            "part": data["part"],
            "hour": hour if hour is not None else Rhythm._meta.get_field("hour").default,
            "remind": data["remind"],
            "quiet_from": data["quiet_from"],
            "quiet_to": data["quiet_to"],
            "paused": data["pause"] != "no",
            "paused_until": data["until"] if data["pause"] == "until" else None,
            "mail": mail | {ASK: data["where"] == "email"},
            "reach": {name: data[name] for name in REACH},
            "after_missed": data["after_missed"],
        }

    @staticmethod
    def initial_for(user: User, rhythm: Rhythm | None, mail: dict[str, bool]) -> dict[str, Any]:
        """What holds now. Somebody who never chose finds nothing chosen but Off."""
        rhythm = rhythm or Rhythm(user=user, on=False)
        until = rhythm.paused_until if rhythm.is_paused else None
        hours = civil_hours(user.quiet_from, user.quiet_to)
        return {
            "often": rhythm.every if rhythm.on else "off",
            "every": rhythm.every,
            "weekday": rhythm.weekday,
            "part": rhythm.part,
            "hour": rhythm.hour if rhythm.hour in hours else next(iter(hours), None),
            "where": "email" if mail[ASK] else "home",
            "remind": rhythm.remind,
            "quiet_from": user.quiet_from,
            "quiet_to": user.quiet_to,
            "mail": [area for area, wanted in mail.items() if wanted],
            "pause": ("until" if until else "open") if rhythm.is_paused else "no",
            "until": until,
        } | {name: getattr(user, name) for name in REACH}


def civil_parts(quiet_from: time, quiet_to: time) -> list[str]:
    """The parts of the day of which something lies outside quiet hours."""
    return [
        part
        for part, (begin, end) in PARTS.items()
        if any(not is_quiet(time(minute // 60, minute % 60), quiet_from, quiet_to) for minute in range(begin, end, 15))
    ]
