"""What a group is, and who runs it."""

import zoneinfo
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from groups.words import language_choices
from people.forms import NameField, SingleLineField, WordsField
from people.models import User


def _zones() -> list[tuple[str, str]]:
    """Places people know; the old abbreviations that are zones too are left out."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


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
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=language_choices,
        widget=forms.SelectMultiple(attrs={"size": 4}),
        error_messages={
            "required": _("Say which language people speak"),
            "invalid_choice": _("Choose languages from the list"),
        },
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
