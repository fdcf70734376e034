"""Taking back what one wrote in a follow-up: by whom, what is left of it, and the mail that told of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from checkins.models import Reply
from checkins.services import (
    close_followup,
    hand_over_followup,
    own_reply,
    read_thread,
    send_hello,
    take_back_reply,
    take_followup,
    who_wrote_back,
    write_reply,
)
from checkins.views import replies as views
from groups.services import leave_group
from notices.models import Delivery, Notice
from notices.services import send_due, withdraw
from people.models import AuditEntry
from people.policy import NotAllowed
from people.reader import as_reader
from tests.checkins.conftest import CANARY, MONDAY
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    FollowUpFactory,
    MembershipFactory,
    SafetyLeadFactory,
    reply,
)

pytestmark = pytest.mark.django_db
TOMORROW = MONDAY + timedelta(days=1)


@pytest.fixture
def followup(group, wren):
    return FollowUpFactory(about=wren, group=group, cause="support")


def words_of(user, followup):
    return [line.words for line in read_thread(user, followup=followup)]


def path_of(row):
    return f"/replies/{row.public_id}/take-back/"


def waiting(user):
    return Delivery.objects.filter(notice__user=user, state="waiting").count()


# -- who may not ------------------------------------------------------------------------------
def test_nobody_takes_back_what_somebody_else_wrote(followup, group, wren, marisol, tunde, as_person):
    row = reply(followup, wren, CANARY)
    strangers = [MembershipFactory(group=group).user, AdminFactory(), FacilitatorFactory().user]

    for user in (marisol, tunde, SafetyLeadFactory(), *strangers):
        with pytest.raises(NotAllowed):
            take_back_reply(user, reply=row)
        assert own_reply(user, row.public_id) is None
        assert [as_person(user).get(path_of(row)).status_code, as_person(user).post(path_of(row)).status_code] == [
            404,
            404,
        ]
    assert words_of(wren, followup) == [CANARY]


def test_who_runs_the_group_no_more_finds_nothing_there(followup, group, marisol, tunde, wren, as_person):
    row = reply(followup, marisol, CANARY)
    leave_group(marisol, membership=group.memberships.get(user=marisol))

    with pytest.raises(NotAllowed):
        take_back_reply(marisol, reply=row)
    assert as_person(marisol).post(path_of(row)).status_code == 404
    assert words_of(wren, followup) == [CANARY]


def test_the_database_lets_its_author_empty_it_and_change_nothing_else(followup, wren, marisol):
    row = reply(followup, wren, CANARY)
    now = timezone.now()
    for change in ({"words": b"other"}, {"author": marisol}, {"taken_back_at": now}, {"words": None}):
        with pytest.raises((ProgrammingError, IntegrityError)), as_reader(wren), transaction.atomic():
            Reply.objects.filter(pk=row.pk).update(**change)
    for user in (marisol, SafetyLeadFactory()):
        with as_reader(user):
            assert Reply.objects.filter(pk=row.pk).update(words=None, taken_back_at=now) == 0
    assert words_of(wren, followup) == [CANARY]


def test_empty_and_not_taken_back_cannot_be(followup, wren):
    for half in ({"words": None}, {"words": b"x", "taken_back_at": timezone.now()}):
        with as_reader(wren), pytest.raises(IntegrityError) as problem, transaction.atomic():
            Reply.objects.create(followup=followup, author=wren, **half)
        assert problem.value.__cause__.diag.constraint_name == "reply_taken_back_is_empty"


# -- what is left -----------------------------------------------------------------------------
def test_the_words_are_gone_for_everybody_and_that_it_was_here_stays(followup, wren, marisol, tunde):
    row = reply(followup, wren, CANARY)
    reply(followup, wren, "Stays")

    take_back_reply(wren, reply=row)

    for reader in (wren, marisol, tunde, SafetyLeadFactory()):
        lines = read_thread(reader, followup=followup)
        assert [line.words for line in lines] == ["", "Stays"]
        assert [line.taken_back_at is None for line in lines] == [False, True]
    with as_reader(wren):
        assert Reply.objects.get(pk=row.pk).words is None


def test_twice_is_once(followup, wren):
    row = reply(followup, wren, CANARY)
    first = take_back_reply(wren, reply=row).taken_back_at
    with time_machine.travel(TOMORROW):
        assert take_back_reply(wren, reply=row).taken_back_at == first

    entries = AuditEntry.objects.filter(action="reply.take_back").values_list("actor", "about", "reason")
    assert list(entries) == [(wren.pk, wren.pk, "")]


def test_where_nothing_is_left_to_read_no_reading_is_recorded(followup, wren, marisol):
    take_back_reply(wren, reply=reply(followup, wren, CANARY))
    read_thread(marisol, followup=followup)
    assert not AuditEntry.objects.filter(action="reply.read").exists()

    reply(followup, wren, "Stays")
    read_thread(marisol, followup=followup)
    assert AuditEntry.objects.filter(action="reply.read").count() == 1


def test_it_can_be_taken_back_when_all_is_closed_and_long_ago_and_after_leaving(followup, group, wren, marisol):
    row = reply(followup, wren, CANARY)
    close_followup(marisol, followup=followup, outcome="wrote")
    group.memberships.filter(user=wren).update(state="left", ended_at=timezone.now())

    with time_machine.travel(MONDAY + timedelta(days=400)):
        take_back_reply(wren, reply=row)
    with as_reader(wren):
        assert Reply.objects.get(pk=row.pk).words is None


def test_what_was_handed_over_is_still_its_authors_to_take_back(followup, marisol, tunde, wren):
    row = write_reply(marisol, followup=followup, words=CANARY)
    hand_over_followup(marisol, followup=followup, to=tunde, due_at=TOMORROW)

    take_back_reply(marisol, reply=row)

    followup.refresh_from_db()
    assert (words_of(wren, followup), followup.owner) == ([""], tunde)


def test_who_is_to_look_still_is(followup, wren, marisol):
    row = write_reply(wren, followup=followup, words=CANARY)
    take_back_reply(wren, reply=row)

    followup.refresh_from_db()
    assert (followup.seen_at, followup.is_open, followup.escalations.ahead().count()) == (None, True, 3)


def test_the_list_waits_for_no_answer_to_what_is_gone(followup, wren, marisol):
    reply(followup, marisol, "Hello")
    row = reply(followup, wren, CANARY)
    assert who_wrote_back(marisol, [followup]) == {followup.pk}

    take_back_reply(wren, reply=row)
    assert who_wrote_back(marisol, [followup]) == set()


# -- the mail that told of it -----------------------------------------------------------------
def test_a_mail_that_has_not_left_stays(followup, wren, marisol):
    row = write_reply(marisol, followup=followup, words=CANARY)
    assert waiting(wren) == 1

    take_back_reply(marisol, reply=row)
    send_due()

    assert (len(mail.outbox), waiting(wren)) == (0, 0)
    assert Delivery.objects.values_list("state", "dropped_for").get() == ("dropped", "over")
    assert not Notice.objects.filter(user=wren, read_at=None).exists()


def test_a_hello_that_has_not_left_stays_too(group, wren, marisol):
    hello = FollowUpFactory(about=wren, group=group)
    row = send_hello(marisol, followup=hello, words=CANARY)

    take_back_reply(marisol, reply=row)
    send_due()

    assert len(mail.outbox) == 0


def test_where_other_words_stand_the_mail_leaves(followup, wren, marisol):
    row = write_reply(marisol, followup=followup, words=CANARY)
    other = write_reply(marisol, followup=followup, words="Stays")
    take_back_reply(marisol, reply=row)
    assert waiting(wren) == 1

    take_back_reply(marisol, reply=other)
    assert waiting(wren) == 0


def test_what_was_read_before_is_no_reason_for_a_mail(followup, wren, marisol):
    with time_machine.travel(MONDAY - timedelta(hours=1)):
        write_reply(marisol, followup=followup, words="Read long ago")
        send_due()
        read_thread(wren, followup=followup)
    row = write_reply(marisol, followup=followup, words=CANARY)
    assert waiting(wren) == 1

    take_back_reply(marisol, reply=row)
    assert waiting(wren) == 0


def test_after_that_new_words_are_told_again(followup, wren, marisol):
    take_back_reply(marisol, reply=write_reply(marisol, followup=followup, words=CANARY))
    write_reply(marisol, followup=followup, words="Better so")
    send_due()

    assert len(mail.outbox) == 1
    assert Notice.objects.filter(user=wren, read_at=None).count() == 1


def test_a_mail_that_has_left_is_not_followed_by_another_until_somebody_looks(followup, wren, marisol):
    for words in ("one", "two", "three"):
        take_back_reply(marisol, reply=write_reply(marisol, followup=followup, words=words))
        write_reply(marisol, followup=followup, words=words)
        send_due()

    assert len(mail.outbox) == 1


def test_all_whom_the_person_told_hear_no_more_of_it(followup, wren, marisol, tunde):
    row = write_reply(wren, followup=followup, words=CANARY)
    assert (waiting(marisol), waiting(tunde)) == (1, 1)

    take_back_reply(wren, reply=row)
    assert (waiting(marisol), waiting(tunde)) == (0, 0)


def test_what_others_are_told_of_stays_as_it_is(followup, group, wren, marisol):
    other = FollowUpFactory(about=wren, group=group, cause="support")
    write_reply(marisol, followup=other, words="Another thread")
    row = write_reply(marisol, followup=followup, words=CANARY)
    write_reply(wren, followup=followup, words="To Marisol")

    take_back_reply(marisol, reply=row)
    assert (waiting(wren), waiting(marisol)) == (1, 1)


def test_only_what_waits_is_withdrawn(followup, wren, marisol):
    write_reply(marisol, followup=followup, words=CANARY)
    send_due()
    told = Notice.objects.get(user=wren)

    assert (withdraw([told]), withdraw([])) == (0, 0)
    assert Notice.objects.filter(user=wren, read_at=None).exists()
    assert Delivery.objects.get().state == "sent"


# -- the pages --------------------------------------------------------------------------------
def test_looking_takes_nothing_back(followup, wren, as_person):
    row = reply(followup, wren, CANARY)
    asked = as_person(wren).get(path_of(row)).text

    assert (CANARY in asked, "cannot be brought back" in asked, CANARY in asked[: asked.index("</title>")]) == (
        True,
        True,
        False,
    )
    assert words_of(wren, followup) == [CANARY]


def test_both_sides_take_theirs_back_and_read_that_it_was(followup, wren, marisol, as_person):
    person, keeper = as_person(wren), as_person(marisol)
    rows = {person: reply(followup, wren, CANARY), keeper: reply(followup, marisol, f"{CANARY}-too")}
    pages = {person: f"/you/replies/{followup.public_id}/", keeper: f"/follow-up/{followup.public_id}/"}
    for browser, row in rows.items():
        shown = browser.get(pages[browser]).text
        assert [path_of(each) in shown for each in rows.values()] == [each is row for each in rows.values()]

    for browser, row in rows.items():
        answer = browser.post(path_of(row), follow=True)
        assert answer.redirect_chain == [(pages[browser], 302)]
        assert ("Taken back." in answer.text, path_of(row) in answer.text) == (True, False)
    for browser, name in ((person, "Marisol"), (keeper, "Wren")):
        shown = browser.get(pages[browser]).text
        assert f"{name} took this back on Monday 23 November, 10:00 am." in shown
        assert "You took this back on Monday 23 November, 10:00 am." in shown
        assert CANARY not in shown
        assert "/report/message/" in shown  # who was hurt by it can still say so


def test_a_second_click_is_answered_kindly(followup, wren, as_person):
    row = reply(followup, wren, CANARY)
    browser = as_person(wren)
    browser.post(path_of(row))

    for again in (browser.get(path_of(row), follow=True), browser.post(path_of(row), follow=True)):
        assert (again.status_code, "You took that back already." in again.text) == (200, True)


def test_where_the_thread_cannot_be_read_any_more_it_leads_home(followup, wren, marisol, as_person):
    row = reply(followup, wren, CANARY)
    close_followup(marisol, followup=followup, outcome="wrote")

    with time_machine.travel(MONDAY + timedelta(days=15)):
        answer = as_person(wren).post(path_of(row), follow=True)
    assert answer.redirect_chain == [("/home/", 302)]
    assert "Taken back." in answer.text


def test_two_who_had_the_page_open_see_it_done(followup, wren, as_person, monkeypatch):
    row = reply(followup, wren, CANARY)
    monkeypatch.setattr(views, "own_reply", lambda user, public_id: (row, CANARY))  # as it was a moment ago
    browser = as_person(wren)

    assert [browser.post(path_of(row)).status_code for _click in range(2)] == [302, 302]
    assert AuditEntry.objects.filter(action="reply.take_back").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one(followup, marisol):
    take_followup(marisol, followup=followup)
    rows = [write_reply(marisol, followup=followup, words=CANARY) for _n in range(3)]

    def click(row):
        try:
            return take_back_reply(marisol, reply=row).taken_back_at
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for row in rows:
            assert len(set(pool.map(click, [row] * 4))) == 1
    assert AuditEntry.objects.filter(action="reply.take_back").count() == 3
    assert words_of(marisol, followup) == ["", "", ""]
