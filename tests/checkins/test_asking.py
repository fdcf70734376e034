"""The tick asks who is due, once, and never somebody who left."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from checkins import services
from checkins.models import CheckIn, Rhythm
from checkins.services import asking, lapse_old, pause, reschedule, resume, set_rhythm, start_rhythm
from checkins.tasks import ask_due
from groups.signals import member_joined, member_left
from notices.models import Delivery, Notice
from people.models import AuditEntry, Consent
from people.services import withdraw_consent
from tests.factories import CheckInFactory, ConsentFactory, MembershipFactory, RhythmFactory, UserFactory

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


def somebody_due(**fields):
    user = UserFactory(**fields)
    MembershipFactory(user=user)
    ConsentFactory(user=user)
    RhythmFactory(user=user, next_at=MONDAY)
    return user


def asked():
    return list(CheckIn.objects.order_by("pk").values_list("user", "week"))


# -- whom nobody asks -------------------------------------------------------------------------
def test_somebody_who_left_is_not_asked():
    user = somebody_due()
    user.memberships.update(state="left", ended_at=timezone.now())

    assert ask_due() == 0
    assert (asked(), Notice.objects.count(), AuditEntry.objects.count()) == ([], 0, 0)
    assert Rhythm.objects.get(user=user).next_at == MONDAY + timedelta(days=7)


def test_somebody_who_took_back_their_yes_is_not_asked():
    user = somebody_due()
    withdraw_consent(user, purpose="checkins")

    assert (ask_due(), asked()) == (0, [])


@pytest.mark.parametrize("state", ["suspended", "deactivated"])
def test_somebody_who_is_not_active_is_not_asked(state):
    somebody_due(state=state, is_active=False)

    assert (ask_due(), asked()) == (0, [])


def test_somebody_paused_is_asked_on_the_day_the_pause_ends():
    user = somebody_due()
    Rhythm.objects.update(paused_at=MONDAY, paused_until=date(2026, 12, 7))

    assert ask_due() == 0
    assert Rhythm.objects.get(user=user).next_at == MONDAY + timedelta(days=14)


def test_somebody_switched_off_or_not_due_is_not_asked():
    off, later = somebody_due(), somebody_due()
    Rhythm.objects.filter(user=off).update(on=False)
    Rhythm.objects.filter(user=later).update(next_at=MONDAY + timedelta(minutes=1))

    assert (ask_due(), asked()) == (0, [])


# -- whom it asks -----------------------------------------------------------------------------
def test_whoever_is_due_is_asked_and_told_once():
    user = somebody_due()

    assert [ask_due(), ask_due()] == [1, 0]
    assert asked() == [(user.pk, date(2026, 11, 23))]
    assert list(Notice.objects.values_list("user", "topic", "ids")) == [
        (user.pk, "checkin.ask", {"week": "2026-11-23"})
    ]
    assert Delivery.objects.count() == 1
    assert Rhythm.objects.get(user=user).next_at == MONDAY + timedelta(days=7)
    assert list(AuditEntry.objects.values_list("action", "actor", "reason")) == [("checkin.ask", None, "1")]


def test_three_groups_are_one_question():
    user = somebody_due()
    MembershipFactory(user=user)
    MembershipFactory(user=user)

    assert (ask_due(), len(asked())) == (1, 1)


def test_a_week_somebody_answered_by_themself_is_not_asked_again():
    user = somebody_due()
    CheckInFactory(user=user, week=date(2026, 11, 23), asked_at=MONDAY - timedelta(hours=1), told_at=MONDAY)

    assert (ask_due(), len(asked()), Notice.objects.count()) == (0, 1, 0)


def test_a_change_of_zone_that_nobody_reckoned_does_no_harm():
    user = somebody_due(time_zone="America/New_York")  # 5 in the morning there

    assert ask_due() == 0
    assert Rhythm.objects.get(user=user).next_at == datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.mark.parametrize(("due", "calls"), [(2, 0), (3, 1), (7, 1)])
def test_where_more_than_a_batch_is_due_another_process_helps(monkeypatch, due, calls):
    called = []
    monkeypatch.setattr(asking, "BATCH", 2)
    monkeypatch.setattr(asking, "wake", called.append)
    for _ in range(due):
        somebody_due()

    assert services.ask_due() == due
    assert called == ["checkins.tasks.ask_due"] * calls


def test_the_number_of_queries_does_not_grow_with_those_who_only_wait(django_assert_num_queries):
    for _ in range(30):
        user = somebody_due()
        user.memberships.update(state="left", ended_at=timezone.now())

    with django_assert_num_queries(11):  # how many, a batch that finds them, two that find nothing more
        ask_due()


def test_around_midnight_two_weeks_are_asked():
    east = somebody_due(time_zone="Pacific/Kiritimati", quiet_from="00:00", quiet_to="00:00")
    west = somebody_due(time_zone="Pacific/Pago_Pago", quiet_from="00:00", quiet_to="00:00")
    Rhythm.objects.filter(user=east).update(weekday=1, hour=0)
    Rhythm.objects.filter(user=west).update(weekday=6, hour=23)

    with time_machine.travel(datetime(2026, 11, 23, 10, tzinfo=UTC), tick=False):
        assert ask_due() == 2
    assert set(asked()) == {(east.pk, date(2026, 11, 23)), (west.pk, date(2026, 11, 16))}


@pytest.mark.django_db(transaction=True)
def test_four_askers_at_once_ask_everybody_once():
    users = [somebody_due() for _ in range(40)]

    def run(_):
        try:
            with time_machine.travel(MONDAY, tick=False):
                return ask_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(run, range(4)))

    assert sum(counts) == 40
    assert sorted(asked()) == sorted((user.pk, date(2026, 11, 23)) for user in users)
    assert Notice.objects.count() == Delivery.objects.count() == 40


# -- what a person chooses --------------------------------------------------------------------
def test_joining_with_a_yes_begins_to_ask_and_leaving_the_last_group_stops():
    user = UserFactory()
    first, second = MembershipFactory(user=user), MembershipFactory(user=user)
    ConsentFactory(user=user)

    member_joined.send(sender=None, membership=first)
    rhythm = Rhythm.objects.get(user=user)
    assert (rhythm.on, rhythm.next_at) == (True, MONDAY + timedelta(days=7))

    first.move_to("left")
    first.save()
    member_left.send(sender=None, membership=first)
    assert Rhythm.objects.get(user=user).on

    second.move_to("left")
    second.save()
    member_left.send(sender=None, membership=second)
    rhythm.refresh_from_db()
    assert (rhythm.on, rhythm.next_at) == (False, None)


def test_joining_without_a_yes_asks_nothing():
    membership = MembershipFactory()

    member_joined.send(sender=None, membership=membership)

    assert not Rhythm.objects.exists()
    assert start_rhythm(membership.user) is None


def test_switching_on_and_off_gives_and_takes_back_the_yes():
    user = UserFactory()

    assert set_rhythm(user, on=True, weekday=3, hour=9).next_at == datetime(2026, 11, 26, 9, tzinfo=UTC)
    assert Consent.objects.filter(user=user, purpose="checkins", withdrawn_at=None).count() == 1

    rhythm = set_rhythm(user, on=False, weekday=3, hour=9)
    assert (rhythm.on, rhythm.next_at) == (False, None)
    assert not Consent.objects.filter(user=user, withdrawn_at=None).exists()


def test_a_pause_without_an_end_waits_for_the_person():
    user = somebody_due()

    assert pause(user, until=None).next_at is None
    assert ask_due() == 0
    rhythm = resume(user)
    assert (rhythm.is_paused, rhythm.next_at) == (False, MONDAY + timedelta(days=7))


def test_a_pause_until_a_day_asks_from_that_day_on():
    user = somebody_due()

    assert pause(user, until=date(2026, 12, 1)).next_at == datetime(2026, 12, 7, 10, tzinfo=UTC)


def test_reschedule_follows_a_new_zone():
    user = somebody_due()
    user.time_zone = "America/New_York"
    user.save()

    assert reschedule(user).next_at == datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert reschedule(UserFactory()) is None


# -- letting go -------------------------------------------------------------------------------
def test_questions_of_a_past_week_lapse_and_others_stay():
    old = CheckInFactory(week=date(2026, 11, 9), asked_at=MONDAY - timedelta(days=14))
    late = CheckInFactory(week=date(2026, 11, 16), asked_at=MONDAY - timedelta(hours=2))
    answered = CheckInFactory(
        week=date(2026, 11, 9), asked_at=MONDAY - timedelta(days=14), state="answered", answered_at=MONDAY
    )

    assert [lapse_old(), lapse_old()] == [1, 0]
    assert [CheckIn.objects.get(pk=c.pk).state for c in (old, late, answered)] == ["lapsed", "asked", "answered"]


def test_a_week_ends_by_the_persons_own_clock():
    sunday = datetime(2026, 11, 29, 12, tzinfo=UTC)  # already Monday in Kiritimati
    east = CheckInFactory(user__time_zone="Pacific/Kiritimati", week=date(2026, 11, 23), asked_at=MONDAY)
    west = CheckInFactory(week=date(2026, 11, 23), asked_at=MONDAY)

    with time_machine.travel(sunday, tick=False):
        lapse_old()

    assert [CheckIn.objects.get(pk=c.pk).state for c in (east, west)] == ["lapsed", "asked"]


# -- between the row and the message ---------------------------------------------------------
@pytest.mark.parametrize(
    "changes",
    [{"on": False}, {"paused_at": MONDAY, "next_at": None}, {"paused_at": MONDAY, "paused_until": date(2026, 12, 1)}],
)
def test_who_pauses_or_switches_it_off_before_the_message_gets_none(changes):
    somebody_due()
    services.ask_due()
    Rhythm.objects.update(**changes)

    assert (services.tell_asked(), Notice.objects.count()) == (1, 0)
    assert services.tell_asked() == 0


def test_a_pause_that_is_over_holds_nothing_back():
    somebody_due()
    services.ask_due()
    Rhythm.objects.update(paused_at=MONDAY - timedelta(days=9), paused_until=date(2026, 11, 20))

    assert (services.tell_asked(), Notice.objects.count()) == (1, 1)


def test_a_message_later_than_the_grace_is_let_go():
    somebody_due()
    services.ask_due()

    with time_machine.travel(MONDAY + timedelta(hours=36), tick=False):
        assert (services.tell_asked(), Notice.objects.count()) == (1, 0)
    assert not CheckIn.objects.filter(told_at=None).exists()


def test_somebody_in_a_zone_nobody_knows_holds_up_nobody():
    lost, other = somebody_due(time_zone="Mars/Olympus"), somebody_due()

    assert services.ask_due() == 2
    assert {user for user, _week in asked()} == {lost.pk, other.pk}
