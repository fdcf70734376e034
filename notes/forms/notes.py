"""What a facilitator fills in to keep a note, or to add to one."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from notes.models import Note
from notes.services import LONGEST, people_to_write_about
from people.forms import WordsField
from people.models import User
from sessions.models import GroupSession

SESSIONS_OFFERED = 8
Subject = dict[str, Any]


class NoteWordsField(WordsField):
    """The words of a note: a few facts (R106)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=LONGEST,
            error_messages={
                "required": _("Write something first"),
                "max_length": _("Keep it to %(limit_value)d characters. There are %(show_value)d now"),
            },
            **kwargs,
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without `maxlength`: a browser would cut a long paste short and say nothing."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class FirstClick(forms.Form):
    """Carries an id from the page, so that a second click finds what the first one saved."""

    use_required_attribute = False  # our own words say what is missing
    public_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)


class NoteForm(FirstClick):
    """A new note: about the group, one of its sessions or one person in it."""

    about = forms.ChoiceField(label=_("About"), error_messages={"required": _("Choose what it is about")})
    words = NoteWordsField(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Facts, not opinions. Names only where they are needed. The person may ask to read this. "
            "Up to 1,000 characters."
        ),
    )
    readers = forms.ChoiceField(
        label=_("Who can read it"),
        choices=Note.Readers.choices,
        widget=forms.RadioSelect,
        initial=Note.Readers.FACILITATORS,
        error_messages={"required": _("Choose who can read it")},
    )

    def __init__(self, *args: Any, actor: User, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects: dict[str, Subject] = {"group": {}}
        sessions, people = self._sessions_of(group), self._people_of(actor, group)
        self.fields["about"].choices = [  # type: ignore[attr-defined]  # a ChoiceField, declared above
            ("", gettext("Choose one")),
            ("group", gettext("The group")),
            *([(gettext("A session"), sessions)] if sessions else []),
            *([(gettext("One person"), people)] if people else []),
        ]

    def clean_about(self) -> Subject:
        """The session or the person that was chosen, ready for the service; nothing for the group."""
        return self.subjects[self.cleaned_data["about"]]

    def _sessions_of(self, group: Group) -> list[tuple[str, str]]:
        soon = timezone.now() + timedelta(days=1)
        held = GroupSession.objects.filter(group=group, starts_at__lt=soon).exclude(state="cancelled")
        rows = list(held.order_by("-starts_at", "-pk")[:SESSIONS_OFFERED])
        return [(self._offer("session", row, {"session": row}), _session_label(row)) for row in rows]

    def _people_of(self, actor: User, group: Group) -> list[tuple[str, str]]:
        rows = people_to_write_about(actor, group)
        return [(self._offer("person", row, {"member": row.user}), _person_label(row)) for row in rows]

    def _offer(self, kind: str, row: Any, subject: Subject) -> str:
        value = f"{kind}-{row.public_id}"
        self.subjects[value] = subject
        return value


class AddForm(FirstClick):
    """Words that go below those of a note that stands."""

    words = NoteWordsField(label=_("What to add"), widget=forms.Textarea(attrs={"rows": 3}))


def _session_label(session: GroupSession) -> str:
    day = date_format(timezone.localtime(session.starts_at), "j F")
    return gettext("Session of %(day)s") % {"day": day}


def _person_label(membership: Any) -> str:
    if membership.belongs:
        return str(membership.alias)
    return gettext("%(name)s, who has left") % {"name": membership.alias}
