"""Somebody did not take the seat that was held for them: what they hear, and where they stand."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from notices.models import Delivery, Notice
from notices.registry import topic
from notices.services import send_due
from sessions.models import Seat
from sessions.services import answer_seat, cancel_session, move_lines_on
from tests import factories
from tests.sessions.pages.world import url, words

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WENT_ON = "The seat held for you went to the next in line: Wednesday 25 November, 12:00 pm. You can join the line again"
STILL_FREE = (
    "The seat is not held for you any more: Wednesday 25 November, 12:00 pm. You can still say yes if one is free"
)
IN_LINE = "and then went to the next person in line. You are not in line now."
FREE = "That time is over, and one is still free. Say yes, and it is yours."


@pytest.fixture(autouse=True)
def _noon(time_machine, organisation):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def session():
    return factories.SessionFactory(capacity=1, starts_at=NOON + timedelta(days=2))


def joins(session, **person):
    user = factories.UserFactory(time_zone="UTC", **person)
    factories.MembershipFactory(group=session.group, user=user)
    answer_seat(user, session=session, going=True)
    return user


@pytest.fixture
def late(session):
    """A seat is held for them, and for nobody behind them."""
    first, second = joins(session), joins(session, discreet=False)
    answer_seat(first, session=session, going=False)
    return second


def runs_out(session, time_machine):
    time_machine.move_to(session.seats.filter(state="offered").latest("offered_until").offered_until, tick=False)
    move_lines_on()


def told(user):
    return Notice.objects.filter(user=user, topic="seat.went-on")


def lines(user):
    return [topic(notice.topic).line(notice.ids, user) for notice in told(user)]


def test_nobody_hears_who_took_it_let_it_go_or_still_has_time(session, late, time_machine):
    time_machine.move_to(session.seats.get(state="offered").offered_until - timedelta(minutes=1), tick=False)
    move_lines_on()
    answer_seat(late, session=session, going=False)
    move_lines_on()

    assert not told(late).exists()


def test_nobody_hears_of_a_session_that_is_cancelled_or_has_begun(session, late, time_machine):
    until = session.seats.get(state="offered").offered_until
    other = factories.SessionFactory(capacity=1, starts_at=until)
    begun = factories.MembershipFactory(group=other.group).user
    factories.SeatFactory(session=other, user=begun, state="offered", queue=1, offered_until=until)
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)

    time_machine.move_to(until, tick=False)

    assert move_lines_on() == 2
    assert not Notice.objects.filter(topic="seat.went-on").exists()


def test_where_nobody_waits_the_seat_is_free_and_that_is_what_they_hear(session, late, time_machine, as_person):
    runs_out(session, time_machine)

    assert lines(late) == [STILL_FREE]
    page = words(as_person(late).get(url("detail", session)))
    assert (FREE in page, IN_LINE in page) == (True, False)
    assert answer_seat(late, session=session, going=True).state == "going"


def test_it_goes_to_the_next_one_and_they_hear_that_they_are_not_in_line(session, late, time_machine, as_person):
    following = joins(session)
    runs_out(session, time_machine)

    assert (lines(late), lines(following)) == ([WENT_ON], [])
    page = words(as_person(late).get(url("detail", session)))
    assert (FREE in page, IN_LINE in page, "Join the waitlist" in page) == (False, True, True)
    assert answer_seat(late, session=session, going=True).state == "waiting"
    assert "You are 1st in line" in words(as_person(late).get(url("detail", session)))


def test_two_seats_and_one_who_waits_promise_nobody_more_than_there_is(session, time_machine):
    """One of the two is free afterwards, so neither reads that there is none."""
    until = NOON + timedelta(hours=8)
    type(session).objects.update(capacity=2)
    people = [factories.MembershipFactory(group=session.group).user for _ in range(3)]
    for queue, user in enumerate(people):
        held = {"state": "offered", "offered_until": until} if queue < 2 else {"state": "waiting"}
        factories.SeatFactory(session=session, user=user, queue=queue, **held)

    runs_out(session, time_machine)

    assert [lines(user) for user in people] == [[STILL_FREE], [STILL_FREE], []]


def test_it_is_a_line_in_the_app_once_and_never_a_mail(session, late, time_machine):
    runs_out(session, time_machine)
    move_lines_on()
    mail.outbox.clear()
    send_due()

    assert told(late).count() == 1
    assert not Delivery.objects.filter(notice__in=told(late)).exists()
    assert mail.outbox == []


def test_each_offer_that_runs_out_is_told(session, late, time_machine):
    factories.MembershipFactory(group=session.group)
    runs_out(session, time_machine)
    following = joins(session)
    answer_seat(late, session=session, going=True)
    answer_seat(following, session=session, going=False)

    runs_out(session, time_machine)

    assert told(late).count() == 2


def test_whoever_answered_before_it_is_told_reads_nothing_old(session, late, time_machine):
    runs_out(session, time_machine)
    notice = told(late).get()
    assert topic("seat.went-on").may(late, notice.ids)

    answer_seat(late, session=session, going=False)

    assert Seat.objects.get(user=late).said_no
    assert not topic("seat.went-on").may(late, notice.ids)
