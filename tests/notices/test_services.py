"""The one place that tells anybody anything."""

from dataclasses import replace
from datetime import time, timedelta
from smtplib import SMTPDataError, SMTPServerDisconnected
from unittest.mock import Mock

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notices import registry, services
from notices.channels import Email
from notices.models import Delivery, Notice
from notices.services.checking import Round
from notices.services.claiming import put_back
from people.models import SubjectKey
from people.policy import NotAllowed
from tests.factories import DeliveryFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = "2026-11-23 12:00:00+00:00"
NIGHT = "2026-11-23 23:00:00+00:00"


@pytest.fixture(autouse=True)
def _outbox(organisation, subject):
    return subject


def states():
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_whoever_may_not_know_is_not_told(subject):
    user, other = UserFactory(), UserFactory()
    subject.add(other.pk)

    services.tell([user, other, UserFactory(state="suspended", is_active=False)], "test", "key")

    assert list(Notice.objects.values_list("user", flat=True)) == [user.pk]


def test_telling_twice_is_telling_once():
    user = UserFactory()

    services.tell([user], "test", "key")
    services.tell([user], "test", "key")

    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 1)


@time_machine.travel(NIGHT, tick=False)
def test_nothing_leaves_in_quiet_hours():
    services.tell([UserFactory(time_zone="Europe/London")], "test", "key")

    assert Delivery.objects.get().send_at.isoformat() == "2026-11-24T08:00:00+00:00"
    assert services.send_due() == 0


def test_what_waited_into_the_night_waits_on_until_the_morning():
    with time_machine.travel(NOON, tick=False):
        services.tell([UserFactory(time_zone="Europe/London")], "test", "key")

    with time_machine.travel(NIGHT, tick=False):
        assert services.send_due() == 0

    assert (states(), mail.outbox) == (["waiting"], [])
    assert Delivery.objects.get().send_at.isoformat() == "2026-11-24T08:00:00+00:00"
    with time_machine.travel("2026-11-24 08:00:01+00:00", tick=False):
        assert services.send_due() == 1


def test_what_should_have_left_before_the_night_counts_as_held_up_and_what_came_in_it_does_not():
    with time_machine.travel(NOON, tick=False):
        services.tell([UserFactory(time_zone="Europe/London")], "test", "key")
    late = Delivery.objects.get()
    with time_machine.travel(NIGHT, tick=False):
        services.tell([UserFactory(time_zone="Europe/London")], "test", "by night")
        assert services.send_due() == 0
        assert list(Delivery.objects.stuck(timedelta(minutes=15))) == [late]
        assert Delivery.objects.stuck(timedelta(minutes=15)).oldest_made().isoformat() == "2026-11-23T12:00:00+00:00"

    with time_machine.travel("2026-11-24 08:00:01+00:00", tick=False):
        assert services.send_due() == 2
        assert not Delivery.objects.stuck(timedelta(minutes=15)).exists()


def test_what_is_held_up_is_put_back_in_one_statement():
    with time_machine.travel(NOON, tick=False):
        services.tell([UserFactory(time_zone="Europe/London")], "test", "key")

    with time_machine.travel(NIGHT, tick=False), CaptureQueriesContext(connection) as asked:
        assert services.send_due() == 0

    assert len([q for q in asked if q["sql"].strip().replace('"', "").startswith("UPDATE notices_delivery")]) == 1
    assert Delivery.objects.get().trouble == Delivery.HELD_UP


def test_what_is_put_back_keeps_its_trouble_unless_it_is_held_up():
    services.tell([UserFactory()], "test", "key")
    row = Delivery.objects.get()
    Delivery.objects.update(trouble="OSError")

    for held_up, trouble in ((False, "OSError"), (True, Delivery.HELD_UP)):
        put_back(row.pk, row.send_at, held_up=held_up)
        assert (Delivery.objects.get().trouble, Delivery.objects.get().state) == (trouble, "waiting")


def test_what_was_due_a_moment_before_the_night_is_not_held_up():
    with time_machine.travel("2026-11-23 19:58:00+00:00", tick=False):
        services.tell([UserFactory(time_zone="Europe/London")], "test", "key")

    with time_machine.travel("2026-11-23 20:01:00+00:00", tick=False):
        assert services.send_due() == 0
        assert not Delivery.objects.stuck(timedelta(minutes=15)).exists()


