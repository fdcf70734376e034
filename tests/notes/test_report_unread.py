"""Something passed on that nobody reads: who is told again, once, and that nobody whom it concerns learns of it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from notes.services import close_report, make_report, read_report, remind_of_reports, report_waits_unread
from notices.models import Delivery, Notice
from people.models import AuditEntry
from tests.factories import AdminFactory, FacilitatorFactory, MembershipFactory, OrganisationFactory, SafetyLeadFactory
from tests.groups.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOURS = timedelta(hours=2, minutes=1)  # what is unseen waits two hours


@pytest.fixture(autouse=True)
def _open(time_machine):
    OrganisationFactory()  # from nine to five on weekdays
    time_machine.move_to(TUESDAY, tick=False)


@pytest.fixture
def lead():
    return SafetyLeadFactory(display_name="Priya")


@pytest.fixture
def member():
    return MembershipFactory(group=FacilitatorFactory().group).user


@pytest.fixture
def admin(member):
    """Who opened the group."""
    return member.memberships.get().group.created_by


def passed_on(member, about=None):
    group = member.memberships.get().group
    return make_report(member, words="canary", about=about, may_contact=False, once=uuid4(), group=group)


def told(topic):
    return sorted(Notice.objects.filter(topic=topic).values_list("user", flat=True))


def told_again():
    return told("report.still"), told("report.waits")


def test_nobody_is_told_again_before_its_time(lead, admin, member, time_machine):
    passed_on(member)
    time_machine.shift(timedelta(hours=1, minutes=59))

    assert remind_of_reports() == 0
    assert told_again() == ([], [])
    assert not report_waits_unread(admin)


def test_nobody_is_told_again_of_what_was_read_or_closed(lead, admin, member, time_machine):
    read_report(lead, report=passed_on(member))
    close_report(lead, report=passed_on(member), outcome="nothing")
    time_machine.shift(HOURS)

    assert remind_of_reports() == 0
    assert told_again() == ([], [])
    assert not report_waits_unread(admin)


def test_whom_it_is_about_and_who_said_so_never_hear_of_it(admin, member, time_machine):
    """Not as a safety lead, and not as an admin."""
    person = SafetyLeadFactory(is_admin=True)
    passed_on(member, about=person)
    time_machine.shift(HOURS)
    remind_of_reports()

    assert set(Notice.objects.values_list("user", flat=True)) == {admin.pk}
    assert [report_waits_unread(user) for user in (person, member)] == [False, False]


def test_about_a_group_whoever_runs_it_never_hears_of_it(lead, admin, member, time_machine):
    runs = FacilitatorFactory(group=member.memberships.get().group, user=AdminFactory()).user
    passed_on(member)
    time_machine.shift(HOURS)
    remind_of_reports()

    assert set(Notice.objects.values_list("user", flat=True)) == {lead.pk, admin.pk}
    assert not report_waits_unread(runs)


def test_with_two_leads_both_are_told_again_and_no_admin(lead, admin, member, time_machine):
    second = SafetyLeadFactory()
    passed_on(member)
    time_machine.shift(HOURS)

    assert remind_of_reports() == 1
    assert told_again() == (sorted([lead.pk, second.pk]), [])


def test_where_there_is_no_other_lead_the_admins_hear_that_something_waits(lead, admin, member, time_machine):
    row = passed_on(member)
    time_machine.shift(HOURS)
    remind_of_reports()

    assert told_again() == ([lead.pk], [admin.pk])
    assert Notice.objects.get(topic="report.waits").ids == {"report": str(row.public_id)}
    assert Delivery.objects.filter(notice__topic="report.waits", send_at__lte=TUESDAY + HOURS).count() == 1
    entry = AuditEntry.objects.get(action="report.remind")
    assert (entry.actor, entry.about, entry.reason) == (None, None, "")
    assert report_waits_unread(admin)


def test_it_is_once_however_many_look(lead, admin, member, time_machine):
    passed_on(member)
    time_machine.shift(HOURS)
    at_once(remind_of_reports, remind_of_reports, remind_of_reports)
    for _day in range(3):
        time_machine.shift(timedelta(days=1))
        remind_of_reports()

    assert told_again() == ([lead.pk], [admin.pk])
    assert AuditEntry.objects.filter(action="report.remind").count() == 1


def test_where_nobody_looks_after_safety_the_other_admins_read_it_and_are_told_again(admin, member, time_machine):
    passed_on(member)
    assert told("report.made") == [admin.pk]
    time_machine.shift(HOURS)
    remind_of_reports()

    assert told_again() == ([admin.pk], [])
    assert report_waits_unread(admin)


def test_over_a_weekend_it_waits_until_somebody_is_there(lead, member, time_machine):
    time_machine.move_to(datetime(2026, 11, 27, 16, 30, tzinfo=UTC), tick=False)  # half an hour before Friday ends
    passed_on(member)
    time_machine.move_to(datetime(2026, 11, 30, 10, 29, tzinfo=UTC), tick=False)
    assert remind_of_reports() == 0

    time_machine.shift(timedelta(minutes=2))
    assert remind_of_reports() == 1
