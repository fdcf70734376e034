"""What people answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from checkins.models import CheckIn, FollowUp
from checkins.services import Circle, promised_by
from groups.models import Group
from people.forms import SingleLineField, WordsField
from people.models import User

ME = CheckIn.Share.ME.value
MANY = 3  # for more groups than these who reads when stands once below the choice, not at each
Support, Cause = CheckIn.Support, FollowUp.Cause


def _moment(at: datetime) -> str:
    """Tuesday 24 November, 12:00 pm, on the clock of whoever reads it."""
    here = timezone.localtime(at)
    return f"{date_format(here, 'l j F')}, {time_format(here, 'TIME_FORMAT')}"


def _who_reads_when(circle: Circle) -> str:
    """Who reads words first and in which hours, as the group's duty says it now."""
    if not circle.takes_words:
        return str(_("Nobody reads words there at the moment. They see how your week was."))
    return str(_("%(name)s reads first, %(hours)s.") % {"name": circle.reader_name, "hours": circle.hours_words})


def _choice(label: Any, hint: Any = "") -> Any:
    """The words of one radio, with a smaller second line."""
    if not hint:
        return format_html("<strong>{}</strong>", label)
    return format_html('<strong>{}</strong><br><span class="small soft">{}</span>', label, hint)


class MoodForm(forms.Form):
    """How the week was, in one tap."""

    use_required_attribute = False  # what is missing is said in words, by us

    mood = forms.TypedChoiceField(
        label=_("How has this week been?"),
        coerce=int,
        choices=CheckIn.Mood.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Pick the one that fits this week best, or skip it"),
            "invalid_choice": _("Pick one of the five"),
        },
    )


