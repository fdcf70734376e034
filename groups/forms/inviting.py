"""Whom those who run a group ask in, and for how long its link works."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from groups.services.linking import USUALLY, WORKS_FOR
from people.forms import WordsField, one_line

MOST_AT_ONCE = 20
_BETWEEN = re.compile(r"[\s,;]+")


class LinkForm(forms.Form):
    """How long a new link works."""

    days = forms.TypedChoiceField(
        label=_("Works for"),
        choices=[(days, _("%(n)s days") % {"n": days}) for days in WORKS_FOR],
        coerce=int,
        initial=USUALLY,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose for how long the link works"),
            "invalid_choice": _("Choose for how long the link works"),
        },
    )


class LettersForm(forms.Form):
    """Addresses of people who may come in as members."""

    emails = WordsField(
        label=_("E-mail addresses"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_("One on each line, 20 at most. Nobody sees who else was invited."),
        error_messages={"required": _("Enter at least one e-mail address, like name@example.org")},
    )

    def clean_emails(self) -> list[str]:
        """Every address, once. Each one that is none is named with its line, and nothing that was typed is lost."""
        lines = [_BETWEEN.split(line.strip()) for line in self.cleaned_data["emails"].splitlines()]
        written = [(number, part) for number, parts in enumerate(lines, start=1) for part in parts if part]
        if wrong := [_not_whole(number, part) for number, part in written if not _is_address(part)]:
            raise ValidationError(wrong)
        addresses = list(dict.fromkeys(part.lower() for _number, part in written))
        if len(addresses) > MOST_AT_ONCE:
            raise ValidationError(_("That is more than 20 addresses. Invite some now and the others after that."))
        if not addresses:
            raise ValidationError(_("Enter at least one e-mail address, like name@example.org"))
        return addresses


def _not_whole(number: int, part: str) -> ValidationError:
    words = _("Line %(line)s: “%(wrong)s” is not a whole e-mail address")
    return ValidationError(words, params={"line": number, "wrong": one_line(part)[:80]})


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
