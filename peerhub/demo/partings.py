"""The demo's breaks, names and goodbyes."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from groups.models import Farewell, Group, Membership
from groups.services import leave_group, pause, rename
from peerhub.demo.groups import join
from people.models import User


def make_partings(groups: dict[str, Group], people: dict[str, User]) -> None:
    """Rosa rests, Wren has another name elsewhere, and somebody left some words a while ago."""
    rosa, wren = people["Rosa"], people["Wren"]
    pause(rosa, membership=place(groups["evenings"], rosa), until=timezone.localdate() + timedelta(days=15))
    rename(wren, membership=place(groups["loss"], wren), alias="W.", pronouns="they")
    say_goodbye(groups["evenings"], people, "The hour was late for me. The people were kind.", signed=False)
    say_goodbye(groups["talking"], people, "Thank you for the tea, and for the silences.", signed=True)
    Farewell.objects.update(month=timezone.localdate().replace(day=1) - relativedelta(months=2))


def say_goodbye(group: Group, people: dict[str, User], words: str, *, signed: bool) -> None:
    join(people, group, ["Ana"])
    leave_group(people["Ana"], membership=place(group, people["Ana"]), words=words, signed=signed)


def place(group: Group, person: User) -> Membership:
    return Membership.objects.belonging().get(group=group, user=person)
