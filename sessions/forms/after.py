"""What is left of a session: its summary, and how it was."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.forms import WordsField
from sessions.models import Feedback

LEVELS = [(level.value, level.label) for level in reversed(Feedback.Level)]
CHOOSE = gettext_lazy("Choose one of the four answers, or none")


class SeenField(forms.CharField):
    """When what stands on the page was written, so that nobody overwrites what they did not see."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    def clean(self, value: Any) -> datetime | None:
        """What is no time was never seen."""
        try:
            seen = parse_datetime(str(value or ""))
        except ValueError:
            return None
        return seen if seen and timezone.is_aware(seen) else None


class SummaryForm(forms.Form):
    about = WordsField(
        label=gettext_lazy("What it was about"),
        help_text=gettext_lazy("Topics, without names. Leave out what somebody would not want to read again."),
        error_messages={"required": gettext_lazy("Write in a few words what it was about")},
    )
    agreed = WordsField(
        label=gettext_lazy("What we agreed"),
        help_text=gettext_lazy("What happens next, and who asked for it to be kept."),
        required=False,
    )
    seen = SeenField()


class SeenForm(forms.Form):
    seen = SeenField()


class FeedbackForm(forms.Form):
    """Four questions, each of which can be left out; or one answer for all of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in Feedback.Question:
            self.fields[question.name.lower()] = self._answer(question.label)
        self.fields["all"] = self._answer("")

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[question.name.lower()] for question in Feedback.Question]

    @property
    def answers(self) -> dict[int, int]:
        every = self.cleaned_data["all"]
        chosen = {question.value: every or self.cleaned_data[question.name.lower()] for question in Feedback.Question}
        return {question: int(level) for question, level in chosen.items() if level}

    def clean(self) -> None:
        if not self.errors and not self.answers:
            raise ValidationError(_("Choose an answer for one of the four, or more"))

    def _answer(self, label: Any) -> forms.ChoiceField:
        words = {"invalid_choice": CHOOSE}
        return forms.ChoiceField(
            label=label, choices=LEVELS, required=False, widget=forms.RadioSelect, error_messages=words
        )
