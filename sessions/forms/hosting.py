"""Who leads and where: one session's hosts, rooms, and who may be asked to step in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from people.forms import SingleLineField
from people.models import User
from sessions.forms.fields import whole_number
from sessions.models import Booking, GroupSession, Room
from sessions.services import hosts_to_choose, to_ask

ASK_AGAIN = {"invalid_choice": _("Choose from the list, it has changed meanwhile")}


class HostsForm(forms.Form):
    """Who leads, who helps, and where. Each may be empty."""

    lead = forms.ChoiceField(label=_("Leads"), required=False, error_messages=ASK_AGAIN)
    co = forms.ChoiceField(label=_("Helps to lead"), required=False, error_messages=ASK_AGAIN)
    room = forms.ChoiceField(label=_("Room"), required=False, error_messages=ASK_AGAIN)

    def __init__(self, data: Any = None, *, session: GroupSession) -> None:
        bookings = list(session.bookings.select_related("host", "room"))
        super().__init__(data, initial={row.duty or "room": _key(row) for row in bookings})
        self.leaders = hosts_to_choose(session)
        self.rooms = _rooms(bookings)
        people = [(str(one.user.public_id), one.called) for one in self.leaders]
        self._choose("lead", [("", _("Nobody yet")), *people])
        self._choose("co", [("", _("Nobody yet")), *people])
        self._choose("room", [("", _("No room")), *((str(room.public_id), str(room)) for room in self.rooms)])

    @property
    def values(self) -> dict[str, Any]:
        """What was chosen, as the service takes it."""
        people = {str(one.user.public_id): one.user for one in self.leaders}
        rooms = {str(room.public_id): room for room in self.rooms}
        chosen = self.cleaned_data
        return {
            "lead": people.get(chosen["lead"]),
            "co": people.get(chosen["co"]),
            "room": rooms.get(chosen["room"]),
        }

    @property
    def names(self) -> dict[int, str]:
        return {one.user.pk: one.called for one in self.leaders}

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


class RoomForm(forms.Form):
    """What people need to know of a room."""

    name = SingleLineField(label=_("Name"), max_length=80, error_messages={"required": _("Give the room a name")})
    address = SingleLineField(
        label=_("Address"),
        required=False,
        max_length=200,
        help_text=_("With the floor, and which door."),
        error_messages={"max_length": _("Say it in at most 200 signs")},
    )
    capacity = forms.IntegerField(
        label=_("Chairs"),
        help_text=_("For everybody in the room, those who lead too. Leave it empty for no limit."),
        **whole_number(1000, _("Say how many chairs, from 1 to 1000")),
    )
    access_notes = SingleLineField(
        label=_("Getting in"),
        required=False,
        max_length=300,
        help_text=_("Steps, lifts, width of doors, toilets, light and noise."),
        error_messages={"max_length": _("Say it in at most 300 signs")},
    )

    def __init__(self, data: Any = None, *, room: Room | None = None) -> None:
        names = ("name", "address", "capacity", "access_notes")
        super().__init__(data, initial={name: getattr(room, name) for name in names} if room else {})


class StandInForm(forms.Form):
    """Somebody to put on the list."""

    person = forms.ChoiceField(
        label=_("Who can be asked"),
        error_messages={"required": _("Choose somebody")} | ASK_AGAIN,
    )

    def __init__(self, data: Any = None, *, group: Group) -> None:
        super().__init__(data)
        self.people = {str(user.public_id): user for user in to_ask(group)}
        field: Any = self.fields["person"]
        field.choices = [("", _("Choose somebody")), *((key, user.called) for key, user in self.people.items())]

    @property
    def chosen(self) -> User:
        return self.people[self.cleaned_data["person"]]


def _key(row: Booking) -> str:
    who = row.host or row.room
    return str(who.public_id) if who else ""


def _rooms(bookings: list[Booking]) -> list[Room]:
    """Those in use, and the one that is booked already."""
    booked = [row.room for row in bookings if row.room and row.room.retired_at]
    return booked + list(Room.objects.in_use().order_by("name", "pk"))
