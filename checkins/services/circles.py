"""Whom an answer can be shared with."""

from collections.abc import Sequence

from checkins.words import all_of, one_of
from groups.models import Group, Membership
from people.models import User


class Circle:
    """A group the person is in, and the names of those who run it."""

    def __init__(self, group: Group, names: Sequence[str]) -> None:
        self.group, self.names = group, names

    @property
    def all_names(self) -> str:
        return all_of(self.names)

    @property
    def one_name(self) -> str:
        return one_of(self.names)


def circles_of(user: User) -> list[Circle]:
    """The groups this person can share an answer with: somebody else runs them. Two queries."""
    groups = Group.objects.of(user).order_by("name")
    run = Membership.objects.facilitators().filter(group__in=groups).exclude(user=user).by_name()
    names: dict[int, list[str]] = {}
    for group_id, alias in run.values_list("group_id", "alias"):
        names.setdefault(group_id, []).append(alias)
    return [Circle(group, names[group.pk]) for group in groups if group.pk in names]
