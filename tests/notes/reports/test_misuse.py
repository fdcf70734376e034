"""Somebody tries to make something of reports that they are not for."""

from uuid import uuid4

import pytest
from django.utils import timezone

from notes.models import Report
from notes.services import make_report, who_sees_to
from notices.models import Notice
from people.policy import can
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    MembershipFactory,
    SafetyLeadFactory,
    SessionFactory,
    UserFactory,
    booking,
)

pytestmark = pytest.mark.django_db(transaction=True)


def about_the_group(seat, **what):
    return make_report(seat.user, words="x", may_contact=False, once=uuid4(), group=seat.group, about=None, **what)


def test_the_id_of_somebody_elses_report_changes_and_breaks_nothing(client, seat):
    other = about_the_group(MembershipFactory(group=seat.group))

    sent = client.post(f"/report/group/{seat.group.slug}/", {"words": "mine", "public_id": str(other.public_id)})

    assert sent.status_code == 302
    assert Report.objects.get(public_id=other.public_id).reporter == other.reporter
    assert Report.objects.filter(reporter=seat.user).count() == 1


def test_whoever_runs_a_group_does_not_see_to_what_is_said_about_it(client, seat):
    lead = SafetyLeadFactory()
    FacilitatorFactory(group=seat.group, user=lead)
    other = SafetyLeadFactory()
    row = about_the_group(seat)

    assert who_sees_to(row) == [other]
    assert not Notice.objects.filter(user=lead).exists()
    client.force_login(lead)
    assert client.get(f"/reports/{row.public_id}/").status_code == 404
    assert not can(lead, "report.read", row)
    client.force_login(other)
    assert client.get(f"/reports/{row.public_id}/").status_code == 200


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_whoever_ran_a_group_does_not_step_down_to_read_what_was_said_about_it(role, client, seat):
    """An admin sees to it where there is no other lead."""
    person = SafetyLeadFactory() if role == "lead" else AdminFactory()
    ran = FacilitatorFactory(group=seat.group, user=person)
    row = about_the_group(seat)
    ran.state, ran.ended_at = "left", timezone.now()
    ran.save()

    assert person not in who_sees_to(row)
    assert not can(person, "report.read", row)
    assert not Report.objects.visible_to(person).exists()


@pytest.mark.parametrize("role", ["lead", "admin"])
def test_whoever_stood_in_does_not_see_to_what_is_said_about_that_session(role, client, seat):
    person = SafetyLeadFactory() if role == "lead" else AdminFactory()
    other = SafetyLeadFactory() if role == "lead" else AdminFactory()
    session = SessionFactory(group=seat.group)
    booking(session, host=person)
    row = about_the_group(seat, session=session)

    assert {person, other} & set(who_sees_to(row)) == {other}
    assert (can(person, "report.read", row), can(other, "report.read", row)) == (False, True)
    assert not Report.objects.visible_to(person).exists()
    assert Report.objects.visible_to(other).get() == row
    about_the_group(seat, session=SessionFactory(group=seat.group))
    assert Report.objects.visible_to(person).count() == 1


def test_where_the_only_lead_stood_in_the_admins_see_to_it(seat):
    lead, admin = SafetyLeadFactory(), AdminFactory()
    session = SessionFactory(group=seat.group)
    booking(session, host=lead)
    row = about_the_group(seat, session=session)

    assert {lead, admin} & set(who_sees_to(row)) == {admin}
    assert Report.objects.visible_to(admin).get() == row


def test_where_every_lead_runs_the_group_the_admins_see_to_it(client, seat):
    lead, admin = SafetyLeadFactory(), AdminFactory()
    FacilitatorFactory(group=seat.group, user=lead)
    row = about_the_group(seat)

    assert admin in who_sees_to(row)
    assert lead not in who_sees_to(row)
    client.force_login(admin)
    assert client.get(f"/reports/{row.public_id}/").status_code == 200
    FacilitatorFactory(group=seat.group, user=admin)
    assert client.get(f"/reports/{row.public_id}/").status_code == 404


def test_a_lead_sees_to_what_is_said_about_a_person_in_their_group(client, seat):
    lead = SafetyLeadFactory()
    FacilitatorFactory(group=seat.group, user=lead)
    row = make_report(seat.user, words="x", may_contact=False, once=uuid4(), group=seat.group, about=UserFactory())

    assert who_sees_to(row) == [lead]
    assert Report.objects.visible_to(lead).get() == row
    assert not Report.objects.visible_to(AdminFactory()).exists()
