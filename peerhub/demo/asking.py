"""How people are asked in the demo, and the weeks that Wren can look back on."""

from datetime import time, timedelta

from django.utils import timezone

from checkins.models import CheckIn
from checkins.services import keep_prompt, lapse_old, set_rhythm
from groups.models import Group
from people.local_time import local_day, monday
from people.models import User
from people.services import change_person

QUESTIONS = ("How has this week been?", "What was this week like for you?", "How are you, all in all?")
WEEKS_BACK = {20: 3, 19: 2, 18: 2, 16: 1, 15: 2, 14: 3, 13: 3, 11: 4, 10: 3, 9: 4, 8: 5, 6: 3, 5: 4}


def ask_in_our_words(groups: dict[str, Group], people: dict[str, User]) -> None:
    """The organisation's questions take turns; Marisol's group has one of its own."""
    for text in QUESTIONS:
        keep_prompt(people["Amal"], group=None, language="en", text=text)
    keep_prompt(people["Marisol"], group=groups["evenings"], language="en", text="How did the days treat you?")
    for weeks, mood in WEEKS_BACK.items():
        _answered(people["Wren"], weeks, mood)
    _let_go_four_times(people["Ines"])
    _sleeps_by_day(people["Jun"])


def _sleeps_by_day(person: User) -> None:
    """Quiet hours of one's own may lie where they like: Jun works at night."""
    change_person(person, person=person, quiet_from=time(8), quiet_to=time(16))


def _answered(person: User, weeks: int, mood: int) -> None:
    at = timezone.now() - timedelta(weeks=weeks)
    CheckIn.objects.create(
        user=person, week=monday(local_day(at, person.zone)), prompt=QUESTIONS[weeks % 3], state="answered",
        asked_at=at, told_at=at, answered_at=at, mood=mood, share="me",
    )  # fmt: skip


def _let_go_four_times(person: User) -> None:
    """So that she is asked once whether our questions rest (R44). One reminder may come, she said."""
    set_rhythm(person, on=True, weekday=0, hour=10, remind=True)
    for weeks in (4, 3, 2, 1):
        at = timezone.now() - timedelta(weeks=weeks)
        CheckIn.objects.create(
            user=person, week=monday(local_day(at, person.zone)), prompt=QUESTIONS[0], asked_at=at, told_at=at
        )
    lapse_old()
