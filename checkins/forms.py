"""What people answer, choose about being asked, and note about a word given."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import time_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from checkins.models import CheckIn, FollowUp, Rhythm
from checkins.rhythm import civil_hours
from checkins.services import Circle
from groups.models import Group, Membership
from people.forms import SingleLineField, WordsField
from people.local_time import instant, is_quiet
from people.models import User

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


class MessagesForm(forms.Form):
    """If, when and how long not: everything that is sent to a person."""

    use_required_attribute = False  # what is missing is said in words, by us

    often = forms.ChoiceField(
        label=_("How often"),
        choices=[("weekly", _("Every week")), ("off", _("Off"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say if you would like to be asked")},
    )
    weekday = forms.TypedChoiceField(
        label=_("Which day"),
        coerce=int,
        choices=list(WEEKDAYS_ABBR.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a day")},
    )
    hour = forms.TypedChoiceField(
        label=_("At what time"),
        coerce=int,
        help_text=_("Only times outside your quiet hours, in your time zone."),
        error_messages={
            "required": _("Choose a time"),
            "invalid_choice": _("Choose a time outside your quiet hours"),
        },
    )
    quiet_from = forms.TimeField(
        label=_("From"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say when your quiet hours begin"), "invalid": _("Write a time, like 20:00")},
    )
    quiet_to = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Say when your quiet hours end"), "invalid": _("Write a time, like 08:00")},
    )
    pause = forms.ChoiceField(
        label=_("Check-ins rest"),
        choices=[("no", _("Not now")), ("until", _("Until a day")), ("open", _("Until I'm back"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say if check-ins should rest")},
    )
    until = forms.DateField(
        label=_("Send nothing until"),
        required=False,
        help_text=_("We start again that morning."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a date, like 2027-01-31")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        quiet = self._quiet_hours()
        field = self.fields["hour"]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = [(hour, time_format(time(hour), "TIME_FORMAT")) for hour in civil_hours(*quiet)]

    def _quiet_hours(self) -> tuple[time, time]:
        """Those being sent in, so that both can change at once; else the ones that hold now."""
        try:
            fields = self.fields["quiet_from"], self.fields["quiet_to"]
            return fields[0].clean(self.data.get("quiet_from")), fields[1].clean(self.data.get("quiet_to"))
        except ValidationError:
            return self.user.quiet_from, self.user.quiet_to

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        today = timezone.localdate()
        if until and not today < until <= today + timedelta(days=366):
            raise ValidationError(_("Choose a day from tomorrow on, within a year"))
        return until

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("pause") == "until" and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the day on which we start again"))
        if data.get("pause") == "no" and data.get("until"):
            self.add_error("pause", _("Choose “Until a day”, or empty the date below"))
        return data

    @staticmethod
    def initial_for(user: User, rhythm: Rhythm | None) -> dict[str, Any]:
        """What holds now. Somebody who never chose finds nothing chosen but Off."""
        rhythm = rhythm or Rhythm(user=user, on=False)
        until = rhythm.paused_until if rhythm.is_paused else None
        hours = civil_hours(user.quiet_from, user.quiet_to)
        return {
            "often": "weekly" if rhythm.on else "off",
            "weekday": rhythm.weekday,
            "hour": rhythm.hour if rhythm.hour in hours else next(iter(hours), None),
            "quiet_from": user.quiet_from,
            "quiet_to": user.quiet_to,
            "pause": ("until" if until else "open") if rhythm.is_paused else "no",
            "until": until,
        }


class DoneForm(forms.Form):
    """How somebody got in touch."""

    use_required_attribute = False  # what is missing is said in words, by us

    outcome = forms.ChoiceField(
        label=_("How did it go?"),
        choices=FollowUp.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how you got in touch"), "invalid_choice": _("Choose one of these")},
    )


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Somebody by the name they have in a group."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.alias}, {obj.group.name}"


class AddSomeoneForm(forms.Form):
    """Somebody who is worth a word, put on the list by hand."""

    use_required_attribute = False  # what is missing is said in words, by us

    member = MemberField(
        label=_("Who"),
        queryset=Membership.objects.none(),
        to_field_name="public_id",
        error_messages={"required": _("Choose somebody"), "invalid_choice": _("Choose somebody from the list")},
    )
    by = forms.DateField(
        label=_("By when you will have been in touch"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day"), "invalid": _("Write a date, like 2027-01-31")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        run = Membership.objects.facilitated_by(user).values("group_id")
        field = self.fields["member"]
        assert isinstance(field, forms.ModelChoiceField)  # for the type checker
        field.queryset = (
            Membership.objects.belonging().filter(group__in=run).exclude(user=user).select_related("group", "user")
        ).by_name()

    def clean_by(self) -> date:
        day: date = self.cleaned_data["by"]
        today = timezone.localdate()
        if not today <= day <= today + timedelta(days=90):
            raise ValidationError(_("Choose a day from today on, within three months"))
        return day

    @property
    def due_at(self) -> datetime:
        """The end of that day's civil hours, by the clock of the facilitator."""
        last = time(18) if not is_quiet(time(18), self.user.quiet_from, self.user.quiet_to) else time(12)
        return max(instant(self.cleaned_data["by"], last, self.user.zone), timezone.now())
