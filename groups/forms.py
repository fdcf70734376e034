"""What people type about groups: looking for one, asking to join, answering, and looking after it."""

import zoneinfo
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from groups.models import Agreement, Group, Membership
from groups.querysets import GroupQuerySet
from groups.words import TOPICS, starting_sections
from people.forms import NameField, SingleLineField, WordsField
from people.models import User

OWN_PROMISES = 4


def _zones() -> list[tuple[str, str]]:
    """Places people know; the old abbreviations that are zones too are left out."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class DirectoryForm(forms.Form):
    """What somebody looks for. Whatever it cannot read, it leaves out."""

    WHERE = [(Group.Format.ONLINE.value, _("Online")), (Group.Format.IN_PERSON.value, _("In person"))]

    q = SingleLineField(label=_("What is it about?"), required=False, max_length=80)
    where = forms.MultipleChoiceField(label=_("Where"), choices=WHERE, required=False)
    room = forms.BooleanField(label=_("Free seats now"), required=False)

    def found_in(self, groups: GroupQuerySet) -> GroupQuerySet:
        """Those of `groups` that match; they come `with_counts()`."""
        self.is_valid()
        groups = groups.about(self.cleaned_data.get("q", ""))
        if where := self.cleaned_data.get("where"):
            groups = groups.meeting(where)
        return groups.with_room() if self.cleaned_data.get("room") else groups


class AgreeForm(forms.Form):
    """Yes to one version of an agreement: the one that stood on the page."""

    agree = forms.BooleanField(
        label=_("I have read this and I will keep to it"),
        error_messages={"required": _("Tick the box if you agree. Take your time.")},
    )
    version = forms.CharField(required=False)

    def __init__(self, data: Any = None, *, agreement: Agreement | None) -> None:
        self.holds = str(agreement.version) if agreement else ""
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("version") != self.holds:
            raise ValidationError(_("The agreement has changed since you opened this page. Read it once more."))
        return self.cleaned_data


class AskForm(forms.Form):
    """The second step of asking: a name, and nothing else that anybody must tell."""

    alias = NameField(
        label=_("Name in this group"),
        help_text=_(
            "All that other members ever see. It need not be your real name, and it can differ from group to group."
        ),
        error_messages={"required": _("Choose a name for this group")},
    )
    pronouns = SingleLineField(
        label=_("Pronouns"), required=False, max_length=40, help_text=_("Shown after your name, like Wren (they).")
    )
    words = WordsField(label=_("Anything you would like us to know"), required=False, max_length=2000)
    answer = forms.ChoiceField(
        label=_("How should we answer?"),
        widget=forms.RadioSelect,
        choices=[
            ("mail", _("By e-mail. The subject says “A message for you”.")),
            ("site", _("Only here. We send nothing. You sign in and look.")),
        ],
        error_messages={"required": _("Say how we should answer")},
    )
    check_in = forms.BooleanField(
        label=_("Ask me once a week how I am doing"),
        required=False,
        help_text=_("One question, two taps. You choose the day, and you can pause or stop it whenever you like."),
    )
    adult = forms.BooleanField(
        label=_("I am 18 or older"),
        error_messages={"required": _("This group is for people who are 18 or older. Tick the box if you are.")},
    )

    def __init__(self, data: Any = None, *, group: Group, readers: str, user: User) -> None:
        super().__init__(data, initial={"alias": user.display_name, "pronouns": user.pronouns})
        self.fields["words"].help_text = lazystr(_reads(readers))
        if not group.adults_only:
            del self.fields["adult"]

    def answers(self) -> dict[str, Any]:
        """What the service is told."""
        kept = {name: self.cleaned_data[name] for name in ("alias", "pronouns", "words", "check_in")}
        return kept | {"by_mail": self.cleaned_data["answer"] == "mail"}


class DecisionForm(forms.Form):
    """One of three answers, and the state in which the facilitator saw the request."""

    decision = forms.ChoiceField(
        choices=[("accept", "accept"), ("waitlist", "waitlist"), ("decline", "decline")],
        error_messages={"required": _("Choose an answer"), "invalid_choice": _("Choose an answer")},
    )
    seen = forms.ChoiceField(
        choices=[(state, state) for state in (Membership.State.REQUESTED.value, Membership.State.WAITLISTED.value)],
        widget=forms.HiddenInput,
    )


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
        help_text=_("Anyone can read this. Write the room only if that is fine."),
    )
    language = SingleLineField(
        label=_("Language"), max_length=60, error_messages={"required": _("Say which language people speak")}
    )
    access_notes = SingleLineField(
        label=_("Good to know"),
        required=False,
        max_length=300,
        help_text=_("Captions, step-free, camera off is fine."),
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
    intake = forms.ChoiceField(
        label=_("New people"),
        choices=Group.Intake.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether people can ask to join")},
    )
    adults_only = forms.BooleanField(label=_("Only for people who are 18 or older"), required=False)
    listed = forms.BooleanField(
        label=_("Show it to anyone who looks for a group"),
        required=False,
        help_text=_("Otherwise only its own people and admins see it."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=_zones, error_messages={"required": _("Choose a time zone from the list")}
    )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("format") == Group.Format.IN_PERSON and not cleaned.get("place"):
            self.add_error("place", _("Say in which place or part of town people meet"))
        return cleaned

    @staticmethod
    def values_of(group: Group) -> dict[str, Any]:
        return {name: getattr(group, name) for name in GroupForm.base_fields}


class AgreementForm(forms.Form):
    """A group's agreement: one promise for each part it must speak of (R18), and a few of its own."""

    def __init__(self, data: Any = None, *, sections: list[dict[str, str]] | None) -> None:
        super().__init__(data)
        start = {section["topic"]: section for section in starting_sections()}
        held = {s["topic"]: s for s in sections or [] if s.get("topic") in TOPICS} or start
        own = [s for s in sections or [] if s.get("topic") not in TOPICS]
        for topic in TOPICS:
            self._add(topic, held.get(topic, start[topic]), required=True)
        for number in range(max(OWN_PROMISES, len(own) + 1)):
            self._add(f"own{number}", own[number] if number < len(own) else {}, required=False)

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

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for key in self._keys():
            if key not in TOPICS and cleaned.get(f"{key}_meaning") and not cleaned.get(f"{key}_promise"):
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


