"""The demo's groups: who belongs, what they agreed to, when they meet and met."""

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from groups.models import Group, Membership
from groups.services import (
    accept_request,
    appoint_facilitator,
    ask_to_join,
    create_group,
    open_group,
    publish_agreement,
    set_door,
    starting_agreement,
)
from peerhub.demo import kinds
from peerhub.demo.pairs import make_pairs
from people.local_time import local_day
from people.models import User
from sessions.models import GroupSession, Series
from sessions.services import answer_seat, create_series, keep_attendance, make_calendar_link

EVENINGS = {
    "name": "Evenings with anxiety",
    "purpose": "For anyone whose worry gets loud at night. We start with a quiet minute and end with one small plan.",
    "about": (
        "We open with a quiet minute. Then each person says how the week went, for as long or as short as they want. "
        "In the last ten minutes we each pick one small thing to try.\n\n"
        "Most weeks there are seven or eight of us. Cameras on or off, eating dinner, holding a cat: all fine."
    ),
    "capacity": 10,
    "access_notes": "Camera is your choice. Captions are on.",
    "allows_visits": True,
    "offers_talk": True,
}
LOSS = {
    "name": "Living with loss",
    "purpose": "Grief of any kind, however long ago. Bring a photo or bring nothing.",
    "capacity": 6,
    "access_notes": "Camera off is fine.",
}
TALKING = {
    "name": "Men, talking",
    "purpose": "Tea, a walk-through of the week, no fixing. Carers and dads welcome.",
    "format": "hybrid",
    "place": "Quay Hall, ground floor",
    "capacity": 12,
    "access_notes": "Step-free. Tea and a quiet corner.",
    "intake": "open",
}
VOCES = {
    "name": "Voces de casa",
    "purpose": "Un grupo en español para quienes viven lejos de su familia.",
    "languages": ["es"],
    "capacity": 8,
}


def make_groups(people: dict[str, User]) -> dict[str, Group]:
    admin = people["Amal"]
    evenings = make_group(admin, EVENINGS, [people["Marisol"], people["Tunde A."]])
    loss = make_group(admin, LOSS, [people["Tunde A."], people["Marisol"]])
    talking = make_group(admin, TALKING, [people["Tunde A."]])
    voces = make_group(admin, VOCES, [people["Ana"]])
    create_group(admin, name="New parents, low days", purpose="For the first year, when nights are short.")
    join(people, evenings, ["Wren", "Leila", "Kofi", "Jun", "Ines", "Mo", "Rosa"])
    join(people, loss, ["Pat", "Dee", "Sam", "Noor", "Wren"])
    join(people, talking, ["Kofi", "Theo", "Jun"])
    ask(people["Theo"], evenings, "Theo", "A friend told me about you. Evenings are the hard part.")
    others = _other_kinds(admin, people)
    return {"evenings": evenings, "loss": loss, "talking": talking, "voces": voces, **others}


def _other_kinds(admin: User, people: dict[str, User]) -> dict[str, Group]:
    """A course that starts soon, a family circle, a programme for pairs, and a group that has ended."""
    course = make_group(admin, kinds.course(), [people["Marisol"]])
    family = make_group(admin, kinds.FAMILY, [people["Tunde A."]])
    programme = make_group(admin, kinds.PROGRAMME, [people["Tunde A."]])
    join(people, programme, ["Ines", "Kofi", "Wren", "Jun", "Leila"])
    make_pairs(programme, people)
    walks = make_group(admin, kinds.WALKS, [people["Marisol"]])
    join(people, course, ["Ines", "Theo"])
    join(people, family, ["Rosa", "Mo"])
    join(people, walks, ["Wren", "Jun"])
    kinds.end(walks, people["Marisol"])
    return {"course": course, "family": family, "programme": programme, "walks": walks}


def make_group(admin: User, words: dict[str, Any], facilitators: list[User]) -> Group:
    group = create_group(admin, **words)
    for person in facilitators:
        appoint_facilitator(admin, group=group, person=person, alias=person.display_name)
    publish_agreement(admin, group=group, sections=starting_agreement())
    set_door(admin, group=group, url=f"https://meet.example.org/{group.slug}")
    return open_group(admin, group=group)


