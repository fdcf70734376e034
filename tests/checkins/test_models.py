"""What the database itself refuses."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from checkins.models import CheckIn, FollowUp, Rhythm
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
