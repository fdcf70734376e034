"""Whom an answer can be shared with."""

from collections.abc import Sequence
from typing import Any

from checkins.models import Duty
from checkins.services.duty import duties_of, reads_first, seats_of
from checkins.words import all_of, one_of
from groups.models import Group
from people.models import User
from people.open_hours import hours_words


class Circle:
    """A group the person is in, the names of those who run it, and who of them reads first."""

    def __init__(self, group: Group, names: Sequence[str], duty: Duty | None = None, reader_name: str = "") -> None:
        self.group, self.names, self.duty = group, names, duty
        self.reader_name = reader_name  # empty: nobody reads first, or nobody who does is there

    @property
    def all_names(self) -> str:
        return all_of(self.names)

    @property
    def one_name(self) -> str:
        return one_of(self.names)

    @property
    def takes_words(self) -> bool:
        """Whether words may be shared here: only where somebody reads them (T13)."""
        return self.duty is not None and self.duty.takes_words and bool(self.reader_name)

    @property
    def hours_words(self) -> str:
        """When the words are read, by the group's clock: Monday to Thursday, 10:00 am to 4:00 pm. Else empty."""
        return hours_words(self.duty.open_hours) if self.duty is not None and self.reader_name else ""


def circles_of(user: User) -> list[Circle]:
    """The groups this person can share an answer with: somebody else runs them. Three queries."""
    groups = list(Group.objects.of(user).order_by("name"))
    seats: dict[int, list[Any]] = {}
    for seat in seats_of(groups):
        seats.setdefault(seat.group_id, []).append(seat)
    duties = duties_of(groups)
    circles = [_circle(user, group, seats.get(group.pk, []), duties.get(group.pk)) for group in groups]
    return [circle for circle in circles if circle.names]


def _circle(user: User, group: Group, seats: Sequence[Any], duty: Duty | None) -> Circle:
    reader = reads_first(duty, seats, besides=user.pk)
    names = [seat.alias for seat in seats if seat.user_id != user.pk]
    return Circle(group, names, duty, reader.alias if reader else "")
