"""A hello to somebody who was not there: who sends it, whom it never reaches, and what one tap does."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from checkins.models import FollowUp, Reply
from checkins.services import (
    HelloIsOld,
    LeftBe,
    NotQuiet,
    SomebodyHasIt,
    answer_hello,
    chat_of,
    follow_roll,
    look_after_missed,
    read_thread,
    see_followup,
    send_hello,
    send_hello_to_quiet,
    take_followup,
)
from groups.services import leave_group
from groups.services import pause as take_a_break
from notices.models import Delivery, Notice
from notices.services import send_due
from people.models import AuditEntry, Organisation
from people.policy import NotAllowed
from sessions.models import Seat
from tests.catalogue import refused_by
from tests.checkins.conftest import CANARY, MONDAY
from tests.factories import FacilitatorFactory, FollowUpFactory, MembershipFactory, SessionFactory, UserFactory

pytestmark = pytest.mark.django_db
HELLO = "hello.missed"


@pytest.fixture
def session(group):
    return SessionFactory(group=group, starts_in=timedelta(hours=-3))


@pytest.fixture
def missed(group, wren, session):
    return FollowUpFactory(about=wren, group=group, cause="missed", session=session, key="missed 1")


@pytest.fixture
def greeted(missed, marisol):
    send_hello(marisol, followup=missed, words=CANARY)
    missed.refresh_from_db()
    return missed


def mark(session, user, came):
    fields = {"state": "declined", "answered_at": None, "came": came}
    marked = {"marked_by": UserFactory(), "marked_at": timezone.now()}
    Seat.objects.update_or_create(session=session, user=user, defaults=fields | marked)


def told(user):
    return Notice.objects.filter(user=user, topic=HELLO).count()


def leave(user, group):
    leave_group(user, membership=group.memberships.get(user=user))


# -- sent by a person -----------------------------------------------------------------------------
def test_only_who_looks_after_it_sends_a_hello(missed, wren):
    for user in (wren, FacilitatorFactory().user, MembershipFactory(group=missed.group).user):
        with pytest.raises(NotAllowed):
            send_hello(user, followup=missed, words="Hello")
    assert not Notice.objects.exists()


def test_a_hello_is_a_message_that_can_be_answered_with_one_tap(missed, wren, marisol):
    send_hello(marisol, followup=missed, words=CANARY)

    missed.refresh_from_db()
    assert (missed.state, missed.owner, missed.hello_at is not None) == ("taken", marisol, True)
    assert [line.words for line in read_thread(wren, followup=missed)] == [CANARY]
    assert told(wren) == 1
    send_due()
    assert CANARY not in mail.outbox[0].message().as_string()


def test_a_second_hello_in_one_follow_up_is_a_message_like_any_other(greeted, wren, marisol):
    first = greeted.hello_at
    send_hello(marisol, followup=greeted, words="Hello again")

    greeted.refresh_from_db()
    assert (greeted.hello_at, told(wren)) == (first, 1)


def test_of_two_who_say_hello_the_second_one_is_told_kindly(greeted, tunde):
    with pytest.raises(SomebodyHasIt):
        send_hello(tunde, followup=greeted, words="Hello")


def test_a_first_time_is_no_matter_of_having_been_away(group, wren, marisol, session):
    look_after_missed(wren, on=False)
    first = FollowUpFactory(about=wren, group=group, cause="first", session=session, key="first 1")

    send_hello(marisol, followup=first, words="Hello")

    first.refresh_from_db()
    assert (first.hello_at, told(wren)) == (None, 0)
    assert Notice.objects.filter(user=wren, topic="reply.to_member").count() == 1


@pytest.mark.parametrize("way", ["never asked", "left be", "break"])
def test_who_asked_to_be_left_be_or_takes_a_break_gets_no_hello(way, missed, group, wren, marisol):
    see_followup(marisol, followup=missed)
    if way == "never asked":
        wren.consents.all().delete()
    elif way == "left be":
        look_after_missed(wren, on=False)
    else:
        take_a_break(wren, membership=group.memberships.get(user=wren), until=None)

    with pytest.raises(LeftBe):
        send_hello(marisol, followup=missed, words="Hello")
    missed.refresh_from_db()
    assert (missed.hello_at, told(wren)) == (None, 0)


def test_who_asks_to_be_left_be_before_the_mail_leaves_gets_none(missed, wren, marisol):
    with time_machine.travel(MONDAY.replace(hour=22)):  # their quiet hours
        send_hello(marisol, followup=missed, words="Hello")
        assert send_due() == 0
        look_after_missed(wren, on=False)
    with time_machine.travel(MONDAY + timedelta(days=1)):
        send_due()
    assert (mail.outbox, Delivery.objects.get().state) == ([], "dropped")


# -- by itself --------------------------------------------------------------------------------------
@pytest.fixture
def by_itself(group):
    Organisation.objects.update(hello_by_itself=True)


def test_a_person_looks_first_unless_the_organisation_says_otherwise(session, wren, marisol):
    mark(session, wren, "away")
    follow_roll(marisol, session=session)

    assert FollowUp.objects.values_list("state", "hello_at").get() == ("open", None)
    assert told(wren) == 0


def test_by_itself_it_goes_once_and_nobody_owes_anything(by_itself, session, wren, marisol):
    mark(session, wren, "away")
    for _n in range(2):
        follow_roll(marisol, session=session)

    followup = FollowUp.objects.get()
    assert (followup.state, followup.outcome, followup.closed_by) == ("done", "wrote", None)
    assert (followup.hello_at is not None, told(wren)) == (True, 1)
    assert send_due() == 0  # a slip of the roll can still be put right
    with time_machine.travel(MONDAY + timedelta(minutes=16)):
        assert send_due() == 1


def test_by_itself_it_never_goes_in_quiet_hours(by_itself, group, wren, marisol):
    with time_machine.travel("2026-11-23T21:30:00Z"):
        late = SessionFactory(group=group, starts_in=timedelta(hours=-2))
        mark(late, wren, "away")
        follow_roll(marisol, session=late)
    with time_machine.travel("2026-11-24T03:00:00Z"):
        assert send_due() == 0
    with time_machine.travel("2026-11-24T08:05:00Z"):
        assert send_due() == 1


def test_by_itself_it_goes_to_nobody_who_asked_to_be_left_be(by_itself, session, wren, marisol):
    look_after_missed(wren, on=False)
    mark(session, wren, "away")
    follow_roll(marisol, session=session)

    assert not FollowUp.objects.exists()
    assert told(wren) == 0


def test_two_in_a_row_and_then_no_more(by_itself, group, wren, marisol):
    for days in (21, 14, 7):
        one = SessionFactory(group=group, starts_in=timedelta(days=-days))
        mark(one, wren, "away")
        follow_roll(marisol, session=one)

    assert told(wren) == 2


def test_a_roll_that_is_put_right_takes_the_hello_back(by_itself, session, wren, marisol):
    mark(session, wren, "away")
    follow_roll(marisol, session=session)
    mark(session, wren, "came")
    follow_roll(marisol, session=session)

    assert FollowUp.objects.values_list("state", "hello_at").get() == ("dropped", None)
    with time_machine.travel(MONDAY + timedelta(minutes=16)):
        send_due()
    assert mail.outbox == []


def test_what_the_person_answered_stays_when_the_roll_is_put_right(by_itself, session, wren, marisol):
    mark(session, wren, "away")
    follow_roll(marisol, session=session)
    answer_hello(wren, followup=FollowUp.objects.get(), said="fine")
    mark(session, wren, "came")
    follow_roll(marisol, session=session)

    assert FollowUp.objects.values_list("state", "said").get() == ("done", "fine")


# -- the answer -------------------------------------------------------------------------------------
def test_nobody_answers_for_somebody_else_or_what_was_never_sent(greeted, missed, group, wren, marisol, session):
    unsent = FollowUpFactory(about=wren, group=group)
    for user, followup in ((marisol, greeted), (UserFactory(), greeted), (wren, unsent)):
        with pytest.raises(NotAllowed):
            answer_hello(user, followup=followup, said="fine")
    assert not FollowUp.objects.exclude(said="").exists()


@pytest.mark.parametrize(
    "changes",
    [{"said": "fine"}, {"said": "shrug", "said_at": MONDAY}, {"said": "fine", "said_at": MONDAY, "hello_at": None}],
)
def test_the_database_wants_a_time_and_a_hello_with_what_was_said(greeted, changes):
    with refused_by("followup_said_has_time"):
        FollowUp.objects.update(**changes)


def test_fine_is_kept_and_can_be_changed(greeted, wren):
    answer_hello(wren, followup=greeted, said="fine")
    answer_hello(wren, followup=greeted, said="rest")

    greeted.refresh_from_db()
    assert (greeted.said, FollowUp.objects.count()) == ("rest", 1)
    done = AuditEntry.objects.filter(action="hello.answer").values_list("actor", "about", "reason")
    assert list(done) == [(wren.pk, wren.pk, "")] * 2


def test_a_wish_for_a_chat_is_promised_once_and_told_to_those_who_run_the_group(greeted, wren, marisol, tunde):
    for _n in range(2):
        answer_hello(wren, followup=greeted, said="chat")

    chat = chat_of(greeted)
    assert (chat.cause, chat.state, chat.about, chat.due_at) == ("support", "open", wren, _tomorrow_noon())
    told_of_it = Notice.objects.filter(topic="followup.opened", ids__followup=str(chat.public_id))
    assert sorted(told_of_it.values_list("user", flat=True)) == sorted([marisol.pk, tunde.pk])


def _tomorrow_noon():
    return MONDAY.replace(hour=12) + timedelta(days=1)


def test_who_would_rather_not_chat_after_all_takes_it_back_unless_somebody_saw_it(greeted, wren, marisol):
    answer_hello(wren, followup=greeted, said="chat")
    answer_hello(wren, followup=greeted, said="fine")
    assert chat_of(greeted) is None

    answer_hello(wren, followup=greeted, said="chat")
    take_followup(marisol, followup=chat_of(greeted))
    answer_hello(wren, followup=greeted, said="fine")
    assert chat_of(greeted).state == "taken"


def test_an_old_hello_and_one_from_a_group_that_was_left_are_answered_no_more(greeted, group, wren):
    with time_machine.travel(MONDAY + timedelta(days=15)), pytest.raises(HelloIsOld):
        answer_hello(wren, followup=greeted, said="fine")
    leave(wren, group)
    with pytest.raises(NotAllowed):
        answer_hello(wren, followup=greeted, said="fine")


# -- from the quiet list ------------------------------------------------------------------------------
@pytest.fixture
def quiet(group, wren):
    for days in (21, 14, 7):
        mark(SessionFactory(group=group, starts_in=timedelta(days=-days)), wren, "away")
    return group.memberships.get(user=wren)


def test_a_hello_from_the_quiet_list_is_a_follow_up_by_hand(quiet, wren, marisol):
    followup = send_hello_to_quiet(marisol, membership=quiet, words=CANARY)

    assert (followup.cause, followup.owner, followup.hello_at is not None) == ("hand", marisol, True)
    assert (told(wren), FollowUp.objects.count()) == (1, 1)


def test_twice_or_to_somebody_who_came_since_it_does_not_go(quiet, group, wren, marisol):
    send_hello_to_quiet(marisol, membership=quiet, words="Hello")
    with pytest.raises(NotQuiet):
        send_hello_to_quiet(marisol, membership=quiet, words="Hello")

    kofi = MembershipFactory(group=group)
    with pytest.raises(NotQuiet):
        send_hello_to_quiet(marisol, membership=kofi, words="Hello")
    assert (FollowUp.objects.count(), told(wren), told(kofi.user)) == (1, 1, 0)


def test_somebody_from_outside_sends_nobody_a_hello(quiet, wren):
    for user in (FacilitatorFactory().user, wren):
        with pytest.raises(NotAllowed):
            send_hello_to_quiet(user, membership=quiet, words="Hello")
    assert not Reply.objects.exists()