def join(people: dict[str, User], group: Group, names: list[str]) -> None:
    """They asked, and one who runs the group said yes."""
    decider = Membership.objects.facilitators().filter(group=group).earliest("pk").user
    for name in names:
        asked = ask(people[name], group, name)
        if asked.is_waiting:
            accept_request(decider, membership=asked)


NO_HELLO = "Theo"  # who unticked it


def ask(person: User, group: Group, alias: str, words: str = "", *, visit_wanted: bool = False) -> Membership:
    return ask_to_join(
        person,
        group=group,
        agreement=group.agreement,
        alias=alias,
        pronouns=person.pronouns,
        words=words,
        check_in=True,
        hello=alias != NO_HELLO,
        visit_wanted=visit_wanted,
    )


def make_sessions(groups: dict[str, Group], people: dict[str, User]) -> None:
    marisol, tunde = people["Marisol"], people["Tunde A."]
    evenings = weekly(marisol, groups["evenings"], weekday=1, clock=time(19), capacity=10)
    weekly(tunde, groups["loss"], weekday=3, clock=time(18, 30), capacity=4, interval=2)
    weekly(tunde, groups["talking"], weekday=6, clock=time(18), capacity=12)
    weekly(people["Ana"], groups["voces"], weekday=2, clock=time(20), capacity=8)
    _past(evenings, marisol, people)
    _seats(groups, people)


def weekly(actor: User, group: Group, *, weekday: int, clock: time, capacity: int, interval: int = 1) -> Series:
    """Every week on this day, from the next one that is at least two days away."""
    first = local_day(timezone.now(), group.zone) + timedelta(days=2)
    first += timedelta(days=(weekday - first.weekday()) % 7)
    series = create_series(
        actor, group=group, starts_on=first, starts_at=clock, minutes=75, interval=interval, capacity=capacity,
        plan="A short breathing practice, then the usual round.",
    )  # fmt: skip
    assert isinstance(series, Series)
    return series


def _past(series: Series, actor: User, people: dict[str, User]) -> None:
    """Four sessions that were held, and one whose attendance is still to be kept."""
    members = [people[name].pk for name in ("Wren", "Leila", "Jun", "Ines", "Mo", "Rosa")]
    series.group.memberships.update(joined_at=timezone.now() - timedelta(days=60))
    for weeks in (5, 4, 3, 2, 1):
        session = _held_on(series, series.starts_on - timedelta(weeks=weeks + 1))
        if weeks > 1:
            marks = dict.fromkeys(members, "came") | {people["Kofi"].pk: "away", people["Rosa"].pk: "apologies"}
            keep_attendance(actor, session=session, marks=marks)


def _held_on(series: Series, day: date) -> GroupSession:
    session = GroupSession(
        group=series.group, local_date=day, local_time=series.starts_at, time_zone=series.time_zone,
        minutes=series.minutes, capacity=series.capacity,
    )  # fmt: skip
    session.set_clock()
    session.save()
    return session


def _seats(groups: dict[str, Group], people: dict[str, User]) -> None:
    """Some keep a seat, some cannot come, and one group is full with somebody in line."""
    coming = groups["evenings"].sessions.upcoming().scheduled()[0]
    for name in ("Leila", "Jun", "Ines", "Mo"):
        answer_seat(people[name], session=coming, going=True)
    answer_seat(people["Rosa"], session=coming, going=False)
    make_calendar_link(people["Wren"])  # what opens it is shown once, and here to nobody
    full = groups["loss"].sessions.upcoming().scheduled()[0]
    for name in ("Pat", "Dee", "Sam", "Noor", "Wren"):
        answer_seat(people[name], session=full, going=True)


def keep_a_door_open(group: Group, facilitator: User, members: list[User]) -> GroupSession:
    """A session that begins within ten minutes, unless one is near: so that whoever opens the demo can go through."""
    now = timezone.now()
    near = group.sessions.upcoming().scheduled().filter(starts_at__lte=now + timedelta(hours=1)).first()
    if near:
        return near
    start = (now + timedelta(minutes=10)).astimezone(group.zone).replace(second=0, microsecond=0)
    start -= timedelta(minutes=start.minute % 5)
    session = create_series(
        facilitator, group=group, starts_on=start.date(), starts_at=start.time(), minutes=75, interval=0, capacity=10,
        plan="An extra evening. Come as you are.",
    )  # fmt: skip
    assert isinstance(session, GroupSession)
    for member in members:
        answer_seat(member, session=session, going=True)
    return session
