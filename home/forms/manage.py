"""Takes in what admins decide about people's roles and invitations, and what people are called."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from groups.models import Group, Invitation, Membership
from groups.services import NewName
from people.forms import NameField, PersonForm, PronounsField, WordsField, one_line

MOST_INVITED_AT_ONCE = 50
_BETWEEN_ADDRESSES = re.compile(r"[\s,;]+")


class RolesForm(forms.Form):
    """The two roles that belong to the whole organisation."""

    is_admin = forms.BooleanField(
        label=_("Admin"),
        required=False,
        help_text=_("Members, settings, resources and help lines. Never check-ins or notes."),
    )
    is_safety_lead = forms.BooleanField(
        label=_("Safety lead"),
        required=False,
        help_text=_("Sees who asked for a word, in every group. Cannot read notes."),
    )


class InviteForm(forms.Form):
    """Whom to write to, and what they will do."""

    emails = WordsField(
        label=_("E-mail addresses"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_("One on each line, or separated by commas. At most 50. Nobody sees who else was invited."),
        error_messages={"required": _("Enter at least one e-mail address, like name@example.org")},
    )
    role = forms.ChoiceField(
        label=_("What they will do"),
        choices=Invitation.Role.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what they will do")},
    )
    group = forms.ModelChoiceField(
        label=_("Into a group"),
        queryset=Group.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("None yet"),
        help_text=_("For members and facilitators. Members still see the agreement and choose for themselves."),
        error_messages={"invalid_choice": _("Choose a group from the list")},
    )

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]  # a field of choices

    def clean_emails(self) -> list[str]:
        """Every address, once. Those that are none are named, and nothing that was typed is lost."""
        written = [part for part in _BETWEEN_ADDRESSES.split(self.cleaned_data["emails"]) if part]
        addresses = list(dict.fromkeys(address.lower() for address in written))
        if wrong := [one_line(address)[:80] for address in addresses if not _is_address(address)]:
            raise ValidationError(
                ngettext_lazy(
                    "This is not a whole e-mail address: %(wrong)s",
                    "These are not whole e-mail addresses: %(wrong)s",
                    len(wrong),
                ),
                params={"wrong": ", ".join(wrong)},
            )
        if len(addresses) > MOST_INVITED_AT_ONCE:
            raise ValidationError(_("That is more than 50 addresses. Invite some now and the others after that."))
        return addresses

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("role") == Invitation.Role.FACILITATOR and not cleaned.get("group"):
            self.add_error("group", _("Choose the group they will run"))
        return cleaned


class NamesForm(PersonForm):
    """What a person is called, in general and in each of their groups, saved in one go."""

    def __init__(self, data: Any = None, *, seats: Iterable[Membership], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.seats = list(seats)
        for seat in self.seats:
            self._add(seat)

    def rows(self) -> Iterator[tuple[Membership, forms.BoundField, forms.BoundField]]:
        """For the page: each group with its two fields."""
        for seat in self.seats:
            yield seat, self[f"alias-{seat.public_id}"], self[f"pronouns-{seat.public_id}"]

    def new_names(self) -> list[NewName]:
        """Only what changed: a name nobody touched is not asked for again."""
        return [
            NewName(seat, self.cleaned_data[alias.name], self.cleaned_data[pronouns.name])
            for seat, alias, pronouns in self.rows()
            if {alias.name, pronouns.name} & set(self.changed_data)
        ]

    def say_taken(self, places: Iterable[int], words: str) -> None:
        for seat in self.seats:
            if seat.pk in places:
                self.add_error(f"alias-{seat.public_id}", words)

    def _add(self, seat: Membership) -> None:
        self.fields[f"alias-{seat.public_id}"] = NameField(
            label=lazystr(_("In %(group)s") % {"group": seat.group.name}),
            initial=seat.alias,
            error_messages={
                "required": lazystr(_("Choose a name for %(group)s") % {"group": seat.group.name}),
            },
        )
        self.fields[f"pronouns-{seat.public_id}"] = PronounsField(
            label=lazystr(_("Pronouns in %(group)s") % {"group": seat.group.name}),
            initial=seat.pronouns,
            help_text="",
        )


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
