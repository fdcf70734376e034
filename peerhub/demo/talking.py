"""A word given and answered: a hello, a chat that came of it, somebody who has been quiet, and one that is done."""

from datetime import timedelta

from django.utils import timezone

from checkins.models import FollowUp
from checkins.services import (
    answer_hello,
    chat_of,
    close_followup,
    leave_followup,
    open_followup,
    send_hello,
    write_reply,
)
from groups.models import Group
from people.models import User
from sessions.models import GroupSession
from sessions.services import keep_attendance

HELLO = "Hello Wren, I thought of you. There is no need to answer. You are welcome whenever you like."
TALK = [
    "It has been a long month. I would like to talk, but I do not know where to begin.",
    "Then let us begin in the middle. Would you rather write here, or meet a quarter of an hour early on the day?",
    "Early sounds good.",
]


def keep_in_touch(people: dict[str, User], groups: dict[str, Group]) -> None:
    _chat(people["Wren"], people["Marisol"], groups["loss"])
    _quiet(people["Noor"], people["Tunde A."], groups["loss"])
    _done(people["Jun"], people["Tunde A."], groups["evenings"])


def _chat(wren: User, marisol: User, group: Group) -> None:
    """Wren was sent a hello, would like a chat, and has had an answer."""
    due = timezone.now() + timedelta(days=2)
    hello = open_followup(marisol, about=wren, group=group, due_at=due)
    send_hello(marisol, followup=hello, words=HELLO)
    chat = chat_of(answer_hello(wren, followup=hello, said=FollowUp.Said.CHAT))
    assert chat is not None  # it was asked for just now
    for words, author in zip(TALK, [wren, marisol, wren], strict=True):
        write_reply(author, followup=chat, words=words)


def _quiet(noor: User, tunde: User, group: Group) -> None:
    """Noor was not there three times, and was left be so far."""
    series = group.series.running()[0]
    group.memberships.belonging().update(joined_at=timezone.now() - timedelta(days=60))
    others = [seat.user_id for seat in group.memberships.members().exclude(user=noor)]
    for weeks in (4, 3, 2):
        session = GroupSession(
            group=group, local_date=series.starts_on - timedelta(weeks=weeks + 1), local_time=series.starts_at,
            time_zone=series.time_zone, minutes=series.minutes, capacity=series.capacity,
        )  # fmt: skip
        session.set_clock()
        session.save()
        keep_attendance(tunde, session=session, marks=dict.fromkeys(others, "came") | {noor.pk: "away"})
    for followup in FollowUp.objects.to_do().filter(about=noor, group=group):
        leave_followup(tunde, followup=followup)


def _done(jun: User, tunde: User, group: Group) -> None:
    word = open_followup(tunde, about=jun, group=group, due_at=timezone.now() + timedelta(days=1))
    close_followup(tunde, followup=word, outcome="met", methods=["listening", "validating", "celebrating"])
