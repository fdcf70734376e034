"""The link in a mail: opens one question, tells nothing, records only what is sent."""

from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from checkins.letters import SALT, link_path
from checkins.models import CheckIn, FollowUp
from checkins.services import answer_checkin, read_words
from notices.letters import unsubscribe_path
from people.letters import close_token
from people.models import AuditEntry
from tests.checkins.conftest import CANARY, MONDAY, midnight
from tests.factories import CheckInFactory, FacilitatorFactory, MembershipFactory, answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]


@pytest.fixture
def url(question):
    return link_path(question)


@pytest.fixture
def browser():
    return Client()


def closed(response):
    page = response.content.decode()
    return response.status_code == 404 and "This link has done its work" in page and "/check-in/" in page


def answer_here(browser, url, mood=1):
    return browser.post(url, {"mood": mood})


# -- what it does not do ----------------------------------------------------------------------
def test_forged_foreign_and_old_links_get_the_same_kind_page(browser, url, question):
    forged = [
        unsubscribe_path(question.user, "news").replace("/m/", "/c/"),
        f"/c/{close_token(SALT, bytes(20))}/",
        f"/c/{close_token(SALT, question.public_id.bytes)}/",
        f"/c/{signing.dumps({'a': 1}, salt=SALT)}/",
        url[:-2] + ("A" if url[-2] != "A" else "B") + "/",
        "/c/nothing/",
        f"/c/{signing.dumps(str(question.public_id), salt='another')}/",
        f"/c/{signing.dumps('no id', salt=SALT)}/",
        f"/c/{signing.dumps('00000000-0000-0000-0000-000000000000', salt=SALT)}/",
    ]
    pages = [browser.get(path) for path in forged]
    before = f"/c/{signing.dumps(str(question.public_id), salt=SALT)}/"
    with time_machine.travel(MONDAY + timedelta(days=16), tick=False):
        pages += [browser.get(url), browser.get(before)]

    assert all(closed(page) for page in pages)
    assert len({page.content for page in pages}) == 1


def test_links_that_were_sent_before_still_open_their_question(browser, question):
    before = f"/c/{signing.dumps(str(question.public_id), salt=SALT)}/"

    assert question.prompt in browser.get(before).text


