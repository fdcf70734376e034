"""What somebody says after their week was looked at: a wish, words or a harder week never count as seen already."""

from datetime import timedelta

import pytest
import time_machine

from checkins.models import FollowUp
from checkins.services import (
    answer_checkin,
    answer_hello,
    chat_of,
    close_followup,
    hand_over_followup,
    see_followup,
    take_followup,
)
from notices.models import Notice
from tests.checkins.conftest import CANARY, MONDAY
from tests.checkins.test_answers import say
from tests.factories import FacilitatorFactory, FollowUpFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]
NUMBER = "0113 496 0999"


def asks(checkin, group, **fields):
    return say(checkin, **{"support": "write", "share": "me", "group": group} | fields)


def hard_week(checkin, group, **fields):
    return say(checkin, **{"share": "facilitators", "group": group} | fields)


def latest():
    return FollowUp.objects.order_by("-pk").first()


def causes_open():
    return list(FollowUp.objects.to_do().values_list("cause", flat=True))


def told(person):
    return Notice.objects.filter(user=person, topic="followup.opened").count()


@pytest.fixture
def done(answered, group, marisol):
    """Marisol wrote to Wren, who had asked for it, and closed it."""
    asks(answered, group)
    return close_followup(marisol, followup=latest(), outcome="wrote")


# -- it was closed ------------------------------------------------------------------------------
def test_words_alone_to_oneself_ask_nobody_again(done, answered, wren, group):
    answer_checkin(wren, checkin=answered, mood=2)

    assert causes_open() == []


def test_a_wish_that_was_answered_and_is_said_again_is_another_one(done, answered, group, marisol):
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        for _click in range(2):
            asks(answered, group, support="call", reach=NUMBER)

    again = latest()
    assert (causes_open(), again.seen_at, again.escalations.ahead().count()) == (["support"], None, 3)
    assert again.reach is not None
    assert told(marisol) == 2
    done.refresh_from_db()
    assert (done.state, done.outcome) == ("done", "wrote")


def test_a_very_hard_answer_after_that_goes_to_whom_it_is_shared_with(done, answered, wren, group, marisol):
    answer_checkin(wren, checkin=answered, mood=3)
    hard_week(answered, group, support="write")
    close_followup(marisol, followup=latest(), outcome="wrote")
    assert causes_open() == []

    answer_checkin(wren, checkin=answered, mood=1)

    assert causes_open() == ["hard"]


def test_a_hard_week_that_was_thought_of_is_told_again_only_with_something_new(answered, wren, group, marisol):
    hard_week(answered, group, words="Long days.")
    close_followup(marisol, followup=latest(), outcome="wrote")
    hard_week(answered, group, words="Long days.", support="no")
    assert causes_open() == []

    hard_week(answered, group, words=CANARY, support="no")

    assert (causes_open(), told(marisol)) == (["hard"], 2)


def test_whoever_is_chosen_next_hears_of_it(answered, wren, group, marisol):
    other = FacilitatorFactory(group__name="Men, talking")
    MembershipFactory(user=wren, group=other.group)
    hard_week(answered, group)
    close_followup(marisol, followup=latest(), outcome="wrote")

    hard_week(answered, other.group)

    assert FollowUp.objects.to_do().get().group == other.group


def test_the_page_promises_what_is_still_to_come(done, answered, wren, group, marisol, as_person):
    FollowUp.objects.update(due_at=MONDAY + timedelta(days=60))  # it had been given much time
    page = f"/check-in/{answered.public_id}/"
    assert "Somebody has been in touch" in as_person(wren).get(page).content.decode()

    asks(answered, group)

    assert "Somebody will be in touch" in as_person(wren).get(page).content.decode()


def test_a_chat_that_was_had_can_be_asked_for_again(wren, group, marisol):
    hello = FollowUpFactory(about=wren, group=group, hello_at=MONDAY)
    for said in ("chat", "chat", "fine"):
        answer_hello(wren, followup=hello, said=said)
        if said == "chat":
            close_chat(hello, marisol)
    assert causes_open() == ["hand"]

    answer_hello(wren, followup=hello, said="chat")

    assert (causes_open(), chat_of(hello).state) == (["hand", "support"], "open")


def close_chat(hello, keeper):
    if chat_of(hello).is_open:
        close_followup(keeper, followup=chat_of(hello), outcome="wrote")


# -- it was given to somebody who has not looked -------------------------------------------------
def test_what_nobody_saw_is_taken_back_though_it_was_handed_over(answered, group, marisol, tunde):
    asks(answered, group)
    hand_over_followup(marisol, followup=latest(), to=tunde, due_at=MONDAY + timedelta(days=2))

    say(answered, support="no")

    assert causes_open() == []


def test_what_was_taken_back_while_it_was_opened_is_shown_to_nobody(answered, group, marisol):
    asks(answered, group)
    on_the_page = latest()
    say(answered, support="no")

    see_followup(marisol, followup=on_the_page)

    assert (latest().seen_at, FollowUp.objects.closed().exists()) == (None, False)


def test_a_chat_that_nobody_saw_likewise(wren, group, marisol, tunde):
    hello = FollowUpFactory(about=wren, group=group, hello_at=MONDAY)
    answer_hello(wren, followup=hello, said="chat")
    hand_over_followup(marisol, followup=chat_of(hello), to=tunde, due_at=MONDAY + timedelta(days=2))

    answer_hello(wren, followup=hello, said="fine")

    assert causes_open() == ["hand"]


def test_what_somebody_saw_stays_with_them_also_when_more_was_added(answered, group, marisol):
    hard_week(answered, group)
    see_followup(marisol, followup=latest())
    hard_week(answered, group, words=CANARY)

    say(answered)

    assert causes_open() == ["hard"]


# -- somebody looked, and it is open ------------------------------------------------------------
@pytest.mark.parametrize(("look", "others"), [(see_followup, 1), (take_followup, 0)])
def test_words_that_are_added_wait_for_eyes_anew(answered, group, marisol, tunde, look, others):
    hard_week(answered, group)
    look(marisol, followup=latest())
    Notice.objects.all().delete()

    hard_week(answered, group, words=CANARY)

    row = latest()
    assert (FollowUp.objects.count(), row.seen_at, row.escalations.ahead().count()) == (1, None, 3)
    assert [told(marisol), told(tunde)] == [1, others]


def test_what_is_shared_only_now_waits_for_eyes_anew(answered, group, marisol):
    asks(answered, group, words=CANARY)
    see_followup(marisol, followup=latest())

    asks(answered, group, words=CANARY, share="facilitators")

    assert latest().seen_at is None


def test_the_same_words_again_wait_for_nobody(answered, group, marisol):
    hard_week(answered, group, words=CANARY)
    see_followup(marisol, followup=latest())

    hard_week(answered, group, words=CANARY)

    assert latest().seen_at is not None


def test_words_that_nobody_else_reads_wait_for_nobody(answered, group, marisol):
    asks(answered, group)
    see_followup(marisol, followup=latest())

    asks(answered, group, words=CANARY)

    assert latest().seen_at is not None
