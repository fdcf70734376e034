"""What somebody writes down who worries that a person is in danger. Only the facts are needed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groups.models import Membership
from notes.forms.notes import FirstClick
from notes.models import Concern
from notes.services import ConcernWords, people_to_name
from people.forms import WordsField
from people.local_time import instant
from people.models import User
from sessions.models import GroupSession

A_FEW_MINUTES = timedelta(minutes=5)  # clocks differ
EARLIEST = 1990


class PastMomentField(forms.DateTimeField):
    """When something happened, by the reader's clock. Empty is now. A time that clocks skip is the one after."""

    def __init__(self, **kwargs: Any) -> None:
        shape = "%Y-%m-%dT%H:%M"
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=shape)
        wrong = _("Write a date and a time that have passed, like 2027-01-31 19:30")
        super().__init__(widget=widget, required=False, error_messages={"invalid": wrong}, **kwargs)

    def to_python(self, value: Any) -> datetime:
        with timezone.override(UTC):
            typed = super().to_python(value)
        if typed is None:
            return timezone.now()
        if not EARLIEST <= typed.year <= timezone.now().year + 1:
            raise self._refused()
        zone: Any = timezone.get_current_timezone()
        moment = instant(typed.date(), typed.time(), zone)
        if moment > timezone.now() + A_FEW_MINUTES:
            raise self._refused()
        return moment

    def _refused(self) -> ValidationError:
        return ValidationError(self.error_messages["invalid"], code="invalid")


class ConcernForm(FirstClick):
    """Facts, not a score: nobody is asked to assess or to diagnose."""

    about = forms.ChoiceField(
        label=_("Who is it about?"), required=False, error_messages={"invalid_choice": _("Choose from the list")}
    )
    happened_at = PastMomentField(label=_("When"))
    facts = WordsField(
        label=_("What was said or seen"),
        help_text=_("Their words where you remember them. No opinions, no diagnosis."),
        error_messages={"required": _("Write what was said or seen")},
    )
    done = WordsField(
        label=_("What was done"),
        help_text=_("And by whom."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    told = forms.MultipleChoiceField(
        label=_("Who was told"),
        choices=Concern.Told.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("Choose from these")},
    )
    shared = WordsField(
        label=_("If something was shared outside the group: what, at the least"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        actor: User,
        leads: Sequence[User],
        session: GroupSession | None = None,
        draft: Concern | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        seats = _with_kept(list(people_to_name(actor, session)), draft)
        self.seats = {str(seat.public_id): seat for seat in seats}
        self.fields["about"].choices = _choices(seats)  # type: ignore[attr-defined]  # a ChoiceField, declared above
        self.fields["told"].choices = _told(leads)  # type: ignore[attr-defined]  # likewise
        if draft is not None and draft.about_id:
            mine = (key for key, seat in self.seats.items() if _is_of(seat, draft))
            self.initial["about"] = next(mine, "")

    def clean_about(self) -> Membership | None:
        """Their seat; nothing for somebody who is not on PeerHub."""
        return self.seats.get(self.cleaned_data["about"])

    @property
    def words(self) -> ConcernWords:
        """As they were typed, for the service."""
        return ConcernWords(*(self.cleaned_data[name] for name in ("facts", "done", "shared")))


class ConcernAddForm(FirstClick):
    """What somebody learned after they had sent theirs."""

    words = WordsField(
        label=_("What was said, seen or done since"),
        help_text=_("Facts, as before. Say when it was."),
        error_messages={"required": _("Write what was said or seen")},
    )


def _with_kept(seats: list[Membership], draft: Concern | None) -> list[Membership]:
    """Whoever a draft is about stays in the list, also after they left."""
    if draft is None or not draft.about_id or any(_is_of(seat, draft) for seat in seats):
        return seats
    theirs = Membership.objects.filter(user=draft.about_id, group=draft.group_id).select_related("group", "user")
    return [*seats, *theirs.order_by("-pk")[:1]]


def _is_of(seat: Membership, draft: Concern) -> bool:
    return (seat.user_id, seat.group_id) == (draft.about_id, draft.group_id)


def _choices(seats: list[Membership]) -> list[tuple[str, Any]]:
    """By group: two groups may have somebody of the same name."""
    people = [
        (group.name, [(str(seat.public_id), seat.alias) for seat in theirs])
        for group, theirs in groupby(seats, key=lambda seat: seat.group)
    ]
    return [("", gettext("Choose a person")), *people, ("outside", gettext("Someone not on PeerHub"))]


def _told(leads: Sequence[User]) -> list[tuple[str, Any]]:
    """The safety leads by their names."""
    names = ", ".join(lead.called for lead in leads)
    lead = gettext("%(names)s, who looks after safety") % {"names": names} if names else Concern.Told.LEAD.label
    return [(value, lead if value == Concern.Told.LEAD else label) for value, label in Concern.Told.choices]
