"""What must never be false about messages."""

import pytest
from django.utils import timezone

from notices.models import Delivery, MailTrouble, Notice, Preference
from tests.catalogue import refused_by
from tests.factories import DeliveryFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db


def change(delivery, **fields):
    Delivery.objects.filter(pk=delivery.pk).update(**fields)


def test_nobody_is_told_the_same_thing_twice():
    notice = NoticeFactory()

    with refused_by("notice_once"):
        Notice.objects.create(user=notice.user, key=notice.key, topic="other")


def test_one_delivery_a_channel():
    delivery = DeliveryFactory()

    with refused_by("delivery_once"):
        Delivery.objects.create(notice=delivery.notice)


def test_what_was_sent_says_when():
    with refused_by("delivery_sent_has_time"):
        change(DeliveryFactory(), state="sent")


def test_a_delivery_is_in_one_of_four_states():
    with refused_by("delivery_state"):
        change(DeliveryFactory(), state="lost")


def test_nothing_of_a_letter_stays_after_sending():
    delivery = DeliveryFactory(notice=None, address="guest@example.org", body=b"sealed")

    with refused_by("delivery_sent_is_emptied"):
        change(delivery, state="sent", sent_at=timezone.now())


def test_a_waiting_delivery_is_for_somebody():
    with refused_by("delivery_to_somebody"):
        Delivery.objects.create()


def test_only_what_was_dropped_says_why():
    with refused_by("delivery_dropped_says_why"):
        change(DeliveryFactory(), dropped_for="late")


def test_what_another_mail_told_was_sent():
    carrier = DeliveryFactory(state="sent", sent_at=timezone.now())

    with refused_by("delivery_carried_was_sent"):
        change(DeliveryFactory(), carried_by=carrier)


def test_an_area_is_on_or_off_and_not_both():
    user = UserFactory()
    Preference.objects.create(user=user, area="news", wanted=True)

    with refused_by("preference_once"):
        Preference.objects.create(user=user, area="news", wanted=False)


def test_an_address_came_back_or_complained():
    with refused_by("mailtrouble_kind"):
        MailTrouble.objects.create(user=UserFactory(), address="wren@example.org", kind="bored")
