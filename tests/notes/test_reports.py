"""Something is not right: who may say so, who reads it, and that nobody it concerns learns of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from notes.models import Report
from notes.services import (
    ReportClosed,
    TooManyReports,
    close_report,
    forget_reports,
    make_report,
    read_report,
    remind_of_reports,
    reports,
    who_sees_to,
)
from notices.models import Notice
from people.models import AuditEntry, SubjectKey, User
from people.policy import NotAllowed
from people.sealed import Unreadable
from people.services import change_roles
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    MembershipFactory,
    SafetyLeadFactory,
    UserFactory,
)
from tests.factories import report as reported
from tests.groups.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "canary words about the evening"


@pytest.fixture
def lead():
    return SafetyLeadFactory()


@pytest.fixture
def member():
    return MembershipFactory(group=FacilitatorFactory().group).user


def passed_on(member, **given):
    given = {"words": WORDS, "about": None, "may_contact": False, "once": uuid4()} | given
    return make_report(member, group=member.memberships.get().group, **given)


# -- who reads it --------------------------------------------------------------------------------
def test_nobody_but_a_safety_lead_reads_it(lead, member):
    report = passed_on(member)
    facilitator = report.group.memberships.facilitators().get().user
    for stranger in (member, facilitator, AdminFactory(), UserFactory()):
        assert not Report.objects.visible_to(stranger).exists()
        with pytest.raises(NotAllowed):
            read_report(stranger, report=report)

    assert read_report(lead, report=report) == WORDS


def test_a_lead_sees_nothing_that_is_about_themself(lead, member):
    other = SafetyLeadFactory()
    report = passed_on(member, about=lead)

    assert not Report.objects.visible_to(lead).exists()
    assert who_sees_to(report) == [other]
    with pytest.raises(NotAllowed):
        close_report(lead, report=report, outcome="nothing")
    assert list(Notice.objects.values_list("user", flat=True)) == [other.pk]


def test_where_it_is_about_the_only_lead_admins_see_to_it(lead, member):
    admin = AdminFactory()
    report = passed_on(member, about=lead)

    assert Report.objects.visible_to(admin).get() == report
    assert read_report(admin, report=report) == WORDS


def test_admins_do_not_read_what_a_lead_can(lead, member):
    admin = AdminFactory()
    passed_on(member)

    assert not Report.objects.visible_to(admin).exists()


def test_a_lead_does_not_see_to_their_own(lead, member):
    MembershipFactory(group=member.memberships.get().group, user=lead)
    passed_on(lead)

    assert not Report.objects.visible_to(lead).exists()


def test_where_everybody_is_concerned_it_waits_for_somebody_new(member):
    User.objects.filter(is_admin=True).update(is_admin=False)
    report = passed_on(member)
    assert who_sees_to(report) == []

    lead = SafetyLeadFactory()
    assert Report.objects.visible_to(lead).get() == report


# -- no trace of who ---------------------------------------------------------------------------
def test_words_are_sealed_and_the_record_names_nobody(lead, member):
    about = UserFactory()
    report = passed_on(member, about=about)

    assert b"canary" not in bytes(report.words)
    read_report(lead, report=report)
    close_report(lead, report=report, outcome="talked")
    rows = AuditEntry.objects.filter(action__startswith="report.").order_by("pk")
    assert list(rows.values_list("action", "actor", "about")) == [
        ("report.make", None, None),
        ("report.read", lead.pk, None),
        ("report.close", lead.pk, None),
    ]


def test_the_one_it_is_about_is_told_nothing(lead, member):
    about = MembershipFactory(group=member.memberships.get().group).user
    close_report(lead, report=passed_on(member, about=about), outcome="talked")

    assert set(Notice.objects.values_list("user", flat=True)) == {lead.pk, member.pk}


def test_that_somebody_read_is_written_down_before_it_opens(lead, member):
    report = passed_on(member)
    SubjectKey.objects.filter(subject_public_id=report.public_id).update(wrapped=None, destroyed_at=timezone.now())

    with pytest.raises(Unreadable):
        read_report(lead, report=report)
    assert AuditEntry.objects.filter(action="report.read", actor=lead).exists()


# -- where it stands ---------------------------------------------------------------------------
def test_reading_says_that_somebody_looks(lead, member):
    report = passed_on(member)
    read_report(lead, report=report)

    report.refresh_from_db()
    assert (report.state, report.handler) == ("seen", lead)


def test_it_is_closed_once(lead, member):
    report = passed_on(member)
    close_report(lead, report=report, outcome="changed")

    with pytest.raises(ReportClosed):
        close_report(lead, report=report, outcome="nothing")
    report.refresh_from_db()
    assert (report.outcome, report.closed_by) == ("changed", lead)


def test_the_second_click_passes_on_one(lead, member):
    once = uuid4()

    assert passed_on(member, once=once) == passed_on(member, once=once)
    assert Report.objects.count() == 1


def test_ten_a_day(lead, member):
    for _number in range(10):
        reported(member, WORDS, group=member.memberships.get().group)
    with pytest.raises(TooManyReports):
        passed_on(member)

    Report.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert passed_on(member)


def test_words_go_a_year_after_they_were_looked_at(lead, member):
    report = passed_on(member)
    close_report(lead, report=report, outcome="nothing")
    assert forget_reports() == 0

    Report.objects.update(closed_at=timezone.now() - timedelta(days=366))
    assert [forget_reports(), forget_reports()] == [1, 0]
    assert SubjectKey.objects.get(subject_public_id=report.public_id).wrapped is None
    assert Report.objects.get().words is None


# -- the table ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("report_state", {"state": "lost"}),
        ("report_not_about_oneself", {"about": "reporter"}),
        ("report_not_by_whom_it_is_about", {"about": "lead", "handler": "lead"}),
        ("report_not_closed_by_whom_it_is_about", {"about": "lead", "state": "closed", "closed_by": "lead"}),
        ("report_about_something", {"group": None}),
        ("report_closed_iff", {"state": "closed"}),
    ],
)
def test_what_must_never_be_false_is_refused_by_the_database(lead, member, name, fields):
    report = passed_on(member)
    people = {"reporter": member, "lead": lead}
    values = {field: people.get(value, value) if isinstance(value, str) else value for field, value in fields.items()}
    if "closed_by" in values:
        values |= {"closed_at": timezone.now(), "outcome": "nothing"}
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Report.objects.filter(pk=report.pk).update(**values)

    assert caught.value.__cause__.diag.constraint_name == name


# -- whoever had it goes -------------------------------------------------------------------------
def told_of(topic):
    return sorted(Notice.objects.filter(topic=topic).values_list("user", flat=True))


def gives_up(lead):
    return change_roles(AdminFactory(), person=lead, is_admin=False, is_safety_lead=False)


def test_what_is_closed_or_in_hand_is_left_to_nobody(lead, member):
    other = SafetyLeadFactory()
    closed, kept = passed_on(member), passed_on(member)
    close_report(lead, report=closed, outcome="talked")
    read_report(other, report=kept)
    gives_up(lead)

    kept.refresh_from_db()
    assert (kept.state, kept.handler) == ("seen", other)
    assert told_of("report.left") == []


def test_what_was_read_and_not_closed_waits_for_the_next_one_and_only_for_them(lead, member):
    report, other = passed_on(member, about=UserFactory()), SafetyLeadFactory()
    read_report(lead, report=report)
    gives_up(lead)
    remind_of_reports()

    report.refresh_from_db()
    assert (report.state, report.handler, report.seen_at) == ("new", None, None)
    assert told_of("report.left") == [other.pk]
    entry = AuditEntry.objects.get(action="report.left")
    assert (entry.actor, entry.about, entry.reason) == (None, None, "")
    read_report(other, report=report)
    assert close_report(other, report=report, outcome="talked").closed_by == other


def test_the_admins_hear_where_no_other_lead_is_there_and_hand_on_to_whoever_comes(lead, member):
    admin, report = AdminFactory(), passed_on(member)
    read_report(lead, report=report)
    gives_up(lead)
    assert admin.pk in told_of("report.left")
    assert read_report(admin, report=report) == WORDS

    other = change_roles(AdminFactory(), person=UserFactory(), is_admin=False, is_safety_lead=True)
    report.refresh_from_db()
    assert (report.state, report.handler) == ("new", None)
    assert other.pk in told_of("report.left")
    assert not Report.objects.visible_to(admin).exists()


def test_what_nobody_has_read_is_told_to_whoever_is_new(lead, member):
    passed_on(member)
    other = SafetyLeadFactory()

    assert [remind_of_reports(), remind_of_reports()] == [1, 0]
    assert told_of("report.made") == sorted([lead.pk, other.pk])


def test_a_new_reader_has_it_before_any_look(lead, member):
    report, other = passed_on(member), SafetyLeadFactory()
    read_report(lead, report=report)
    User.objects.filter(pk=lead.pk).update(is_safety_lead=False)  # nobody was told of it
    read_report(other, report=report)

    report.refresh_from_db()
    assert (report.state, report.handler) == ("seen", other)


def looks_at_once(report):
    """How often three looks at once note that it was left."""
    Report.objects.filter(pk=report.pk).update(state="seen", handler=UserFactory(), seen_at=timezone.now())
    before = AuditEntry.objects.filter(action="report.left").count()
    at_once(remind_of_reports, remind_of_reports, remind_of_reports)
    return AuditEntry.objects.filter(action="report.left").count() - before


def test_looks_at_once_note_it_once(lead, member):
    report = passed_on(member)

    assert [looks_at_once(report) for _round in range(5)] == [1] * 5


def test_without_holding_the_row_that_race_is_lost(lead, member, monkeypatch):
    """The test above can fail."""
    report = passed_on(member)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **kwargs: rows)

    assert any(looks_at_once(report) > 1 for _round in range(20))


def test_one_that_cannot_be_told_of_holds_up_no_other(member, monkeypatch, caplog):
    passed_on(member), passed_on(member)
    SafetyLeadFactory()
    settle, broken = reports.settle_report, Report.objects.order_by("pk").first()
    monkeypatch.setattr(reports, "settle_report", lambda row: 1 / 0 if row.pk == broken.pk else settle(row))

    assert remind_of_reports() == 1
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()
