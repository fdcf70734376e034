"""/manage/mail/: whether messages leave and arrive."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from notices.models import Delivery, MailTrouble
from notices.services import send_due
from tests.factories import DeliveryFactory, UserFactory

pytestmark = pytest.mark.django_db
PATH = "/manage/mail/"


@pytest.fixture
def noon():
    with time_machine.travel("2026-11-23 12:00:00+00:00", tick=False):
        yield


def trouble(**more):
    person = UserFactory(**more)
    return MailTrouble.objects.create(user=person, address=person.email, kind="complained").user


def test_nobody_else_sees_it_or_sends_anything(stranger):
    person = trouble()

    for method, path in (("get", PATH), ("post", f"{PATH}test/"), ("post", f"{PATH}{person.public_id}/again/")):
        assert getattr(stranger, method)(path).status_code == 403
    assert (MailTrouble.objects.count(), Delivery.objects.count()) == (1, 0)


def test_while_all_is_well_it_says_so(browser):
    text = browser.get(PATH).text

    assert ("None that we know of." in text, "The mail server is away" in text) == (True, False)


def test_whose_address_does_not_work_by_name_and_never_why(browser):
    person = trouble(display_name="Wren", email="wren@example.org")
    MailTrouble.objects.create(user=UserFactory(display_name="Moved"), address="old@example.org", kind="bounced")

    text = browser.get(PATH).text

    assert ("Wren" in text, "Moved" in text) == (True, False)
    assert [word for word in ("wren@example.org", "spam", "complain", "unwanted") if word in text] == []
    assert "Addresses that mail comes back from: Under 5" in browser.get("/manage/").text
    assert "Mail to them comes back" in browser.get(f"/manage/members/{person.public_id}/").text


def test_an_address_is_tried_again(browser):
    person = trouble()

    assert browser.post(f"{PATH}{person.public_id}/again/").url == PATH
    assert not MailTrouble.objects.exists()
    assert browser.post(f"{PATH}{UserFactory().public_id}/again/", follow=True).status_code == 200
    assert browser.post(f"{PATH}00000000-0000-4000-8000-000000000000/again/").status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_it_asks_the_same_for_one_and_for_thirty(browser, django_assert_num_queries, number):
    for _ in range(number):
        trouble()
    DeliveryFactory.create_batch(number, state="dropped", dropped_for="late")
    browser.get(PATH)

    with django_assert_num_queries(11):  # with those that are tried again, and whether all are refused
        text = browser.get(PATH).text

    assert text.count(">Try again<") == number


def test_why_messages_were_let_go_in_the_last_day(browser):
    now = timezone.now()
    for why, number in {"late": 6, "over": 1, "no_address": 5, "not_asked": 7}.items():
        DeliveryFactory.create_batch(number, state="dropped", dropped_for=why, send_at=now)
    DeliveryFactory.create_batch(9, state="dropped", dropped_for="not_listed", send_at=now - timedelta(days=2))

    text = browser.get(PATH).text

    order = ["Its reader wants no such mail", "too late to be of use", "The address does not work", "is over"]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
    assert ("<dd>7</dd>" in text, "<dd>Under 5</dd>" in text, "test system" in text) == (True, True, False)


def test_since_when_nothing_leaves(noon, browser):
    DeliveryFactory(send_at=timezone.now() - timedelta(hours=2))

    text = browser.get(PATH).text

    assert "Nothing has left since Monday 23 November, 10:00 am" in text


def test_an_address_that_takes_nothing_is_tried_again_and_nothing_is_held_up(noon, browser):
    soon = timezone.now() + timedelta(minutes=50)
    DeliveryFactory(tries=4, trouble="SMTPRecipientsRefused", send_at=soon)
    DeliveryFactory(tries=2, trouble="SMTPRecipientsRefused", send_at=timezone.now())

    text = browser.get(PATH).text

    assert "<dt>Tried again later</dt><dd>Under 5" in text
    assert "<dt>Waiting to leave</dt><dd>0</dd>" in text
    assert "The mail server is away" not in text
    assert "Messages that wait" not in browser.get("/manage/").text


def test_since_when_nothing_leaves_is_said_of_what_is_held_up(noon, browser):
    now = timezone.now()
    held = {"tries": 4, "trouble": f"{Delivery.WAY}ReadTimeout", "send_at": now + timedelta(minutes=50)}
    DeliveryFactory(notice__created_at=now - timedelta(hours=1), **held)
    DeliveryFactory(send_at=now - timedelta(minutes=1))

    assert "Nothing has left since Monday 23 November, 11:00 am" in browser.get(PATH).text


def test_by_night_it_says_so_too(noon, browser):
    now = timezone.now()
    DeliveryFactory(send_at=now + timedelta(hours=8), notice__created_at=now - timedelta(hours=5), trouble="")
    assert "Nothing has left since" not in browser.get(PATH).text

    Delivery.objects.update(trouble=Delivery.HELD_UP)
    assert "Nothing has left since Monday 23 November, 7:00 am" in browser.get(PATH).text
    assert "Messages that wait to be sent: Under 5" in browser.get("/manage/").text


def test_a_test_mail_goes_the_way_of_all_others_and_says_what_became_of_it(noon, browser, admin):
    page = browser.post(f"{PATH}test/").url.removesuffix("#test")
    assert "It waits to leave." in browser.get(page).text

    assert send_due() == 1

    assert (mail.outbox[0].to, mail.outbox[0].subject) == ([admin.email], "A message for you")
    assert "It left: Monday 23 November, 12:00 pm." in browser.get(page).text


def test_a_test_mail_that_does_not_leave_says_what_kind_of_trouble(browser):
    page = browser.post(f"{PATH}test/").url.removesuffix("#test")

    Delivery.objects.update(tries=1, trouble="SMTPServerDisconnected")
    assert "It did not leave yet (SMTPServerDisconnected). We try again." in browser.get(page).text

    Delivery.objects.update(state="parked", address="", body=None)
    assert "we have stopped trying (SMTPServerDisconnected)" in browser.get(page).text

    Delivery.objects.update(state="dropped", dropped_for="not_listed")
    assert "It was let go. The address is not on the list" in browser.get(page).text


@pytest.mark.parametrize("number", ["", "x", "00000000-0000-4000-8000-000000000000", "%F0%9F%90%A6"])
def test_a_number_that_is_no_test_mail_shows_nothing(browser, number):
    text = browser.get(f"{PATH}?test={number}").text

    assert 'role="status"' not in text.split("<main")[1].split("<footer")[0]


def test_a_mail_to_somebody_else_is_no_test_mail(browser):
    delivery = DeliveryFactory()

    assert "It waits to leave." not in browser.get(f"{PATH}?test={delivery.public_id}").text
