"""The way out in every mail of the question: one click for a mail program, one button for a person."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from checkins.letters import opened_by, pause_path
from checkins.models import CheckIn, Rhythm
from notices.registry import topic
from people.models import AuditEntry
from tests.checkins.conftest import MONDAY
from tests.factories import RhythmFactory

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def url(question):
    RhythmFactory(user=question.user)
    return pause_path(question)


@pytest.fixture
def browser():
    """As a mail program sends it: without a cookie, and held to tokens as everybody is."""
    return Client(enforce_csrf_checks=True)


def rests():
    return Rhythm.objects.get().waits_for_return


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_pauses_nothing(method, browser, url):
    for _time in range(2):
        assert getattr(browser, method)(url).status_code == 200

    assert not rests()
    assert not AuditEntry.objects.exists()


def test_a_forged_link_pauses_nobody_and_tells_nothing(browser, url, question):
    for path in ("/c/nothing/pause/", url.replace("/pause/", "x/pause/")):
        response = browser.post(path, ONE_CLICK)
        assert response.status_code == 404
        assert "This link has done its work" in response.content.decode()
    assert not rests()


def test_one_click_of_a_mail_program_pauses_without_a_token(browser, url, question):
    response = browser.post(url, ONE_CLICK)

    assert (response.status_code, rests()) == (200, True)
    assert "These messages rest" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert list(AuditEntry.objects.values_list("action", "actor")) == [("rhythm.pause", question.user_id)]
    browser.post(url, ONE_CLICK)
    assert AuditEntry.objects.count() == 1


def test_there_is_a_way_back_on_the_page(browser, url):
    browser.post(url, ONE_CLICK)
    page = browser.post(url, {"back": "1"}).content.decode()

    assert "You need no reason." in page
    assert not rests()


def test_the_page_names_nobody(browser, url, group):
    for page in (browser.get(url), browser.post(url, ONE_CLICK)):
        for name in ("Wren", "Marisol", "Tunde", group.name, "check-in"):
            assert name not in page.content.decode()


def test_it_answers_no_question(browser, url, question):
    browser.post(url, ONE_CLICK | {"mood": "1"})

    question.refresh_from_db()
    assert (question.state, question.mood) == (CheckIn.State.ASKED, None)


def test_it_works_when_the_question_is_long_over(browser, url, question):
    with time_machine.travel(MONDAY + timedelta(days=100), tick=False):
        browser.post(url, ONE_CLICK)
    assert rests()
    with time_machine.travel(MONDAY + timedelta(days=366), tick=False):
        assert browser.post(url, {"back": "1"}).status_code == 404
    assert rests()


def test_a_pause_until_a_day_becomes_one_without_an_end(browser, url, wren):
    Rhythm.objects.update(paused_at=MONDAY, paused_until=MONDAY.date() + timedelta(days=7))
    browser.post(url, ONE_CLICK)

    assert rests()


def test_the_mail_program_is_told_this_address(url, question):
    ids = {"week": question.week.isoformat()}

    paths = topic("checkin.ask").paths(ids, question.user)

    assert paths.unsubscribe == f"{paths.link}pause/"
    assert opened_by(paths.link.split("/")[2]) == opened_by(url.split("/")[2]) == question
    assert topic("checkin.ask").alone
