"""A group's agreement, as those who run it write it, and what somebody would change about it."""

from calendar import monthrange
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from groups.models import Agreement, Group, Proposal
from groups.services import needed_topics
from groups.words import TOPICS, starting_sections
from people.forms import SingleLineField, WordsField

OWN_PROMISES = 4
REVIEW_MONTHS = 6  # R21
# What people who meet online should read there (R20).
ONLINE = _(
    "Say: somewhere nobody listens in, or headphones. Camera on or off is each person’s choice. No recording, "
    "no pictures. Nobody can promise what happens at other people’s ends."
)


class AgreementForm(forms.Form):
    """A group's agreement: one promise for each part it must speak of (R18), and a few of its own."""

    def __init__(self, data: Any = None, *, group: Group, agreement: Agreement | None) -> None:
        super().__init__(data)
        sections = agreement.sections if agreement else None
        start = {section["topic"]: section for section in starting_sections()}
        held = {s["topic"]: s for s in sections or [] if s.get("topic") in TOPICS} or start
        own = [s for s in sections or [] if s.get("topic") not in TOPICS]
        needed = needed_topics(group)
        for topic in TOPICS:
            missing = start[topic] if topic in needed else {}
            self._add(topic, held.get(topic, missing), required=topic in needed)
        for number in range(max(OWN_PROMISES, len(own) + 1)):
            self._add(f"own{number}", own[number] if number < len(own) else {}, required=False)
        self.fields["online_meaning"].help_text = ONLINE
        self.fields["months"] = _months_field()

    def parts(self) -> list[dict[str, Any]]:
        """For the page: each part's heading and its two fields."""
        return [
            {
                "heading": _heading(key),
                "promise": self[f"{key}_promise"],
                "meaning": self[f"{key}_meaning"],
            }
            for key in self._keys()
        ]

    def sections(self) -> list[dict[str, str]]:
        """What is published: parts without a promise are left out."""
        rows = [(key, self.cleaned_data[f"{key}_promise"], self.cleaned_data[f"{key}_meaning"]) for key in self._keys()]
        return [
            {"topic": key if key in TOPICS else "", "promise": promise, "meaning": meaning}
            for key, promise, meaning in rows
            if promise
        ]

    def review_on(self) -> date:
        """The day on which the group looks at it again."""
        return months_from(timezone.localdate(), self.cleaned_data["months"])

    def kept(self) -> list[tuple[str, Any]]:
        """Everything that was typed, for the page between writing and publishing to carry."""
        return [(name, self.cleaned_data[name]) for name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for key in self._keys():
            alone = cleaned.get(f"{key}_meaning") and not cleaned.get(f"{key}_promise")
            if alone and not self.fields[f"{key}_promise"].required:
                self.add_error(f"{key}_promise", _("Write the promise that this explains"))
        return cleaned

    def _keys(self) -> list[str]:
        return [name.removesuffix("_promise") for name in self.fields if name.endswith("_promise")]

    def _add(self, key: str, section: dict[str, str], *, required: bool) -> None:
        self.fields[f"{key}_promise"] = SingleLineField(
            label=_("The promise"),
            required=required,
            max_length=120,
            initial=section.get("promise", ""),
            error_messages={"required": lazystr(_("Write one sentence for “%s”") % _heading(key))},
        )
        self.fields[f"{key}_meaning"] = WordsField(
            label=_("What it means"),
            required=False,
            max_length=600,
            initial=section.get("meaning", ""),
            widget=forms.Textarea(attrs={"rows": 2}),
        )


class ProposalForm(forms.Form):
    """What somebody would change. It goes without their name."""

    words = WordsField(
        label=_("What would you change?"),
        max_length=1000,
        help_text=_("Write it so that it does not tell who you are."),
        error_messages={"required": _("Write what you would change")},
    )


class ProposalAnswerForm(forms.Form):
    """What becomes of a proposal, and the state in which it was read."""

    state = forms.ChoiceField(
        choices=Proposal.State.choices[1:],
        error_messages={"required": _("Choose an answer"), "invalid_choice": _("Choose an answer")},
    )
    seen = forms.ChoiceField(choices=Proposal.State.choices, widget=forms.HiddenInput)


def months_from(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _months_field() -> forms.IntegerField:
    wrong = _("Write a number of months from 1 to 24")
    return forms.IntegerField(
        label=_("Look at it again in how many months?"),
        initial=REVIEW_MONTHS,
        min_value=1,
        max_value=24,
        help_text=_("Then it stands among the things you have left to do. Half a year suits most groups."),
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], wrong),
    )


def _heading(key: str) -> str:
    return str(TOPICS.get(key) or _("In your own words, %s") % (int(key.removeprefix("own")) + 1))
