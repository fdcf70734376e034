"""A thread inside a follow-up: who writes, who reads, what leaves the house, and what the record says of it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from checkins.models import FollowUp, Reply
from checkins.services import (
    EnoughForToday,
    NotHereAnyMore,
    SomebodyHasIt,
    ThreadClosed,
    close_followup,
    read_thread,
    see_followup,
    take_followup,
    who_answers,
    who_wrote_back,
    write_reply,
)
from groups.services import leave_group
from notices.models import Delivery, Notice
from notices.services import send_due
from people.models import AuditEntry
from people.policy import NotAllowed
from people.reader import as_reader
from tests.checkins.conftest import CANARY, MONDAY
from tests.factories import (
    AdminFactory,
    AwayFactory,
    DutyFactory,
    FacilitatorFactory,
    FollowUpFactory,
    MembershipFactory,
    SafetyLeadFactory,
    reply,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def followup(group, wren):
    """Wren asked for somebody to get in touch."""
    return FollowUpFactory(about=wren, group=group, cause="support")


def words_of(user, followup):
    return [line.words for line in read_thread(user, followup=followup)]


def everything_kept():
    """All that the tables say which are no thread: what could reach a log, a list or a mail."""
    rows = [*AuditEntry.objects.values(), *Notice.objects.values(), *Delivery.objects.values()]
    return json.dumps(rows, default=str)


# -- who may not ------------------------------------------------------------------------------
def test_nobody_else_reads_or_writes(followup, group, wren):
    reply(followup, wren, CANARY)
    others = [
        MembershipFactory(group=group).user,
        AdminFactory(),
        FacilitatorFactory().user,
        FacilitatorFactory(group=group, state="left", ended_at=MONDAY).user,
    ]
    for user in others:
        with pytest.raises(NotAllowed):
            read_thread(user, followup=followup)
        with pytest.raises(NotAllowed):
            write_reply(user, followup=followup, words="hello")
        assert not Reply.objects.visible_to(user).exists()


def test_without_a_reader_the_table_is_empty_and_each_reader_sees_their_own(followup, group, wren, marisol):
    stranger, lead = FacilitatorFactory().user, SafetyLeadFactory()
    left = FacilitatorFactory(group=group, state="left", ended_at=MONDAY).user
    reply(followup, wren, CANARY)

    assert not Reply.objects.exists()
    assert [_raw(user) for user in (wren, marisol, lead, stranger, left, AdminFactory())] == [1, 1, 1, 0, 0, 0]


def test_a_facilitator_reads_nothing_that_others_wrote_about_them(group, marisol, tunde):
    own = FollowUpFactory(about=tunde, group=group)
    reply(own, marisol, CANARY)

    assert (_raw(marisol), _raw(tunde)) == (1, 1)  # as the person it is about
    assert not FollowUp.objects.visible_to(tunde).exists()


def _raw(user):
    with as_reader(user), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM checkins_reply")
        return cursor.fetchone()[0]


def test_the_database_takes_no_words_in_somebody_elses_name_and_changes_none(followup, wren, marisol):
    row = reply(followup, wren, CANARY)
    forged = Reply(followup=followup, author=wren, words=b"forged")

    with pytest.raises(ProgrammingError), as_reader(marisol), transaction.atomic():
        forged.save()
    with as_reader(marisol):
        assert Reply.objects.filter(pk=row.pk).update(words=b"other") == 0
    assert words_of(wren, followup) == [CANARY]


def test_a_reply_without_words_cannot_be(followup, wren):
    with as_reader(wren), pytest.raises(IntegrityError) as problem, transaction.atomic():
        Reply.objects.create(followup=followup, author=wren, words=b"")
    assert problem.value.__cause__.diag.constraint_name == "reply_has_words"


def test_the_person_does_not_write_where_they_were_told_of_nothing(group, wren, marisol):
    quiet = FollowUpFactory(about=wren, group=group, cause="hand")
    with pytest.raises(NotAllowed):
        write_reply(wren, followup=quiet, words="What is this?")

    reply(quiet, marisol, "Hello")
    assert write_reply(wren, followup=quiet, words="Hello to you").pk


# -- writing ------------------------------------------------------------------------------------
def test_both_sides_read_what_was_written_in_its_order(followup, wren, marisol):
    write_reply(wren, followup=followup, words="First")
    write_reply(marisol, followup=followup, words=f"Second, {CANARY} \U0001f331 \u0645\u0631\u062d\u0628\u0627")

    for reader, mine in ((wren, [True, False]), (marisol, [False, True])):
        lines = read_thread(reader, followup=followup)
        assert [line.words for line in lines] == [
            "First",
            f"Second, {CANARY} \U0001f331 \u0645\u0631\u062d\u0628\u0627",
        ]
        assert [line.name for line in lines] == ["Wren", "Marisol"]
        assert [line.is_mine for line in lines] == mine
        assert CANARY not in repr(lines)


def test_who_writes_to_the_person_has_it(followup, marisol, tunde):
    write_reply(marisol, followup=followup, words="Hello")

    followup.refresh_from_db()
    assert (followup.state, followup.owner, followup.seen_at is not None) == ("taken", marisol, True)
    with pytest.raises(SomebodyHasIt):
        write_reply(tunde, followup=followup, words="Hello as well")
    assert words_of(marisol, followup) == ["Hello"]


def test_who_stands_in_writes_for_somebody_who_is_away(followup, group, marisol, tunde):
    take_followup(marisol, followup=followup)
    AwayFactory(seat=group.memberships.get(user=marisol))

    write_reply(tunde, followup=followup, words="Marisol is away, I am here.")

    followup.refresh_from_db()
    assert followup.owner == tunde


def test_what_is_closed_takes_no_words_and_is_read_for_fourteen_days(followup, wren, marisol):
    write_reply(marisol, followup=followup, words="Hello")
    close_followup(marisol, followup=followup, outcome="wrote")

    for author in (wren, marisol):
        with pytest.raises(ThreadClosed):
            write_reply(author, followup=followup, words="One more thing")
    followup.refresh_from_db()
    with time_machine.travel(MONDAY + timedelta(days=13)):
        assert (words_of(wren, followup), words_of(marisol, followup)) == (["Hello"], ["Hello"])
    with time_machine.travel(MONDAY + timedelta(days=15)):
        for reader in (wren, marisol):
            with pytest.raises(NotAllowed):
                read_thread(reader, followup=followup)


@pytest.mark.parametrize("state", ["left", "blocked", "removed"])
def test_who_is_not_in_the_group_any_more_reads_and_does_not_write(state, followup, group, wren, marisol):
    write_reply(marisol, followup=followup, words="Hello")
    ended = {} if state == "blocked" else {"ended_at": timezone.now()}
    group.memberships.filter(user=wren).update(state=state, **ended)

    assert words_of(wren, followup) == ["Hello"]
    with pytest.raises(NotHereAnyMore):
        write_reply(wren, followup=followup, words="Hello?")


def test_who_leaves_the_group_they_ran_reads_nothing_from_that_moment(followup, group, wren, marisol, tunde):
    write_reply(wren, followup=followup, words=CANARY)
    leave_group(marisol, membership=group.memberships.get(user=marisol))

    with pytest.raises(NotAllowed):
        read_thread(marisol, followup=followup)
    assert words_of(tunde, followup) == [CANARY]


def test_twenty_messages_are_enough_for_a_day(followup, group, wren):
    other = FollowUpFactory(about=wren, group=group, cause="support")
    for number in range(20):
        reply(followup if number % 2 else other, wren, str(number))

    with pytest.raises(EnoughForToday):
        write_reply(wren, followup=followup, words="And another thing")
    with time_machine.travel(MONDAY + timedelta(days=1, minutes=1)):
        assert write_reply(wren, followup=followup, words="And another thing").pk


def test_how_much_one_side_wrote_does_not_silence_the_other(followup, wren, marisol):
    for number in range(20):
        reply(followup, wren, str(number))

    assert write_reply(marisol, followup=followup, words="I read all of it.").pk


# -- telling --------------------------------------------------------------------------------------
def told(user, topic):
    return Notice.objects.filter(user=user, topic=topic).count()


def test_ten_messages_are_one_mail_until_somebody_looks(followup, wren, marisol):
    for number in range(10):
        write_reply(marisol, followup=followup, words=str(number))
    assert told(wren, "reply.to_member") == 1

    read_thread(wren, followup=followup)
    assert not Notice.objects.filter(user=wren, read_at=None).exists()
    write_reply(marisol, followup=followup, words="One more")
    assert told(wren, "reply.to_member") == 2

    write_reply(wren, followup=followup, words="Thank you")
    write_reply(marisol, followup=followup, words="See you then")
    assert told(wren, "reply.to_member") == 3


def test_the_person_writes_to_who_has_it_and_else_to_all_who_run_the_group(followup, wren, marisol, tunde):
    write_reply(wren, followup=followup, words="Is anybody there?")
    assert (told(marisol, "reply.to_keeper"), told(tunde, "reply.to_keeper")) == (1, 1)

    take_followup(marisol, followup=followup)
    read_thread(marisol, followup=followup)
    write_reply(wren, followup=followup, words="Thank you for taking it")
    assert (told(marisol, "reply.to_keeper"), told(tunde, "reply.to_keeper")) == (2, 1)


def test_while_who_has_it_is_away_the_others_hear_of_it_too(followup, group, wren, marisol, tunde):
    take_followup(marisol, followup=followup)
    AwayFactory(seat=group.memberships.get(user=marisol))

    write_reply(wren, followup=followup, words="Hello?")

    assert (told(marisol, "reply.to_keeper"), told(tunde, "reply.to_keeper")) == (1, 1)


def test_who_has_nothing_to_do_with_it_is_told_nothing(followup, wren, marisol):
    other, lead = FacilitatorFactory().user, SafetyLeadFactory()
    write_reply(wren, followup=followup, words="Hello")

    assert not Notice.objects.filter(user__in=[other, lead, wren]).exists()


def ahead(followup):
    return followup.escalations.ahead().count()


def test_what_the_person_adds_goes_on_when_nobody_looks_also_where_somebody_has_it(followup, wren, marisol):
    take_followup(marisol, followup=followup)
    assert ahead(followup) == 0

    write_reply(wren, followup=followup, words="It is getting worse")
    assert ahead(followup) == 3
    see_followup(marisol, followup=followup)
    assert ahead(followup) == 0

    write_reply(wren, followup=followup, words="Are you there?")
    write_reply(marisol, followup=followup, words="I am here")
    assert ahead(followup) == 0


def test_an_answer_to_a_hello_that_nobody_asked_for_hurries_nobody(group, wren, marisol):
    hello = FollowUpFactory(about=wren, group=group)
    write_reply(marisol, followup=hello, words="Hello")
    write_reply(wren, followup=hello, words="Hello to you")

    hello.refresh_from_db()
    assert (ahead(hello), hello.seen_at is not None) == (0, True)


# -- what is said of it elsewhere -------------------------------------------------------------------
def test_reading_the_persons_words_is_in_the_record_and_their_own_reading_is_not(followup, wren, marisol, tunde):
    write_reply(marisol, followup=followup, words="Hello")
    read_thread(marisol, followup=followup)
    assert not AuditEntry.objects.filter(action="reply.read").exists()  # their own words

    write_reply(wren, followup=followup, words="Hello to you")
    for reader in (wren, marisol, tunde):
        read_thread(reader, followup=followup)

    read = AuditEntry.objects.filter(action="reply.read").order_by("pk").values_list("actor", "about")
    assert list(read) == [(marisol.pk, wren.pk), (tunde.pk, wren.pk)]


def test_no_word_stands_anywhere_but_in_the_thread(followup, wren, marisol, caplog):
    write_reply(wren, followup=followup, words=CANARY)
    write_reply(marisol, followup=followup, words=CANARY)
    read_thread(marisol, followup=followup)
    send_due()

    row = Reply(followup=followup, author=wren)
    assert len(mail.outbox) == 3
    sent = "".join(message.message().as_string() + message.body for message in mail.outbox)
    for kept in (everything_kept(), sent, caplog.text, repr(row), str(row)):
        assert CANARY not in kept
    with as_reader(wren):
        assert all(CANARY.encode() not in bytes(row.words) for row in Reply.objects.all())


def test_what_can_be_opened_no_more_is_said(followup, wren, marisol):
    write_reply(marisol, followup=followup, words=CANARY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_subjectkey SET wrapped = NULL, destroyed_at = now()")

    assert words_of(wren, followup) == [""]


# -- who answers, and when --------------------------------------------------------------------------
def test_who_answers_and_when_is_said(followup, group, marisol, tunde):
    before = who_answers(followup)
    assert (before.name, before.has_it) == ("Marisol or Tunde", False)
    assert before.hours.startswith("Monday to Friday")

    DutyFactory(group=group, reader=marisol)
    first = who_answers(followup)
    assert (first.name, first.hours) == ("Marisol", "Monday to Thursday, 10:00 am to 4:00 pm")

    group.memberships.filter(user=tunde).update(hours="Weekends, before noon")
    taken = who_answers(take_followup(tunde, followup=followup))
    assert (taken.name, taken.hours, taken.has_it) == ("Tunde", "Weekends, before noon", True)


def test_the_list_knows_who_wrote_last_and_no_word(followup, group, wren, marisol):
    answered = FollowUpFactory(about=wren, group=group)
    silent = FollowUpFactory(about=wren, group=group)
    reply(followup, wren, CANARY)
    reply(answered, wren, CANARY)
    reply(answered, marisol, CANARY)

    assert who_wrote_back(marisol, [followup, answered, silent]) == {followup.pk}
    assert who_wrote_back(FacilitatorFactory().user, [followup]) == set()


# -- two at once --------------------------------------------------------------------------------------
def _at_once(*calls):
    def run(call):
        try:
            call()
        except Exception as refusal:  # noqa: BLE001  # which one it was is what the test asks
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_at_once_one_has_it_and_the_other_keeps_their_words(followup, marisol, tunde):
    ends = _at_once(
        *[lambda user=user: write_reply(user, followup=followup, words="Hello") for user in (marisol, tunde)]
    )

    followup.refresh_from_db()
    assert set(ends) == {None, SomebodyHasIt}
    assert words_of(followup.owner, followup) == ["Hello"]


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_it_is_closed_is_kept_whole_or_refused(followup, wren, marisol):
    take_followup(marisol, followup=followup)
    for _n in range(4):
        FollowUp.objects.update(state="taken", closed_at=None, outcome="")
        before = len(words_of(wren, followup))
        wrote, closed = _at_once(
            lambda: write_reply(wren, followup=followup, words="whole"),
            lambda: close_followup(marisol, followup=followup, outcome="wrote"),
        )
        followup.refresh_from_db()
        kept = words_of(wren, followup)
        assert (closed, followup.state) == (None, "done")
        assert (wrote, len(kept) - before) in {(None, 1), (ThreadClosed, 0)}
        assert set(kept) <= {"whole"}