@time_machine.travel(NIGHT, tick=False)
def test_quiet_hours_are_the_readers_own():
    services.tell([UserFactory(time_zone="Pacific/Auckland")], "test", "key")

    assert services.send_due() == 1


@time_machine.travel(NOON, tick=False)
def test_a_mail_says_nothing_to_a_stranger():
    services.tell([UserFactory(email="wren@example.org")], "test", "key")

    assert services.send_due() == 1

    message = mail.outbox[0]
    assert (message.subject, message.from_email, message.to) == (
        "A message for you", '"Harbour Lane" <hello@localhost>', ["wren@example.org"],
    )  # fmt: skip
    assert message.body.split() == ["There", "is", "a", "message", "for", "you:", "http://localhost:8000/home/"]
    assert (states(), Delivery.objects.get().sent_at) == (["sent"], timezone.now())


@time_machine.travel(NOON, tick=False)
def test_a_name_with_a_line_break_cannot_reach_a_header(organisation):
    type(organisation).objects.update(sender='Harbour"\r\nBcc: all@example.org')
    services.tell([UserFactory()], "test", "key")

    services.send_due()

    assert mail.outbox[0].message()["From"] == '"Harbour Bcc: all@example.org" <hello@localhost>'
    assert "Bcc" not in mail.outbox[0].message()


@time_machine.travel(NOON, tick=False)
def test_who_left_meanwhile_gets_nothing(subject):
    user = UserFactory()
    services.tell([user], "test", "key")
    subject.add(user.pk)

    assert services.send_due() == 0
    assert (states(), mail.outbox) == (["dropped"], [])


@time_machine.travel(NOON, tick=False)
def test_a_letter_to_an_address_is_erased_once_sent():
    services.send_to_address("guest@example.org", "Come in: https://example.org/abc")

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM notices_delivery")
        assert b"Come in" not in bytes(cursor.fetchone()[0])

    assert services.send_due() == 1
    assert (mail.outbox[0].to, mail.outbox[0].body) == (["guest@example.org"], "Come in: https://example.org/abc")
    assert Delivery.objects.values_list("state", "address", "body").get() == ("sent", "", None)
    assert SubjectKey.objects.values_list("wrapped", flat=True).get() is None


def test_a_letter_to_nobody_costs_the_same_and_goes_nowhere(django_assert_num_queries):
    with django_assert_num_queries(6):
        services.send_to_address("guest@example.org", "words")
    with django_assert_num_queries(6):
        services.send_nothing("guest@example.org", "words")

    assert (states(), services.send_due()) == (["waiting", "dropped"], 1)


@time_machine.travel(NOON, tick=False)
def test_each_try_carries_the_same_message_id():
    delivery = DeliveryFactory()

    first, second = (services.mail_for(delivery).extra_headers["Message-ID"] for _ in range(2))

    assert first == second
    assert first != services.mail_for(DeliveryFactory()).extra_headers["Message-ID"]


class Away:
    """A mail server that does not answer."""

    def open(self):
        raise ConnectionRefusedError

    def close(self):
        pass


class Hangs(Away):
    """A mail server that takes the call and hangs up at every mail."""

    def open(self):
        return True

    def send_messages(self, messages):
        raise SMTPServerDisconnected


@time_machine.travel(NOON, tick=False)
def test_while_the_mail_server_is_away_everything_waits_and_nothing_is_lost():
    deliveries = DeliveryFactory.create_batch(2, tries=4)

    away = Round(Email(Away()))
    for _ in range(10):
        assert services.send_one(away) is None

    assert [(row.state, row.tries) for row in Delivery.objects.order_by("pk")] == [("waiting", 4)] * 2
    assert [services.send_one(Round(Email())) for _ in deliveries] == [1, 1]


