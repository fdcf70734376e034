"""A session that is over: a roll with somebody who left early and a guest, a summary, and how it was."""

from datetime import timedelta

from groups.models import Group
from people.models import User
from sessions.models import Feedback, GroupSession
from sessions.services import add_guest, give_feedback, keep_attendance, keep_summary, share_summary

ABOUT = "Evenings that will not end, and what helps to stop: a lamp off, a walk, a phone in another room."
AGREED = "We begin next time with five quiet minutes. Whoever knows a good podcast for the night brings its name."
LEVEL = Feedback.Level
SAID = {  # felt heard, worthwhile, pace, part of it
    "Kofi": (LEVEL.YES, LEVEL.YES, LEVEL.MOSTLY, LEVEL.YES),
    "Leila": (LEVEL.MOSTLY, LEVEL.YES, LEVEL.PARTLY, LEVEL.MOSTLY),
    "Jun": (LEVEL.YES, LEVEL.MOSTLY, LEVEL.MOSTLY, LEVEL.YES),
    "Ines": (LEVEL.YES, LEVEL.YES, LEVEL.YES, LEVEL.YES),
    "Mo": (LEVEL.PARTLY, LEVEL.MOSTLY, LEVEL.PARTLY, LEVEL.MOSTLY),
    "Rosa": (LEVEL.YES, LEVEL.YES, LEVEL.MOSTLY, LEVEL.MOSTLY),
}


AGO = timedelta(days=11)  # before the series goes on: two to nine days ago


def look_back(people: dict[str, User], groups: dict[str, Group]) -> None:
    """On an evening of its own. Wren was there, and can still say how it was."""
    lead, session = people["Marisol"], _an_evening(groups["evenings"])
    here = [people[name].pk for name in (*SAID, "Wren")]
    keep_attendance(lead, session=session, marks=dict.fromkeys(here, "came") | {people["Mo"].pk: "left"})
    add_guest(lead, session=session, called="Ann", regular=True)
    summary = keep_summary(lead, session=session, about=ABOUT, agreed=AGREED)
    share_summary(lead, session=session, seen=summary.written_at)
    for name, levels in SAID.items():
        give_feedback(people[name], session=session, answers=dict(enumerate(levels)))


def _an_evening(group: Group) -> GroupSession:
    series = group.series.running()[0]
    session = GroupSession(
        group=group, local_date=series.starts_on - AGO, local_time=series.starts_at, time_zone=series.time_zone,
        minutes=series.minutes, capacity=series.capacity,
    )  # fmt: skip
    session.set_clock()
    session.save()
    return session
