"""What is noted about a word given, and about somebody worth one."""

from collections.abc import Sequence
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
    methods = forms.MultipleChoiceField(
        label=_("What helped (optional)"),
        choices=FollowUp.Method.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("For you and whoever runs the group with you. The person does not see it."),
        error_messages={"invalid_choice": _("Choose from these")},
    )


class MemberField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Somebody by the name they have in a group."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.alias}, {obj.group.name}"


class _ByADay(forms.Form):
    """By which day, on the clock of whoever fills it in."""

    use_required_attribute = False  # what is missing is said in words, by us

    by = forms.DateField(
        label=_("By"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day"), "invalid": _("Write a date, like 2027-01-31")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_by(self) -> date:
        day: date = self.cleaned_data["by"]
        today = timezone.localdate()
        if not today <= day <= today + timedelta(days=90):
            raise ValidationError(_("Choose a day from today on, within three months"))
        return day

    @property
    def due_at(self) -> datetime:
        """The end of that day's civil hours."""
        last = time(18) if not is_quiet(time(18), self.user.quiet_from, self.user.quiet_to) else time(12)
        soonest = timezone.now() + timedelta(minutes=1)
        return max(instant(self.cleaned_data["by"], last, self.user.zone), soonest)


class AddSomeoneForm(_ByADay):
    """Somebody who is worth a word, put on the list by hand."""

    member = MemberField(
        label=_("Who"),
        queryset=Membership.objects.none(),
        to_field_name="public_id",
        empty_label=_("Choose somebody"),
        error_messages={"required": _("Choose somebody"), "invalid_choice": _("Choose somebody from the list")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["by"].label = _("By when you will have been in touch")
        run = Membership.objects.facilitated_by(user).values("group_id")
        field = self.fields["member"]
        assert isinstance(field, forms.ModelChoiceField)  # for the type checker
        field.queryset = (
            Membership.objects.belonging().filter(group__in=run).exclude(user=user).select_related("group", "user")
        ).by_name()


class HandOverForm(_ByADay):
    """To whom a follow-up goes, and by when. `keepers` are those who could have it, with their names."""

    to = forms.ChoiceField(
        label=_("To"),
        error_messages={"required": _("Choose somebody"), "invalid_choice": _("Choose somebody from the list")},
    )

    field_order = ("to", "by")

    def __init__(self, *args: Any, keepers: Sequence[tuple[User, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keepers = {str(keeper.public_id): keeper for keeper, _name in keepers}
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)  # for the type checker
        field.choices = [(str(keeper.public_id), name) for keeper, name in keepers]

    @property
    def keeper(self) -> User:
        return self.keepers[self.cleaned_data["to"]]
