"""200 people ask for 10 seats at once, over as many connections as the server answers with."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import IntegrityError, connection
from django.utils import timezone
from django.utils.module_loading import import_string

from bench import Target
from bench.processes import servers

PEOPLE, SEATS = 200, 10
CONNECTIONS = 8  # requests that the server of docker/ answers at one moment
LONGEST = 200  # milliseconds for 95 of 100, promised in issue 4


def run() -> Iterator[Target]:
    with servers():
        yield from _targets()


def _targets() -> Iterator[Target]:
    people = _people()
    _ask_all(_session(people), people)  # warm: connections and plans
    held, took, wall = _ask_all(_session(people), people)
    seats = held.seats.order_by("answered_at")
    going = [seat.state for seat in seats].count("going")
    line = [seat.queue for seat in seats if seat.state == "waiting"]
    yield Target("seats too many or too few", abs(going - SEATS), at_most=0)
    yield Target("people out of their order in line", _out_of_order(line), at_most=0)
    yield Target("95 of 100 answers", sorted(took)[int(0.95 * PEOPLE)], "ms", at_most=LONGEST)
    yield from _without_the_lock(people, wall)


def _out_of_order(line: list[int]) -> int:
    """Places are given in the order in which the answers were counted, from one on."""
    return sum(place != wanted for place, wanted in zip(line, range(1, PEOPLE - SEATS + 1), strict=True))


def _without_the_lock(people: list[Any], wall: float) -> Iterator[Target]:
    """The canary: the same crowd while the session is read and not held. It must sell more than there are."""
    session = apps.get_model("group_sessions", "GroupSession")
    with patch("sessions.services.seats.lock_session", lambda one: session.objects.get(pk=one.pk)):
        loose, _took, quick = _ask_all(_session(people), people)
    sold = loose.seats.filter(state="going").count()
    yield Target("without the lock: seats sold", sold, at_least=SEATS + 1)
    yield Target("what the lock costs: all 200, with it and without", wall / quick, "times", at_most=4)


def _ask_all(session: Any, people: list[Any]) -> tuple[Any, list[float], float]:
    """Everybody asks; how long each waited for an answer, and all of them together."""
    answer, start = import_string("sessions.services.answer_seat"), Barrier(CONNECTIONS)

    def ask(person: Any) -> float:
        began = time.perf_counter()
        with suppress(IntegrityError):  # two with one place in line: only without the lock
            answer(person, session=session, going=True)
        return 1000 * (time.perf_counter() - began)

    def begin() -> None:
        connection.ensure_connection()
        start.wait()

    def end(_number: int) -> None:
        start.wait()
        connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS, initializer=begin) as pool:
        took = list(pool.map(ask, people))
        wall = time.perf_counter() - began
        list(pool.map(end, range(CONNECTIONS)))
    return session, took, wall


def _people() -> list[Any]:
    user = apps.get_model("people", "User")
    rows = [user(email=f"p{number}@example.org") for number in range(PEOPLE)]
    return list(user.objects.bulk_create(rows))


def _session(people: list[Any]) -> Any:
    """One session of a group of its own, to which all of them belong."""
    group, session = apps.get_model("groups", "Group"), apps.get_model("group_sessions", "GroupSession")
    member, now, begin = apps.get_model("groups", "Membership"), timezone.now(), timezone.now() + timedelta(days=3)
    number = group.objects.count()
    names = {"slug": f"g{number}", "name": f"Evenings {number}", "purpose": "-"}
    made = group.objects.create(**names, state="open", opened_at=now, created_by=people[0])
    member.objects.bulk_create(
        member(group=made, user=person, alias=f"P{person.pk}", state="active", joined_at=now) for person in people
    )
    return session.objects.create(
        group=made, capacity=SEATS, local_date=begin.date(), local_time=begin.time(), time_zone="UTC", minutes=75,
        starts_at=begin, ends_at=begin + timedelta(minutes=75),
    )  # fmt: skip
