"""The demo's people who are on their way in: one is offered a short talk, one comes once to see."""

from datetime import time, timedelta

from django.utils import timezone

from groups.models import Group, Membership
from groups.services import let_visit, offer_talk
from peerhub.demo.groups import ask
from people.local_time import instant, local_day
from people.models import User
from sessions.services import answer_seat


def make_arrivals(groups: dict[str, Group], people: dict[str, User]) -> None:
    evenings, marisol = groups["evenings"], people["Marisol"]
    _talk(evenings, marisol, people["Theo"])
    visit = ask(people["Robin"], evenings, "Robin", "I would like to see what it is like first.", visit_wanted=True)
    let_visit(marisol, membership=visit)
    answer_seat(people["Robin"], session=evenings.sessions.upcoming().scheduled()[0], going=True)


def _talk(group: Group, facilitator: User, person: User) -> None:
    """In three days, at a quarter past six in the evening."""
    day = local_day(timezone.now(), facilitator.zone) + timedelta(days=3)
    asked = Membership.objects.get(group=group, user=person)
    at = instant(day, time(18, 15), facilitator.zone)
    offer_talk(facilitator, membership=asked, at=at, how="By phone. I call you, ten minutes is plenty.")
