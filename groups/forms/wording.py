"""What admins type about the organisation's own words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Area, Term
from people.forms import SingleLineField


class TermForm(forms.Form):
    """A word for what groups are about or whom they are for."""

    kind = forms.ChoiceField(
        label=_("It says"),
        choices=Term.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is a topic or whom groups are for")},
    )
    name = SingleLineField(label=_("Word"), max_length=40, error_messages={"required": _("Write the word")})

    def __init__(self, data: Any = None, *, term: Term | None = None) -> None:
        super().__init__(data, initial={"name": term.name} if term else {"kind": Term.Kind.TOPIC})
        if term:
            del self.fields["kind"]  # a topic does not turn into an audience under the groups that use it


class AreaForm(forms.Form):
    """A part of town or of the country, and where it is."""

    name = SingleLineField(label=_("Name"), max_length=60, error_messages={"required": _("Give the area a name")})
    latitude = forms.FloatField(
        label=_("Degrees north"),
        required=False,
        min_value=-85,
        max_value=85,
        help_text=_("Like 51.45. South is below zero. A map on the web shows both for its middle."),
        error_messages={
            "invalid": _("Write the degrees in figures, like 51.45"),
            "min_value": _("Degrees north are between -85 and 85"),
            "max_value": _("Degrees north are between -85 and 85"),
        },
    )
    longitude = forms.FloatField(
        label=_("Degrees east"),
        required=False,
        min_value=-180,
        max_value=180,
        help_text=_("Like -2.59. West is below zero."),
        error_messages={
            "invalid": _("Write the degrees in figures, like -2.59"),
            "min_value": _("Degrees east are between -180 and 180"),
            "max_value": _("Degrees east are between -180 and 180"),
        },
    )

    def __init__(self, data: Any = None, *, area: Area | None = None) -> None:
        names = ("name", "latitude", "longitude")
        super().__init__(data, initial={name: getattr(area, name) for name in names} if area else {})

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for one, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if one not in self.errors and other in cleaned and cleaned[one] is None and cleaned[other] is not None:
                self.add_error(one, _("Write both degrees, or leave both empty"))
        return cleaned
