"""What the database itself refuses."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from checkins.models import CheckIn, FollowUp, Rhythm
from tests import factories
from tests.catalogue import refused_by
from tests.factories import CheckInFactory, FollowUpFactory, GroupFactory, RhythmFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def refused(model, name, **changes):
    with pytest.raises(IntegrityError) as problem, transaction.atomic():
        model.objects.update(**changes)
    return problem.value.__cause__.diag.constraint_name == name


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("rhythm_when", {"weekday": 7}),
        ("rhythm_when", {"hour": 24}),
        ("rhythm_every", {"every": "day"}),
        ("rhythm_part", {"part": "night"}),
        ("rhythm_on_has_next", {"next_at": None}),
        ("rhythm_on_has_next", {"next_at": None, "paused_at": NOW, "paused_until": date(2027, 1, 4)}),
        ("rhythm_pause_has_start", {"paused_until": date(2027, 1, 4)}),
    ],
)
def test_a_rhythm_that_cannot_be(name, changes):
    RhythmFactory()

    assert refused(Rhythm, name, **changes)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("checkin_mood", {"mood": 0}),
        ("checkin_mood", {"mood": 6}),
        ("checkin_week_is_monday", {"week": date(2026, 11, 17)}),
        ("checkin_state", {"state": "ignored"}),
        ("checkin_share", {"share": "everybody"}),
        ("checkin_support", {"support": "shout"}),
        ("checkin_answered_has_time", {"state": "answered"}),
        ("checkin_reminded_has_time", {"state": "reminded"}),
        ("checkin_answered_has_time", {"answered_at": NOW}),
        ("checkin_shared_has_group", {"share": "facilitators"}),
    ],
)
def test_a_check_in_that_cannot_be(name, changes):
    CheckInFactory()

    assert refused(CheckIn, name, **changes)


def test_one_check_in_a_person_and_week():
    first = CheckInFactory()

    with pytest.raises(IntegrityError, match="checkin_once_a_week"), transaction.atomic():
        CheckInFactory(user=first.user)
    CheckInFactory()
    assert CheckIn.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("followup_closed_iff", {"state": "lost"}),
        ("followup_cause", {"cause": "silence"}),
        ("followup_closed_iff", {"closed_at": NOW}),
        ("followup_closed_iff", {"state": "dropped"}),
        ("followup_done_says_how", {"state": "done", "closed_at": NOW}),
        ("followup_taken_has_owner", {"state": "taken"}),
        ("followup_due_after_made", {"due_at": NOW - timedelta(days=30)}),
        ("followup_closed_forgets_number", {"state": "dropped", "closed_at": NOW, "reach": b"sealed"}),
    ],
)
def test_a_follow_up_that_cannot_be(name, changes):
    FollowUpFactory()

    assert refused(FollowUp, name, **changes)


def test_one_follow_up_a_cause():
    FollowUpFactory(key="same", group=GroupFactory(), about=UserFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUpFactory(key="same")


def test_nothing_of_a_person_stands_in_what_reaches_a_log():
    user = UserFactory(display_name="Wren Canary")

    shown = [str(row) for row in (RhythmFactory(user=user), CheckInFactory(user=user), FollowUpFactory(about=user))]
    assert "Canary" not in " ".join(shown)


def test_each_step_is_there_once():
    first = factories.EscalationFactory()

    with refused_by("escalation_once"):
        factories.EscalationFactory(followup=first.followup)


@pytest.mark.parametrize("step", [0, 4])
def test_there_are_three_steps(step):
    with refused_by("escalation_step"):
        factories.EscalationFactory(step=step)


def test_a_step_happens_or_is_not_needed():
    with refused_by("escalation_one_end"):
        factories.EscalationFactory(happened_at=timezone.now(), dropped_at=timezone.now())


@pytest.mark.parametrize("closes", [time(10), time(9)])
def test_a_duty_ends_after_it_begins(closes):
    with refused_by("duty_hours"):
        factories.DutyFactory(opens=time(10), closes=closes)


@pytest.mark.parametrize("days", [[], [7], [0, 9]])
def test_a_duty_is_on_days_of_the_week(days):
    with refused_by("duty_days"):
        factories.DutyFactory(days=days)


def test_a_duty_is_on_the_groups_clock():
    duty = factories.DutyFactory(group__time_zone="America/New_York", days=[4], opens=time(9), closes=time(12))

    assert duty.open_hours.next_open(datetime(2026, 11, 20, tzinfo=UTC)) == datetime(2026, 11, 20, 14, tzinfo=UTC)
