"""What people type when they ask to join: a yes, a name, and what they like to add or change."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from groups.models import Agreement, Group, Membership
from groups.querysets import MembershipQuerySet
from people.consents import HELLO
from people.forms import HelloField, NameField, PronounsField, WordsField
from people.models import Consent, User


class AgreeForm(forms.Form):
    """Yes to one version of an agreement: the one that stood on the page."""

    agree = forms.BooleanField(
        label=_("I have read this and I will keep to it"),
        error_messages={"required": _("Tick the box if you agree. Take your time.")},
    )
    version = forms.CharField(required=False)

    def __init__(self, data: Any = None, *, agreement: Agreement | None) -> None:
        self.holds = str(agreement.version) if agreement else ""
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("version") != self.holds:
            raise ValidationError(_("The agreement has changed since you opened this page. Read it once more."))
        return self.cleaned_data


class NameAndWordsForm(forms.Form):
    """A name, and nothing else that anybody must tell."""

    alias = NameField(
        label=_("Name in this group"),
        help_text=_(
            "All that other members ever see. It need not be your real name, and it can differ from group to group."
        ),
        error_messages={"required": _("Choose a name for this group")},
    )
    pronouns = PronounsField()
    words = WordsField(label=_("Anything you would like us to know"), required=False, max_length=2000)
    answer = forms.ChoiceField(
        label=_("How should we answer?"),
        widget=forms.RadioSelect,
        choices=[
            ("mail", _("By e-mail. The subject says “A message for you”.")),
            ("site", _("Only here. We send nothing. You sign in and look.")),
        ],
        error_messages={"required": _("Say how we should answer")},
    )

    def __init__(self, data: Any = None, *, readers: str, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.fields["words"].help_text = lazystr(_reads(readers))

    def answers(self) -> dict[str, Any]:
        """What the service is told."""
        kept = {name: self.cleaned_data.get(name, "") for name in ("alias", "pronouns", "words")}
        return kept | {"by_mail": self.cleaned_data.get("answer", "mail") == "mail"}


class PlaceChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Places that somebody could give up, by the name of the group."""

    def label_from_instance(self, obj: Any) -> str:
        return str(_("Come here instead of %(group)s") % {"group": cast(Membership, obj).group.name})


class AskForm(NameAndWordsForm):
    """The second step of asking. An open group asks for less: nobody reads anything, and nobody answers."""

    instead_of = PlaceChoice(
        label=_("Groups you come to now"),
        required=False,
        queryset=Membership.objects.none(),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
        help_text=_("You leave it on the day you have a place here. Nobody is told why."),
        error_messages={"invalid_choice": _("You are not in that group any more"), "invalid_pk_value": _("Choose one")},
    )
    visit_wanted = forms.BooleanField(
        label=_("I would like to come once and see first"),
        required=False,
        help_text=_("You come to one session. After it you decide, and nobody asks why."),
    )
    check_in = forms.BooleanField(
        label=_("Ask me once a week how I am doing"),
        required=False,
        help_text=_("One question, two taps. You choose the day, and you can pause or stop it whenever you like."),
    )
    hello = HelloField()
    adult = forms.BooleanField(
        label=_("I am 18 or older"),
        error_messages={"required": _("This group is for people who are 18 or older. Tick the box if you are.")},
    )

    def __init__(self, data: Any = None, *, group: Group, readers: str, user: User) -> None:
        last = Membership.objects.filter(group=group, user=user).order_by("-pk").first()
        known: dict[str, Any] = {"alias": user.display_name, "pronouns": user.pronouns}
        if last is not None and last.alias:  # who comes back finds the name they had
            known = {"alias": last.alias, "pronouns": last.pronouns}
        known["hello"] = Consent.objects.offered_as(user, HELLO["purpose"])
        super().__init__(data, readers=readers, initial=known)
        self._offer_to_leave(Membership.objects.of_member(user).exclude(group=group))
        self._ask_only_what_is_needed(group, came_once=last is not None and last.came_once)

    def clean_instead_of(self) -> Membership | None:
        chosen = list(self.cleaned_data["instead_of"])
        if len(chosen) > 1:
            raise ValidationError(_("Choose one group at most. You can leave the others from their own pages."))
        return chosen[0] if chosen else None

    def answers(self) -> dict[str, Any]:
        kept = {name: self.cleaned_data.get(name, False) for name in ("check_in", "hello", "visit_wanted")}
        return super().answers() | kept | {"instead_of": self.cleaned_data.get("instead_of")}

    def _offer_to_leave(self, places: MembershipQuerySet) -> None:
        cast(PlaceChoice, self.fields["instead_of"]).queryset = places.select_related("group").order_by(
            "group__name", "pk"
        )
        if not places.exists():
            del self.fields["instead_of"]

    def _ask_only_what_is_needed(self, group: Group, *, came_once: bool) -> None:
        at_once = group.intake == Group.Intake.OPEN
        unneeded = {
            "adult": not group.adults_only,
            "visit_wanted": came_once or not group.allows_visits,
            "words": at_once,
            "answer": at_once and group.free != 0,
        }
        for name in [name for name, is_so in unneeded.items() if is_so]:
            del self.fields[name]


def _reads(readers: str) -> str:
    return str(
        _("%(readers)s read this and nobody else. It is erased three months after they answer.") % {"readers": readers}
    )
