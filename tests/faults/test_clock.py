"""The clock jumps and the wall clocks change: through the database, each member is asked once per local week.

The whole grid of zones, days and hours is tried without a database in tests/checkins/test_rhythm_cadence.py.
"""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db.models import Min

from checkins.models import CheckIn, Rhythm
from checkins.services import ask_due, reschedule
from people.models import User
from tests.checkins.test_rhythm_cadence import ZONES
from tests.faults.people import people_who_will_be_due

pytestmark = pytest.mark.django_db
START, END = datetime(2026, 9, 1, tzinfo=UTC), datetime(2027, 11, 10, tzinfo=UTC)  # both changes, twice
JUMPS = [timedelta(hours=1), -timedelta(hours=1), timedelta(days=10)]
WEEK = timedelta(days=7)


def people_everywhere(zones, dice):
    people = people_who_will_be_due(len(zones))
    with time_machine.travel(START, tick=False):
        for user, zone in zip(people, zones, strict=True):
            User.objects.filter(pk=user.pk).update(time_zone=zone)
            Rhythm.objects.filter(user=user).update(weekday=dice.randrange(7), hour=dice.randrange(8, 20))
            reschedule(User.objects.get(pk=user.pk))


def live(jumps):
    """Two clocks tick whenever somebody is due; on some days they jump. Returns the days that were jumped over."""
    now, jumped = START, []
    while now < END:
        with time_machine.travel(now, tick=False):
            ask_due()
            ask_due()
        due = Rhythm.objects.aggregate(next=Min("next_at"))["next"]
        now = max(due, now + timedelta(minutes=1))
        if jumps and now > jumps[0][0]:
            at, jump = jumps.pop(0)
            jumped.append(at.date())
            now += jump
    return jumped


def weeks_of_each():
    found = {}
    for user, week in CheckIn.objects.order_by("week").values_list("user", "week"):
        found.setdefault(user, []).append(week)
    return found


@pytest.mark.parametrize("zones", [ZONES[::8], pytest.param(ZONES, marks=pytest.mark.nightly)], ids=len)
def test_each_member_once_per_local_week(zones):
    people_everywhere(zones, random.Random(1))
    live([])

    for weeks in weeks_of_each().values():
        assert weeks == [weeks[0] + n * WEEK for n in range(len(weeks))]
        assert weeks[0] <= date(2026, 9, 7)
        assert weeks[-1] >= date(2027, 11, 1)
    assert len(weeks_of_each()) == len(zones)


@pytest.mark.parametrize("zones", [ZONES[::8], pytest.param(ZONES, marks=pytest.mark.nightly)], ids=len)
def test_a_clock_that_jumps_leaves_out_what_it_jumped_over_and_nothing_else(zones):
    people_everywhere(zones, random.Random(2))
    plan = [(START + timedelta(days=50 * n), JUMPS[n % 3]) for n in range(1, 8)]
    ten_days = [at.date() for at, jump in plan if jump == JUMPS[2]]
    live(list(plan))

    for weeks in weeks_of_each().values():
        assert max(Counter(weeks).values()) == 1
        left_out = {weeks[0] + n * WEEK for n in range((weeks[-1] - weeks[0]).days // 7)} - set(weeks)
        assert all(any(-7 <= (week - day).days <= 12 for day in ten_days) for week in left_out)
        assert len(weeks) >= 50
