"""What is flagged and unseen goes on: to everybody who runs the group, the coordinator, the safety lead (T13)."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkins.models import Duty, Escalation, FollowUp
from checkins.services import (
    close_followup,
    escalate,
    escalations,
    hand_back_followup,
    hand_over_followup,
    say_more,
    see_followup,
    take_followup,
    waiting_for,
)
from notices.models import Delivery, Notice
from notices.services import send_due
from people.models import AuditEntry, Organisation
from people.services import suspend_person
from tests import factories
from tests import pairs as two
from tests.checkins.conftest import MONDAY

pytestmark = pytest.mark.django_db
HARD = {"cause": "hard", "key": "hard one"}


def at(hour, minute=0, day=23):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def lead(organisation):
    return factories.SafetyLeadFactory(display_name="Priya")


@pytest.fixture
def admin(group):
    group.created_by.display_name = "Amal"
    group.created_by.save()
    return group.created_by


@pytest.fixture
def flagged(wren, group, admin, lead, monday):
    """A very hard answer, shared on Monday at ten."""
    return plan(about=wren, group=group, **HARD)


def plan(moment=MONDAY, **fields):
    """A follow-up whose escalations were planned at this moment."""
    with time_machine.travel(moment, tick=False):
        followup = factories.FollowUpFactory(due_at=moment + timedelta(days=9), **fields)
        escalations.plan_escalations(followup)
    return followup


def told(topic):
    return sorted(Notice.objects.filter(topic=topic).values_list("user__display_name", flat=True))


def rows(followup):
    return [
        (row.step, row.due_at, bool(row.happened_at), bool(row.dropped_at))
        for row in followup.escalations.order_by("step")
    ]


def tick(moment):
    with time_machine.travel(moment, tick=False):
        return escalate()


# -- when -------------------------------------------------------------------------------------
def test_a_wish_for_contact_is_planned_in_open_hours(question, marisol):
    with time_machine.travel(at(16), tick=False):
        answer = {"support": "call", "reach": "07700 900123", "words": "", "share": "me"}
        question.state, question.answered_at, question.mood = "answered", timezone.now(), 3
        question.save()
        say_more(question.user, checkin=question, group=marisol.memberships.get().group, **answer)

    followup = FollowUp.objects.get()
    assert [due for _step, due, *_rest in rows(followup)] == [at(10, day=24), at(12, day=24), at(14, day=24)]


def test_what_nobody_asked_for_is_not_planned(wren, group):
    assert rows(plan(about=wren, group=group, cause="hand")) == []


def test_before_its_time_nobody_is_told(flagged):
    assert tick(at(11, 59)) == 0
    assert Notice.objects.count() == 0


def test_step_by_step_the_next_people_hear_of_it(flagged):
    assert tick(at(12)) == 1
    assert told("followup.opened") == ["Marisol", "Tunde"]

    assert tick(at(14)) == 1
    assert told("followup.waits") == ["Amal"]

    assert told("followup.urgent") == []
    assert tick(at(16)) == 1
    assert told("followup.urgent") == ["Priya"]
    assert all(happened for _step, _due, happened, _dropped in rows(flagged))


def test_a_clock_that_stood_still_catches_up(flagged):
    assert tick(at(18)) == 3
    assert (told("followup.opened"), told("followup.waits"), told("followup.urgent")) == (
        ["Marisol", "Tunde"],
        ["Amal"],
        ["Priya"],
    )


def test_each_step_is_taken_once(flagged):
    assert [tick(at(18)), tick(at(18)), tick(at(19))] == [3, 0, 0]
    assert Notice.objects.count() == 4


def test_each_step_is_written_down_without_a_name_of_who_did_it(flagged):
    tick(at(12))

    entry = AuditEntry.objects.get(action="followup.escalate")
    assert (entry.actor, entry.about, entry.reason) == (None, flagged.about, "step 1")


# -- who looks ends it --------------------------------------------------------------------------
@pytest.mark.parametrize("deed", [see_followup, take_followup])
def test_who_looks_ends_it(flagged, marisol, deed):
    tick(at(12))

    deed(marisol, followup=flagged)

    assert [row[2:] for row in rows(flagged)] == [(True, False), (False, True), (False, True)]
    assert tick(at(18)) == 0


def test_closing_ends_it(flagged, marisol):
    close_followup(marisol, followup=flagged, outcome="called")

    assert all(dropped for *_row, dropped in rows(flagged))


def test_looking_in_a_way_that_told_nobody_ends_it_too(flagged):
    """Rows are asked again when they are due: whoever wrote `seen_at` by another way has looked."""
    FollowUp.objects.update(seen_at=at(11))

    assert tick(at(12)) == 0
    assert rows(flagged)[0][2:] == (False, True)


def test_handing_back_begins_again(flagged, marisol, tunde):
    with time_machine.travel(at(11), tick=False):
        take_followup(marisol, followup=flagged)
    with time_machine.travel(at(13), tick=False):
        hand_back_followup(marisol, followup=flagged)

    assert [due for _step, due, *_rest in rows(flagged)] == [at(15), at(17), at(11, day=24)]
    assert tick(at(15)) == 1
    with time_machine.travel(at(15, 1), tick=False):
        assert FollowUp.objects.waiting_unseen().get() == flagged


def test_what_was_given_to_somebody_who_has_not_looked_goes_on(flagged, marisol, tunde):
    with time_machine.travel(at(11), tick=False):
        hand_over_followup(marisol, followup=flagged, to=tunde, due_at=at(16, day=24))

    assert tick(at(13)) == 1
    with time_machine.travel(at(13, 1), tick=False):
        see_followup(tunde, followup=FollowUp.objects.get())
    assert tick(at(18)) == 0


# -- nobody there -------------------------------------------------------------------------------
def test_where_nobody_is_at_a_step_the_next_is_taken_at_once(flagged, group, marisol, tunde):
    group.memberships.filter(user__in=[marisol, tunde]).update(role="member")

    assert tick(at(12)) == 2
    assert (told("followup.opened"), told("followup.waits"), told("followup.urgent")) == ([], ["Amal"], [])


def test_where_only_a_safety_lead_is_there_they_are_told_first(flagged, group, marisol, tunde, admin):
    group.memberships.filter(user__in=[marisol, tunde]).update(role="member")
    type(admin).objects.filter(pk=admin.pk).update(is_admin=False)

    assert tick(at(12)) == 3
    assert told("followup.urgent") == ["Priya"]


def test_where_nobody_is_anywhere_it_still_stands(flagged, group, marisol, tunde, admin, lead):
    group.memberships.filter(user__in=[marisol, tunde]).update(role="member")
    type(admin).objects.filter(pk__in=[admin.pk, lead.pk]).update(is_admin=False, is_safety_lead=False)

    assert tick(at(12)) == 3
    assert Notice.objects.count() == 0
    with time_machine.travel(at(13), tick=False):
        assert FollowUp.objects.waiting_unseen().get() == flagged


def test_nobody_hears_of_themself(wren, flagged):
    type(wren).objects.filter(pk=wren.pk).update(is_admin=True, is_safety_lead=True)

    tick(at(18))

    assert not Notice.objects.filter(user=wren).exists()
    with time_machine.travel(at(18), tick=False):
        wren.refresh_from_db()
        assert waiting_for(wren) == []


def test_of_a_pair_the_coordinator_hears_and_the_admin_does_not(admin, lead, monday):
    programme = factories.GroupFactory(kind="programme")
    coordinator = factories.FacilitatorFactory(group=programme).user
    mentor, mentee = two.mentor(programme), two.mentee(programme)
    plan(about=mentee.user, group=two.pair(programme, mentor, mentee), **HARD)

    tick(at(14))

    assert list(Notice.objects.filter(topic="followup.waits").values_list("user", flat=True)) == [coordinator.pk]


# -- what can break -----------------------------------------------------------------------------
@pytest.mark.logs_errors
def test_one_that_breaks_does_not_hold_up_the_others(flagged, wren, group, monday):
    later = plan(about=wren, group=group, cause="hard", key="later")
    real, broken = escalations.take_step, flagged.escalations.get(step=1).pk

    def breaks(pk):
        if pk == broken:
            raise RuntimeError("canary-quartz")
        return real(pk)

    with mock.patch.object(escalations, "take_step", breaks):
        assert tick(at(12)) == 1

    with time_machine.travel(at(12, 1), tick=False):
        assert set(FollowUp.objects.waiting_unseen()) == {flagged, later}
    assert tick(at(12, 2)) == 1


def test_while_no_clock_runs_the_pages_show_it(flagged, admin, lead):
    """The worker is down and Valkey is empty: nobody has told anybody, and the rows say so."""
    with time_machine.travel(at(12), tick=False):
        for person in (admin, lead):
            (one,) = waiting_for(person)
            assert [(step.step, step.happened_at) for step in one.steps] == [(1, None)]


def test_a_mail_server_that_is_away_loses_nothing(flagged, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    with time_machine.travel(at(16), tick=False):
        assert escalate() == 3
        assert send_due() == 0
        assert Delivery.objects.filter(state="waiting").count() == 4
        assert FollowUp.objects.waiting_unseen().get() == flagged


def test_the_reader_is_gone_and_it_still_goes_on(flagged, group, marisol, tunde, admin):
    factories.DutyFactory(group=group, reader=marisol)
    suspend_person(admin, person=marisol)

    assert not Duty.objects.exists()
    tick(at(12))

    assert told("followup.opened") == ["Tunde"]


def test_the_lead_is_woken_only_while_the_organisation_is_open(flagged, lead):
    """Step three leaves in quiet hours of the safety lead if somebody is there to be asked, else in the morning."""
    type(lead).objects.update(quiet_from="00:00", quiet_to="23:59")
    with time_machine.travel(at(16), tick=False):
        escalate()
        assert Delivery.objects.get(notice__topic="followup.urgent").send_at == at(16)
        assert Delivery.objects.get(notice__topic="followup.waits").send_at == at(23, 59)
        send_due()
    assert [message.to for message in mail.outbox] == [[lead.email]]


def test_a_late_clock_waits_for_the_morning(flagged):
    with time_machine.travel(at(22), tick=False):
        escalate()

    assert {row.send_at for row in Delivery.objects.all()} <= {at(8, day=24), at(9, day=24)}


def test_no_word_and_no_name_leaves_with_it(flagged, wren, settings):
    with time_machine.travel(at(16), tick=False):
        escalate()
        send_due()

    everything = " ".join(message.subject + message.body + str(message.alternatives) for message in mail.outbox)
    assert len(mail.outbox) == 4
    assert not [word for word in ("Wren", "anxiety", "hard", "Marisol") if word in everything]


# -- the promise --------------------------------------------------------------------------------
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minute=st.integers(0, 7 * 24 * 60), hours=st.integers(1, 6), late=st.integers(0, 59))
def test_from_flag_to_the_last_step_it_is_never_longer_than_promised(organisation, db, minute, hours, late):
    """At whatever minute of a week with a change of the clocks, with a tick each minute of which some are missed."""
    Organisation.objects.update(unseen_hours=hours)
    start = datetime(2026, 3, 25, tzinfo=UTC) + timedelta(minutes=minute)
    followup = plan(start, cause="hard")
    latest = Organisation.current().open_hours.after(start, timedelta(hours=3 * hours))
    assert max(due for _step, due, *_rest in rows(followup)) == latest

    with time_machine.travel(latest + timedelta(minutes=late), tick=False):
        assert FollowUp.objects.waiting_unseen().filter(pk=followup.pk).exists()
        escalate()
        assert not Escalation.objects.due().filter(followup=followup).exists()
        assert max(row.happened_at for row in followup.escalations.all()) == latest + timedelta(minutes=late)
