"""What mentors, mentees and coordinators type."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group, Membership, PairProfile
from groups.models.pair import PAIR_WEEKS
from groups.services import Agreed
from people.forms import SingleLineField, WordsField


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day"), "invalid": _("Write a date, like 2027-01-31")},
        **more,
    )


class ProfileForm(forms.Form):
    """What somebody shows of themself, and whether a mentor takes somebody new."""

    use_required_attribute = False  # what is missing is said in words, by us

    shows = WordsField(
        label=_("What you would like the other person to know"),
        required=False,
        max_length=1000,
        help_text=_("What you have lived through, what you like, how you talk best. As much or as little as you want."),
    )
    is_open = forms.BooleanField(label=_("I can be asked at the moment"), required=False)
    at_most = forms.IntegerField(
        label=_("With how many people at a time"),
        min_value=1,
        max_value=10,
        error_messages={
            "required": _("Write a number, like 2"),
            "invalid": _("Write a number, like 2"),
            "min_value": _("One person is the least"),
            "max_value": _("Ten people are the most"),
        },
    )

    def __init__(self, data: Any = None, *, profile: PairProfile, shows: str, mentor: bool) -> None:
        super().__init__(data, initial={"shows": shows, "is_open": profile.is_open, "at_most": profile.at_most})
        if not mentor:
            del self.fields["is_open"], self.fields["at_most"]


class NamedField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Somebody by the name they have in the programme."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.called)


class ProposeForm(forms.Form):
    """Two people to propose to each other."""

    use_required_attribute = False

    mentee = NamedField(
        label=_("Who looks for a mentor"),
        queryset=Membership.objects.none(),
        to_field_name="public_id",
        empty_label=_("Choose somebody"),
        error_messages={"required": _("Choose who looks for a mentor"), "invalid_choice": _("Choose from the list")},
    )
    mentor = NamedField(
        label=_("Mentor"),
        queryset=Membership.objects.none(),
        to_field_name="public_id",
        empty_label=_("Choose somebody"),
        error_messages={"required": _("Choose a mentor"), "invalid_choice": _("Choose from the list")},
    )
    all_the_same = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, group: Group) -> None:
        super().__init__(data)
        places = group.memberships.all()
        self._offer("mentee", places.looking_for_mentor().select_related("user"))
        self._offer("mentor", places.with_pairs().free_mentors().select_related("user").by_name())

    def _offer(self, name: str, places: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # for the type checker
        field.queryset = places


class PairAgreementForm(forms.Form):
    """What the two agree to."""

    use_required_attribute = False

    purpose = WordsField(
        label=_("What it is for"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In your own words. It may change on the way."),
        error_messages={"required": _("Write in a few words what it is for")},
    )
    rhythm = SingleLineField(
        label=_("How often you meet"), max_length=120, error_messages={"required": _("Say how often you meet")}
    )
    place = SingleLineField(label=_("Where"), max_length=120, error_messages={"required": _("Say where you meet")})
    hours = SingleLineField(
        label=_("When it is fine to write or ring"),
        max_length=120,
        help_text=_("Like: between 9 and 6, on weekdays. Nobody has to answer at other times."),
        error_messages={"required": _("Say when it is fine to be in touch")},
    )
    also = WordsField(
        label=_("What else matters to you"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Like: no lending, no lifts."),
    )
    starts_on = _day(_("From"))
    ends_on = _day(_("Until"), help_text=_("Twelve weeks is what most people choose."))

    def __init__(self, data: Any = None, *, pair: Group, agreed: Agreed | None) -> None:
        super().__init__(data, initial=_stands(pair, agreed))

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("purpose", "rhythm", "place", "hours", "also")}

    def days(self) -> dict[str, date]:
        return {name: self.cleaned_data[name] for name in ("starts_on", "ends_on")}


def _stands(pair: Group, agreed: Agreed | None) -> dict[str, Any]:
    if agreed:
        return agreed.words | {"starts_on": agreed.row.starts_on, "ends_on": agreed.row.ends_on}
    starts_on = pair.starts_on or timezone.localdate()
    return {"starts_on": starts_on, "ends_on": pair.ends_on or starts_on + timedelta(weeks=PAIR_WEEKS)}


class ExtendForm(forms.Form):
    """Until when the two would go on."""

    use_required_attribute = False

    ends_on = _day(_("New last day"), help_text=_("At most twelve weeks after the one that holds now."))


class ReviewForm(forms.Form):
    """Looking back and forward. Every part may stay empty."""

    did = WordsField(label=_("What I did"), required=False, max_length=1000)
    next = WordsField(label=_("What I would like next"), required=False, max_length=1000)
    others = WordsField(
        label=_("Who else is there"),
        required=False,
        max_length=1000,
        help_text=_("People, groups and places that are there when the two of you have stopped."),
    )
    shared = forms.BooleanField(label=_("The other one may read this"), required=False)

    def answers(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("did", "next", "others")}


class YesOrNoForm(forms.Form):
    """One of two answers, without a reason."""

    answer = forms.ChoiceField(
        choices=[("yes", "yes"), ("no", "no")],
        error_messages={"required": _("Choose an answer"), "invalid_choice": _("Choose an answer")},
    )
