"""What a session told people's calendars: each telling has a number, and the database alone counts them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups.models import Group
from sessions.models import GroupSession
from sessions.services import cancel_session, end_meetings, keep_attendance
from tests import factories
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db


def told(session):
    return GroupSession.objects.values_list("sequence", "changed_at").get(pk=session.pk)


def test_a_sequence_begins_at_nothing_and_never_stands_below():
    assert factories.SessionFactory().sequence == 0

    with refused_by("session_sequence_counts_up"):
        factories.SessionFactory(sequence=-1)


def test_cancelling_raises_it_once():
    session = factories.SessionFactory()
    facilitator = factories.FacilitatorFactory(group=session.group)
    _number, before = told(session)

    cancel_session(facilitator.user, session=session)
    cancel_session(facilitator.user, session=session)

    number, after = told(session)
    assert number == 1
    assert after > before


def test_the_end_of_a_group_raises_that_of_each_session_ahead():
    ahead = factories.SessionFactory()
    over = factories.SessionFactory(group=ahead.group, starts_in=-timedelta(days=1))

    end_meetings(None, group=Group.objects.get(pk=ahead.group_id))

    assert [told(session)[0] for session in (ahead, over)] == [1, 0]


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at": timezone.now() + timedelta(days=1)},
        {"ends_at": timezone.now() + timedelta(days=9)},
        {"state": "cancelled", "cancelled_at": timezone.now()},
    ],
)
def test_whoever_changes_what_calendars_show_raises_it_also_in_bulk(change):
    session = factories.SessionFactory(starts_in=timedelta(days=5))

    GroupSession.objects.filter(pk=session.pk).update(**change)

    assert told(session)[0] == 1


def test_putting_back_what_was_cancelled_raises_it_again():
    session = factories.SessionFactory()
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)

    GroupSession.objects.update(state="scheduled", cancelled_at=None, cancelled_by=None)

    assert told(session)[0] == 2


def test_saving_an_older_look_at_a_session_takes_nothing_back():
    session = factories.SessionFactory(starts_in=timedelta(days=5))
    old_look = GroupSession.objects.get(pk=session.pk)
    GroupSession.objects.update(ends_at=session.ends_at + timedelta(minutes=5))
    GroupSession.objects.update(ends_at=session.ends_at + timedelta(minutes=9))
    old_look.ends_at = session.ends_at + timedelta(minutes=9)
    before = told(session)

    old_look.save()

    assert before[0] == 2
    assert told(session) == before


def test_what_no_calendar_shows_raises_nothing():
    session = factories.SessionFactory(starts_in=-timedelta(hours=3))
    before = told(session)

    GroupSession.objects.update(plan="Breathing", capacity=4, sequence=7, changed_at=timezone.now())
    keep_attendance(factories.FacilitatorFactory(group=session.group).user, session=session, marks={})

    assert GroupSession.objects.get(pk=session.pk).state == "held"
    assert told(session) == before