class SayMoreForm(forms.Form):
    """Whether somebody should get in touch, a few words, and who may read them. Nothing is chosen beforehand."""

    use_required_attribute = False  # what is missing is said in words, by us

    support = forms.ChoiceField(
        label=_("Would you like some support?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Whoever gets in touch sees your name and this wish."),
    )
    reach = SingleLineField(
        label=_("Your number, if you would like a call"),
        help_text=_("Only the one person who calls you sees it, and it is forgotten afterwards."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    words = WordsField(
        label=_("Anything you want to say"),
        required=False,
        error_messages={
            "max_length": _("That is more than fits here: 4,000 signs. Nothing is cut, so make it shorter.")
        },
    )
    readers = forms.ChoiceField(
        label=_("Who may read your answer?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose who may read your answer"),
            "invalid_choice": _("Choose one of these"),
        },
    )
    by = forms.ChoiceField(
        label=_("Who should get in touch?"),
        required=False,
        help_text=_("Only if you want a call or a message and keep your answer to yourself."),
    )

    def __init__(
        self,
        *args: Any,
        person: User,
        circles: Sequence[Circle],
        name_groups: bool = True,
        has_number: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.name_groups, self.has_number = person, name_groups, has_number
        self.circles = {str(circle.group.public_id): circle for circle in circles}
        self._fill("support", self._supports())
        self._fill("readers", self._readers())
        self._fill("by", [("", _("Choose")), *self._keepers()])
        self.fields["words"].help_text = self._who_reads_words()
        self.fields["readers"].help_text = self._how_long()
        self._leave_out()

    def _fill(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = choices

    def _leave_out(self) -> None:
        """What nobody would see to is not asked for."""
        if len(self.circles) < 2:
            del self.fields["by"]
        if not self.circles:
            del self.fields["support"]
        if not self.circles or self.person.no_calls:
            del self.fields["reach"]
        if not any(circle.takes_words for circle in self.circles.values()):
            del self.fields["words"]

    def _supports(self) -> list[tuple[str, Any]]:
        who = next(iter(self.circles.values())).one_name if len(self.circles) == 1 else ""
        facts = {"names": who or _("Somebody who runs your group"), "when": _moment(promised_by(Cause.SUPPORT))}
        ring, write = _("%(names)s will ring you by %(when)s."), _("%(names)s will write to you by %(when)s.")
        rows = [(Support.CALL.value, _choice(Support.CALL.label, ring % facts))]
        return [
            *(rows if not self.person.no_calls else []),
            (Support.WRITE.value, _choice(Support.WRITE.label, f"{write % facts}{self._in_here()}")),
            (Support.SESSION.value, _choice(Support.SESSION.label, _("Nobody contacts you before then."))),
            (Support.NO.value, _choice(Support.NO.label)),
        ]

    def _in_here(self) -> str:
        if self.person.no_mail:
            return " " + _("No mail is sent: it waits for you in here.")
        return " " + _("You read it in here. The mail says only that it waits.")

    def _readers(self) -> list[tuple[str, Any]]:
        only_me = _("A wish to be contacted still goes on, with your name and nothing else.") if self.circles else ""
        others = [(key, _choice(self._called(circle), self._hint(circle))) for key, circle in self.circles.items()]
        return [(ME, _choice(_("Only me"), only_me)), *others]

    def _hint(self, circle: Circle) -> str:
        """Where no group is named, when they read is also what tells one choice from another."""
        folded = self.hours_are_folded and circle.takes_words
        return "" if folded else _who_reads_when(circle)

    def _keepers(self) -> list[tuple[str, str]]:
        """The same people once, where no group is named: nobody could tell two of them apart."""
        said: dict[str, str] = {}
        for key, circle in self.circles.items():
            said.setdefault(self._called(circle), key)
        return [(key, name) for name, key in said.items()]

    @property
    def hours_are_folded(self) -> bool:
        """Somebody in many groups finds a short list to choose from, and who reads when below it."""
        return self.name_groups and len(self.circles) > MANY

    def hours(self) -> list[tuple[str, str]]:
        """Each group whose words somebody reads, and who reads first there, and when."""
        folded = self.circles.values() if self.hours_are_folded else []
        return [(circle.group.name, _who_reads_when(circle)) for circle in folded if circle.takes_words]

    def _how_long(self) -> str:
        """Shared with the work of a group, not with one colleague (0047)."""
        kept = str(_("The group never sees it. It is kept until you delete it."))
        return f"{kept} {_('Whoever runs your group later can read what you share, too.')}" if self.circles else kept

    def _who_reads_words(self) -> str:
        """Who reads it, when, and how long it is kept (R5): from what the groups and their duties say now."""
        readers = [circle for circle in self.circles.values() if circle.takes_words]
        if len(self.circles) != 1 or not readers:
            return str(_("Only you, unless you choose below who may. It is kept until you delete it."))
        facts = {"names": readers[0].all_names, "when": _who_reads_when(readers[0])}
        said = _("Only you, unless you choose %(names)s below. %(when)s It is kept until you delete it.")
        return str(said % facts)

    def _called(self, circle: Circle) -> str:
        """Through a link in a mail no group is named: whoever holds the mail may not be the person."""
        if len(self.circles) == 1 or not self.name_groups:
            return circle.all_names
        if circle.group.is_pair:
            return str(_("%(names)s, from your mentoring") % {"names": circle.all_names})
        said = ngettext("%(names)s, who runs %(group)s", "%(names)s, who run %(group)s", len(circle.names))
        return said % {"names": circle.all_names, "group": circle.group.name}

    def clean_readers(self) -> str:
        """Words are passed on only where somebody reads them (T13)."""
        readers: str = self.cleaned_data["readers"]
        if self.cleaned_data.get("words") and readers != ME and not self.circles[readers].takes_words:
            raise ValidationError(
                _("Nobody there reads words at the moment. Choose “Only me”, or empty the box above.")
            )
        return readers

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        wish = data.get("support") in {Support.CALL, Support.WRITE}
        if data.get("support") == Support.CALL and not data.get("reach") and not self.has_number:
            self.add_error("reach", _("Write the number that we should ring"))
        if (
            wish
            and data.get("readers") == ME
            and "by" in self.fields
            and not data.get("by")
            and "by" not in self.errors
        ):
            self.add_error("by", _("Choose who should get in touch"))
        return data

    @property
    def share(self) -> str:
        readers: str = self.cleaned_data["readers"]
        return readers if readers == ME else CheckIn.Share.FACILITATORS.value

    @property
    def group(self) -> Group | None:
        """Whose facilitators this concerns: those who read it, or those who get in touch."""
        if self.share == CheckIn.Share.FACILITATORS:
            return self.circles[self.cleaned_data["readers"]].group
        if self.cleaned_data.get("support") not in {Support.CALL, Support.WRITE}:
            return None
        return self.circles[self.cleaned_data.get("by") or next(iter(self.circles))].group
