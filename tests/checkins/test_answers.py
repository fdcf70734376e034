"""Answering, sharing, and who reads the words."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from checkins.models import Answer, CheckIn, FollowUp
from checkins.services import (
    NobodyReads,
    NothingSaidYet,
    NotYourGroup,
    WeekIsOver,
    answer_checkin,
    is_answerable,
    offers_help,
    read_words,
    say_more,
    skip_checkin,
    start_checkin,
    this_week,
)
from notices.models import Delivery, Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.reader import as_reader
from people.sealed import Unreadable
from tests.checkins.conftest import CANARY, MONDAY, WEEK
from tests.factories import (
    AdminFactory,
    CheckInFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    PromptFactory,
    SafetyLeadFactory,
    UserFactory,
    answer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]


def say(checkin, *, support="", words="", share="me", group=None, reach=""):
    return say_more(checkin.user, checkin=checkin, support=support, words=words, share=share, group=group, reach=reach)


def share_words(checkin, group):
    return say(checkin, words=CANARY, share="facilitators", group=group)


def raw_count(user):
    with as_reader(user), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM checkins_answer")
        return cursor.fetchone()[0]


# -- who may not ------------------------------------------------------------------------------
def test_nobody_answers_for_somebody_else(question):
    with pytest.raises(NotAllowed):
        answer_checkin(UserFactory(), checkin=question, mood=3)


def strangers(checkin, group):
    ended = FacilitatorFactory(group=group, state="left", ended_at=MONDAY)
    return {
        "another member": MembershipFactory(group=group).user,
        "an admin": AdminFactory(),
        "a safety lead": SafetyLeadFactory(),
        "a facilitator of another group": FacilitatorFactory().user,
        "a facilitator who left": ended.user,
        "a facilitator on a break": FacilitatorFactory(group=group, state="paused").user,
    }


def test_only_the_facilitators_it_was_shared_with_read_the_words(answered, group, marisol, wren):
    checkin = share_words(answered, group)

    for who, user in strangers(checkin, group).items():
        with pytest.raises(NotAllowed):
            read_words(user, checkin=checkin)
        assert raw_count(user) == 0, who
        assert not CheckIn.objects.visible_to(user).exists(), who
    assert AuditEntry.objects.filter(action="checkin.read").count() == 0
    assert [read_words(user, checkin=checkin) for user in (wren, marisol)] == [CANARY, CANARY]


def test_without_a_reader_the_table_is_empty(answered, wren):
    answer(answered, CANARY)

    assert Answer.objects.count() == 0
    assert raw_count(wren) == 1


@pytest.mark.parametrize("share", ["", "me"])
def test_what_was_not_shared_only_its_person_reads(share, answered, group, marisol):
    checkin = say(answered, words=CANARY, share=share)

    with pytest.raises(NotAllowed):
        read_words(marisol, checkin=checkin)
    assert raw_count(marisol) == 0


def test_a_wish_with_only_me_passes_on_no_word(answered, group, marisol):
    checkin = say(answered, support="write", words=CANARY, share="me", group=group)

    with pytest.raises(NotAllowed):
        read_words(marisol, checkin=checkin)
    assert raw_count(marisol) == 0
    assert FollowUp.objects.visible_to(marisol).count() == 1


def test_a_facilitator_cannot_write_or_delete_somebodys_words(answered, group, marisol):
    share_words(answered, group)

    with as_reader(marisol):
        assert Answer.objects.count() == 1
        assert Answer.objects.update(words=b"x") == 0
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM checkins_answer")
            assert cursor.rowcount == 0


def test_nothing_is_shared_with_a_group_one_is_not_in(answered):
    with pytest.raises(NotYourGroup):
        share_words(answered, GroupFactory())
    with pytest.raises(NotYourGroup):
        say(answered, share="facilitators", group=None)


def test_words_come_after_the_answer(question, group):
    with pytest.raises(NothingSaidYet):
        share_words(question, group)


# -- answering --------------------------------------------------------------------------------
def test_an_answer_is_kept_and_shared_with_nobody(question, wren):
    answer_checkin(wren, checkin=question, mood=4)

    question.refresh_from_db()
    assert (question.mood, question.state, question.share, question.group) == (4, "answered", "", None)
    assert list(AuditEntry.objects.values_list("action", "actor", "about", "reason")) == [
        ("checkin.answer", wren.pk, wren.pk, "")
    ]
    assert not FollowUp.objects.exists()


def test_an_answer_changes_until_sunday_midnight(question, wren):
    with time_machine.travel("2026-11-29T23:59:00Z", tick=False):
        answer_checkin(wren, checkin=question, mood=4)
        answer_checkin(wren, checkin=question, mood=2)
    with time_machine.travel("2026-11-30T00:00:00Z", tick=False), pytest.raises(WeekIsOver):
        answer_checkin(wren, checkin=question, mood=5)

    question.refresh_from_db()
    assert question.mood == 2


def test_late_is_welcome_until_the_next_one(question, wren):
    with time_machine.travel("2026-12-02T10:00:00Z", tick=False):
        assert is_answerable(question)
        newer = CheckInFactory(user=wren, week=WEEK + timedelta(days=7))
        assert not is_answerable(question)
        newer.delete()
        late = answer_checkin(wren, checkin=question, mood=3)
        assert late.is_changeable
    with time_machine.travel("2026-12-07T00:00:00Z", tick=False):
        assert not is_answerable(late)


def test_after_two_weeks_an_old_question_is_over(question):
    with time_machine.travel(MONDAY + timedelta(days=14), tick=False):
        assert not is_answerable(question)


def test_skipping_twice_is_one_skip_and_can_be_answered_after_all(question, wren):
    skip_checkin(wren, checkin=question)
    skipped = skip_checkin(wren, checkin=question)
    assert (skipped.state, skipped.waits) == ("lapsed", False)
    assert AuditEntry.objects.filter(action="checkin.skip").count() == 1

    again = answer_checkin(wren, checkin=question, mood=3)
    assert (again.state, again.skipped_at) == ("answered", None)


def test_skipping_does_not_take_back_an_answer(answered, wren):
    assert skip_checkin(wren, checkin=answered).state == "answered"


def test_one_can_answer_without_having_been_asked(monday, group):
    user = MembershipFactory(group=group).user
    assert this_week(user) is None

    row = start_checkin(user)

    assert (row.week, row.state) == (WEEK, "asked")
    assert start_checkin(user) == row == this_week(user)


def test_last_weeks_question_is_not_this_weeks(question, wren):
    with time_machine.travel(MONDAY + timedelta(days=7), tick=False):
        assert this_week(wren) is None


# -- words ------------------------------------------------------------------------------------
def test_words_are_sealed_replaced_kept_and_taken_back(answered, wren):
    say(answered, words="first")
    say(answered, words=CANARY)
    assert read_words(wren, checkin=answered) == CANARY
    with as_reader(wren):
        assert CANARY.encode() not in bytes(Answer.objects.get().words)

    say(answered, words=None)
    assert read_words(wren, checkin=answered) == CANARY

    say(answered, words="")
    assert read_words(wren, checkin=answered) == ""
    assert raw_count(wren) == 0


def test_reading_somebodys_words_is_recorded_and_ones_own_is_not(answered, group, marisol, wren):
    checkin = share_words(answered, group)

    read_words(wren, checkin=checkin)
    read_words(marisol, checkin=checkin)

    reads = AuditEntry.objects.filter(action="checkin.read")
    assert list(reads.values_list("actor", "about", "object_id")) == [(marisol.pk, wren.pk, str(checkin.public_id))]
    assert list(AuditEntry.objects.visible_to(wren).filter(action="checkin.read")) == list(reads)


@pytest.mark.django_db(transaction=True)
def test_the_record_of_a_reading_stands_even_when_the_text_does_not_open(answered, group, marisol, settings):
    checkin = share_words(answered, group)
    settings.MASTER_KEYS = dict.fromkeys(settings.MASTER_KEYS, b"x" * 32)

    with pytest.raises(Unreadable):
        read_words(marisol, checkin=checkin)

    assert AuditEntry.objects.filter(action="checkin.read", actor=marisol).count() == 1


def test_taking_back_the_share_shuts_the_facilitators_out(answered, group, marisol):
    checkin = share_words(answered, group)
    say(checkin, words=None, share="me")
    checkin.refresh_from_db()

    with pytest.raises(NotAllowed):
        read_words(marisol, checkin=checkin)
    assert raw_count(marisol) == 0


def test_no_word_reaches_the_record_or_the_outbox(answered, group, marisol):
    checkin = say(answered, support="call", words=CANARY, share="facilitators", group=group, reach="0113 496 0999")
    read_words(marisol, checkin=checkin)

    for model in (AuditEntry, Notice, Delivery, FollowUp, CheckIn):
        rows = str(list(model.objects.values()))
        assert model.objects.exists()
        assert CANARY not in rows
        assert "0113 496" not in rows  # with its space: no random id has that


# -- who reads words, and who is offered help -----------------------------------------------------
def test_words_are_shared_only_where_somebody_reads_them(answered, group, duty, marisol):
    duty.takes_words = False
    duty.save()
    with pytest.raises(NobodyReads):
        share_words(answered, group)
    assert raw_count(answered.user) == 0

    say(answered, words=CANARY, share="me")
    with pytest.raises(NobodyReads):
        say(answered, words=None, share="facilitators", group=group)
    assert say(answered, words="", share="facilitators", group=group).is_shared


def test_what_is_answered_unasked_waits_for_no_message(monday, group):
    row = start_checkin(MembershipFactory(group=group).user)

    assert row.told_at >= row.asked_at - timedelta(seconds=1)


def test_it_is_asked_in_the_groups_words_also_when_nobody_asked(monday, group, marisol):
    PromptFactory(group=group, text="What was this week like?")

    assert start_checkin(MembershipFactory(group=group).user).prompt == "What was this week like?"


@pytest.mark.parametrize(
    ("words", "offered"), [("I don’t feel NOT  SAFE\nhere", True), ("Safe, and not alone", False), ("", False)]
)
def test_help_is_offered_at_the_words_of_the_organisation(organisation, words, offered):
    assert offers_help(words) == offered
    organisation.help_phrases = "\n \n"
    organisation.save()
    assert not offers_help(words)
