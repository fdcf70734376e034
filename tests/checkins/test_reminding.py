"""One reminder at most, and only for those who said that one may come."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from checkins.models import CheckIn, Rhythm
from checkins.services import answer_checkin, remind_waiting, skip_checkin
from notices.models import Delivery, Notice
from notices.services import send_due
from tests.factories import CheckInFactory, MembershipFactory, OrganisationFactory, RhythmFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
WEEK = date(2026, 11, 23)
TWO_DAYS = timedelta(days=2)


def at(moment):
    return time_machine.travel(moment, tick=False)


def somebody_asked(*, remind=True, **fields):
    user = MembershipFactory(**{f"user__{name}": value for name, value in fields.items()}).user
    RhythmFactory(user=user, remind=remind, next_at=MONDAY + timedelta(days=7))
    return CheckInFactory(user=user, week=WEEK, asked_at=MONDAY, told_at=MONDAY)


def reminded():
    with at(MONDAY + TWO_DAYS):
        return remind_waiting()


# -- whom nobody reminds -----------------------------------------------------------------------
def test_nobody_is_reminded_who_did_not_say_so():
    somebody_asked(remind=False)

    assert (reminded(), Notice.objects.count()) == (0, 0)


def test_two_days_are_two_days():
    somebody_asked()

    with at(MONDAY + TWO_DAYS - timedelta(seconds=1)):
        assert remind_waiting() == 0
    assert reminded() == 1


@pytest.mark.parametrize("what", ["answer", "skip"])
def test_who_answered_or_skipped_is_not_reminded(what):
    checkin = somebody_asked()
    with at(MONDAY + timedelta(hours=1)):
        if what == "answer":
            answer_checkin(checkin.user, checkin=checkin, mood=3)
        else:
            skip_checkin(checkin.user, checkin=checkin)

    assert (reminded(), Notice.objects.filter(topic="checkin.remind").count()) == (0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"on": False},
        {"paused_at": MONDAY, "next_at": None},
        {"paused_at": MONDAY, "paused_until": date(2026, 11, 26)},
    ],
)
def test_who_pauses_or_switches_it_off_is_not_reminded(changes):
    somebody_asked()
    Rhythm.objects.update(**changes)

    assert reminded() == 0


def test_a_question_that_told_nobody_yet_is_not_reminded_of():
    somebody_asked()
    CheckIn.objects.update(told_at=None)

    assert reminded() == 0


def test_nothing_comes_when_the_week_is_nearly_over():
    friday = MONDAY + timedelta(days=4, hours=4)
    checkin = somebody_asked()
    CheckIn.objects.update(asked_at=friday)

    with at(datetime(2026, 11, 29, 14, tzinfo=UTC)):  # two days later, ten hours before Monday
        assert remind_waiting() == 0
    with at(datetime(2026, 12, 1, 14, tzinfo=UTC)):  # and not in the week after
        assert remind_waiting() == 0
    checkin.refresh_from_db()
    assert checkin.state == "asked"


def test_the_weeks_end_is_by_ones_own_clock():
    saturday = datetime(2026, 11, 27, 20, tzinfo=UTC)
    east, west = somebody_asked(time_zone="Pacific/Auckland"), somebody_asked(time_zone="America/Los_Angeles")
    CheckIn.objects.update(asked_at=saturday - timedelta(hours=10))

    with at(datetime(2026, 11, 29, 10, 30, tzinfo=UTC)):  # Sunday half past eleven at night in Auckland
        assert remind_waiting() == 1
    assert [CheckIn.objects.get(pk=one.pk).state for one in (east, west)] == ["asked", "reminded"]


# -- whom it reminds ---------------------------------------------------------------------------
def test_one_reminder_and_no_second():
    checkin = somebody_asked()

    assert reminded() == 1
    with at(MONDAY + timedelta(days=3)):
        assert remind_waiting() == 0

    checkin.refresh_from_db()
    assert (checkin.state, checkin.reminded_at) == ("reminded", MONDAY + TWO_DAYS)
    assert list(Notice.objects.values_list("user", "topic", "ids")) == [
        (checkin.user_id, "checkin.remind", {"week": "2026-11-23"})
    ]


def test_it_can_be_answered_as_before():
    checkin = somebody_asked()
    reminded()

    with at(MONDAY + TWO_DAYS):
        assert answer_checkin(checkin.user, checkin=checkin, mood=2).is_answered


def test_quiet_hours_hold_it_back_and_who_answers_meanwhile_gets_none():
    OrganisationFactory()
    checkin = somebody_asked()
    CheckIn.objects.update(asked_at=MONDAY + timedelta(hours=9))

    with at(MONDAY + TWO_DAYS + timedelta(hours=11)):  # nine in the evening
        assert remind_waiting() == 1
        assert Delivery.objects.get().send_at == datetime(2026, 11, 26, 8, tzinfo=UTC)
        assert send_due() == 0
    with at(datetime(2026, 11, 26, 7, tzinfo=UTC)):
        answer_checkin(checkin.user, checkin=checkin, mood=4)
    with at(datetime(2026, 11, 26, 8, tzinfo=UTC)):
        assert send_due() == 0
    assert Delivery.objects.get().state == "dropped"


def test_the_number_of_questions_does_not_grow(django_assert_num_queries):
    somebody_asked()
    with at(MONDAY + TWO_DAYS), django_assert_num_queries(12):
        assert remind_waiting() == 1
    for _ in range(30):
        somebody_asked()

    with at(MONDAY + TWO_DAYS), django_assert_num_queries(12):
        assert remind_waiting() == 30
