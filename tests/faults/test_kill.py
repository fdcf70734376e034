"""kill -9 of a worker at each step: no row and no mail is lost or doubled, and at most one mail a kill is repeated."""

import os
import random
import signal
import time

import pytest

from tests.faults.crew import KILLED
from tests.faults.deeds import STEPS, TAKEN
from tests.faults.people import all_is_done, check_each_once, finish, make_due, people_who_will_be_due

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = pytest.mark.parametrize("rounds", [20, pytest.param(100, marks=pytest.mark.nightly)])
EACH = 4  # people in a round


def in_turn(people):
    """A round for every few of them: then they are due."""
    for first in range(0, len(people), EACH):
        make_due(people[first : first + EACH])
        yield


def kill_one(crew, step, nth):
    """Whoever was killed before may hold its rows for some milliseconds more: then there was nothing to do."""
    for _ in range(30):
        if crew.end(crew.start("ask", "send", step=step, nth=nth)) == KILLED:
            return
    raise AssertionError(f"nobody came as far as: {step}")


def kill_at(steps, crew, sink, rounds):
    """In each round some people are due, a worker is killed at each of these steps, and another does the rest."""
    people = people_who_will_be_due(rounds * EACH)
    for _ in in_turn(people):
        for step in steps:
            kill_one(crew, step, 1)
        finish(crew)
    assert all_is_done()
    check_each_once(people, sink, repeats=rounds if TAKEN in steps else 0)  # taken and not yet marked: there alone


@ROUNDS
def test_killed_at_every_step_one_after_the_other(crew, sink, rounds):
    """Each worker of a round comes one step further than the one before."""
    kill_at(STEPS, crew, sink, rounds)


@pytest.mark.nightly
@pytest.mark.parametrize("step", STEPS)
def test_killed_a_hundred_times_at_a_step(crew, sink, step):
    kill_at([step], crew, sink, 100)


@ROUNDS
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_the_mail_server_holds_the_mail(crew, sink, when, rounds):
    """Seen from outside: it has all of the mail and has not kept it yet, or has kept it and not said so."""
    people = people_who_will_be_due(rounds * EACH)
    dice, plan = random.Random(rounds), {}

    def strike(mail):
        plan["left"] -= 1
        if plan["left"] == 0:
            os.kill(plan["sender"], signal.SIGKILL)

    setattr(sink, when, strike)
    for _ in in_turn(people):
        plan["left"] = dice.randint(1, EACH)
        crew.do("ask")
        plan["sender"] = crew.start("send")
        assert crew.end(plan["sender"]) == KILLED
        finish(crew)
    check_each_once(people, sink, repeats=rounds)
    assert len(people) <= len(sink.mails) <= len(people) + rounds


@ROUNDS
def test_killed_at_any_moment(crew, sink, rounds):
    people = people_who_will_be_due(rounds * EACH)
    dice, killed = random.Random(rounds), 0
    for _ in in_turn(people):
        pid = crew.start("ask", "send")
        time.sleep(dice.uniform(0.005, 0.15))
        os.kill(pid, signal.SIGKILL)
        killed += crew.end(pid) == KILLED
        finish(crew)
    assert killed > 0
    check_each_once(people, sink, repeats=killed)


# -- canaries: with these mistakes the tests above are red ----------------------------------------
@pytest.mark.parametrize(
    ("mistake", "step", "found"),
    [
        ("mark_before_sending", "connected", "a mail is lost"),
        ("another_identity_each_time", TAKEN, "a repeat has another Message-ID"),
        ("mark_before_telling", "notices are made", "a notice is lost"),
    ],
)
def test_the_canary_a_mistake_is_found(crew, sink, mistake, step, found):
    crew.mistakes = [mistake]
    with pytest.raises(AssertionError, match=found):
        kill_at([step], crew, sink, 3)
