"""What admins and those who run a group type when they word a question."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from groups.words import SIGNED, language_choices
from people.forms import SingleLineField

LONGEST = 200


class PromptForm(forms.Form):
    """One question in one language."""

    use_required_attribute = False  # what is missing is said in words, by us

    text = SingleLineField(
        label=_("The question"),
        max_length=LONGEST,
        help_text=_("One question that “Good” or “Hard” can answer. At most 200 signs."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Write the question"),
            "max_length": _("Make it shorter, 200 signs at most"),
        },
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Asked of people who read PeerHub in this language."),
        error_messages={
            "required": _("Choose a language from the list"),
            "invalid_choice": _("Choose a language from the list"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        spoken = (get_language() or "en").partition("-")[0]
        kwargs["initial"] = {"language": spoken} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = [row for row in language_choices() if row[0] not in SIGNED]
