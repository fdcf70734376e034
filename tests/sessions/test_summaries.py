"""What a session keeps of itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry
from people.policy import NotAllowed
from people.sealed import Unreadable, unseal
from sessions.models import GroupSession, Summary
from sessions.services import (
    NothingToShare,
    SummaryChanged,
    SummaryTooEarly,
    SummaryWords,
    keep_attendance,
    keep_headcount,
    keep_summary,
    read_summary,
    share_summary,
    take_back_summary,
)
from tests import factories
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.SessionFactory(starts_in=-timedelta(hours=3))


@pytest.fixture
def facilitator(session):
    return factories.FacilitatorFactory(group=session.group).user


@pytest.fixture
def summary(session, facilitator):
    return keep_summary(facilitator, session=session, about="Sleep", agreed="Ines asks the library")


def member(session, facilitator, came):
    joined = timezone.now() - timedelta(days=90)
    person = factories.MembershipFactory(group=session.group, joined_at=joined).user
    if came:
        keep_attendance(facilitator, session=session, marks={person.pk: came})
    return person


def shared(facilitator, summary):
    return share_summary(facilitator, session=summary.session, seen=summary.written_at)


@pytest.mark.parametrize("who", ["member", "attendee", "other facilitator", "admin"])
def test_only_who_leads_writes_shares_and_takes_back(session, facilitator, summary, who):
    person = {
        "member": lambda: member(session, facilitator, ""),
        "attendee": lambda: member(session, facilitator, "came"),
        "other facilitator": lambda: factories.FacilitatorFactory().user,
        "admin": factories.AdminFactory,
    }[who]()

    for deed in (
        lambda: keep_summary(person, session=session, about="Other", seen=summary.written_at),
        lambda: share_summary(person, session=session, seen=summary.written_at),
        lambda: take_back_summary(person, session=session),
    ):
        with pytest.raises(NotAllowed):
            deed()

    summary.refresh_from_db()
    assert summary.shared_at is None
    assert read_summary(facilitator, summary=summary).about == "Sleep"


READERS = {
    "came": ("came", True),
    "left early": ("left", True),
    "told us": ("apologies", False),
    "away": ("away", False),
    "not marked": ("", False),
}


@pytest.mark.parametrize("who", READERS)
def test_who_was_there_reads_it_once_it_is_shared_and_nobody_else(session, facilitator, summary, who):
    came, may = READERS[who]
    person = member(session, facilitator, came)
    with pytest.raises(NotAllowed):
        read_summary(person, summary=summary)

    shared(facilitator, summary)

    assert Summary.objects.visible_to(person).exists() is may
    if may:
        assert read_summary(person, summary=summary) == SummaryWords("Sleep", "Ines asks the library")
    else:
        with pytest.raises(NotAllowed):
            read_summary(person, summary=summary)


@pytest.mark.parametrize("then", ["leaves", "is put out", "is taken back", "only heads"])
def test_what_was_readable_is_so_no_more(session, facilitator, summary, then):
    person = member(session, facilitator, "came")
    shared(facilitator, summary)
    read_summary(person, summary=summary)
    {
        "leaves": lambda: person.memberships.update(state="left", ended_at=timezone.now()),
        "is put out": lambda: person.memberships.update(state="removed", ended_at=timezone.now(), ended_why="other"),
        "is taken back": lambda: take_back_summary(facilitator, session=session),
        "only heads": lambda: keep_headcount(facilitator, session=session, count=4),
    }[then]()

    with pytest.raises(NotAllowed):
        read_summary(person, summary=summary)
    assert not Summary.objects.visible_to(person).exists()


def test_attendance_of_another_session_opens_nothing(session, facilitator, summary):
    other = factories.SessionFactory(group=session.group, starts_in=-timedelta(days=7))
    person = member(other, facilitator, "came")
    shared(facilitator, summary)

    with pytest.raises(NotAllowed):
        read_summary(person, summary=summary)


@pytest.mark.parametrize("who", ["admin", "safety lead", "other facilitator"])
def test_nobody_above_reads_it(session, facilitator, summary, who):
    person = {
        "admin": factories.AdminFactory,
        "safety lead": factories.SafetyLeadFactory,
        "other facilitator": lambda: factories.FacilitatorFactory().user,
    }[who]()
    shared(facilitator, summary)

    with pytest.raises(NotAllowed):
        read_summary(person, summary=summary)


def test_who_steps_in_writes_it_too(session, facilitator):
    host = factories.UserFactory()
    factories.booking(session, host=host)

    summary = keep_summary(host, session=session, about="Sleep")

    assert read_summary(host, summary=summary).about == "Sleep"


@pytest.mark.parametrize("of", ["not begun", "cancelled"])
def test_there_is_nothing_to_keep_of_what_was_not(facilitator, session, of):
    if of == "cancelled":
        GroupSession.objects.update(state="cancelled", cancelled_at=timezone.now())
    other = factories.SessionFactory(group=session.group) if of == "not begun" else session

    with pytest.raises(SummaryTooEarly):
        keep_summary(facilitator, session=other, about="Sleep")

    assert not Summary.objects.exists()


def test_two_who_write_do_not_overwrite_each_other(session, facilitator, summary):
    second = factories.FacilitatorFactory(group=session.group).user
    started = summary.written_at
    keep_summary(second, session=session, about="Sleep and work", seen=started)

    for seen in (started, None):
        with pytest.raises(SummaryChanged):
            keep_summary(facilitator, session=session, about="Money", seen=seen)
    with pytest.raises(SummaryChanged):
        share_summary(facilitator, session=session, seen=started)

    summary.refresh_from_db()
    assert read_summary(facilitator, summary=summary).about == "Sleep and work"
    assert summary.shared_at is None


def test_a_second_click_changes_nothing(session, facilitator, summary):
    again = keep_summary(facilitator, session=session, about="Sleep", agreed="Ines asks the library")
    first, second = shared(facilitator, summary), shared(facilitator, summary)
    take_back_summary(facilitator, session=session)
    take_back_summary(facilitator, session=session)

    assert (again.written_at, first.shared_at) == (summary.written_at, second.shared_at)
    actions = AuditEntry.objects.filter(action__startswith="summary.").order_by("pk")
    assert [*actions.values_list("action", flat=True)] == ["summary.keep", "summary.share", "summary.take-back"]


def test_a_change_after_sharing_says_so(session, facilitator, summary):
    before = shared(facilitator, summary).changed_at

    after = keep_summary(facilitator, session=session, about="Sleep, put right", seen=summary.written_at)

    assert before is None
    assert after.changed_at == after.written_at > after.shared_at


def test_nothing_can_be_shared_before_it_is_written(session, facilitator):
    with pytest.raises(NothingToShare):
        share_summary(facilitator, session=session)

    assert take_back_summary(facilitator, session=session) is None


def test_reading_is_on_record_but_for_the_writer(session, facilitator, summary):
    person = member(session, facilitator, "came")
    shared(facilitator, summary)
    for reader in (person, facilitator):
        read_summary(reader, summary=summary)

    entry = AuditEntry.objects.get(action="summary.read")
    assert (entry.actor, entry.about, entry.reason) == (person, None, "")


def test_words_are_sealed_where_they_stand(session, summary):
    other = factories.SessionFactory()

    assert b"Sleep" not in bytes(summary.words)
    assert b"library" not in bytes(summary.agreed)
    with pytest.raises(Unreadable):
        unseal(Summary(public_id=summary.public_id, words=summary.agreed), "words", owner=session)
    with pytest.raises(Unreadable):
        unseal(summary, "words", owner=other)


def test_a_session_keeps_one(summary):
    with refused_by("group_sessions_summary_session_id_key"):
        Summary.objects.create(session=summary.session, words=summary.words, written_by=summary.written_by)