def test_the_same_question_looks_like_nothing_in_two_links(question):
    tokens = [urlsafe_b64decode(link_path(question).split("/")[2]) for _time in range(2)]

    assert {len(token) for token in tokens} == {48}
    assert not {tokens[0][at : at + 4] for at in range(45)} & {tokens[1][at : at + 4] for at in range(45)}
    assert not any(
        question.public_id.bytes[:4] in token or str(question.public_id).encode() in token for token in tokens
    )


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("query", ["", "?a=1", "?a=99", "?change=1", "?mood=1", "?skip=1"])
def test_looking_records_nothing(method, query, browser, url, question):
    with CaptureQueriesContext(connection) as queries:
        response = getattr(browser, method)(url + query)

    assert response.status_code == 200
    assert not [q for q in queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    question.refresh_from_db()
    assert (question.state, question.mood) == ("asked", None)
    assert browser.cookies.get("sessionid") is None


def test_the_question_names_nobody(browser, url, question, group, wren):
    page = browser.get(url).content.decode()

    for name in ("Wren", "Marisol", "Tunde", group.name, wren.email):
        assert name not in page
    assert question.prompt in page


def test_no_page_of_the_link_may_be_kept_or_found(browser, url):
    for path in (url, "/c/nothing/"):
        response = browser.get(path)
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex"


def test_once_used_it_reveals_nothing_to_another_browser(browser, url, question):
    answer_here(browser, url)

    other = Client()
    assert closed(other.get(url))
    assert closed(other.post(url, {"mood": 5}))
    assert closed(other.post(url, {"support": "no", "words": "x", "readers": "me"}))
    question.refresh_from_db()
    assert question.mood == 1


def test_a_quarter_of_an_hour_later_the_page_is_closed_in_the_same_browser_too(browser, url):
    answer_here(browser, url)
    with time_machine.travel(MONDAY + timedelta(minutes=14), tick=False):
        assert "closes by itself after a quarter of an hour" in browser.get(url).text
    with time_machine.travel(MONDAY + timedelta(minutes=16), tick=False):
        assert closed(browser.get(url))


def test_it_does_not_sign_in(browser, url):
    answer_here(browser, url)

    assert browser.get("/check-in/").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_somebody_who_is_no_longer_active_has_no_link(browser, url, wren):
    wren.move_to("suspended")
    wren.save()

    assert closed(browser.get(url))


def test_words_written_before_are_not_shown(browser, url, question):
    answer_here(browser, url)
    answer(question, CANARY)

    page = browser.get(url).content.decode()
    assert CANARY not in page
    assert "it is not shown here" in page


# -- what it does -----------------------------------------------------------------------------
def test_a_link_preselects_and_a_post_records(browser, url, question, wren):
    assert 'value="2" id="id_mood_1" checked' in browser.get(url + "?a=2").content.decode()
    assert "checked" not in browser.get(url).content.decode()

    response = answer_here(browser, url, 2)

    assert (response.status_code, response["Location"]) == (302, url)
    question.refresh_from_db()
    assert (question.mood, question.state, question.share) == (2, "answered", "")
    assert list(AuditEntry.objects.values_list("action", "actor")) == [("checkin.answer", wren.pk)]


def test_nothing_picked_is_said_in_words(browser, url):
    response = browser.post(url, {})

    assert response.status_code == 422
    assert "Pick the one that fits this week best" in response.content.decode()


def test_the_lowest_answer_shows_the_help_block_before_the_form(browser, url):
    answer_here(browser, url, 1)
    page = browser.get(url).content.decode()
    assert page.index("If it feels like too much right now") < page.index("Would you like some support?")

    answer_here(browser, url, 4)
    assert "If it feels like too much right now" not in browser.get(url).content.decode()


def test_nothing_is_chosen_beforehand(browser, url):
    answer_here(browser, url)

    assert " checked" not in browser.get(url).content.decode()


def test_asking_for_support_through_the_link(browser, url, question, group):
    answer_here(browser, url)
    response = browser.post(url, {"support": "write", "words": CANARY, "readers": "me"})
    assert response.status_code == 302

    page = browser.get(url).content.decode()
    assert "Marisol or Tunde will write to you by Tuesday 24 November, 12:00 pm." in page
    assert "not yet seen" in page
    assert CANARY not in page
    assert read_words(question.user, checkin=question) == CANARY
    assert FollowUp.objects.get().group == group


def test_an_empty_box_keeps_what_was_written(browser, url, question):
    answer_here(browser, url)
    browser.post(url, {"words": CANARY, "readers": "me"})
    browser.post(url, {"words": "", "readers": "me"})

    assert read_words(question.user, checkin=question) == CANARY


def test_what_was_typed_is_still_there_when_something_is_missing(browser, url):
    answer_here(browser, url)
    response = browser.post(url, {"support": "call", "words": "still here"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "still here" in page
    assert "Write the number that we should ring" in page
    assert "Choose who may read your answer" in page


def test_several_groups_are_told_apart_by_who_runs_them(browser, url, wren, group):
    other = FacilitatorFactory(alias="Kofi", group__name="Men, talking").group
    MembershipFactory(user=wren, group=other)
    answer_here(browser, url)

    page = browser.get(url).content.decode()
    assert "Kofi" in page
    assert group.name not in page
    assert other.name not in page

    response = browser.post(url, {"support": "write", "readers": "me"})
    assert "Choose who should get in touch" in response.content.decode()
    browser.post(url, {"support": "write", "readers": "me", "by": str(other.public_id)})
    assert FollowUp.objects.get().group == other


def test_pressing_the_wrong_one_is_put_right(browser, url, question):
    answer_here(browser, url, 1)
    assert 'value="1" id="id_mood_0" checked' in browser.get(url + "?change=1").content.decode()
    answer_here(browser, url, 3)

    question.refresh_from_db()
    assert question.mood == 3


def test_skipping_through_the_link(browser, url, question):
    response = browser.post(url, {"skip": "1"})

    assert "We will not chase you" in response.content.decode()
    question.refresh_from_db()
    assert question.state == "lapsed"


def test_its_own_person_signed_in_goes_to_their_page(as_person, url, question, wren):
    answer_checkin(wren, checkin=question, mood=3)

    assert as_person(wren).get(url)["Location"] == f"/check-in/{question.public_id}/"


def test_somebody_else_signed_in_on_the_computer_changes_nothing_of_that(as_person, url, question, marisol):
    assert answer_here(as_person(marisol), url, 3).status_code == 302

    assert CheckIn.objects.get().user == question.user


def test_a_newer_question_closes_the_older_link(browser, url, question):
    with time_machine.travel(MONDAY + timedelta(days=8), tick=False):
        assert browser.get(url).status_code == 200
        CheckInFactory(user=question.user, week=question.week + timedelta(days=7))
        assert closed(browser.get(url))


@pytest.mark.parametrize("sent", [{"mood": 5}, {"skip": "1"}])
def test_a_link_closes_at_midnight_even_while_the_button_is_pressed(browser, url, question, sent):
    with time_machine.travel("2026-11-29T23:30:00Z", tick=False):
        answer_here(browser, url)

    with midnight():
        assert closed(browser.post(url, sent | {"mood": 5}))
    question.refresh_from_db()
    assert question.mood != 5
