"""What a group is, and who runs it."""

from datetime import date
from typing import Any, cast

from django import forms
from django.core.validators import RegexValidator
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.errors import AddressTaken, GroupNameTaken, KindStays
from groups.models import Area, Group, Term
from groups.words import language_choices
from people.errors import Refused
from people.forms import SingleLineField, WordsField, zone_choices

WRONG_DAY = {"invalid": _("Write the day like 2027-01-05")}
ADDRESS = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class WordsOfOurs(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Words that the organisation keeps. Its own list is read when a form is made."""

    def __init__(self, kind: str, **more: Any) -> None:
        self.kind = kind
        wrong = {"invalid_choice": _("Choose from the list"), "invalid_pk_value": _("Choose from the list")}
        super().__init__(
            Term.objects.none(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages=wrong,
            **more,
        )

    def read_anew(self) -> None:
        self.queryset = Term.objects.filter(kind=self.kind).order_by(Lower("name"), "pk")


class GroupForm(forms.Form):
    """What a group is, as people who look for one read it."""

    name = SingleLineField(label=_("Name"), max_length=80, error_messages={"required": _("Give the group a name")})
    purpose = SingleLineField(
        label=_("Who it is for, in one sentence"),
        max_length=200,
        error_messages={"required": _("Say in one sentence who the group is for")},
    )
    about = WordsField(
        label=_("What it is like"), required=False, help_text=_("How a meeting goes. What people can expect.")
    )
    kind = forms.ChoiceField(
        label=_("What kind it is"),
        choices=[choice for choice in Group.Kind.choices if choice[0] != Group.Kind.PAIR],
        widget=forms.RadioSelect,
        help_text=_("In a mentoring programme, people meet in twos. Pairs begin inside it."),
        error_messages={"required": _("Say what kind it is"), "invalid_choice": _("Choose a kind from the list")},
    )
    topics = WordsOfOurs(Term.Kind.TOPIC, label=Term.Kind.TOPIC.label)
    audiences = WordsOfOurs(Term.Kind.AUDIENCE, label=Term.Kind.AUDIENCE.label)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=language_choices,
        widget=forms.SelectMultiple(attrs={"size": 4}),
        error_messages={
            "required": _("Say which language people speak"),
            "invalid_choice": _("Choose languages from the list"),
        },
    )
    adults_only = forms.BooleanField(label=_("Only for people who are 18 or older"), required=False)
    format = forms.ChoiceField(
        label=_("Where people meet"),
        choices=Group.Format.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say where people meet")},
    )
    place = SingleLineField(
        label=_("Place"),
        required=False,
        max_length=120,
        help_text=_("Anyone can read this, unless you hide it below."),
    )
    hides_place = forms.BooleanField(
        label=_("Only people who come are told the place"),
        required=False,
        help_text=_("It stands on the page of each session shortly before it begins, for everybody who has a seat."),
    )
    area = forms.ModelChoiceField(
        label=_("Area"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("So that people near it find it first."),
        error_messages={"invalid_choice": _("Choose an area from the list")},
    )
    access = forms.MultipleChoiceField(
        label=_("What makes coming easier"),
        choices=Group.Access.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the list")},
    )
    access_notes = SingleLineField(
        label=_("Good to know"),
        required=False,
        max_length=300,
        help_text=_("How to get in, where to park, what to bring."),
    )
    cost = SingleLineField(
        label=_("What it costs"), required=False, max_length=80, help_text=_("Left empty, it says that it is free.")
    )
    starts_on = forms.DateField(
        label=_("First day"),
        required=False,
        widget=day_input(),
        help_text=_("A course needs one. A closed group takes people until then."),
        error_messages=WRONG_DAY,
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=day_input(),
        help_text=_("After it, the group ends by itself. Its people are told two weeks before."),
        error_messages=WRONG_DAY,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, error_messages={"required": _("Choose a time zone from the list")}
    )
    intake = forms.ChoiceField(
        label=_("New people"),
        choices=Group.Intake.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether people can ask to join")},
    )
    capacity = forms.IntegerField(
        label=_("Places"),
        required=False,
        min_value=1,
        max_value=500,
        help_text=_(
            "Facilitators are not counted. Leave it empty if nobody counts. Nobody loses a place when you lower it."
        ),
        error_messages={
            "invalid": _("Write the number of places in figures, like 10"),
            "min_value": _("A group has at least one place"),
            "max_value": _("A group has at most 500 places"),
        },
    )
    opens_again_on = forms.DateField(
        label=_("Takes people again from"),
        required=False,
        widget=day_input(),
        help_text=_("Shown while it takes nobody new."),
        error_messages=WRONG_DAY,
    )
    allows_visits = forms.BooleanField(label=_("People can come once and see"), required=False)
    offers_talk = forms.BooleanField(
        label=_("A short talk can come before the answer"),
        required=False,
        help_text=_("It is not an interview. It helps both to decide."),
    )
    listed = forms.BooleanField(
        label=_("Show it to anyone who looks for a group"),
        required=False,
        help_text=_("Otherwise only its own people and admins see it."),
    )
    shows_members = forms.BooleanField(
        label=_("Members see who else is here"),
        required=False,
        help_text=_("By the names they chose for this group. Facilitators always see it."),
    )
    slug = SingleLineField(
        label=_("Address"),
        required=False,
        max_length=60,
        validators=[RegexValidator(ADDRESS, _("Use small letters, figures and hyphens, like quiet-harbour"))],
        help_text=_(
            "It stays in browser histories, so choose words that say nothing about the group. Left empty, we choose. "
            "When you change it, old links stop working."
        ),
    )
    offer_hours = forms.IntegerField(
        label=_("How many hours a free place is held for one person"),
        required=False,
        min_value=12,
        max_value=336,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Write a number of hours from 12 to 336, like 48")
        ),
    )
    last_ritual = WordsField(
        label=_("How the last session parts"),
        required=False,
        help_text=_("For those who run it. Members do not see it."),
    )
    indexable = forms.BooleanField(label=_("Search engines may keep its page"), required=False)
    shared_openly = forms.BooleanField(
        label=_("Other sites may list it"),
        required=False,
        help_text=_("Its name, times and place stand in our open list, which anybody can copy."),
    )

    RARE = ("slug", "offer_hours", "last_ritual", "indexable", "shared_openly")

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        areas = Area.objects.order_by(Lower("name"), "pk")
        cast(Any, self.fields["area"]).queryset = areas
        for name in ("topics", "audiences"):
            cast(WordsOfOurs, self.fields[name]).read_anew()
        for name in ("topics", "audiences", "area"):
            if not cast(Any, self.fields[name]).queryset.exists():
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("format") == Group.Format.IN_PERSON and not cleaned.get("place"):
            self.add_error("place", _("Say in which place or part of town people meet"))
        if not cleaned.get("listed"):
            for name in ("indexable", "shared_openly"):
                if cleaned.get(name):
                    self.add_error(name, _("Only a group that is shown to anyone can be shown there too"))
        self._check_days(cleaned.get("starts_on"), cleaned.get("ends_on"))
        return cleaned

    def _check_days(self, start: date | None, end: date | None) -> None:
        if self.cleaned_data.get("kind") == Group.Kind.COHORT and start is None and "starts_on" not in self.errors:
            self.add_error("starts_on", _("Say on which day the course starts"))
        if start and end and end < start:
            self.add_error("ends_on", _("Choose a last day on or after the first"))
        elif end and end != self.initial.get("ends_on") and end < timezone.localdate():
            self.add_error("ends_on", _("Choose a last day that is still to come"))

    def facts(self) -> dict[str, Any]:
        """What was sent, as settings of a group. What was left to us is left out."""
        facts = dict(self.cleaned_data)
        facts["terms"] = [*facts.pop("topics", ()), *facts.pop("audiences", ())]
        left_to_us = {name for name in ("slug", "offer_hours") if not facts[name]}
        return {name: value for name, value in facts.items() if name not in left_to_us}

    def refuse(self, refusal: Refused) -> None:
        """Say at its field what stands in the way of a setting."""
        fields = {AddressTaken: "slug", GroupNameTaken: "name", KindStays: "kind"}
        self.add_error(fields.get(type(refusal)), str(refusal))

    @property
    def rare_is_open(self) -> bool:
        """Whether something among the rare things is to be put right."""
        return any(name in self.errors for name in self.RARE)

    @staticmethod
    def values_of(group: Group) -> dict[str, Any]:
        terms = list(group.terms.all())
        ours = {
            "topics": [term for term in terms if term.kind == Term.Kind.TOPIC],
            "audiences": [term for term in terms if term.kind == Term.Kind.AUDIENCE],
        }
        return {name: getattr(group, name) for name in GroupForm.base_fields if name not in ours} | ours


class DoorForm(forms.Form):
    """The link of the video room. What stands there now is never shown again."""

    url = SingleLineField(
        label=_("Video link"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("Starts with https://. Leave it empty to take the link away."),
    )
