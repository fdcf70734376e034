"""What somebody who runs a group writes to everybody in it."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from people.forms import WordsField

COUNT_FROM = 25  # T14: for more people than these the number is typed


class NewsForm(forms.Form):
    """First the words; then, with the number of people before one's eyes, the yes."""

    use_required_attribute = False  # what is missing is said in words, by us

    words = WordsField(
        label=_("What you want to tell them"),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write what you want to tell them")},
    )
    people = forms.IntegerField(widget=forms.HiddenInput, required=False)
    once = forms.UUIDField(widget=forms.HiddenInput, required=False)
    typed = forms.IntegerField(
        label=_("Type that number"),
        help_text=_("They are more than a few, so we ask twice."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Type the number of people in figures")},
    )

    def __init__(self, data: Any = None, *, now: int) -> None:
        super().__init__(data)
        self.now = now  # how many people would read it at this moment
        if not self.is_for_many:
            del self.fields["typed"]

    @property
    def sends(self) -> bool:
        """Whether this is the second step."""
        return self.data.get("step") == "send"

    @property
    def is_for_many(self) -> bool:
        return self.now > COUNT_FROM

    @property
    def once_more(self) -> str:
        """The name of this very message: a second click sends the same."""
        return self.data.get("once") or str(uuid4())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.sends and (data.get("people") is None or data.get("once") is None) and "words" not in self.errors:
            raise ValidationError(_("Look at it once more before it goes out."))
        if self.sends and self.is_for_many and "typed" not in self.errors and data.get("typed") != self.now:
            self.add_error("typed", _("Type the number of people that stands above"))
        if self.is_for_many:
            self.fields["typed"].required = True  # from here on it is asked for
        return data
