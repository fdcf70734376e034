"""Saying yes to an invitation."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Agreement, Invitation
from people.consents import HELLO
from people.forms import HelloField, NameField
from people.models import Consent, User


class TakeForm(forms.Form):
    """The name in the group and the yes to its agreement: only what this letter needs."""

    alias = NameField(
        label=_("Name in this group"),
        help_text=_(
            "All that other members ever see. It need not be your real name, and it can differ from group to group."
        ),
        error_messages={"required": _("Choose a name for this group")},
    )
    agreed = forms.ModelChoiceField(
        queryset=Agreement.objects.none(), widget=forms.HiddenInput, required=False
    )  # the version that stood on the page
    yes = forms.BooleanField(
        label=_("I have read this and I will keep to it"),
        error_messages={"required": _("Tick the box if you will keep to what the group agreed on")},
    )
    hello = HelloField()
    adult = forms.BooleanField(
        label=_("I am 18 or older"),
        error_messages={"required": _("This group is for people who are 18 or older. Tick the box if you are.")},
    )

    def __init__(self, *args: Any, letter: Invitation, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group = letter.group
        self.agreement = group.agreement if group else None
        if not _asks_for_age(letter, reader):
            del self.fields["adult"]
        if group is None or letter.role != Invitation.Role.MEMBER:
            del self.fields["hello"]
        else:
            self.fields["hello"].initial = Consent.objects.offered_as(reader, HELLO["purpose"])
        if group is None:
            del self.fields["alias"]
        else:
            seat = group.memberships.open().filter(user=reader).first()
            self.fields["alias"].initial = seat.alias if seat else reader.display_name
        if group is None or self.agreement is None or self.agreement.acceptances.filter(user=reader).exists():
            self.agreement = None
            del self.fields["agreed"], self.fields["yes"]
        else:
            agreed = cast("forms.ModelChoiceField[Agreement]", self.fields["agreed"])
            agreed.queryset, agreed.initial = group.agreements.all(), self.agreement.pk

    def answer(self) -> dict[str, Any]:
        """What `take_invitation` wants to know."""
        data = self.cleaned_data
        return {"alias": data.get("alias", ""), "agreement": data.get("agreed"), "hello": data.get("hello")}


def _asks_for_age(letter: Invitation, reader: User) -> bool:
    """Where asking to join asks for it, coming in with a letter does too: letters are passed on (R15)."""
    group = letter.group
    if group is None or letter.role != Invitation.Role.MEMBER or not group.adults_only:
        return False
    return not group.memberships.belonging().filter(user=reader).exists()
