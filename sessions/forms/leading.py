"""Who is to lead, who helps, and in which room: the part of a form that plans sessions."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from groups.models import Group, Membership
from people.models import User
from sessions.models import Room
from sessions.services import Hosts, needs_two

NOBODY = _("Nobody yet")
SOMEBODY = _("Choose somebody who runs this group")


class PublicChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """One of a list by its public id. What is no id at all is answered as one that is not on the list."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as problem:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from problem


class RunnerField(PublicChoice):
    """Somebody who runs the group, under the name that its people know."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid_choice": SOMEBODY}
        super().__init__(
            Membership.objects.none(), to_field_name="public_id", required=False, empty_label=str(NOBODY),
            error_messages=messages, **kwargs,
        )  # fmt: skip

    def label_from_instance(self, obj: Any) -> str:
        return cast(Membership, obj).alias


class LeadingForm(forms.Form):
    """`hosts` is what was chosen. In a pair the mentor leads, and nobody is asked."""

    lead = RunnerField(label=_("Who leads"))
    co = RunnerField(
        label=_("Who helps to lead"),
        help_text=_("One keeps to the round. The other one looks after whoever needs a moment."),
    )
    room = PublicChoice(
        label=_("Room"),
        queryset=Room.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("No room of ours"),
        error_messages={"invalid_choice": _("Choose a room from the list")},
    )

    def __init__(self, *args: Any, group: Group, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group, self.actor = group, actor
        running = group.memberships.running().select_related("user").order_by("alias", "pk")
        self.runners: list[Membership] = list(running)
        for name in ("lead", "co"):
            cast(RunnerField, self.fields[name]).queryset = running
        rooms = Room.objects.in_use().order_by("name")
        cast(PublicChoice, self.fields["room"]).queryset = rooms
        if group.format == Group.Format.ONLINE or not rooms.exists():
            del self.fields["room"]
        if group.is_pair:
            del self.fields["lead"], self.fields["co"]

    @property
    def hosts(self) -> Hosts:
        room = self.cleaned_data.get("room")
        if self.group.is_pair:
            return Hosts(self.runners[0].user if self.runners else None, None, room)
        lead, co = (self.cleaned_data.get(name) for name in ("lead", "co"))
        return Hosts(lead.user if lead else None, co.user if co else None, room)

    @property
    def names(self) -> dict[int, str]:
        """What people are called in this group."""
        return {seat.user_id: seat.alias for seat in self.runners}

    @property
    def lead_name(self) -> str:
        return self.names.get(self.hosts.lead.pk, "") if self.hosts.lead else ""

    @property
    def co_name(self) -> str:
        return self.names.get(self.hosts.co.pk, "") if self.hosts.co else ""

    @property
    def is_alone(self) -> bool:
        """Whether one person, or nobody, is to lead (R23)."""
        return not self.group.is_pair and len(self.hosts.people) < 2

    def look_at_hosts(self) -> None:
        """Two different people, and two where the organisation wants it."""
        hosts, needed = self.hosts, needs_two(self.group)
        if hosts.lead and hosts.lead == hosts.co:
            self.add_error("co", _("Choose two different people, or leave the second one empty"))
        if needed and not hosts.lead and "lead" in self.cleaned_data:
            self.add_error("lead", _("Choose who leads. Sessions here are led by two people"))
        if needed and not hosts.co and "co" in self.cleaned_data:
            self.add_error("co", _("Choose who helps to lead. Sessions here are led by two people"))
