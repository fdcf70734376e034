"""What somebody answers when a free place is held for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.forms.asking import AgreeForm
from groups.models import Agreement

TAKE, LATER, OFF, AGAIN = "take", "later", "off", "again"
WHICH = _("Choose one of the answers")


class OfferForm(AgreeForm):
    """One of a few answers. Taking the place asks for a yes to the agreement, where it changed meanwhile."""

    answer = forms.ChoiceField(
        choices=[(answer, answer) for answer in (TAKE, LATER, OFF, AGAIN)],
        error_messages={"required": WHICH, "invalid_choice": WHICH},
    )

    def __init__(self, data: Any = None, *, agreement: Agreement | None) -> None:
        super().__init__(data, agreement=agreement)
        self.agreement = agreement
        self.takes = data is not None and data.get("answer") == TAKE
        self.fields["agree"].required = self.takes and agreement is not None

    def clean(self) -> dict[str, Any]:
        return super().clean() if self.takes else self.cleaned_data