class DoorForm(forms.Form):
    """The link of the video room. What stands there now is never shown again."""

    url = SingleLineField(
        label=_("Video link"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_("Starts with https://. Leave it empty to take the link away."),
    )


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """People by the name they gave themselves, and their address for those without one."""

    def label_from_instance(self, obj: Any) -> str:
        person = cast(User, obj)
        return f"{person.display_name} ({person.email})" if person.display_name else person.email


class FacilitatorForm(forms.Form):
    """Who runs a group, and by which name its members know them."""

    person = PersonChoice(
        label=_("Person"),
        queryset=User.objects.none(),
        empty_label=_("Choose somebody"),
        error_messages={"required": _("Choose somebody"), "invalid_choice": _("Choose somebody from the list")},
    )
    alias = NameField(
        label=_("Name in this group"),
        required=False,
        help_text=_("Members and visitors see it. Left empty, it is the name the person uses here."),
    )

    def __init__(self, data: Any = None, *, group: Group) -> None:
        super().__init__(data)
        running = group.memberships.facilitators().values("user")
        people = User.objects.active().exclude(pk__in=running).order_by("display_name", "email")
        cast(PersonChoice, self.fields["person"]).queryset = people


def _heading(key: str) -> str:
    return str(TOPICS.get(key) or _("In your own words, %s") % (int(key.removeprefix("own")) + 1))


def _reads(readers: str) -> str:
    return str(
        _("%(readers)s read this and nobody else. It is erased three months after they answer.") % {"readers": readers}
    )
