"""Before an evening: the first host who is there, and the checklist."""

from datetime import timedelta

import pytest

from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import GroupSession, Tick
from sessions.services import NotTheTime, cancel_session, checklist, keep_checks, opened, say_here
from tests import factories
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=30)


@pytest.fixture
def session():
    return factories.SessionFactory(starts_in=SOON)


@pytest.fixture
def host(session):
    return factories.FacilitatorFactory(group=session.group, alias="Marisol").user


STRANGERS = {
    "member": lambda group: factories.MembershipFactory(group=group).user,
    "facilitator elsewhere": lambda group: factories.FacilitatorFactory().user,
    "admin": lambda group: factories.AdminFactory(),
    "safety lead": lambda group: factories.SafetyLeadFactory(),
    "ran it once": lambda group: (
        factories.FacilitatorFactory(group=group, state="left", ended_at="2026-01-01T00:00Z").user
    ),
}


@pytest.mark.parametrize("make", STRANGERS.values(), ids=STRANGERS)
def test_nobody_else_opens_or_ticks(session, make):
    person = make(session.group)

    assert opened(session, person) is False
    with pytest.raises(NotAllowed):
        say_here(person, session=session)
    with pytest.raises(NotAllowed):
        keep_checks(person, session=session, ticked=["link"], shown=[])

    assert GroupSession.objects.get().opened_at is None
    assert not Tick.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("starts_in", [timedelta(minutes=61), timedelta(minutes=-76)])
def test_nobody_is_there_before_the_hour_or_after_the_end(starts_in):
    session = factories.SessionFactory(starts_in=starts_in)
    host = factories.FacilitatorFactory(group=session.group).user

    assert opened(session, host) is False
    with pytest.raises(NotTheTime):
        say_here(host, session=session)


def test_a_cancelled_session_is_opened_by_nobody(session, host):
    stale = GroupSession.objects.get()
    cancel_session(host, session=session)

    assert opened(stale, host) is False
    session.refresh_from_db()
    assert opened(session, host) is False
    with pytest.raises(NotTheTime):
        keep_checks(host, session=session, ticked=["link"], shown=[])


def test_the_first_host_counts_and_the_calendar_of_nobody_changes(session, host):
    other = factories.FacilitatorFactory(group=session.group).user
    stale = GroupSession.objects.get()
    sequence = stale.sequence

    assert opened(session, host) is True
    assert opened(stale, other) is False
    say_here(other, session=GroupSession.objects.get())

    kept = GroupSession.objects.get()
    assert (kept.opened_by, kept.sequence) == (host, sequence)
    assert list(AuditEntry.objects.values_list("actor", "action")) == [(host.pk, "session.open")]


def test_who_steps_in_from_outside_opens_it_too(session):
    outside = factories.UserFactory()
    factories.booking(session, host=outside)

    assert say_here(outside, session=session).opened_by == outside


@pytest.mark.parametrize(
    ("where", "colleague", "items"),
    [
        ("online", "Tunde", ["link", "quiet", "colleague", "help", "people", "fit"]),
        ("hybrid", "", ["link", "quiet", "help", "people", "fit"]),
        ("in_person", "", ["help", "people", "fit"]),
    ],
)
def test_what_does_not_apply_is_left_out(host, session, where, colleague, items):
    session.group.format = where

    found = checklist(host, session, colleague=colleague)

    assert [check.item for check in found] == items
    assert [check.label for check in found if check.item == "colleague"] == ["Tunde is here"] * bool(colleague)


def test_how_somebody_is_today_is_seen_by_nobody_else(host, session):
    tunde = factories.FacilitatorFactory(group=session.group).user
    keep_checks(host, session=session, ticked=["link", "fit"], shown=[])

    assert [check.item for check in checklist(host, session) if check.done] == ["link", "fit"]
    assert [check.item for check in checklist(tunde, session) if check.done] == ["link"]
    keep_checks(tunde, session=session, ticked=["link"], shown=["link", "fit"])
    assert Tick.objects.get(item="fit").user == host
    assert set(AuditEntry.objects.values_list("action", "reason")) == {("session.check", "")}


def test_only_what_was_changed_on_the_page_changes(host, session):
    tunde = factories.FacilitatorFactory(group=session.group).user
    keep_checks(host, session=session, ticked=["link"], shown=[])
    keep_checks(tunde, session=session, ticked=["quiet"], shown=[])
    keep_checks(tunde, session=session, ticked=["quiet", "help"], shown=["quiet"])
    keep_checks(host, session=session, ticked=[], shown=["link"])

    assert set(Tick.objects.values_list("item", flat=True)) == {"quiet", "help"}
    before = AuditEntry.objects.count()
    keep_checks(host, session=session, ticked=["quiet"], shown=["quiet"])
    assert AuditEntry.objects.count() == before


def test_the_database_knows_the_items_and_each_once(host, session):
    Tick.objects.create(session=session, item="link", user=host)

    with refused_by("tick_once"):
        Tick.objects.create(session=session, item="link", user=host)
    with refused_by("tick_item"):
        Tick.objects.create(session=session, item="tea", user=host)
    with refused_by("session_opened_says_who"):
        GroupSession.objects.update(opened_by=host)
