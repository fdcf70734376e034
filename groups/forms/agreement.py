"""A group's agreement, as those who run it write it."""

from typing import Any

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from groups.words import TOPICS, starting_sections
from people.forms import SingleLineField, WordsField

OWN_PROMISES = 4


class AgreementForm(forms.Form):
    """A group's agreement: one promise for each part it must speak of (R18), and a few of its own."""

    def __init__(self, data: Any = None, *, sections: list[dict[str, str]] | None) -> None:
        super().__init__(data)
        start = {section["topic"]: section for section in starting_sections()}
        held = {s["topic"]: s for s in sections or [] if s.get("topic") in TOPICS} or start
        own = [s for s in sections or [] if s.get("topic") not in TOPICS]
        for topic in TOPICS:
            self._add(topic, held.get(topic, start[topic]), required=True)
        for number in range(max(OWN_PROMISES, len(own) + 1)):
            self._add(f"own{number}", own[number] if number < len(own) else {}, required=False)

    def parts(self) -> list[dict[str, Any]]:
        """For the page: each part's heading and its two fields."""
        return [
            {
                "heading": _heading(key),
                "promise": self[f"{key}_promise"],
                "meaning": self[f"{key}_meaning"],
            }
            for key in self._keys()
        ]

    def sections(self) -> list[dict[str, str]]:
        """What is published: parts without a promise are left out."""
        rows = [(key, self.cleaned_data[f"{key}_promise"], self.cleaned_data[f"{key}_meaning"]) for key in self._keys()]
        return [
            {"topic": key if key in TOPICS else "", "promise": promise, "meaning": meaning}
            for key, promise, meaning in rows
            if promise
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for key in self._keys():
            if key not in TOPICS and cleaned.get(f"{key}_meaning") and not cleaned.get(f"{key}_promise"):
                self.add_error(f"{key}_promise", _("Write the promise that this explains"))
        return cleaned

    def _keys(self) -> list[str]:
        return [name.removesuffix("_promise") for name in self.fields if name.endswith("_promise")]

    def _add(self, key: str, section: dict[str, str], *, required: bool) -> None:
        self.fields[f"{key}_promise"] = SingleLineField(
            label=_("The promise"),
            required=required,
            max_length=120,
            initial=section.get("promise", ""),
            error_messages={"required": lazystr(_("Write one sentence for “%s”") % _heading(key))},
        )
        self.fields[f"{key}_meaning"] = WordsField(
            label=_("What it means"),
            required=False,
            max_length=600,
            initial=section.get("meaning", ""),
            widget=forms.Textarea(attrs={"rows": 2}),
        )


def _heading(key: str) -> str:
    return str(TOPICS.get(key) or _("In your own words, %s") % (int(key.removeprefix("own")) + 1))
