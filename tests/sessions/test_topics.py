"""What people read when a seat opens or a session is cancelled."""

from datetime import UTC, datetime

import pytest

from notices.mail import mail_for
from notices.models import Delivery, Notice
from notices.registry import topic
from sessions.models import Seat
from sessions.services import answer_seat, cancel_session
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(time_machine, organisation):
    """Somebody in Tokyo, who waited for a seat and is offered one, and reads their mail open."""
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False)
    session = factories.SessionFactory(capacity=1, starts_at=datetime(2026, 12, 1, 19, tzinfo=UTC))
    first, second = (factories.MembershipFactory(group=session.group).user for _ in range(2))
    second.time_zone, second.discreet = "Asia/Tokyo", False
    second.save()
    for person, going in [(first, True), (second, True), (first, False)]:
        answer_seat(person, session=session, going=going)
    return session, second


def still_wanted():
    notice = Notice.objects.latest("pk")
    return topic(notice.topic).may(notice.user, notice.ids)


@pytest.mark.parametrize("change", ["gave it back", "took it", "ran out", "left", "cancelled", "begun"])
def test_the_news_of_a_seat_is_dropped_when_it_is_none_any_more(told, change, time_machine):
    session, person = told
    assert still_wanted()
    if change == "gave it back":
        answer_seat(person, session=session, going=False)
    elif change == "took it":
        answer_seat(person, session=session, going=True)
    elif change == "ran out":
        time_machine.move_to(Seat.objects.get(user=person).offered_until)
    elif change == "left":
        person.memberships.update(state="left", ended_at=session.starts_at)
    elif change == "cancelled":
        facilitator = factories.FacilitatorFactory(group=session.group).user
        notice = Notice.objects.get()
        cancel_session(facilitator, session=session)
        assert not topic("seat.free").may(notice.user, notice.ids)
        return
    else:
        time_machine.move_to(session.starts_at)

    assert not still_wanted()


def test_a_line_is_in_the_persons_own_time_and_asks_nothing(told, django_assert_num_queries):
    session, person = told
    notice = Notice.objects.get()

    with django_assert_num_queries(0):
        line = topic("seat.free").line(notice.ids, person)

    assert line == ("A seat opened for you: Wednesday 2 December, 4:00 am. Held until Monday 23 November, 8:00 am")
    assert topic("seat.free").link(notice.ids, person) == session.get_absolute_url()


def test_open_mail_names_the_time_and_no_group(told):
    session, person = told

    mail = mail_for(Delivery.objects.get())

    assert (mail.subject, mail.to) == ("A message for you", [person.email])
    assert mail.body.startswith(
        "A seat opened for you: Wednesday 2 December, 4:00 am. Held until Monday 23 November, 8:00 am.\n"
    )
    assert session.group.name not in mail.body + mail.alternatives[0][0]


def test_open_mail_about_a_cancelled_session(told):
    session, _ = told
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)

    mail = mail_for(Delivery.objects.latest("pk"))

    assert mail.body.startswith("Cancelled: Wednesday 2 December, 4:00 am\n")
    assert session.get_absolute_url() in mail.body


def test_a_cancellation_does_not_wait_for_the_morning():
    assert [topic(name).essential for name in ("session.cancelled", "seat.free")] == [True, False]
