"""Another time, another rhythm, other seats: the form that changes a session or the series it belongs to."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from people.errors import Refused
from people.local_time import local_day
from people.models import User
from sessions.forms.fields import RhythmFields, SeatsFields, clock_input, day_input, often_of, ways_to_say
from sessions.forms.planning import HOW_OFTEN, LONGEST, MONTHLY, SHORTEST
from sessions.models import GroupSession
from sessions.preview import nths_of
from sessions.services import (
    HourIsSkipped,
    Outcome,
    Scope,
    TooManyDates,
    Wish,
    ensure_possible,
    how_many_hear,
    outcome_of,
    version_of,
)
from sessions.words import rhythm_words

FAR = timedelta(days=366)


class ChangeForm(RhythmFields, SeatsFields):
    """One session as it is, and for which of its series it is meant. `outcome` is what would come of it."""

    scope = forms.ChoiceField(
        label=_("What you change"),
        choices=Scope.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Say which sessions you mean")),
    )
    local_date = forms.DateField(
        label=_("Day"),
        widget=day_input(),
        error_messages={"required": _("Choose a day"), "invalid": _("Write the day like 2027-01-05")},
    )
    local_time = forms.TimeField(
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
        choices=HOW_OFTEN[1:],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Say how often")),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        widget=day_input(),
        help_text=_("Leave it as it is, and there are as many dates as before."),
        error_messages={"required": _("Choose the last day"), "invalid": _("Write the day like 2027-03-23")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    said = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    made_as = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order = (
        *("scope", "local_date", "local_time", "ends_at", "how_often", "weeks", "nth", "ends_on"),
        *("capacity", "kept_for_new", "plan"),
    )

    def __init__(self, *args: Any, session: GroupSession, actor: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _as_it_is(session))
        super().__init__(*args, **kwargs)
        self.session, self.actor = session, actor
        self.series = session.series if session.series and session.series.ended_at is None else None
        self.fields["capacity"].help_text = _(
            "For members. Leave it empty for no limit. With fewer seats, nobody loses theirs."
        )
        if self.series is None:
            for name in ("scope", "how_often", "weeks", "nth", "ends_on"):
                del self.fields[name]
        elif self.series.ends_on is None:
            self.fields["ends_on"].required = False
            self.fields["ends_on"].help_text = _("Leave it empty, and it goes on.")

    # -- what the page asks ----------------------------------------------------------------------
    @property
    def wish(self) -> Wish:
        data, series = self.cleaned_data, self.series
        own = {name: data[name] for name in ("local_date", "local_time", "capacity", "plan")}
        own |= {"minutes": data["minutes"], "kept_for_new": data["kept_for_new"] or 0}
        if series is None:
            return Wish(scope=Scope.ONE, **own)
        interval, nth = self._rhythm(data["how_often"], data["local_date"], data["nth"])
        return Wish(scope=data["scope"], interval=interval, nth=nth, ends_on=data["ends_on"], **own)

    @property
    def outcome(self) -> Outcome | None:
        """None while something is to be put right."""
        return self.cleaned_data.get("outcome") if self.is_bound and self.is_valid() else None

    @property
    def version(self) -> str:
        return version_of(self.session)

    @cached_property
    def is_outrun(self) -> bool:
        """Whether somebody changed it since this page was opened."""
        seen = self.cleaned_data.get("seen") if self.is_bound and self.is_valid() else ""
        return bool(seen) and seen != self.version and not self.cleaned_data["outcome"].is_empty

    @property
    def is_settled(self) -> bool:
        """Whether the button that was pressed spoke of what would happen now; after a second click, of nothing."""
        outcome = self.outcome
        if outcome is None or self.is_outrun:
            return False
        return outcome.is_empty or self.cleaned_data["said"] == outcome.token

    @cached_property
    def told(self) -> int:
        """How many people hear of it, whoever does it left out."""
        if self.outcome is None:
            return 0
        news = [shift.session for shift in [*self.outcome.moved, *self.outcome.again]]
        return how_many_hear([*news, *self.outcome.surplus], by=self.actor)

    @property
    def affected(self) -> int:
        """How many sessions are another thing afterwards."""
        outcome = self.outcome
        if outcome is None:
            return 0
        changed = outcome.coming if outcome.content else [*outcome.moved, *outcome.again]
        return len(changed) + len(outcome.surplus) + len(outcome.added)

    @property
    def content_words(self) -> list[str]:
        """What is new beside the time, in the words of the fields."""
        return [str(self.fields[name].label) for name in (self.outcome.content if self.outcome else ())]

    @property
    def rhythm(self) -> str:
        """The rule that goes on, as people say it."""
        rule = self.outcome.rule if self.outcome else None
        first = next(rule.dates(date.max), rule.starts_on) if rule else None
        return rhythm_words(first, rule.starts_at, rule.interval, rule.nth) if rule and first else ""

    @property
    def nths(self) -> list[tuple[int, str, bool]]:
        """Which day of the month is meant, where more than one session follows it and it can be said in two ways."""
        if self.outcome is None or self.wish.scope == Scope.ONE:
            return []
        return ways_to_say(self.wish.local_date, self.wish.nth)

    # -- looking at it ---------------------------------------------------------------------------
    def clean_local_date(self) -> date:
        day: date = self.cleaned_data["local_date"]
        if day > local_day(timezone.now(), self.session.zone) + FAR:
            raise ValidationError(_("Choose a day within the next 12 months"), code="far")
        return day

    def clean_made_as(self) -> uuid.UUID:
        return self.cleaned_data["made_as"] or uuid.uuid4()

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        self.look_at_seats()
        self.look_at_weeks()
        if {"local_time", "ends_at"} <= set(data):
            self._look_at_the_length(data["local_time"], data["ends_at"])
        if not self.errors:
            self._look_ahead()
        return data

    def _look_at_the_length(self, start: time, end: time) -> None:
        """An end before the start is on the next day, as it is where a session runs past midnight."""
        span = datetime.combine(date.min, end) - datetime.combine(date.min, start)
        minutes = int(span.total_seconds() // 60) % (24 * 60)
        if SHORTEST <= minutes <= LONGEST:
            self.cleaned_data["minutes"] = minutes
        else:
            self.add_error("ends_at", _("Choose an end from 5 minutes to 12 hours after the start"))

    def _look_ahead(self) -> None:
        """Reckon what would come of it, or say at the field why it cannot be."""
        outcome = outcome_of(self.session, self.wish)
        try:
            if not outcome.is_empty:
                ensure_possible(self.session, outcome)
        except TooManyDates as no:
            self.add_error("ends_on", str(no))
        except HourIsSkipped as no:
            self.add_error("local_time", str(no))
        except Refused as no:
            self.add_error("local_date", str(no))
        self.cleaned_data["outcome"] = outcome

    def _rhythm(self, how_often: str, day: date, chosen: int | None) -> tuple[int, int | None]:
        """As it is, unless somebody says another one. In a month it is the week in which the day lies; of two that it
        may be, the one that was chosen, or the one of before.
        """
        series = self.series
        assert series is not None
        if how_often != MONTHLY:
            return self.interval, None
        nths = nths_of(day)
        interval = series.interval if series.nth else 1
        return interval, next((nth for nth in (chosen, series.nth) if nth in nths), nths[0])


def _as_it_is(session: GroupSession) -> dict[str, Any]:
    end = session.ends_at.astimezone(session.zone).time()
    own = ("local_date", "local_time", "capacity", "kept_for_new", "plan")
    values = {name: getattr(session, name) for name in own} | {"ends_at": end, "scope": Scope.ONE}
    values |= {"seen": version_of(session), "made_as": uuid.uuid4()}
    if series := session.series:
        values |= {"how_often": MONTHLY} if series.nth else often_of(series.interval)
        values |= {"ends_on": series.ends_on}
    return values
