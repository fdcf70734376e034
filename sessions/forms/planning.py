"""When a group meets: the form that plans sessions."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.errors import Refused
from people.forms import SingleLineField
from people.local_time import local_day
from sessions.forms.fields import clock_input, day_input, whole_number
from sessions.preview import MOST, Preview, Rule, last_of
from sessions.services import clash_words, first_clash, preview_series

JUST_ONCE = "0"
HOW_OFTEN = [
    (JUST_ONCE, _("Just once")),
    ("1", _("Every week")),
    ("2", _("Every 2 weeks")),
    ("3", _("Every 3 weeks")),
    ("4", _("Every 4 weeks")),
]
SHORTEST, LONGEST = 5, 720  # minutes


class SeriesForm(forms.Form):
    """When a group meets, in the words of its own clock. `preview` is what it would make."""

    starts_on = forms.DateField(
        label=_("First session"),
        widget=day_input(),
        error_messages={"required": _("Choose the first day"), "invalid": _("Write the day like 2027-01-05")},
    )
    starts_at = forms.TimeField(
        label=_("Starts"),
        widget=clock_input(),
        error_messages={"required": _("Choose when it starts"), "invalid": _("Write the time like 19:00")},
    )
    ends_at = forms.TimeField(
        label=_("Ends"),
        widget=clock_input(),
        error_messages={"required": _("Choose when it ends"), "invalid": _("Write the time like 20:15")},
    )
    how_often = forms.ChoiceField(
        label=_("How often"),
        choices=HOW_OFTEN,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how often"), "invalid_choice": _("Say how often")},
    )
    count = forms.IntegerField(
        label=_("How many sessions"), **whole_number(MOST, _("Say how many sessions, from 1 to 400"))
    )
    ends_on = forms.DateField(
        label=_("Or the last day"),
        widget=day_input(),
        required=False,
        error_messages={"invalid": _("Write the day like 2027-03-23")},
    )
    capacity = forms.IntegerField(
        label=_("Seats"),
        help_text=_("For members. Leave it empty when nobody counts."),
        **whole_number(500, _("Say how many seats, from 1 to 500")),
    )
    plan = SingleLineField(
        label=_("What you will do"),
        required=False,
        max_length=300,
        help_text=_("Members of the group read it on the session's page."),
        error_messages={"max_length": _("Say it in at most 300 signs")},
    )
    made_as = forms.UUIDField(widget=forms.HiddenInput, required=False)
    said = forms.IntegerField(widget=forms.HiddenInput, required=False)  # how many the button spoke of

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _first_guess(group))
        super().__init__(*args, **kwargs)
        self.group = group

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.group.time_zone)

    @cached_property
    def preview(self) -> Preview | None:
        """What this form makes, or None while something is to be put right. Before it is sent: our first guess."""
        form = self if self.is_bound else SeriesForm({**self.initial}, group=self.group)
        return form.cleaned_data.get("preview") if form.is_valid() else None

    @property
    def button_was_right(self) -> bool:
        """Whether the button that was pressed spoke of as many sessions as this makes now."""
        said = self.cleaned_data["said"]
        return said is None or said == self.cleaned_data["preview"].count

    @property
    def plan_values(self) -> dict[str, Any]:
        """What `create_series` takes."""
        data, rule = self.cleaned_data, self.cleaned_data["preview"].rule
        return {
            "starts_on": rule.starts_on,
            "starts_at": rule.starts_at,
            "minutes": rule.minutes,
            "interval": rule.interval,
            "ends_on": rule.ends_on,
            "capacity": data["capacity"],
            "plan": data["plan"],
            "made_as": data["made_as"],
        }

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        today = local_day(timezone.now(), self.zone)
        if day < today:
            raise ValidationError(_("This day has passed. Choose one from today on"), code="past")
        if day > today + timedelta(days=366):
            raise ValidationError(_("Choose a first day within the next 12 months"), code="far")
        return day

    def clean_made_as(self) -> uuid.UUID:
        return self.cleaned_data["made_as"] or uuid.uuid4()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not {"starts_on", "starts_at", "ends_at", "how_often"} <= set(data):
            return data
        minutes = self._minutes(data["starts_at"], data["ends_at"])
        last = self._last_day()
        if minutes is not None and (last is not None or data["how_often"] == JUST_ONCE):
            self._look_ahead(
                Rule(data["starts_on"], data["starts_at"], minutes, self.zone, int(data["how_often"]), last)
            )
        return data

    def _minutes(self, start: time, end: time) -> int | None:
        words: Any
        minutes = int((datetime.combine(date.min, end) - datetime.combine(date.min, start)).total_seconds() // 60)
        if minutes <= 0:
            words = _("Choose an end after %(start)s") % {"start": time_format(start, "TIME_FORMAT")}
        elif minutes < SHORTEST:
            words = _("A session lasts at least 5 minutes")
        elif minutes > LONGEST:
            words = _("A session lasts at most 12 hours")
        else:
            return minutes
        self.add_error("ends_at", words)
        return None

    def _last_day(self) -> date | None:
        """The last day of a series, from either of the two ways to say it."""
        data = self.cleaned_data
        if data["how_often"] == JUST_ONCE or not {"count", "ends_on"} <= set(data):
            return None
        count, ends_on = data["count"], data["ends_on"]
        if count and ends_on:
            self.add_error("ends_on", _("Say how many sessions or the last day, not both"))
        elif count:
            return last_of(Rule(data["starts_on"], time(), 0, self.zone, int(data["how_often"])), count)
        elif ends_on is None:
            self.add_error("count", _("Say how many sessions, or the last day"))
        elif ends_on < data["starts_on"]:
            first = date_format(data["starts_on"], "j F Y")
            self.add_error("ends_on", _("Choose a last day from %(first)s on") % {"first": first})
        else:
            return ends_on  # type: ignore[no-any-return]
        return None

    def _look_ahead(self, rule: Rule) -> None:
        """Make the preview, or say at the field why these dates cannot be."""
        if rule.times(rule.starts_on)[0] <= timezone.now():
            return self.add_error("starts_at", _("This time has passed today"))
        try:
            preview = preview_series(rule)
        except Refused as no:
            return self.add_error("ends_on", str(no))
        if preview.skipped:
            return self.add_error("starts_at", _skipped(preview))
        if clash := first_clash(self.group, rule, made_as=self.cleaned_data.get("made_as")):
            return self.add_error("starts_on", clash_words(clash))
        self.cleaned_data["preview"] = preview
        return None


def _first_guess(group: Group) -> dict[str, Any]:
    """Twelve weeks of one evening; where the group met before, on from its last session."""
    zone = ZoneInfo(group.time_zone)
    today = local_day(timezone.now(), zone)
    guess: dict[str, Any] = {"how_often": "1", "count": 12, "capacity": group.capacity, "made_as": uuid.uuid4()}
    last = group.sessions.order_by("-starts_at").first()
    if last is not None and last.local_date + timedelta(weeks=1) > today:
        end = last.ends_at.astimezone(last.zone).time()
        when = {"starts_on": last.local_date + timedelta(weeks=1), "starts_at": last.local_time, "ends_at": end}
    else:
        when = {"starts_on": today + timedelta(weeks=1), "starts_at": time(19), "ends_at": time(20, 15)}
    return guess | when


def _skipped(preview: Preview) -> str:
    words = _("On %(day)s the clocks jump over %(time)s, so choose another time")
    day, clock = date_format(preview.skipped[0], "j F Y"), time_format(preview.rule.starts_at, "TIME_FORMAT")
    return str(words % {"day": day, "time": clock})
