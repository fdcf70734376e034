"""One group, two people who run it, one member, and a Monday morning."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.db import connection

from checkins.models import CheckIn
from tests import factories

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
WEEK = date(2026, 11, 23)
CANARY = "canary-quartz"


@pytest.fixture(autouse=True)
def _without_a_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=True):
        yield MONDAY


@pytest.fixture
def group(monday, organisation):
    return factories.GroupFactory(name="Evenings with anxiety")


@pytest.fixture
def marisol(group):
    return factories.FacilitatorFactory(group=group, alias="Marisol", user__display_name="Marisol").user


@pytest.fixture
def tunde(group):
    return factories.FacilitatorFactory(group=group, alias="Tunde", user__display_name="Tunde").user


@pytest.fixture
def duty(group, marisol):
    """Marisol reads first what people write."""
    return factories.DutyFactory(group=group, reader=marisol, days=[0, 1, 2, 3, 4], opens=time(9), closes=time(17))


@pytest.fixture
def wren(group, marisol, tunde):
    """Who said yes to a hello on joining, as the form offers it."""
    seat = factories.MembershipFactory(group=group, alias="Wren", user__display_name="Wren")
    factories.HelloConsentFactory(user=seat.user)
    return seat.user


@pytest.fixture
def question(wren):
    return factories.CheckInFactory(user=wren, week=WEEK, asked_at=MONDAY)


@pytest.fixture
def answered(question):
    question.state, question.answered_at, question.mood = CheckIn.State.ANSWERED, MONDAY, 1
    question.save()
    return question


@contextmanager
def midnight():
    """Sunday's last second: the new week begins while an answer waits for its row."""

    def strike(execute, sql, params, many, context):
        if "FOR NO KEY UPDATE" in sql:
            clock.move_to("2026-11-30T00:00:01Z")
        return execute(sql, params, many, context)

    with time_machine.travel("2026-11-29T23:59:59Z", tick=False) as clock, connection.execute_wrapper(strike):
        yield
