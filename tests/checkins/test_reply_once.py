"""A click that comes twice, or four at once, is one message; and no click takes away words."""

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from checkins.services import read_thread, write_reply
from tests.factories import FollowUpFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def followup(group, wren):
    return FollowUpFactory(about=wren, group=group, cause="support")


def words_of(user, followup):
    return [line.words for line in read_thread(user, followup=followup)]


def at_once(*calls):
    def run(call):
        try:
            return call().followup_id
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_the_same_click_is_one_message_and_other_words_are_another(followup, wren, marisol):
    once = uuid4()
    first = write_reply(wren, followup=followup, words="First", once=once)
    assert write_reply(wren, followup=followup, words="First", once=once) == first
    write_reply(marisol, followup=followup, words="First", once=once)
    for _click in (1, 2):
        write_reply(wren, followup=followup, words="A step back, and other words", once=once)

    assert words_of(wren, followup) == ["First", "First", "A step back, and other words"]


def test_what_was_taken_back_and_is_sent_again_from_the_old_page_is_sent_with_its_words(followup, wren, as_person):
    browser, path = as_person(wren), f"/you/replies/{followup.public_id}/"
    (once,) = set(re.findall(r'name="once" value="([^"]+)"', browser.get(path).content.decode()))
    sent = {"words": "I am not well", "once": once}
    browser.post(path, sent)
    browser.post(f"/replies/{read_thread(wren, followup=followup)[0].public_id}/take-back/")
    assert words_of(wren, followup) == [""]

    for _click in (1, 2):
        answer = browser.post(path, sent, follow=True)
        assert "Sent." in answer.content.decode()
    assert words_of(wren, followup) == ["", "I am not well"]


@pytest.mark.parametrize("changed", [False, True])
def test_a_double_click_says_hello_once(changed, followup, marisol, wren, as_person):
    path, browser = f"/follow-up/{followup.public_id}/hello/", as_person(marisol)
    shown = browser.post(path, {"hello": "0", "change": "1"}) if changed else browser.get(path)
    (once,) = set(re.findall(r'name="once" value="([^"]+)"', shown.content.decode()))
    for _click in range(3):
        assert (
            browser.post(path, ({"words": "Hello"} if changed else {"hello": "0"}) | {"once": once}).status_code == 302
        )

    assert len(words_of(wren, followup)) == 1


def test_a_click_of_one_thread_is_none_of_another(followup, group, wren):
    other = FollowUpFactory(about=wren, group=group, cause="support")
    once = uuid4()
    for thread in (followup, other):
        write_reply(wren, followup=thread, words="Hello", once=once)

    assert (words_of(wren, followup), words_of(wren, other)) == (["Hello"], ["Hello"])


@pytest.mark.parametrize(("same", "kept"), [(True, 1), (False, 4)])
def test_four_clicks_at_once_are_one_message(same, kept, followup, wren):
    """Without the mark of a click they are four: the race can be lost."""
    once = uuid4()
    ends = at_once(*[lambda: write_reply(wren, followup=followup, words="Hello", once=once if same else None)] * 4)

    assert ends == [followup.pk] * 4
    assert words_of(wren, followup) == ["Hello"] * kept
