"""Somebody else holds the mailbox, and with it every link that was ever sent (safety.md T1)."""

import pytest
from django.test import Client

from checkins.letters import link_path, pause_path
from checkins.models import CheckIn, FollowUp, Rhythm
from checkins.services import answer_checkin, pause, read_words, say_more
from tests.checkins.conftest import CANARY
from tests.factories import RhythmFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("duty")]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def url(question):
    return link_path(question)


@pytest.fixture
def partner():
    return Client()


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
    before = partner.get(pause_path(question)).content
    pause(wren, until=None)

    assert partner.get(pause_path(question)).content == before
