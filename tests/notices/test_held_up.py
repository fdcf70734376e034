"""What counts as mail that is held up, and what is only one address that takes nothing."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from notices import services
from notices.channels import Email
from notices.models import Delivery
from notices.services.checking import Round
from tests.factories import DeliveryFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("subject", "organisation")]
NOON = "2026-11-23 12:00:00+00:00"
LATER = timedelta(minutes=50)


@pytest.fixture(autouse=True)
def _by_day():
    with time_machine.travel(NOON, tick=False):
        yield


def is_held_up():
    return Delivery.objects.stuck(timedelta(minutes=15)).exists()


def refused(number=1, **more):
    """Messages that were not taken four times, each for somebody else."""
    more = {"tries": 4, "trouble": "SMTPRecipientsRefused", "send_at": timezone.now() + LATER} | more
    return DeliveryFactory.create_batch(number, **more)


def sent(number=1):
    return DeliveryFactory.create_batch(number, state="sent", sent_at=timezone.now())


# -- what a single address refuses ------------------------------------------------------------
@pytest.mark.parametrize(
    "trouble", ["SMTPRecipientsRefused", "AnymailRequestsAPIError", "SMTPServerDisconnected", "KeyError"]
)
def test_one_address_that_takes_nothing_holds_up_nothing(trouble):
    refused(trouble=trouble, tries=29)

    assert not is_held_up()
    assert Delivery.objects.tried_again().count() == 1


def test_ten_messages_for_one_person_hold_up_nothing():
    person = UserFactory()
    refused(10, notice__user=person)

    assert not is_held_up()


def test_many_who_take_nothing_while_others_do_hold_up_nothing():
    refused(20)
    sent()
    refused(4)

    assert not is_held_up()


def test_what_leaves_no_trace_of_a_try_says_nothing_either_way():
    refused(4)
    DeliveryFactory.create_batch(5, state="dropped", dropped_for="over")
    DeliveryFactory.create_batch(5, send_at=timezone.now() + timedelta(hours=20))

    assert not is_held_up()


# -- what holds up everything -----------------------------------------------------------------
@pytest.mark.parametrize(("tries", "is_stuck"), [(3, False), (4, True)])
def test_a_broken_way_holds_up_even_one(tries, is_stuck):
    refused(tries=tries, trouble=f"{Delivery.WAY}ConnectionError", urgent=True)

    assert is_held_up() is is_stuck


@pytest.mark.parametrize(("tries", "is_stuck"), [(3, False), (4, True)])
def test_where_the_last_five_for_several_people_were_refused_mail_is_held_up(tries, is_stuck):
    sent(30)
    refused(5, tries=tries)

    assert is_held_up() is is_stuck


def test_what_was_set_aside_counts_among_those_that_were_refused():
    sent()
    refused(4, state="parked", tries=5)
    refused()

    assert is_held_up()


def test_so_do_letters_to_addresses():
    for number in range(5):
        refused(notice=None, address=f"{number}@example.org", body=b"sealed")

    assert is_held_up()


def test_it_asks_twice_however_much_there_is(django_assert_num_queries):
    sent(40)
    refused(40)

    with django_assert_num_queries(2):
        assert is_held_up()


# -- what a sender writes down ----------------------------------------------------------------
class Breaks(EmailBackend):
    def __init__(self, problem):
        super().__init__()
        self.problem = problem

    def send_messages(self, messages):
        raise self.problem


def no_answer(status):
    problem = OSError()
    problem.status_code = status
    return problem


@pytest.mark.parametrize(
    ("problem", "trouble"),
    [
        (SMTPRecipientsRefused({"a@example.org": (550, b"no")}), "SMTPRecipientsRefused"),
        (SMTPServerDisconnected(), "SMTPServerDisconnected"),
        (no_answer(422), "OSError"),
        (no_answer(503), "way: OSError"),
        (TimeoutError(), "way: TimeoutError"),
        (SMTPSenderRefused(550, b"no", "us@example.org"), "way: SMTPSenderRefused"),
    ],
)
def test_what_concerns_all_is_told_from_what_one_refuses(problem, trouble):
    DeliveryFactory(send_at=timezone.now())

    assert services.send_one(Round(Email(Breaks(problem)))) == 0
    assert Delivery.objects.get().trouble == trouble


@pytest.mark.parametrize(("tries", "trouble"), [(0, Delivery.HELD_UP), (3, "SMTPRecipientsRefused")])
def test_what_was_refused_and_waits_for_the_morning_is_not_held_up(tries, trouble):
    delivery = DeliveryFactory(tries=tries, trouble="SMTPRecipientsRefused", send_at=timezone.now())

    with time_machine.travel("2026-11-23 23:00:00+00:00", tick=False):
        assert services.send_due() == 0
    delivery.refresh_from_db()
    assert (delivery.trouble, str(delivery.send_at)) == (trouble, "2026-11-24 08:00:00+00:00")
