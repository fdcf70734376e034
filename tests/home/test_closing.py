"""Closing a session: everything at once, but the note, which may fail alone."""

import logging
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from checkins.models import FollowUp
from home.forms.closing import names_in
from home.services import Debrief, Promise, close_session
from notes.models import Note
from notices.models import Notice
from notices.registry import topic
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import Closing, GroupSession, Seat
from sessions.services import ClosedMeanwhile, NotBegun, TooEarly, kept_of
from tests import factories as make
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "Two people swapped walking routes."


@pytest.fixture
def evening():
    group = make.GroupFactory(name="Quiet river")
    lead = make.FacilitatorFactory(group=group, alias="Marisol").user
    session = make.SessionFactory(group=group, starts_in=timedelta(hours=-3))
    joined = timezone.now() - timedelta(days=30)
    kofi = make.MembershipFactory(group=group, alias="Kofi", joined_at=joined).user
    return session, lead, kofi


def close(actor, session, **more):
    return close_session(actor, session=session, **({"roll": {"marks": {}}} | more))


def test_nobody_but_who_leads_it_closes_a_session(evening):
    session, _, kofi = evening
    for actor in (kofi, make.AdminFactory(), make.FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            close(actor, session)
    assert not Closing.objects.exists()


def test_what_has_not_begun_or_was_cancelled_is_not_closed(evening):
    session, lead, _ = evening
    later = make.SessionFactory(group=session.group)
    off = make.SessionFactory(group=session.group, state="cancelled", cancelled_at=timezone.now(), cancelled_by=lead)

    for one in (later, off):
        with pytest.raises((NotBegun, TooEarly)):
            close(lead, one)


def test_an_empty_page_closes_it(evening):
    session, lead, _ = evening

    closed = close(lead, session)

    assert not closed.note_failed
    assert GroupSession.objects.get().state == "held"
    assert (Closing.objects.get().closed_by, Note.objects.count(), FollowUp.objects.count()) == (lead, 0, 0)


def test_roll_promise_words_and_note_are_kept_at_once(evening):
    session, lead, kofi = evening
    due = timezone.now() + timedelta(days=1)

    closed = close(
        lead,
        session,
        roll={"marks": {kofi.pk: "came"}},
        promises=[Promise(kofi, lead, due, "k", "Ask how it was.")],
        debrief=Debrief("We took turns."),
        win=CANARY,
        tool="Five things you can see",
        themes=["sleep", "alone"],
    )

    assert not closed.note_failed
    assert Seat.objects.get(user=kofi).came == "came"
    assert FollowUp.objects.exclude(cause="first").get().cause == "promise"
    note = Note.objects.get()
    assert (note.session, note.author, note.readers) == (session, lead, "facilitators")
    kept = kept_of(kofi, session=session)
    assert (kept.win, kept.tool, kept.themes) == (CANARY, "Five things you can see", ["Being alone", "Sleep"])


def test_the_words_are_sealed_and_only_the_group_reads_them(evening):
    session, lead, _ = evening
    close(lead, session, win=CANARY)

    row = Closing.objects.get()
    assert CANARY.encode() not in bytes(row.win)
    assert CANARY not in repr(kept_of(lead, session=session))
    for stranger in (make.UserFactory(), make.AdminFactory(), make.FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            kept_of(stranger, session=session)


def test_a_note_that_fails_takes_nothing_with_it_and_leaves_no_word_in_the_log(evening, monkeypatch, caplog):
    session, lead, kofi = evening

    def fail(*args, **kwargs):
        raise DatabaseError(f"Failing row contains {CANARY}")

    monkeypatch.setattr("home.services.write_note", fail)
    with caplog.at_level(logging.ERROR):
        closed = close(lead, session, roll={"marks": {kofi.pk: "came"}}, debrief=Debrief(CANARY))

    assert closed.note_failed
    assert GroupSession.objects.get().state == "held"
    assert Seat.objects.get(user=kofi).came == "came"
    assert "DatabaseError" in caplog.text
    assert CANARY not in caplog.text
    caplog.clear()


def test_a_promise_that_cannot_be_kept_keeps_nothing_at_all(evening):
    session, lead, kofi = evening
    stranger = make.UserFactory()
    due = timezone.now() + timedelta(days=1)

    with pytest.raises(Exception, match="Choose somebody who belongs"):
        close(
            lead,
            session,
            roll={"marks": {kofi.pk: "came"}},
            promises=[Promise(stranger, lead, due, "k")],
            debrief=Debrief("We took turns."),
        )

    assert GroupSession.objects.get().state == "scheduled"
    assert (Seat.objects.count(), Closing.objects.count(), Note.objects.count()) == (0, 0, 0)


def test_the_same_form_twice_is_one_promise_and_one_note(evening):
    session, lead, kofi = evening
    due = timezone.now() + timedelta(days=1)
    form = {"promises": [Promise(kofi, lead, due, "k")], "debrief": Debrief("We took turns.", session.public_id)}
    first = close(lead, session, **form)

    close(lead, session, **form, seen=first.closing.closed_at)

    promises = FollowUp.objects.filter(cause="promise")
    assert (promises.count(), Note.objects.count(), Closing.objects.count()) == (1, 1, 1)


def test_who_began_with_what_stood_before_is_told_and_nothing_of_theirs_is_kept(evening):
    session, lead, kofi = evening
    second = make.FacilitatorFactory(group=session.group, alias="Tunde").user
    first = close(lead, session, win="One")

    with pytest.raises(ClosedMeanwhile):
        close(second, session, win="Two", roll={"marks": {kofi.pk: "came"}})
    assert kept_of(lead, session=session).win == "One"
    assert not Seat.objects.exists()

    close(second, session, win="Two", seen=first.closing.closed_at)
    assert kept_of(lead, session=session).win == "Two"


def test_who_would_like_to_talk_is_told_to_the_safety_lead_once(evening):
    session, lead, _ = evening
    priya = make.SafetyLeadFactory()
    first = close(lead, session, wants_talk=True)

    close(lead, session, wants_talk=True, seen=first.closing.closed_at)

    assert [(notice.user, notice.topic) for notice in Notice.objects.all()] == [(priya, "host.talk")]


def test_who_asks_to_talk_is_heard_whoever_saves_after_them(evening):
    session, lead, _ = evening
    second = make.FacilitatorFactory(group=session.group).user
    priya = make.SafetyLeadFactory()
    first = close(lead, session, wants_talk=True)
    close(second, session, seen=first.closing.closed_at)  # the second one does not want to

    told = Notice.objects.get()
    about = topic("host.talk")
    assert about.may(priya, told.ids)
    assert about.line(told.ids, priya).startswith(f"{lead.display_name} led an evening")


def test_whoever_no_longer_looks_after_safety_reads_no_name(evening):
    session, lead, _ = evening
    priya = make.SafetyLeadFactory()
    close(lead, session, wants_talk=True)
    priya.is_safety_lead = False

    assert lead.display_name not in topic("host.talk").line(Notice.objects.get().ids, priya)


def test_the_second_one_who_asks_to_talk_is_heard_too(evening):
    session, lead, _ = evening
    second = make.FacilitatorFactory(group=session.group).user
    priya = make.SafetyLeadFactory()
    first = close(lead, session, wants_talk=True)
    again = close(second, session, wants_talk=True, seen=first.closing.closed_at)
    close(lead, session, wants_talk=True, seen=again.closing.closed_at)

    lines = {topic("host.talk").line(notice.ids, priya) for notice in Notice.objects.all()}
    assert Notice.objects.count() == 2
    assert {line.partition(" led an")[0] for line in lines} == {lead.display_name, second.display_name}


def test_who_takes_it_back_is_not_rung(evening):
    session, lead, _ = evening
    priya = make.SafetyLeadFactory()
    first = close(lead, session, wants_talk=True)

    close(lead, session, seen=first.closing.closed_at)

    assert not topic("host.talk").may(priya, Notice.objects.get().ids)


def test_closing_is_in_the_record_without_words(evening):
    session, lead, _ = evening
    close(lead, session, win=CANARY, debrief=Debrief(CANARY))

    entries = AuditEntry.objects.filter(action__in=["session.close", "note.write"])
    assert {entry.action for entry in entries} == {"session.close", "note.write"}
    assert not [entry for entry in AuditEntry.objects.all() if CANARY in entry.reason]


def test_a_closing_is_one_of_the_known_kinds(evening):
    session, lead, _ = evening
    close(lead, session)

    with refused_by("closing_talked"):
        Closing.objects.update(talked="maybe")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("mo was quiet", ["Mo"]),
        ("MO, then Ines.", ["Mo", "Ines"]),
        ("More of the same for the most part", []),
        ("D. said little", ["D."]),
        ("", []),
    ],
)
def test_names_are_found_as_words_of_their_own(words, found):
    assert names_in(words, ["Mo", "Ines", "D."]) == found
