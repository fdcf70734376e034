"""What people answer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from checkins.models import CheckIn
from checkins.services import Circle
from groups.models import Group
from people.forms import SingleLineField, WordsField

ME = CheckIn.Share.ME.value
Support = CheckIn.Support


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

    support = forms.ChoiceField(label=_("Would you like some support?"), required=False, widget=forms.RadioSelect)
    reach = SingleLineField(
        label=_("Your number, if you would like a call"),
        help_text=_("Only the one person who calls you sees it, and it is forgotten afterwards."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    words = WordsField(label=_("Anything you want to say"), required=False)
    readers = forms.ChoiceField(
        label=_("Who may read your answer?"),
        widget=forms.RadioSelect,
        help_text=_("The group never sees it."),
        error_messages={
            "required": _("Choose who may read your answer"),
            "invalid_choice": _("Choose one of these"),
        },
    )
    by = forms.ChoiceField(
        label=_("Who should get in touch?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Only if you want a call or a message and keep your answer to yourself."),
    )

    def __init__(
        self, *args: Any, circles: Sequence[Circle], name_groups: bool = True, has_number: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.circles = {str(circle.group.public_id): circle for circle in circles}
        self.name_groups, self.has_number = name_groups, has_number
        self._choices("support").choices = self._supports()
        self._choices("readers").choices = self._readers()
        self._choices("by").choices = [(key, self._called(circle)) for key, circle in self.circles.items()]
        if len(circles) < 2:
            del self.fields["by"]
        if not circles:
            del self.fields["support"], self.fields["reach"]

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        return field

    def _supports(self) -> list[tuple[str, Any]]:
        who = next(iter(self.circles.values())).one_name if len(self.circles) == 1 else ""
        ring = (
            _("%(names)s will ring you.") % {"names": who} if who else _("Somebody who runs your group will ring you.")
        )
        mail = (
            _("%(names)s will write to your e-mail address.") % {"names": who}
            if who
            else _("Somebody who runs your group will write to your e-mail address.")
        )
        return [
            (Support.CALL.value, _choice(Support.CALL.label, ring)),
            (Support.WRITE.value, _choice(Support.WRITE.label, mail)),
            (Support.SESSION.value, _choice(Support.SESSION.label, _("Nobody contacts you before then."))),
            (Support.NO.value, _choice(Support.NO.label)),
        ]

    def _readers(self) -> list[tuple[str, Any]]:
        only_me = _("A wish to be contacted still goes on, with your name and nothing else.") if self.circles else ""
        others = [(key, _choice(self._called(circle))) for key, circle in self.circles.items()]
        return [(ME, _choice(_("Only me"), only_me)), *others]

    def _called(self, circle: Circle) -> str:
        """Through a link in a mail no group is named: whoever holds the mail may not be the person."""
        if len(self.circles) == 1 or not self.name_groups:
            return circle.all_names
        if circle.group.is_pair:
            return str(_("%(names)s, from your mentoring") % {"names": circle.all_names})
        return str(_("%(names)s, who run %(group)s") % {"names": circle.all_names, "group": circle.group.name})

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
