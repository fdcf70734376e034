"""What those who run the demo's groups say of themselves, time off with somebody who stands in, and the agreement."""

from datetime import timedelta

from django.utils import timezone

from groups.models import Group, Membership
from groups.services import (
    accept_agreement,
    decide_proposal,
    go_away,
    propose_change,
    publish_agreement,
    say_about_me,
    starting_agreement,
)
from people.models import User

HOURS = "Monday to Thursday, 10 to 4"
ABOUT = {
    "Marisol": {
        "about": "Has lived with panic since university. Facilitating since 2021. Trained in intentional peer support.",
        "duty": "",
        "hours": HOURS,
    },
    "Tunde A.": {
        "about": "Came as a member in 2022, stayed to help run it. Trained in listening and in responding to crisis.",
        "duty": "Tunde works in a school, so he must pass on anything about harm to a child.",
        "hours": "Weekday evenings, 6 to 9",
    },
}


def make_standing(groups: dict[str, Group], people: dict[str, User]) -> None:
    for name, words in ABOUT.items():
        for seat in Membership.objects.facilitated_by(people[name]):
            say_about_me(people[name], seat=seat, **words)
            if not seat.group.is_pair:
                accept_agreement(people[name], group=seat.group)
    _time_off(groups["loss"], people["Tunde A."], people["Marisol"])
    _agreement(groups["evenings"], people)


def _time_off(group: Group, away: User, cover: User) -> None:
    """One of the two is away for the next days, and the other is the contact."""
    seats = {seat.user_id: seat for seat in group.memberships.facilitators()}
    days = {"starts_on": group.today, "ends_on": group.today + timedelta(days=12)}
    go_away(away, seat=seats[away.pk], cover=seats[cover.pk], **days)


def _agreement(group: Group, people: dict[str, User]) -> None:
    """It was to be looked at two days ago; one change is shown to the group, another is not read yet."""
    day = timezone.localdate() - timedelta(days=2)
    publish_agreement(people["Marisol"], group=group, sections=starting_agreement(), review_on=day)
    shown = propose_change(people["Leila"], group=group, words="Could we say that eating during the session is fine?")
    decide_proposal(people["Marisol"], proposal=shown, state="shown")
    propose_change(people["Kofi"], group=group, words="A short break in the middle would help me to stay to the end.")
