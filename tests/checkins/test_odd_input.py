"""What nobody means to send: too much, hidden signs, other scripts, twice at once, and at the last second."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from checkins.letters import link_path
from checkins.models import CheckIn
from checkins.services import read_words
from people.models import AuditEntry
from tests.checkins.conftest import CANARY, MONDAY, midnight
from tests.factories import CheckInFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]
WHOLE = [
    "🌻 👩‍👩‍👧 🏳️‍🌈 zwei Zeilen\nund noch eine",
    "اليوم كان صعباً، لكنني بخير",
    "היה שבוע קשה",
    "นอนไม่หลับ café naïve Ωμέγα",
    "x" * 4000,
]


@pytest.fixture
def url(question):
    return link_path(question)


@pytest.fixture(params=["signed in", "through the link"])
def say(request, as_person, question, wren, url):
    """Send what goes with an answer, in both of the ways there are."""
    browser = as_person(wren) if request.param == "signed in" else Client()
    path = f"/check-in/{question.public_id}/" if request.param == "signed in" else url
    browser.post("/check-in/" if request.param == "signed in" else url, {"mood": "2"})

    return lambda **data: browser.post(path, {"readers": "me"} | data)


@pytest.mark.parametrize("words", WHOLE, ids=["emoji", "arabic", "hebrew", "marks", "as much as fits"])
def test_every_script_is_kept_whole(say, words, question):
    assert say(words=words).status_code == 302

    assert read_words(question.user, checkin=question) == words


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\x07", "\x1b"])
def test_what_turns_the_text_around_or_rings_is_left_out_and_the_words_stay(say, hidden, question):
    say(words=f"one{hidden} two")

    assert read_words(question.user, checkin=question) == "one two"


def test_more_than_fits_is_refused_and_still_in_the_box(say, question):
    words = CANARY + "y" * 4000
    response = say(words=words)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Nothing is cut, so make it shorter." in page
    assert words in page
    assert read_words(question.user, checkin=question) == ""


def test_a_hidden_zero_is_refused(say, question):
    response = say(words=f"{CANARY}\0more")

    assert response.status_code == 400
    assert CANARY not in response.content.decode()
    assert read_words(question.user, checkin=question) == ""


@pytest.mark.logs_errors
def test_ten_megabytes_are_refused_kindly_and_stand_nowhere(say, question, caplog):
    response = say(words=CANARY * 1_000_000)

    page = response.content.decode()
    assert response.status_code == 400
    assert "That was more than we can take" in page
    assert CANARY not in page
    assert CANARY not in caplog.text
    assert read_words(question.user, checkin=question) == ""


def test_a_wish_without_a_way_to_be_called_keeps_everything_typed(say):
    page = say(support="call", words="still here", reach="").content.decode()

    assert "Write the number that we should ring" in page
    assert "still here" in page


@pytest.mark.parametrize("mood", ["0", "6", "-1", "1.5", "good", "١", "1" * 5000, ""])
def test_only_one_of_the_five_is_an_answer(mood, url, question):
    assert Client().post(url, {"mood": mood}).status_code == 422

    assert CheckIn.objects.get().mood is None


def test_two_tabs_say_two_things_and_the_later_one_stands(url, question):
    one = Client()
    one.get(f"{url}?a=1")
    one.get(f"{url}?a=4")
    one.post(url, {"mood": "1"})
    one.post(url, {"mood": "4"})

    assert CheckIn.objects.get().mood == 4
    assert AuditEntry.objects.filter(action="checkin.answer").count() == 2


def test_the_second_click_in_the_mail_changes_nothing_by_itself(url, question):
    browser = Client()
    browser.post(url, {"mood": "1"})
    page = browser.get(f"{url}?a=5").content.decode()

    assert "very hard" in page
    assert CheckIn.objects.get().mood == 1


def test_saying_it_twice_is_said_once(say, question):
    for _click in range(2):
        assert say(support="write", words="once").status_code == 302

    assert CheckIn.objects.get().followups.count() == 1


def test_what_comes_after_midnight_is_refused_and_told_kindly(as_person, wren, question, url):
    with time_machine.travel("2026-11-29T23:50:00Z", tick=False):
        browser, linked = as_person(wren), Client()
        linked.post(url, {"mood": "3"})
        path = f"/check-in/{question.public_id}/"
    with midnight():
        page = linked.post(url, {"readers": "me", "words": CANARY})
        assert (page.status_code, CANARY in page.content.decode()) == (422, True)
        assert "That week is over" in page.content.decode()
    with time_machine.travel("2026-11-30T00:00:05Z", tick=False):
        assert browser.post(path, {"readers": "me", "words": CANARY}).status_code in {200, 422}
        assert linked.get(url).status_code == 404
    assert read_words(wren, checkin=question) == ""


def test_a_link_of_last_week_leads_to_a_way_to_answer(url, question):
    with time_machine.travel(MONDAY + timedelta(days=8), tick=False):
        CheckInFactory(user=question.user, week=question.week + timedelta(days=7))
        page = Client().get(url).content.decode()

    assert 'href="/check-in/"' in page
    assert "Wren" not in page


@pytest.mark.parametrize("header", ["Purpose", "Sec-Purpose", "X-Moz"])
def test_what_a_mail_program_looks_at_ahead_is_no_answer(header, url, question):
    assert Client().get(f"{url}?a=1", headers={header: "prefetch"}).status_code == 200

    question.refresh_from_db()
    assert (question.mood, question.state) == (None, "asked")
