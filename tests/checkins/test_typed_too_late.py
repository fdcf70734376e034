"""What somebody typed is never lost, also when it comes too late to be kept."""

import pytest
import time_machine
from django.test import Client

from checkins.letters import link_path
from checkins.services import end_duty, read_words
from tests.checkins.conftest import CANARY, midnight

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]
SENT = {"words": CANARY, "readers": "me", "support": "call", "reach": "0113 496 0999"}
NEXT_MONDAY = "2026-11-30T09:00:00Z"


def page_of(checkin):
    return f"/check-in/{checkin.public_id}/"


def a_day_later():
    return time_machine.travel(NEXT_MONDAY)


@pytest.mark.parametrize(("late", "sent"), [(midnight, SENT), (a_day_later, SENT), (a_day_later, {"words": CANARY})])
def test_words_for_a_week_that_is_over_stay_on_the_page_and_are_not_kept(as_person, wren, answered, late, sent):
    with late():
        page = as_person(wren).post(page_of(answered), sent)

    text = page.content.decode()
    assert (page.status_code, CANARY in text, "That week is over" in text) == (422, True, True)
    assert 'btn-block" href="/check-in/"' in text
    assert read_words(wren, checkin=answered) == ""


def test_words_that_nobody_reads_any_more_stay_in_their_box(as_person, wren, answered, group, marisol):
    client = as_person(wren)
    sent = {"words": CANARY, "readers": str(group.public_id)}

    page = client.post(page_of(answered), {**sent, "support": "call"})
    end_duty(marisol, group=group)

    assert (page.status_code, CANARY in page.content.decode()) == (422, True)
    assert client.get(page_of(answered)).content.decode().count(CANARY) == 0


def test_a_link_that_is_closed_shows_nobody_anything_that_they_did_not_send(wren, answered):
    url = link_path(answered)
    with time_machine.travel(NEXT_MONDAY):
        pages = [Client().get(url), Client().post(url, {"mood": "1"})]

    assert [(page.status_code, b"textarea" in page.content) for page in pages] == [(404, False)] * 2


def test_what_was_typed_too_slowly_for_a_link_stays_to_be_copied(question):
    browser, url = Client(), link_path(question)
    with time_machine.travel("2026-11-23T10:00:00Z"):
        browser.post(url, {"mood": "1"})
    with time_machine.travel("2026-11-23T10:16:00Z"):
        page = browser.post(url, SENT)

    text = page.content.decode()
    assert (page.status_code, CANARY in text, "This link has done its work" in text) == (404, True, True)
    assert read_words(question.user, checkin=question) == ""
