"""Who reads first changes while something waits: who hears that it does, and that nobody learns what."""

from datetime import time, timedelta

import pytest

from checkins.models import CheckIn
from checkins.services import end_duty, see_followup, set_duty
from checkins.services.unopened import waits_unopened
from groups.services import step_down
from notices.models import Notice
from people import audit
from tests import factories

HOURS = {"days": [0, 1, 2, 3], "opens": time(10), "closes": time(16), "takes_words": True}
pytestmark = pytest.mark.django_db


def told():
    rows = Notice.objects.filter(topic="duty.waits").order_by("pk")
    return list(rows.values_list("user__display_name", flat=True))


@pytest.fixture
def shared(answered, group):
    """An answer that was shared and asks for nobody. Nobody wrote words beside it."""
    answered.share, answered.group, answered.mood = "facilitators", group, 3
    answered.save()
    return answered


def give(actor, group, person):
    return set_duty(actor, group=group, reader=group.memberships.get(user=person), **HOURS)


def test_nobody_hears_of_it_where_nothing_waits(duty, group, marisol, answered):
    answered.share, answered.group = "me", group
    answered.save()
    end_duty(marisol, group=group)

    assert told() == []


def test_nobody_hears_of_what_somebody_has_opened(duty, group, marisol, tunde, shared):
    assert waits_unopened(group)
    audit.record(tunde, "checkin.read", shared, about=shared.user)
    end_duty(marisol, group=group)

    assert told() == []


def test_nobody_hears_of_what_is_too_old_for_the_list(duty, group, marisol, shared):
    shared.answered_at -= timedelta(days=15)
    shared.save()
    end_duty(marisol, group=group)

    assert told() == []


def test_nobody_hears_of_what_waits_in_another_group(duty, group, marisol, shared):
    shared.group = factories.GroupFactory()
    shared.save()
    end_duty(marisol, group=group)

    assert told() == []


def test_a_mood_without_words_waits_until_it_was_opened(group, shared, marisol, as_person):
    assert waits_unopened(group)
    page = as_person(marisol).get(f"/check-in/{shared.public_id}/").content.decode()

    assert "The week has been mixed" in page
    assert "No words were added." in page
    assert not waits_unopened(group)


def test_the_list_shows_what_counts_as_waiting_and_nothing_else(group, shared, marisol):
    rows = CheckIn.objects.filter(group=group)
    assert list(rows.to_read()) == [shared]
    shared.answered_at -= timedelta(days=15)
    shared.save()
    assert not rows.to_read().exists()


def test_where_nobody_takes_over_all_who_run_it_hear_and_nobody_else(duty, group, marisol, tunde, shared):
    end_duty(marisol, group=group)

    assert sorted(told()) == ["Marisol", "Tunde"]
    assert Notice.objects.filter(topic="duty.waits").values_list("ids", flat=True)[0] == {"group": group.slug}


def test_whoever_takes_over_hears_and_nobody_else(duty, group, marisol, tunde, shared):
    give(marisol, group, marisol)  # the same again
    assert told() == []

    give(marisol, group, tunde)
    assert told() == ["Tunde"]


def test_with_the_reader_gone_the_others_hear(duty, group, marisol, tunde, shared):
    step_down(marisol, seat=group.memberships.get(user=marisol), leaves=True)

    assert told() == ["Tunde"]


def test_to_and_fro_tells_once_a_day(duty, group, marisol, tunde, shared):
    for _turn in range(3):
        end_duty(marisol, group=group)
        give(marisol, group, tunde)

    assert sorted(told()) == ["Marisol", "Tunde"]


def test_a_followup_that_nobody_has_seen_waits_as_well(duty, group, marisol, tunde, wren):
    row = factories.FollowUpFactory(about=wren, group=group)
    end_duty(marisol, group=group)
    assert sorted(told()) == ["Marisol", "Tunde"]

    see_followup(marisol, followup=row)
    assert not waits_unopened(group)