def test_a_mail_that_does_not_leave_is_tried_later():
    delivery = DeliveryFactory()

    with time_machine.travel(NOON, tick=False):
        Delivery.objects.update(send_at=timezone.now())
        assert services.send_one(Round(Email(Hangs()))) == 0
        delivery.refresh_from_db()
        waits = delivery.send_at - timezone.now()

    assert (delivery.state, delivery.tries, delivery.trouble, waits) == (
        "waiting", 1, "SMTPServerDisconnected", timedelta(minutes=1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("problem", "state"), [(SMTPDataError(550, b"no"), "parked"), (SMTPDataError(450, b"busy"), "waiting")]
)
@time_machine.travel(NOON, tick=False)
def test_after_five_tries_what_is_refused_for_good_is_set_aside(problem, state):
    delivery = DeliveryFactory(tries=4)
    server = Hangs()
    server.send_messages = Mock(side_effect=problem)

    assert services.send_one(Round(Email(server))) == 0

    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (state, 5)


@pytest.mark.logs_errors
@time_machine.travel(NOON, tick=False)
def test_one_poisoned_row_does_not_hold_up_the_others():
    DeliveryFactory(notice=NoticeFactory(topic="nobody declared this"), send_at=timezone.now() - timedelta(hours=1))
    DeliveryFactory(send_at=timezone.now())

    assert services.send_due() == 1
    assert states() == ["waiting", "sent"]


def test_only_the_person_marks_a_notice_as_read():
    notice = NoticeFactory()

    with pytest.raises(NotAllowed):
        services.mark_read(UserFactory(), notice=notice)


def test_a_notice_stays_read_since_the_first_time():
    notice = NoticeFactory()
    services.mark_read(notice.user, notice=notice)
    first = Notice.objects.get().read_at

    services.mark_read(notice.user, notice=notice)

    assert Notice.objects.get().read_at == first


@pytest.fixture
def urgent_from(monkeypatch):
    """The topic of the tests, as one that may wake people up from this moment on."""

    def set_it(moment):
        topic = replace(registry.topic("test"), essential=True, urgent_from=lambda ids, user: moment)
        monkeypatch.setitem(registry._topics, "test", topic)

    return set_it


@time_machine.travel(NIGHT, tick=False)
@pytest.mark.parametrize(
    ("hours", "leaves"),
    [(-1, "2026-11-23T23:00:00"), (0, "2026-11-23T23:00:00"), (2, "2026-11-24T01:00:00"), (30, "2026-11-24T08:00:00")],
)
def test_what_becomes_urgent_leaves_then_or_in_the_morning(urgent_from, hours, leaves):
    urgent_from(timezone.now() + timedelta(hours=hours))

    services.tell([UserFactory(time_zone="Europe/London")], "test", "key")

    assert Delivery.objects.get().send_at.isoformat() == f"{leaves}+00:00"
    assert services.send_due() == (hours <= 0)


@time_machine.travel(NOON, tick=False)
def test_what_can_be_undone_waits_as_long_as_it_is_told_to():
    user = UserFactory(time_zone="Europe/London")

    services.tell([user], "test", "soon", after=timedelta(minutes=15))
    services.tell([user], "test", "into the night", after=timedelta(hours=9))

    assert [str(at) for at in Delivery.objects.order_by("pk").values_list("send_at", flat=True)] == [
        "2026-11-23 12:15:00+00:00",
        "2026-11-24 08:00:00+00:00",
    ]
    assert services.send_due() == 0


@time_machine.travel(NOON, tick=False)
def test_what_is_urgent_does_not_wait(urgent_from):
    urgent_from(timezone.now())

    services.tell([UserFactory(time_zone="Europe/London")], "test", "key", after=timedelta(minutes=15))

    assert services.send_due() == 1


def test_whether_a_mail_has_not_left_is_asked_of_this_person_this_topic_and_these_ids():
    user = UserFactory(quiet_from=time(0), quiet_to=time(0))
    services.tell([user], "test", "key", all=[["a", 1], ["b", 2]])

    assert services.has_not_left(user, "test", all=[["b", 2]])
    assert not services.has_not_left(UserFactory(), "test", all=[["b", 2]])
    assert not services.has_not_left(user, "other", all=[["b", 2]])
    assert not services.has_not_left(user, "test", all=[["b", 3]])
    services.send_due()
    assert not services.has_not_left(user, "test", all=[["b", 2]])


@pytest.mark.parametrize(("discreet", "said"), [(True, "A message for you"), (False, "For 7:00 pm")])
def test_a_topic_may_have_a_subject_for_those_whose_mail_is_not_discreet(monkeypatch, discreet, said):
    topic = replace(registry.topic("test"), subject=lambda ids, user: "For 7:00 pm")
    monkeypatch.setitem(registry._topics, "test", topic)
    services.tell([UserFactory(discreet=discreet, quiet_from=time(0), quiet_to=time(0))], "test", "key")

    services.send_due()

    assert mail.outbox[0].subject == said
