"""What people say about their own place in a group, and what facilitators say when they end somebody's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Membership
from people.forms import NameField, PronounsField, WordsField


class PlaceNameForm(forms.Form):
    """What a person is called in one group."""

    alias = NameField(
        label=_("Name in this group"),
        help_text=_("All that other members ever see. It need not be your real name."),
        error_messages={"required": _("Choose a name for this group")},
    )
    pronouns = PronounsField()


class PauseForm(forms.Form):
    """A break from one group: until a day, or until the person says so."""

    how = forms.ChoiceField(
        label=_("How long?"),
        choices=[("until", _("Until a day")), ("open", _("Until I am back"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how long your break is"), "invalid_choice": _("Choose one of these")},
    )
    until = forms.DateField(
        label=_("Back on"),
        required=False,
        help_text=_("If you chose a day. That morning your place is as it was, and you can come back sooner."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a date, like 2027-01-31")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("how") == "until" and not cleaned.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the day on which you are back"))
        return cleaned


class LeaveForm(forms.Form):
    """Words for those who run the group, if somebody has any on leaving."""

    words = WordsField(
        label=_("Something you would like the facilitators to know"),
        required=False,
        max_length=2000,
        help_text=_(
            "Nobody has to write anything. Your name does not stand with it, and they read it only when the month "
            "is over. In a small group they may still guess who wrote it. It is erased a year later."
        ),
    )
    signed = forms.BooleanField(
        label=_("Put my name to it"), required=False, help_text=_("Then they read it at once, with your name here.")
    )


class PutOutForm(forms.Form):
    """Why somebody's place ends, and whether they may ask again."""

    end = forms.ChoiceField(
        label=_("What should happen?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say if they may ask again"), "invalid_choice": _("Choose one of these")},
    )
    why = forms.ChoiceField(
        label=_("Why?"),
        choices=Membership.Why.choices,
        widget=forms.RadioSelect,
        help_text=_("The person reads it in kind words. It goes on record as you choose it here."),
        error_messages={"required": _("Choose the reason"), "invalid_choice": _("Choose one of these reasons")},
    )

    def __init__(self, data: Any = None, *, place: Membership) -> None:
        super().__init__(data)
        ways = [("block", _("Put them out, and they cannot ask again until you open the way"))]
        if place.can_move_to(Membership.State.REMOVED):
            ways.insert(0, ("remove", _("Put them out. They may ask to join again later")))
        field = self.fields["end"]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = ways


class FitForm(forms.Form):
    """Whether the group fits, or nothing about it."""

    answer = forms.ChoiceField(
        label=_("Does it fit?"),
        choices=Membership.Fit.choices,
        error_messages={"required": _("Choose an answer"), "invalid_choice": _("Choose one of these answers")},
    )
