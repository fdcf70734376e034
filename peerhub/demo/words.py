"""The demo's answers, follow-ups and notes. Every word is made up."""

from datetime import time, timedelta

from django.utils import timezone

from checkins.models import CheckIn
from checkins.services import answer_checkin, open_followup, say_more, set_duty, start_checkin
from groups.models import Group
from notes.services import write_note
from people.local_time import local_day, monday
from people.models import User


def make_words(groups: dict[str, Group], people: dict[str, User]) -> None:
    _first_reader(groups["evenings"], people["Marisol"])
    _answers(groups["evenings"], people)
    _follow_ups(groups["evenings"], people)
    _notes(groups["evenings"], people)


def _first_reader(group: Group, reader: User) -> None:
    """Words beside an answer are asked for only where somebody reads them."""
    seat = group.memberships.get(user=reader)
    opens, closes = time(10), time(16)
    set_duty(reader, group=group, reader=seat, days=[0, 1, 2, 3], opens=opens, closes=closes, takes_words=True)


def _answers(group: Group, people: dict[str, User]) -> None:
    """Wren has four weeks behind them and this week's question open; Leila had a very hard week."""
    for weeks, mood in [(4, 2), (3, 3), (2, 3), (1, 4)]:
        _past_answer(people["Wren"], group, weeks, mood)
    start_checkin(people["Wren"])
    _this_week(people["Leila"], group, 1, "write", "Mornings are the worst. I have not been out since Thursday.")
    _this_week(people["Jun"], group, 4, "no", "Slept through, twice.")


def _past_answer(person: User, group: Group, weeks: int, mood: int) -> None:
    at = timezone.now() - timedelta(weeks=weeks)
    CheckIn.objects.create(
        user=person, week=monday(local_day(at, person.zone)), prompt="How are you doing?", state="answered",
        asked_at=at, answered_at=at, mood=mood, share="facilitators", group=group,
    )  # fmt: skip


def _this_week(person: User, group: Group, mood: int, support: str, words: str) -> None:
    checkin = start_checkin(person)
    answer_checkin(person, checkin=checkin, mood=mood, share="facilitators", group=group)
    say_more(person, checkin=checkin, support=support, words=words, share="facilitators", group=group)


def _follow_ups(group: Group, people: dict[str, User]) -> None:
    """Beside Leila's: a hello for Mo after a first session, which Marisol has, and one for Kofi, which Tunde has."""
    due = timezone.now() + timedelta(days=2)
    open_followup(people["Marisol"], about=people["Mo"], group=group, due_at=due)
    open_followup(people["Tunde A."], about=people["Kofi"], group=group, due_at=due)


def _notes(group: Group, people: dict[str, User]) -> None:
    held = group.sessions.past().first()
    write_note(
        people["Marisol"],
        group=group,
        session=held,
        words="Quiet start, warmer by the end. Two people swapped walking routes. Plan: invite Ines to open next week.",
    )
    write_note(
        people["Tunde A."],
        group=group,
        member=people["Kofi"],
        words="Agreed with Kofi to send a hello rather than call.",
    )
