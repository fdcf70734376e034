"""What is written in a follow-up."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from checkins.models import FollowUp
from checkins.words import HELLOS
from people.forms import WordsField

WORDS = {
    "required": _("Write a few words first"),
    "max_length": _("That is %(show_value)s signs long. Keep it to %(limit_value)s, or send it in two parts."),
}
Said = FollowUp.Said


class SentOnce(forms.Form):
    """Carries the mark of a click, so that a second one sends nothing more."""

    use_required_attribute = False  # what is missing is said in words, by us

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)


class ReplyForm(SentOnce):
    """A message to the person, or from them."""

    words = WordsField(label=_("Your message"), error_messages=WORDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].widget.attrs.pop("maxlength", None)  # a browser would cut what is pasted, and not say so


class HelloForm(SentOnce):
    """Which of the hellos that are already written. `kind` says for what."""

    hello = forms.ChoiceField(
        label=_("Choose one"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these"), "invalid_choice": _("Choose one of these")},
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = [str(text) for text in HELLOS[kind]]
        field = self.fields["hello"]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = [(str(number), text) for number, text in enumerate(self.texts)]

    @property
    def words(self) -> str:
        return self.texts[int(self.cleaned_data["hello"])]


class SaidForm(forms.Form):
    """One tap in answer to a hello."""

    said = forms.ChoiceField(choices=Said.choices, error_messages={"required": _("Choose one of these")})
