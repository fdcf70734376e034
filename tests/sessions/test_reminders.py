"""Reminders: to whom, when, once; and what is dropped."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection

from notices.mail import mail_for
from notices.models import Delivery, Notice
from notices.registry import topic
from notices.services import send_due
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import ReminderChoice
from sessions.services import choose_reminders, remind
from tests import factories as make

pytestmark = pytest.mark.django_db
START = datetime(2026, 12, 1, 19, tzinfo=UTC)
DAY, HOUR = "session.tomorrow", "session.soon"
LONG_AGO = START - timedelta(days=9)


@pytest.fixture(autouse=True)
def at(time_machine, organisation):
    """Goes to so long before the start, and asks the task."""

    def go(**before):
        time_machine.move_to(START - timedelta(**before), tick=False)
        return remind()

    time_machine.move_to(LONG_AGO, tick=False)
    return go


@pytest.fixture
def session():
    return make.SessionFactory(starts_at=START)


def comer(session, *, state="going", answered_at=LONG_AGO, **person):
    user = make.UserFactory(**{"discreet": False, "time_zone": "Europe/London"} | person)
    make.MembershipFactory(group=session.group, user=user)
    queue = 1 if state in {"waiting", "offered"} else None
    until = START if state == "offered" else None
    seat = {"state": state, "queue": queue, "offered_until": until, "answered_at": answered_at}
    make.SeatFactory(session=session, user=user, **seat)
    return user


def told():
    return list(Notice.objects.order_by("pk").values_list("topic", "user"))


def test_nobody_is_reminded_who_does_not_come(session, at):
    make.MembershipFactory(group=session.group)
    make.FacilitatorFactory(group=session.group)
    for state in ("waiting", "declined"):
        comer(session, state=state)

    assert (at(hours=20), at(minutes=40), told()) == (0, 0, [])


@pytest.mark.parametrize("change", ["left", "no seat", "suspended", "cancelled", "chose none"])
def test_nobody_whom_something_came_between(session, at, change):
    person = comer(session)
    if change == "left":
        person.memberships.update(state="left", ended_at=LONG_AGO)
    elif change == "no seat":
        person.seats.update(state="declined")
    elif change == "suspended":
        type(person).objects.update(state="suspended", is_active=False)
    elif change == "cancelled":
        session.state, session.cancelled_at = "cancelled", LONG_AGO
        session.save()
    else:
        choose_reminders(person, day_before=False, hour_before=False)

    assert (at(hours=20), at(minutes=40), told()) == (0, 0, [])


@pytest.mark.parametrize(
    ("before", "topics"),
    [
        ({"hours": 24, "seconds": 1}, []),
        ({"hours": 24}, [DAY]),
        ({"hours": 3, "seconds": 1}, [DAY]),
        ({"hours": 3}, []),
        ({"hours": 1, "seconds": 1}, []),
        ({"hours": 1}, [HOUR]),
        ({"seconds": 1}, [HOUR]),
        ({"seconds": 0}, []),
        ({"seconds": -60}, []),
    ],
)
def test_when_each_is_sent_also_after_a_long_break_of_the_clock(session, at, before, topics):
    person = comer(session)

    assert at(**before) == len(topics)
    assert told() == [(name, person.pk) for name in topics]


def test_hosts_are_reminded_too_and_those_of_other_sessions_are_not(session, at):
    host, outside = make.FacilitatorFactory(group=session.group).user, make.UserFactory()
    make.booking(session, host=host)
    make.booking(session, host=outside, duty="co")
    make.booking(make.SessionFactory(group=session.group, starts_at=START + timedelta(days=7)), host=host)

    assert at(hours=20) == 2
    assert {user for _, user in told()} == {host.pk, outside.pk}


def test_each_person_hears_each_of_them_once(session, at):
    person = comer(session)

    assert [at(hours=hours) for hours in (24, 23, 5, 1, 0.5)] == [1, 0, 0, 1, 0]
    assert told() == [(DAY, person.pk), (HOUR, person.pk)]


def test_somebody_who_said_yes_late_needs_no_reminder_of_it(session, at):
    comer(session, answered_at=START - timedelta(hours=20))

    assert at(hours=19) == 0
    assert at(minutes=50) == 1


@pytest.mark.parametrize(("day_before", "hour_before"), [(True, False), (False, True)])
def test_as_each_person_likes(session, at, day_before, hour_before):
    person = comer(session)
    choose_reminders(person, day_before=day_before, hour_before=hour_before)

    assert (at(hours=20), at(minutes=40)) == (int(day_before), int(hour_before))


def test_a_session_that_moves_reminds_anew(session, at):
    comer(session)
    at(hours=20)
    session.starts_at, session.ends_at = START + timedelta(days=1), START + timedelta(days=1, hours=1)
    session.save()

    assert at(hours=-1) == 1
    assert Notice.objects.filter(topic=DAY).count() == 2


def test_one_about_the_time_before_a_move_does_not_leave(session, at):
    comer(session)
    at(hours=10)
    session.starts_at = START + timedelta(hours=1)
    session.save()

    assert send_due() == 0
    assert Delivery.objects.get().state == "dropped"


@pytest.mark.parametrize("change", ["gave the seat back", "changed their mind about reminders", "cancelled"])
def test_it_is_asked_again_when_it_leaves(session, at, change):
    person = comer(session)
    at(hours=10)
    if change == "gave the seat back":
        person.seats.update(state="declined")
    elif change == "cancelled":
        session.state, session.cancelled_at = "cancelled", LONG_AGO
        session.save()
    else:
        choose_reminders(person, day_before=False, hour_before=True)

    assert (send_due(), mail.outbox) == (0, [])
    assert Delivery.objects.get().state == "dropped"


def test_at_night_it_waits_and_what_would_come_after_the_start_is_dropped(at, time_machine):
    early = make.SessionFactory(starts_at=datetime(2026, 12, 1, 7, 30, tzinfo=UTC))
    comer(early)
    time_machine.move_to(early.starts_at - timedelta(hours=1), tick=False)

    assert (remind(), send_due()) == (1, 0)
    time_machine.move_to(datetime(2026, 12, 1, 8, 0, 1, tzinfo=UTC), tick=False)
    assert (send_due(), mail.outbox) == (0, [])
    assert Delivery.objects.get().state == "dropped"


def test_the_evening_before_waits_for_the_morning_of_the_same_day(at, time_machine):
    late = make.SessionFactory(starts_at=datetime(2026, 12, 1, 21, tzinfo=UTC))
    comer(late)
    time_machine.move_to(late.starts_at - timedelta(days=1), tick=False)

    assert (remind(), send_due()) == (1, 0)
    time_machine.move_to(datetime(2026, 12, 1, 8, 0, 1, tzinfo=UTC), tick=False)
    assert send_due() == 1


def test_one_that_was_held_up_until_too_late_is_dropped(session, at, time_machine):
    comer(session)
    at(hours=20)
    time_machine.move_to(START - timedelta(hours=2), tick=False)

    assert (send_due(), mail.outbox) == (0, [])
    assert Delivery.objects.get().state == "dropped"


def test_the_mail_says_the_time_and_nothing_else(session, at):
    person = comer(session)
    at(hours=5)

    message = mail_for(Delivery.objects.get())

    assert (message.subject, message.to) == ("Reminder for 7:00 pm", [person.email])
    assert message.body.startswith("Reminder: Tuesday 1 December, 7:00 pm\n")
    assert "/you/reminders/" in message.body
    assert session.group.name not in message.body + message.alternatives[0][0]


def test_the_time_is_on_the_readers_own_clock(session, at):
    comer(session, time_zone="America/New_York", quiet_from=time(0), quiet_to=time(0))
    at(hours=5)

    assert mail_for(Delivery.objects.get()).subject == "Reminder for 2:00 pm"
    notice = Notice.objects.get()
    assert topic(DAY).line(notice.ids, notice.user) == "Reminder: Tuesday 1 December, 2:00 pm"


def test_a_discreet_mail_does_not_even_say_the_time(session, at):
    comer(session, discreet=True)
    at(hours=5)

    message = mail_for(Delivery.objects.get())

    assert message.subject == "A message for you"
    assert "7:00" not in message.body + message.alternatives[0][0]


def test_nobody_chooses_for_somebody_else():
    person = make.UserFactory(state="suspended", is_active=False)

    with pytest.raises(NotAllowed):
        choose_reminders(person, day_before=True, hour_before=True)

    assert not ReminderChoice.objects.exists()


def test_a_choice_replaces_the_one_before_and_stands_in_the_record():
    person = make.UserFactory()
    choose_reminders(person, day_before=False, hour_before=False)
    choose_reminders(person, day_before=True, hour_before=False)

    assert ReminderChoice.objects.values_list("user", "day_before", "hour_before").get() == (person.pk, True, False)
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "reason")) == [
        ("reminders.choose", "none"),
        ("reminders.choose", "day_before"),
    ]


@pytest.mark.parametrize("people", [1, 30])
def test_whom_there_is_nobody_to_tell_costs_four_questions(session, at, django_assert_num_queries, people):
    for _ in range(people):
        comer(session)
    at(hours=20)

    with django_assert_num_queries(4):
        assert remind() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_nobody_twice(session, at, time_machine):
    for _ in range(12):
        comer(session)
    time_machine.move_to(START - timedelta(hours=5), tick=False)
    start = Barrier(2)

    def work(_):
        start.wait()
        try:
            return remind()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(work, range(2)))

    assert sum(done) == 12
    assert (Notice.objects.count(), Delivery.objects.count()) == (12, 12)
