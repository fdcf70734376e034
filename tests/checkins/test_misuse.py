"""Somebody else holds the mailbox, and with it every link that was ever sent (safety.md T1)."""

from datetime import time, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from checkins.letters import link_path, pause_path
from checkins.models import CheckIn, FollowUp, Rhythm
from checkins.services import (
    answer_checkin,
    hand_over_followup,
    pause,
    read_words,
    say_more,
    take_back_followup,
)
from notices.models import Notice
from notices.services import send_due
from people.models import User
from tests.checkins.conftest import CANARY, MONDAY
from tests.factories import FollowUpFactory, RhythmFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("duty")]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def url(question):
    return link_path(question)


@pytest.fixture
def partner():
    return Client()


@pytest.fixture
def awake(marisol, tunde):
    User.objects.update(quiet_from=time(0), quiet_to=time(0))


def asks_for_help(wren, question, group, words=CANARY):
    """She answers anew, signed in, elsewhere."""
    answer_checkin(wren, checkin=question, mood=1)
    say_more(wren, checkin=question, support="write", words=words, share=CheckIn.Share.FACILITATORS, group=group)


def test_whoever_answered_first_sees_nothing_of_what_she_says_after_that(partner, url, question, wren, group):
    partner.post(url, {"mood": "5"})
    asks_for_help(wren, question, group)

    for path in (url, f"{url}?change=1"):
        response = partner.get(path)
        assert response.status_code == 404
        assert "Marisol" not in response.content.decode()


def test_whoever_answered_first_takes_no_cry_back(partner, url, question, wren, group):
    partner.post(url, {"mood": "5"})
    asks_for_help(wren, question, group)

    for data in ({"mood": "5"}, {"readers": "me", "support": "no", "words": "fine"}, {"skip": "1"}):
        assert partner.post(url, data).status_code == 404

    question.refresh_from_db()
    assert (question.mood, question.support, question.share) == (1, "write", "facilitators")
    assert read_words(wren, checkin=question) == CANARY
    assert FollowUp.objects.get().is_open


def test_words_alone_close_the_link_too(partner, url, question, wren):
    partner.post(url, {"mood": "5"})
    say_more(wren, checkin=question, support="", words=CANARY, share="me", group=None)

    assert partner.get(url).status_code == 404
    partner.post(url, {"readers": "me", "support": "no", "words": "other words"})
    assert read_words(wren, checkin=question) == CANARY


def test_whoever_answers_goes_on_through_the_link(partner, url, question, wren, group):
    partner.post(url, {"mood": "2"})
    data = {"readers": str(group.public_id), "support": "write", "words": "first"}

    assert partner.post(url, data).status_code == 302
    assert partner.post(url, data | {"words": "second"}).status_code == 302
    assert partner.post(f"{url}?change=1", {"mood": "1"}).status_code == 302
    assert partner.get(url).status_code == 200
    assert read_words(wren, checkin=question) == "second"


# -- her pause --------------------------------------------------------------------------------
def test_a_link_ends_no_pause_that_was_made_elsewhere(partner, question, wren):
    """She may rest because somebody reads her mail."""
    RhythmFactory(user=wren)
    pause(wren, until=None)

    partner.post(pause_path(question), {"back": "1"})

    assert Rhythm.objects.get().waits_for_return


def test_a_link_does_not_tell_whether_she_pauses(partner, question, wren):
    RhythmFactory(user=wren)
    path = pause_path(question)
    before = partner.get(path).content
    pause(wren, until=None)

    assert partner.get(path).content == before


# -- a wish that is taken back and said again -------------------------------------------------
@pytest.mark.usefixtures("awake")
def test_who_asks_again_after_taking_it_back_is_heard_again(question, wren, group, marisol):
    asks_for_help(wren, question, group)
    say_more(wren, checkin=question, support="no", words="", share="me", group=None)
    send_due()  # the message is of no use at that moment
    mail.outbox.clear()

    asks_for_help(wren, question, group)
    send_due()

    assert [letter.to for letter in mail.outbox] == [[marisol.email]]


@pytest.mark.usefixtures("awake")
def test_who_asks_and_takes_back_all_day_floods_nobody(question, wren, group, marisol):
    for _time in range(12):
        asks_for_help(wren, question, group)
        say_more(wren, checkin=question, support="no", words="", share="me", group=None)

    assert Notice.objects.filter(user=marisol).count() <= 4


def test_giving_the_same_thing_again_and_again_floods_nobody(marisol, tunde, wren, group):
    row = FollowUpFactory(about=wren, group=group, owner=marisol, state="taken", cause="hand", key="hand x")
    due = row.due_at
    for minute in range(10):
        with time_machine.travel(MONDAY + timedelta(minutes=minute), tick=False):
            hand_over_followup(marisol, followup=row, to=tunde, due_at=due + timedelta(days=1))
            take_back_followup(marisol, followup=row)

    assert Notice.objects.filter(user=tunde).count() <= 2
