"""Closing a session in a minute: every part can be left empty."""

import re
import uuid
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from home.services import Debrief, Promise
from people.forms import SingleLineField, WordsField
from people.local_time import instant, local_day
from people.models import Organisation, User
from sessions.models import Closing

NOON = time(12)
LONGEST_NOTE = 1000  # R106
MOST_PROMISES = 8
NAMES, NUMBER = "names", "number"
Person = tuple[str, str, User]  # key, name, account


class ClosingForm(forms.Form):
    """What it was about, and how those who led it are."""

    use_required_attribute = False
    by = forms.ChoiceField(
        label=_("How do you want to record it"),
        choices=[(NAMES, _("By name")), (NUMBER, _("Just the number"))],
        widget=forms.RadioSelect,
        initial=NAMES,
        error_messages={"required": _("Say if you record names or just the number")},
    )
    count = forms.IntegerField(
        label=_("Or just the number"),
        required=False,
        min_value=0,
        max_value=500,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("If you chose it above, the names are not kept."),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Write how many people came, from 0 to 500")
        ),
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"),
        required=False,
        choices=Closing.Theme.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Counted over months, never by person."),
        error_messages={"invalid_choice": _("Choose themes from the list")},
    )
    win = SingleLineField(
        label=_("One win"),
        required=False,
        max_length=200,
        help_text=_("A sentence without names. Members of the group read it on the page of this session."),
        error_messages={"max_length": _("Say it in at most 200 signs")},
    )
    tool = SingleLineField(
        label=_("What you showed"),
        required=False,
        max_length=80,
        help_text=_("Such as: five things you can see. Members of the group read it too."),
        error_messages={"max_length": _("Say it in at most 80 signs")},
    )
    talked = forms.ChoiceField(
        label=_("Talked it over"),
        required=False,
        choices=[choice for choice in Closing.Talked.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    debrief = WordsField(
        label=_("What went well, what was hard"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "About you who led it, without names of members. "
            "Those who run the group can read it, and each reading is recorded."
        ),
        error_messages={"max_length": _("Keep it to %(limit_value)d characters. There are %(show_value)d now")},
    )
    wants_talk = forms.BooleanField(label=_("I would like to talk to someone myself"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    note_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)
    names_seen = forms.CharField(widget=forms.HiddenInput, required=False)

    WITHOUT_NAMES = ("win", "tool", "debrief")

    def __init__(self, *args: Any, names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = list(names)
        self.fields["debrief"].widget.attrs.pop("maxlength", None)  # a browser would cut it short and say nothing
        self.found: dict[str, list[str]] = {}

    def clean_seen(self) -> datetime | None:
        """When the closing was saved that this page began with."""
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"]) if self.cleaned_data["seen"] else None
        except ValueError:
            return None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("by") == NUMBER and data.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("Write how many people came, or choose “By name”"))
        self.found = {name: found for name in self.WITHOUT_NAMES if (found := names_in(data.get(name, ""), self.names))}
        agreed = set(data.get("names_seen", "").split("|"))
        for field, found in self.found.items():
            if not {f"{field}:{name}" for name in found} <= agreed:
                self.add_error(field, _names_stand_there(found))
        return data

    @property
    def names_agreed(self) -> str:
        """What the hidden field says when the form comes back: saving again means that these words are meant."""
        return "|".join(f"{field}:{name}" for field, found in self.found.items() for name in found)

    @property
    def count_instead(self) -> bool:
        return bool(self.cleaned_data["by"] == NUMBER)

    @property
    def closing_values(self) -> dict[str, Any]:
        """What `keep_closing` takes."""
        return {name: self.cleaned_data[name] for name in ("themes", "win", "tool", "talked", "wants_talk", "seen")}

    @property
    def note(self) -> Debrief | None:
        words = self.cleaned_data["debrief"]
        return Debrief(words, self.cleaned_data["note_id"]) if words.strip() else None


class PromiseForm(forms.Form):
    """One person to check on, who does it, until when. Without a person it is nothing."""

    use_required_attribute = False
    who = forms.ChoiceField(label=_("Who"), required=False)
    owner = forms.ChoiceField(label=_("Who will do it"), required=False)
    by = forms.DateField(
        label=_("By"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day like 2027-01-05")},
    )
    why = SingleLineField(
        label=_("Why, in a few words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Facts, not opinions. They may ask to read it."),
        error_messages={"max_length": _("Say it in at most 200 signs")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(self, *args: Any, people: list[Person], owners: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.owners = ({key: account for key, _name, account in some} for some in (people, owners))
        self._offer("who", [("", gettext("Nobody")), *((key, name) for key, name, _account in people)])
        self._offer("owner", [(key, name) for key, name, _account in owners])

    def clean_by(self) -> date | None:
        day: date | None = self.cleaned_data["by"]
        today = local_day(timezone.now(), _zone())
        if day and not today <= day <= today + timedelta(days=60):
            raise ValidationError(_("Choose a day from today on, within two months"))
        return day

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("who") and not data.get("by") and "by" not in self.errors:
            self.add_error("by", _("Choose until when"))
        if data.get("why") and not data.get("who"):
            self.add_error("who", _("Say who it is about"))
        return data

    @property
    def promise(self) -> Promise | None:
        """What `close_session` takes, None where nobody was chosen."""
        data = self.cleaned_data
        if not data.get("who"):
            return None
        owner = self.owners.get(data["owner"]) or next(iter(self.owners.values()))
        key = str(data["key"] or uuid.uuid4())
        return Promise(self.people[data["who"]], owner, _due(data["by"]), key, data["why"])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, declared above


PromiseForms = forms.formset_factory(PromiseForm, extra=0, max_num=MOST_PROMISES, validate_max=True)


def names_in(words: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that stand in the words as a word of their own, however they are written."""
    text = words.casefold()
    return [name for name in dict.fromkeys(names) if re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", text)]


def _names_stand_there(names: list[str]) -> str:
    words = ngettext(
        "A name stands here: %(names)s. Take it out, or save again if it means something else",
        "Names stand here: %(names)s. Take them out, or save again if they mean something else",
        len(names),
    )
    return words % {"names": ", ".join(names)}


def _zone() -> ZoneInfo:
    return ZoneInfo(Organisation.current().time_zone)


def _due(day: date) -> datetime:
    """Noon of that day where the organisation is; today it is the end of the day."""
    noon = instant(day, NOON, _zone())
    return noon if noon > timezone.now() + timedelta(hours=1) else instant(day, time(23, 59), _zone())
