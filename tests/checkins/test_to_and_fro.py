"""A follow-up that is taken on and handed back in turns: who hears of it again, and when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.services import hand_back_followup, hand_over_followup, take_followup
from notices.models import Delivery, Notice
from tests.checkins.conftest import MONDAY
from tests.factories import FollowUpFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def followup(group, wren):
    return FollowUpFactory(about=wren, group=group)


def _to_and_fro(followup, person, times=3):
    for _turn in range(times):
        take_followup(person, followup=followup)
        hand_back_followup(person, followup=followup)


def test_who_was_told_is_not_told_again_before_they_have_read_it(followup, marisol, tunde, time_machine):
    _to_and_fro(followup, marisol)
    Delivery.objects.update(state="sent", sent_at=MONDAY)
    time_machine.move_to(MONDAY + timedelta(hours=2), tick=False)
    _to_and_fro(followup, marisol)

    assert list(Notice.objects.values_list("user", flat=True)) == [tunde.pk]


def test_nor_while_their_mail_has_not_left(followup, marisol, tunde, time_machine):
    _to_and_fro(followup, marisol)
    Notice.objects.update(read_at=MONDAY)
    time_machine.move_to(MONDAY + timedelta(days=2), tick=False)
    _to_and_fro(followup, marisol)

    assert list(Notice.objects.values_list("user", flat=True)) == [tunde.pk]


def test_who_has_read_it_hears_again_once_an_hour(followup, marisol, tunde, time_machine):
    for hour in range(3):
        time_machine.move_to(MONDAY + timedelta(hours=hour), tick=False)
        _to_and_fro(followup, marisol)
        Notice.objects.update(read_at=timezone.now())
        Delivery.objects.update(state="sent", sent_at=timezone.now())

    assert list(Notice.objects.values_list("user", flat=True)) == [tunde.pk] * 3


def test_whom_it_is_given_to_hears_of_it_although_everybody_was_told_before(followup, marisol, tunde):
    _to_and_fro(followup, marisol)
    hand_over_followup(marisol, followup=followup, to=tunde, due_at=MONDAY + timedelta(days=2))

    assert list(Notice.objects.values_list("user", flat=True)) == [tunde.pk] * 2
