"""When a group meets: the form that plans sessions."""

import uuid
from dataclasses import replace
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
from people.local_time import local_day
from people.models import User
from sessions.forms.clashes import Question, Teller, questions
from sessions.forms.fields import (
    MORE,
    DaysField,
    RhythmFields,
    SeatsFields,
    clock_input,
    day_input,
    often_of,
    ways_to_say,
    whole_number,
)
from sessions.forms.leading import LeadingForm
from sessions.models import Series
from sessions.preview import MOST, Preview, Rule, last_of, nths_of
from sessions.services import (
    Hosts,
    UnknownZone,
    clash_words,
    first_clash,
    is_too_small,
    preview_series,
    rule_of,
    ways_out,
    zone_of,
)
from sessions.words import day_of_month

JUST_ONCE = "0"
MONTHLY = "month"
HOW_OFTEN = [
    (JUST_ONCE, _("Just once")),
    ("1", _("Every week")),
    ("2", _("Every 2 weeks")),
    ("3", _("Every 3 weeks")),
    ("4", _("Every 4 weeks")),
    (MORE, _("Every few weeks")),
    (MONTHLY, _("Every month")),
]
SHORTEST, LONGEST = 5, 720  # minutes


class SeriesForm(RhythmFields, SeatsFields, LeadingForm):
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
    skips = DaysField(
        label=_("Days to skip"),
        required=False,
        help_text=_("Such as holidays. If you said how many sessions, one is added at the end for each."),
    )
    made_as = forms.UUIDField(widget=forms.HiddenInput, required=False)
    said = forms.IntegerField(widget=forms.HiddenInput, required=False)  # how many the button spoke of
    warned = forms.BooleanField(widget=forms.HiddenInput, required=False)  # whether the page said that one leads alone
    field_order = (
        *("starts_on", "starts_at", "ends_at", "how_often", "weeks", "nth", "count", "ends_on", "capacity"),
        *("lead", "co", "room", "skips", "kept_for_new", "plan"),
    )

    def __init__(self, *args: Any, group: Group, actor: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", first_guess(group, actor))
        super().__init__(*args, group=group, actor=actor, **kwargs)
        self.questions: list[Question] = []
        self.zone_is_unknown = ""
        try:
            self.zone = zone_of(group)
        except UnknownZone as no:
            self.zone, self.zone_is_unknown = ZoneInfo("UTC"), str(no)

    @cached_property
    def looked_at(self) -> "SeriesForm":
        """This form. Before it is sent: what our first guess would be."""
        return self if self.is_bound else SeriesForm({**self.initial}, group=self.group, actor=self.actor)

    @cached_property
    def preview(self) -> Preview | None:
        """What this form makes, or None while something is to be put right."""
        form = self.looked_at
        return form.cleaned_data.get("preview") if form.is_valid() else None

    @property
    def is_ready(self) -> bool:
        """Whether the page that was sent spoke of what this makes now: how many, each clash, one who leads alone."""
        said = self.cleaned_data["said"]
        return not self.is_new and not self.wants_warning and said in {None, self.cleaned_data["preview"].count}

    @property
    def is_new(self) -> bool:
        """Whether something is in the way that nobody has answered yet."""
        return any(question.is_new for question in self.questions)

    @property
    def wants_warning(self) -> bool:
        return self.is_alone and not self.cleaned_data["warned"]

    @property
    def plan_values(self) -> dict[str, Any]:
        """What `create_series` takes."""
        data, rule, hosts = self.cleaned_data, self.cleaned_data["preview"].rule, self.hosts
        return {
            "starts_on": rule.starts_on,
            "starts_at": rule.starts_at,
            "minutes": rule.minutes,
            "interval": rule.interval,
            "nth": rule.nth,
            "skips": rule.skips,
            "ends_on": rule.ends_on,
            "lead": hosts.lead,
            "co": hosts.co,
            "room": hosts.room,
            "hosts_on": self._hosts_on(),
            **{name: data[name] for name in ("capacity", "plan", "made_as")},
            "kept_for_new": data["kept_for_new"] or 0,
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
        self.look_at_hosts()
        self.look_at_seats()
        self.look_at_weeks()
        if not {"starts_on", "starts_at", "ends_at", "how_often", "weeks", "skips"} <= set(data):
            return data
        minutes = self._minutes(data["starts_at"], data["ends_at"])
        if minutes is not None and (rule := self._until(self._rule(minutes))):
            self._look_ahead(rule)
        return data

    @property
    def nths(self) -> list[tuple[int, str, bool]]:
        """Which day of the month is meant, where that can be said in two ways: a fourth one may be the last."""
        rule = self.preview.rule if self.preview else None
        return ways_to_say(rule.starts_on, rule.nth) if rule else []

    @property
    def comes_again(self) -> bool:
        """Whether until when it goes on stands open: for one session nobody need look at it."""
        wrong = any(self[name].errors for name in ("count", "ends_on", "skips"))
        return wrong or self["how_often"].value() != JUST_ONCE

    @property
    def day_of_month(self) -> str:
        rule = self.cleaned_data["preview"].rule
        return day_of_month(rule.starts_on, rule.nth) if rule.nth else ""

    @property
    def wanted(self) -> int:
        """How many dates the rule gives, those to sort out too."""
        out = [question for question in self.questions if question.way.hosts is None]
        return int(self.cleaned_data["preview"].count) + len(out)

    @property
    def room_is_small(self) -> bool:
        return is_too_small(self.hosts.room, self.cleaned_data.get("capacity"), len(self.hosts.people))

    def _rule(self, minutes: int) -> Rule:
        data = self.cleaned_data
        rule = Rule(data["starts_on"], data["starts_at"], minutes, self.zone, skips=frozenset(data["skips"]))
        if data["how_often"] != MONTHLY:
            return replace(rule, interval=self.interval)
        nths = nths_of(data["starts_on"])
        return replace(rule, nth=data["nth"] if data.get("nth") in nths else nths[0])

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

    def _until(self, rule: Rule) -> Rule | None:
        """With the last day of a series, from either of the two ways to say it."""
        data = self.cleaned_data
        if not rule.interval:
            return rule
        if not {"count", "ends_on"} <= set(data):
            return None
        count, ends_on = data["count"], data["ends_on"]
        if count and ends_on:
            self.add_error("ends_on", _("Say how many sessions or the last day, not both"))
        elif count:
            return replace(rule, ends_on=last_of(rule, count))
        elif ends_on is None:
            self.add_error("count", _("Say how many sessions, or the last day"))
        elif ends_on < rule.starts_on:
            first = date_format(rule.starts_on, "j F Y")
            self.add_error("ends_on", _("Choose a last day from %(first)s on") % {"first": first})
        else:
            return replace(rule, ends_on=ends_on)
        return None

    def _look_ahead(self, rule: Rule) -> None:
        """Make the preview, or say at the field why these dates cannot be."""
        if self.zone_is_unknown:
            return self.add_error("starts_at", self.zone_is_unknown)
        if rule.times(rule.starts_on)[0] <= timezone.now():
            return self.add_error("starts_at", _("This time has passed today"))
        try:
            preview = preview_series(rule)
            if preview.skipped:
                return self.add_error("starts_at", _skipped(preview))
            made_as = self.cleaned_data.get("made_as")
            if clash := first_clash(self.group, rule, made_as=made_as):
                return self.add_error("starts_on", clash_words(clash))
            self._ask(preview)
            out = {question.clash.day for question in self.questions if question.way.hosts is None}
            self.cleaned_data["preview"] = preview_series(replace(rule, skips=rule.skips | out))
        except Refused as no:
            self.add_error("ends_on" if rule.interval else "starts_on", str(no))
        return None

    def _ask(self, preview: Preview) -> None:
        clashes = ways_out(
            self.actor, group=self.group, rule=preview.rule, hosts=self.hosts, made_as=self.cleaned_data.get("made_as")
        )
        if clashes:
            groups = {found.session.group_id for clash in clashes for found in clash.clashes}
            known = self.actor.memberships.coming().filter(group__in=groups).values_list("group_id", flat=True)
            teller = Teller(self.actor, self.names, self.zone, frozenset(known))
            self.questions = questions(clashes, self.data, teller, dates=preview.count)

    def _hosts_on(self) -> dict[date, Hosts]:
        """Who leads on the days on which something was in the way."""
        return {question.clash.day: question.way.hosts for question in self.questions if question.way.hosts}


def first_guess(group: Group, actor: User) -> dict[str, Any]:
    """Twelve weeks of one evening; where the group met before, on from its last session and with the same people."""
    today = timezone.now().date() + timedelta(weeks=1)
    guess: dict[str, Any] = {"how_often": "1", "count": 12, "capacity": group.capacity, "made_as": uuid.uuid4()}
    guess |= {"starts_on": today, "starts_at": time(19), "ends_at": time(20, 15)} | _hosts_before(group, actor)
    last = group.sessions.select_related("series").order_by("-starts_at").first()
    if last is not None and last.local_date + timedelta(weeks=1) > today - timedelta(weeks=1):
        end = last.ends_at.astimezone(last.zone).time()
        guess |= {"starts_on": last.local_date + timedelta(weeks=1), "starts_at": last.local_time, "ends_at": end}
        guess |= _after(last.series) if last.series else {}
    return guess


def _after(series: Series) -> dict[str, Any]:
    """When a series has run out, the same goes on. Beside one that has no end, an extra evening on another day."""
    day = timezone.now().date() + timedelta(days=1)
    if series.ends_on is None and series.ended_at is None:
        day += timedelta(days=6)
        day += timedelta(days=day.weekday() == series.starts_on.weekday())
        return {"starts_on": day, "starts_at": series.starts_at, "how_often": JUST_ONCE}
    rule = replace(rule_of(series), ends_on=None)
    then = next(rule.dates(date.max, since=max(series.ends_on or day, day) + timedelta(days=1)))
    if then > day + timedelta(days=364):
        return {}
    often = {"how_often": MONTHLY} if series.nth else often_of(series.interval)
    return often | {"starts_on": then, "starts_at": series.starts_at, "nth": series.nth}


def _hosts_before(group: Group, actor: User) -> dict[str, str]:
    """Those of the last series; before the first one, whoever plans it and, where two run the group, the other one."""
    seats = {seat.user_id: str(seat.public_id) for seat in group.memberships.running()}
    series = group.series.select_related("room").exclude(lead=None).order_by("-pk").first()
    if series is not None:
        room = str(series.room.public_id) if series.room else ""
        return {"lead": seats.get(series.lead_id or 0, ""), "co": seats.get(series.co_id or 0, ""), "room": room}
    others = [seat for user, seat in seats.items() if user != actor.pk]
    return {"lead": seats.get(actor.pk, ""), "co": others[0] if len(others) == 1 else "", "room": ""}


def _skipped(preview: Preview) -> str:
    words = _("On %(day)s the clocks jump over %(time)s, so choose another time or skip that day")
    day, clock = date_format(preview.skipped[0], "j F Y"), time_format(preview.rule.starts_at, "TIME_FORMAT")
    return str(words % {"day": day, "time": clock})
