"""What is noted about a word given, and about somebody worth one."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkins.models import FollowUp
from groups.models import Membership
from people.local_time import instant, is_quiet
from people.models import User


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
