"""What people type when they ask to join: a yes, a name, and what they like to add."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from groups.models import Agreement, Group
from people.forms import NameField, SingleLineField, WordsField
from people.models import User


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


def _reads(readers: str) -> str:
    return str(
        _("%(readers)s read this and nobody else. It is erased three months after they answer.") % {"readers": readers}
    )
