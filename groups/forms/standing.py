"""What those who run a group say of themselves there, and when they are away."""

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from groups.models import Membership
from groups.services import may_stand_in
from people.forms import SingleLineField, WordsField, has_address

NUMBER = re.compile(r"\d(?:[ ()./-]{0,2}\d){8,}")  # years and days in a text are shorter than any number to ring


class SeatForm(forms.Form):
    """Who somebody is to the people of the group, what they must pass on, and when they answer."""

    about = WordsField(
        label=_("About you"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Anyone can read this on the group’s page. How you came to it, what you learned. No surname."),
    )
    duty = SingleLineField(
        label=_("What you must pass on, and why"),
        required=False,
        max_length=200,
        help_text=_(
            "If your work obliges you, say so in one sentence. Everyone reads it before they ask to join. "
            "Like: “Tunde works in a school, so he must pass on anything about harm to a child.”"
        ),
    )
    hours = SingleLineField(
        label=_("When you answer"),
        required=False,
        max_length=80,
        help_text=_("Like “Monday to Thursday, 10 to 4”. Nobody expects an answer outside these hours."),
    )

    def __init__(self, data: Any = None, *, seat: Membership) -> None:
        super().__init__(data, initial={name: getattr(seat, name) for name in ("about", "duty", "hours")})

    def clean_about(self) -> str:
        """The group's page never tells how to reach somebody."""
        about = str(self.cleaned_data["about"])
        if has_address(about):
            raise ValidationError(_("Leave your e-mail address out: anyone can read this"), code="address")
        if NUMBER.search(about):
            raise ValidationError(_("Leave your phone number out: anyone can read this"), code="phone")
        return about


class CoverChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Somebody by the name they have in the group."""

    def label_from_instance(self, obj: Any) -> str:
        return cast(Membership, obj).alias


class AwayForm(forms.Form):
    """From when to when, and who stands in. No reason is asked for."""

    starts_on = forms.DateField(
        label=_("First day away"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the first day on which you are away"),
            "invalid": _("Write the day like 2026-12-03"),
        },
    )
    ends_on = forms.DateField(
        label=_("Last day away"),
        required=False,
        help_text=_("Leave it empty if you do not know yet. You can say any time that you are back."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day like 2026-12-03")},
    )
    cover = CoverChoice(
        label=_("Who stands in for you?"),
        required=False,
        queryset=Membership.objects.none(),
        to_field_name="public_id",
        empty_label=_("Nobody in particular"),
        help_text=_("Ask them first. Members read their name."),
        error_messages={"invalid_choice": _("Choose somebody who runs this group")},
    )

    def __init__(self, data: Any = None, *, seat: Membership) -> None:
        super().__init__(data, initial={"starts_on": seat.group.today})
        others = may_stand_in(seat)
        cast(CoverChoice, self.fields["cover"]).queryset = others
        if not others:
            del self.fields["cover"]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Choose a last day that is not before the first"))
        return cleaned


class StepDownForm(forms.Form):
    """Stay as a member, or leave."""

    then = forms.ChoiceField(
        label=_("And then?"),
        choices=[
            ("stay", _("I stay as a member")),
            ("leave", _("I leave the group")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say whether you stay as a member or leave"),
            "invalid_choice": _("Say whether you stay as a member or leave"),
        },
    )
