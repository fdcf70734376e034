"""What somebody says is not right, and what came of it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notes.forms.notes import FirstClick
from notes.models import Report
from people.forms import WordsField


class ReportForm(FirstClick):
    """A few words, and whether whoever reads them may know whose they are."""

    words = WordsField(
        label=_("What is not right?"),
        help_text=_("What happened, and when. A few words are enough."),
        max_length=2000,
        error_messages={"required": _("Write a few words about what is not right")},
    )
    may_contact = forms.BooleanField(
        label=_("You may know that it was me, and get in touch"),
        required=False,
        help_text=_("Without this nobody is shown your name."),
    )


class CloseReportForm(forms.Form):
    """What came of it, as the one who said so will read."""

    use_required_attribute = False  # our own words say what is missing

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=Report.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what came of it"), "invalid_choice": _("Choose one of these")},
    )
