"""The pages of a thread, of a hello and of handing over, as people use them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.models import FollowUp, Reply
from checkins.services import close_followup, take_followup
from notices.models import Notice
from people.models import AuditEntry
from people.reader import as_reader
from sessions.models import Seat
from tests.checkins.conftest import CANARY, MONDAY
from tests.factories import (
    CheckInFactory,
    CrisisLineFactory,
    FacilitatorFactory,
    FollowUpFactory,
    MembershipFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
    reply,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def followup(group, wren):
    return FollowUpFactory(about=wren, group=group, cause="support")


@pytest.fixture
def missed(group, wren):
    session = SessionFactory(group=group, starts_in=timedelta(days=-1))
    return FollowUpFactory(about=wren, group=group, cause="missed", session=session, key="missed 1")


@pytest.fixture
def quiet(group, wren):
    """Wren was not there three times."""
    for days in (21, 14, 7):
        session = SessionFactory(group=group, starts_in=timedelta(days=-days))
        mark = {"marked_by": UserFactory(), "marked_at": timezone.now(), "state": "declined", "answered_at": None}
        Seat.objects.create(session=session, user=wren, came="away", **mark)
    return group.memberships.get(user=wren)


def of(followup, verb=""):
    return f"/follow-up/{followup.public_id}/{verb}"


def mine(followup, page="replies"):
    return f"/you/{page}/{followup.public_id}/"


def page(response):
    return response.content.decode()


# -- who may not ------------------------------------------------------------------------------
def test_what_is_somebody_elses_is_not_there(followup, missed, quiet, group, as_person, marisol, wren):
    reply(followup, wren, CANARY)
    strangers = [FacilitatorFactory().user, MembershipFactory(group=group).user]
    for user in strangers:
        browser = as_person(user)
        for path in (of(followup), of(missed, "hello/"), f"/follow-up/quiet/{quiet.public_id}/", mine(followup)):
            assert browser.get(path).status_code == 404
        for path in (of(followup, "write/"), of(followup, "hand-over/"), of(followup, "leave/"), mine(missed, "hello")):
            assert browser.post(path, {"words": "x", "said": "fine"}).status_code == 404
    assert as_person(marisol).get(mine(followup)).status_code == 404
    assert as_person(wren).get(of(followup)).status_code == 404


def test_the_person_finds_no_thread_before_they_were_written_to(missed, as_person, wren, marisol):
    browser = as_person(wren)
    assert browser.get(mine(missed)).status_code == 404

    reply(missed, marisol, "Hello")
    assert browser.get(mine(missed)).status_code == 200


# -- writing to each other ------------------------------------------------------------------------
def test_a_message_and_its_answer(followup, as_person, marisol, wren):
    keeper, person = as_person(marisol), as_person(wren)
    keeper.post(of(followup, "write/"), {"words": f"Hello {CANARY}"})

    read = page(person.get(mine(followup)))
    assert ("Marisol wrote" in read, f"Hello {CANARY}" in read) == (True, True)
    assert "Marisol" not in read[: read.index("</title>")]
    assert person.post(mine(followup), {"words": "Thank\nyou"}, follow=True).status_code == 200
    assert "Thank" in page(keeper.get(of(followup)))


def test_a_double_click_writes_once_on_either_side(followup, as_person, marisol, wren):
    for user, shown, sent in [
        (marisol, of(followup), of(followup, "write/")),
        (wren, mine(followup), mine(followup)),
    ]:
        browser = as_person(user)
        (once,) = set(re.findall(r'name="once" value="([^"]+)"', page(browser.get(shown))))
        for _click in range(3):
            assert browser.post(sent, {"words": "Hello", "once": once}).status_code == 302

    with as_reader(wren):
        assert [row.author for row in Reply.objects.order_by("pk")] == [marisol, wren]


@pytest.mark.parametrize("once", ["x", "1" * 5000, "\u202e"])
def test_an_odd_mark_of_a_click_loses_no_word(once, followup, as_person, wren):
    answer = as_person(wren).post(mine(followup), {"words": CANARY, "once": once})

    assert answer.status_code == 422
    assert CANARY in page(answer)


def test_the_page_says_who_reads_when_and_where_help_is(followup, as_person, wren):
    CrisisLineFactory()
    read = page(as_person(wren).get(mine(followup)))

    assert "Marisol or Tunde: Monday to Friday, 9:00 am to 5:00 pm" in read
    assert 'href="#help"' in read
    assert "not yet seen" in read


def test_nothing_anywhere_says_that_the_other_one_read_it(followup, as_person, marisol, wren):
    keeper, person = as_person(marisol), as_person(wren)
    keeper.post(of(followup, "write/"), {"words": "Hello"})
    keeper.get(of(followup))  # the flash is gone
    before = page(keeper.get(of(followup)))
    person.get(mine(followup))

    assert _still(page(keeper.get(of(followup)))) == _still(before)
    assert not AuditEntry.objects.filter(actor=wren).exists()


def _still(text):
    """Without what is new in every answer."""
    return [line for line in text.splitlines() if "csrf" not in line and 'name="once"' not in line]


@pytest.mark.parametrize(
    ("words", "sentence"), [("  ", "Write a few words first"), ("x" * 4001, "That is 4001 signs long. Keep it to 4000")]
)
def test_what_cannot_be_sent_stays_in_its_box(words, sentence, followup, as_person, marisol, wren):
    for user, path in ((marisol, of(followup, "write/")), (wren, mine(followup))):
        response = as_person(user).post(path, {"words": words})
        assert (response.status_code, sentence in page(response)) == (422, True)
        assert words.strip() in page(response)
    with as_reader(marisol):
        assert not Reply.objects.exists()


def test_four_thousand_signs_are_kept_whole(followup, as_person, wren):
    words = "\U0001f331" * 3999 + "."
    as_person(wren).post(mine(followup), {"words": words})

    assert words in page(as_person(wren).get(mine(followup)))


def test_when_it_was_closed_meanwhile_the_words_are_still_there(followup, as_person, marisol, tunde, wren):
    reply(followup, marisol, "Hello")
    take_followup(marisol, followup=followup)
    late = as_person(tunde).post(of(followup, "write/"), {"words": f"late {CANARY}"})
    assert (late.status_code, f"late {CANARY}" in page(late)) == (422, True)
    assert "Somebody else has just taken this." in page(late)

    close_followup(marisol, followup=followup, outcome="wrote")
    for user, path in ((wren, mine(followup)), (marisol, of(followup, "write/"))):
        response = as_person(user).post(path, {"words": CANARY})
        assert (response.status_code, CANARY in page(response)) == (422, True)
        assert "This was closed in the meantime" in page(response)
    closed = page(as_person(wren).get(mine(followup)))
    assert "You can read it until Monday 7 December." in closed
    assert "You can write at any hour." not in closed


def test_what_is_written_is_text_and_never_a_page(followup, as_person, marisol, wren):
    as_person(wren).post(mine(followup), {"words": "<script>alert(1)</script><b>bold</b>"})

    assert "<script>alert(1)" not in page(as_person(marisol).get(of(followup)))
    assert "&lt;b&gt;bold" in page(as_person(marisol).get(of(followup)))


def test_the_home_page_says_where_it_stands_and_who_has_it(followup, as_person, marisol, wren):
    assert "Now: not yet seen." in page(as_person(wren).get("/home/"))

    take_followup(marisol, followup=followup)
    home = page(as_person(wren).get("/home/"))
    assert ("Marisol will be in touch" in home, "Now: being answered." in home) == (True, True)
    assert mine(followup) in home


def test_the_list_says_that_somebody_wrote_and_no_word_of_it(followup, as_person, marisol, wren):
    as_person(wren).post(mine(followup), {"words": CANARY})

    shown = page(as_person(marisol).get("/follow-up/"))
    assert ("There is a message for you to answer." in shown, CANARY in shown) == (True, False)


# -- a hello --------------------------------------------------------------------------------------
def test_a_hello_is_chosen_and_sent_as_it_is(missed, as_person, marisol, wren):
    keeper = as_person(marisol)
    assert page(keeper.get(of(missed, "hello/"))).count('name="hello"') == 3

    keeper.post(of(missed, "hello/"), {"hello": "1"})

    greeting = page(as_person(wren).get(mine(missed, "hello")))
    assert "Coming or not coming, both are fine." in greeting
    assert greeting.count('name="said"') == 4


def test_a_hello_can_be_changed_first(missed, as_person, marisol, wren):
    keeper = as_person(marisol)
    box = page(keeper.post(of(missed, "hello/"), {"hello": "0", "change": "1"}))
    assert "Hello, I thought of you." in box
    missed.refresh_from_db()
    assert missed.hello_at is None

    keeper.post(of(missed, "hello/"), {"words": f"Dear Wren {CANARY}"})
    assert f"Dear Wren {CANARY}" in page(as_person(wren).get(mine(missed, "hello")))


@pytest.mark.parametrize("sent", [{}, {"hello": "9"}, {"words": ""}])
def test_a_hello_that_is_none_is_not_sent(sent, missed, as_person, marisol):
    assert as_person(marisol).post(of(missed, "hello/"), sent).status_code == 422
    assert not Notice.objects.exists()


def test_the_person_answers_with_one_tap_and_the_keeper_reads_it_in_words(missed, as_person, marisol, wren):
    as_person(marisol).post(of(missed, "hello/"), {"hello": "0"})
    person = as_person(wren)

    answered = page(person.post(mine(missed, "hello"), {"said": "fine"}, follow=True))
    assert "Good to know. Thank you." in answered
    shown = page(as_person(marisol).get("/follow-up/"))
    assert "A hello went on Monday 23 November." in shown
    assert "I&#x27;m fine" in shown


def test_a_chat_shows_its_promise_and_the_thread(missed, as_person, marisol, wren):
    as_person(marisol).post(of(missed, "hello/"), {"hello": "0"})
    answered = page(as_person(wren).post(mine(missed, "hello"), {"said": "chat"}, follow=True))

    chat = FollowUp.objects.get(cause="support")
    assert "will write to you by Tuesday 24 November, 12:00 pm." in answered
    assert f'href="{mine(chat)}">Write something now' in answered
    assert answered.index("<h1>") < answered.index("<h2") < answered.index("<h3")
    assert "Would like a chat, in answer to a hello." in page(as_person(marisol).get(of(chat)))


@pytest.mark.parametrize(("said", "leads"), [("rest", "pause"), ("leave", "leave")])
def test_a_break_and_leaving_lead_to_their_pages(said, leads, missed, group, as_person, marisol, wren):
    as_person(marisol).post(of(missed, "hello/"), {"hello": "0"})
    person = as_person(wren)

    response = person.post(mine(missed, "hello"), {"said": said})
    assert response["Location"] == f"/groups/{group.slug}/{leads}/"
    assert person.get(response["Location"]).status_code == 200
    assert group.memberships.get(user=wren).state == "active"  # nothing has happened yet


def test_what_is_no_answer_is_refused_and_looking_records_nothing(missed, as_person, marisol, wren):
    as_person(marisol).post(of(missed, "hello/"), {"hello": "0"})
    person = as_person(wren)
    person.get(mine(missed, "hello") + "?said=leave")
    assert person.post(mine(missed, "hello"), {"said": "shrug"}).status_code == 422

    missed.refresh_from_db()
    assert missed.said == ""


def test_a_hello_from_a_group_that_was_left_leads_home(missed, group, as_person, marisol, wren):
    as_person(marisol).post(of(missed, "hello/"), {"hello": "0"})
    group.memberships.filter(user=wren).update(state="left", ended_at=timezone.now())

    answer = as_person(wren).get(mine(missed, "hello"), follow=True)
    assert (answer.status_code, "There is nothing you have to do here." in page(answer)) == (200, True)


def test_from_the_quiet_list_with_a_hello_to_the_work_list(quiet, as_person, marisol, wren):
    keeper = as_person(marisol)
    shown = page(keeper.get("/follow-up/"))
    assert ("Quiet for a while" in shown, "Missed 3 sessions" in shown) == (True, True)

    path = f"/follow-up/quiet/{quiet.public_id}/"
    assert path in shown
    keeper.post(path, {"hello": "2"})
    shown = page(keeper.get("/follow-up/"))
    assert ("Quiet for a while" in shown, "A hello went on Monday 23 November." in shown) == (False, True)
    again = keeper.post(path, {"hello": "2"})
    assert (again.status_code, "somebody is in touch with them already" in page(again)) == (422, True)
    assert keeper.get(path)["Location"] == "/follow-up/"


def test_silence_in_check_ins_shows_nobody_as_quiet(group, wren, as_person, marisol):
    CheckInFactory(user=wren, group=group, state="lapsed")

    assert "Quiet for a while" not in page(as_person(marisol).get("/follow-up/"))


# -- handing over, and closing ------------------------------------------------------------------------
def test_handing_it_to_somebody_and_taking_that_back(followup, as_person, marisol, tunde):
    take_followup(marisol, followup=followup)
    keeper = as_person(marisol)
    to_it = f'href="{of(followup, "hand-over/")}">Hand over'
    assert all(to_it in page(keeper.get(path)) for path in ("/follow-up/", of(followup)))
    assert ">Tunde</option>" in page(keeper.get(of(followup, "hand-over/")))

    given = keeper.post(of(followup, "hand-over/"), {"to": str(tunde.public_id), "by": "2026-11-27"}, follow=True)
    followup.refresh_from_db()
    assert (followup.owner, followup.due_at.date()) == (tunde, MONDAY.date() + timedelta(days=4))
    assert "Tunde has it now, and is told." in page(given)
    assert of(followup, "take-back/") in page(given)

    keeper.post(of(followup, "take-back/"))
    followup.refresh_from_db()
    assert followup.owner == marisol


def test_who_passes_it_on_opens_nothing_and_has_not_seen_it(followup, as_person, marisol):
    as_person(marisol).get(of(followup, "hand-over/"))

    followup.refresh_from_db()
    assert (followup.seen_at, AuditEntry.objects.exists()) == (None, False)


def test_what_somebody_else_has_is_not_handed_over(followup, as_person, marisol, tunde):
    take_followup(tunde, followup=followup)

    told = as_person(marisol).get(of(followup, "hand-over/"), follow=True)

    assert (told.redirect_chain, "Somebody else looks after this by now." in page(told)) == (
        [("/follow-up/", 302)],
        True,
    )


def test_it_can_be_given_to_the_safety_lead_and_not_to_the_person(followup, as_person, marisol, wren):
    lead = SafetyLeadFactory(display_name="Priya")
    keeper = as_person(marisol)
    assert "Priya, safety" in page(keeper.get(of(followup, "hand-over/")))

    refused = keeper.post(of(followup, "hand-over/"), {"to": str(wren.public_id), "by": "2026-11-01"})
    assert refused.status_code == 422
    assert all(words in page(refused) for words in ("Choose somebody from the list", "Choose a day from today on"))
    keeper.post(of(followup, "hand-over/"), {"to": str(lead.public_id), "by": "2026-11-24"})
    followup.refresh_from_db()
    assert followup.owner == lead


def test_done_says_what_helped_and_can_be_undone(followup, as_person, marisol):
    keeper = as_person(marisol)
    keeper.post(of(followup, "done/"), {"outcome": "met", "methods": ["celebrating", "listening"]})

    followup.refresh_from_db()
    assert (followup.state, followup.methods) == ("done", ["listening", "celebrating"])
    assert "Listening, Being glad about something" in page(keeper.get("/follow-up/?show=done"))
    keeper.post(of(followup, "reopen/"))
    followup.refresh_from_db()
    assert followup.state == "taken"


def test_leaving_somebody_for_now_and_taking_that_back(missed, as_person, marisol):
    keeper = as_person(marisol)
    left = page(keeper.post(of(missed, "leave/"), follow=True))
    assert ("Wren is off the list for now." in left, of(missed, "reopen/") in left) == (True, True)
    missed.refresh_from_db()
    assert missed.state == "dropped"

    keeper.post(of(missed, "reopen/"))
    missed.refresh_from_db()
    assert (missed.state, missed.owner) == ("taken", marisol)


def test_what_somebody_asked_for_is_not_left(followup, as_person, marisol):
    answer = as_person(marisol).post(of(followup, "leave/"), follow=True)

    followup.refresh_from_db()
    assert (followup.state, "it cannot be left" in page(answer)) == ("open", True)
    assert "Leave for now" not in page(as_person(marisol).get(of(followup)))


def test_what_was_taken_back_unseen_is_shown_to_nobody(group, wren, as_person, marisol):
    FollowUpFactory(about=wren, group=group, state="dropped", closed_at=timezone.now(), closed_by=wren)

    assert "Wren" not in page(as_person(marisol).get("/follow-up/?show=done"))
