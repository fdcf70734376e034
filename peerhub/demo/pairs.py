"""The demo's mentoring: two mentors, a pair that goes well, one that is only proposed, and somebody who waits."""

from datetime import time, timedelta

from groups.models import Group, Membership
from groups.services import (
    accept_pair_agreement,
    answer_pair,
    make_mentor,
    propose_pair,
    save_profile,
    set_door,
    want_mentor,
    write_pair_agreement,
)
from people.models import User
from sessions.models import Series
from sessions.services import answer_seat, create_series

SHOWS = {
    "Ines": "I could not leave the house for most of a year. I like the sea, bad puns and slow walks.",
    "Kofi": "Nights were my hard time, and work. I listen more than I talk. Football if you like, or not at all.",
    "Wren": "I would like to be outside more. Big shops are hard, benches are good.",
    "Jun": "New in town. I am easier in writing than on the phone.",
}
AGREED = {
    "purpose": "Be outside for a while most days, and take the bus alone again.",
    "rhythm": "Fridays at 2",
    "place": "Quay Hall café, back table",
    "hours": "messages between 9 and 6, on weekdays",
    "also": "No lending, no lifts.",
}


def make_pairs(programme: Group, people: dict[str, User]) -> None:
    coordinator = people["Tunde A."]
    place = {name: programme.memberships.get(user=people[name]) for name in (*SHOWS, "Leila")}
    for name in ("Ines", "Kofi"):
        make_mentor(coordinator, membership=place[name])
    for name, words in SHOWS.items():
        save_profile(people[name], membership=Membership.objects.get(pk=place[name].pk), shows=words)
    pair = propose_pair(coordinator, group=programme, mentor=place["Ines"], mentee=place["Wren"])
    for name in ("Ines", "Wren"):
        pair = answer_pair(people[name], group=pair, yes=True)
    _agree(pair, people["Wren"], people["Ines"])
    _meet(pair, people["Ines"], people["Wren"])
    propose_pair(coordinator, group=programme, mentor=place["Kofi"], mentee=place["Jun"])
    want_mentor(people["Leila"], group=programme)


def _agree(pair: Group, mentee: User, mentor: User) -> None:
    days = {"starts_on": pair.today, "ends_on": pair.today + timedelta(weeks=12)}
    written = write_pair_agreement(mentee, group=pair, words=AGREED, **days)
    accept_pair_agreement(mentor, group=pair, version=written.version)


def _meet(pair: Group, mentor: User, mentee: User) -> None:
    """Every week on the next Friday that is at least two days away."""
    set_door(mentor, group=pair, url=f"https://meet.example.org/{pair.slug}")
    first = pair.today + timedelta(days=2)
    first += timedelta(days=(4 - first.weekday()) % 7)
    series = create_series(
        mentor, group=pair, starts_on=first, starts_at=time(14), minutes=45, count=12, capacity=1,
        plan="Tea first. Then whatever is on your mind.",
    )  # fmt: skip
    assert isinstance(series, Series)
    answer_seat(mentee, session=series.sessions.earliest("starts_at"), going=True)
