"""How many came, month by month."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from people.policy import NotAllowed
from sessions.models import Guest, GuestSeat, Seat
from sessions.services import months_of
from tests import factories as make

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def group(time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=LONDON), tick=False)
    return make.GroupFactory(time_zone="Europe/London")


@pytest.fixture
def lead(group):
    return make.FacilitatorFactory(group=group).user


def held(group, day, came=(), **more):
    starts_at = datetime(day.year, day.month, day.day, 19, tzinfo=LONDON)
    fields = {"state": "held", "held_at": timezone.now(), "held_by": group.created_by} | more
    session = make.SessionFactory(group=group, starts_at=starts_at, local_date=day, **fields)
    for user, mark in came:
        said = {"state": "declined", "answered_at": None, "came": mark}
        Seat.objects.create(session=session, user=user, marked_by=user, marked_at=starts_at, **said)
    return session


def test_only_those_who_run_it_count(group):
    for person in (make.MembershipFactory(group=group).user, make.AdminFactory(), make.FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            months_of(person, group=group)


def test_a_month_says_held_cancelled_people_attendances_and_first_timers(group, lead):
    kofi, mo, ines = make.UserFactory.create_batch(3)
    held(group, date(2025, 11, 4), [(ines, "came")])  # before all that is shown
    held(group, date(2026, 10, 6), [(kofi, "came"), (ines, "left")])
    held(group, date(2026, 11, 3), [(kofi, "came"), (mo, "came"), (ines, "away")])
    held(group, date(2026, 11, 10), [(kofi, "came"), (mo, "apologies")])
    off = {"state": "cancelled", "held_at": None, "held_by": None, "cancelled_at": timezone.now()}
    held(group, date(2026, 11, 17), [(mo, "came")], **off)

    november, october = months_of(lead, group=group)[:2]

    assert november.row == ["2026-11", 2, 1, 2, 3, 1, 0]
    assert october.row == ["2026-10", 1, 0, 2, 2, 1, 0]


def test_twelve_months_and_no_more(group, lead):
    held(group, date(2025, 11, 30), [(make.UserFactory(), "came")])
    held(group, date(2026, 12, 1), state="scheduled", held_at=None, held_by=None)

    months = months_of(lead, group=group)

    assert [f"{month.first:%Y-%m}" for month in months][::11] == ["2026-11", "2025-12"]
    assert sum(month.held for month in months) == 0


def test_guests_and_heads_without_names_count_as_what_they_are(group, lead):
    session = held(group, date(2026, 11, 3), [(make.UserFactory(), "came")])
    guest = Guest.objects.create(group=group, called="Bee", kept_by=lead)
    GuestSeat.objects.create(session=session, guest=guest, came="came", marked_by=lead)
    held(group, date(2026, 11, 10), headcount=7)

    assert months_of(lead, group=group)[0].row == ["2026-11", 2, 0, 2, 9, 2, 7]


def test_other_groups_do_not_count(group, lead):
    kofi = make.UserFactory()
    elsewhere = make.GroupFactory()
    held(elsewhere, date(2026, 10, 6), [(kofi, "came")])
    held(group, date(2026, 11, 3), [(kofi, "came")])

    assert months_of(lead, group=group)[0].row == ["2026-11", 1, 0, 1, 1, 1, 0]


@pytest.mark.parametrize("weeks", [1, 40])
def test_the_questions_are_the_same_however_long_a_group_has_met(group, lead, weeks, django_assert_num_queries):
    kofi = make.UserFactory()
    for week in range(weeks):
        held(group, date(2026, 11, 17) - timedelta(weeks=week), [(kofi, "came")])

    with django_assert_num_queries(4):  # the rule, sessions, seats, guests
        months_of(lead, group=group)
