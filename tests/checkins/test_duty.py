"""Who reads first: chosen by those who run the group, and ended with their part in it."""

from datetime import time

import pytest

from checkins.models import Duty
from checkins.services import NotRunning, circles_of, end_duty, set_duty
from groups.services import step_down
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.services import suspend_person
from tests import factories

pytestmark = pytest.mark.django_db
HOURS = {"days": [3, 0, 1, 2], "opens": time(10), "closes": time(16), "takes_words": True}


def seat(group, person):
    return group.memberships.get(user=person)


def told(topic):
    return sorted(Notice.objects.filter(topic=topic).values_list("user__display_name", flat=True))


@pytest.fixture
def kept(group, marisol, tunde):
    return set_duty(marisol, group=group, reader=seat(group, tunde), **HOURS)


# -- who may ------------------------------------------------------------------------------------
def test_who_does_not_run_it_chooses_nobody(group, marisol, wren):
    strangers = [wren, factories.AdminFactory(), factories.SafetyLeadFactory(), factories.FacilitatorFactory().user]
    for person in strangers:
        with pytest.raises(NotAllowed):
            set_duty(person, group=group, reader=seat(group, marisol), **HOURS)
        with pytest.raises(NotAllowed):
            end_duty(person, group=group)


def test_in_a_group_that_has_ended_nobody_reads(group, marisol, monday):
    group.state, group.archived_at = "archived", monday

    with pytest.raises(NotAllowed):
        set_duty(marisol, group=group, reader=seat(group, marisol), **HOURS)


def test_a_member_cannot_read_first(group, marisol, wren):
    with pytest.raises(NotRunning):
        set_duty(marisol, group=group, reader=seat(group, wren), **HOURS)


def test_somebody_who_runs_another_group_cannot_read_first(group, marisol):
    with pytest.raises(NotRunning):
        set_duty(marisol, group=group, reader=factories.FacilitatorFactory(), **HOURS)


# -- choosing -----------------------------------------------------------------------------------
def test_somebody_is_chosen_and_hears_of_it(kept, group, tunde, wren):
    assert (kept.days, kept.reader, told("duty.given")) == ([0, 1, 2, 3], tunde, ["Tunde"])
    assert AuditEntry.objects.get(action="duty.set").about == tunde
    assert circles_of(wren)[0].takes_words is True


def test_changing_the_hours_tells_nobody_again(kept, group, marisol, tunde):
    set_duty(marisol, group=group, reader=seat(group, tunde), **(HOURS | {"takes_words": False}))

    assert Duty.objects.get().takes_words is False
    assert told("duty.given") == ["Tunde"]


def test_who_chooses_themself_is_not_told(group, marisol):
    set_duty(marisol, group=group, reader=seat(group, marisol), **HOURS)

    assert told("duty.given") == []


def test_ending_it_ends_the_words_and_twice_is_harmless(kept, group, marisol, wren):
    end_duty(marisol, group=group)
    end_duty(marisol, group=group)

    assert circles_of(wren)[0].takes_words is False
    assert AuditEntry.objects.filter(action="duty.end").count() == 1


# -- when the reader goes -------------------------------------------------------------------------
def steps_down(group, person):
    step_down(person, seat=seat(group, person), leaves=False)


def leaves(group, person):
    step_down(person, seat=seat(group, person), leaves=True)


def is_suspended(group, person):
    suspend_person(group.created_by, person=person)


@pytest.mark.parametrize("goes", [steps_down, leaves, is_suspended])
def test_with_the_reader_the_duty_ends_and_the_others_hear_of_it(kept, group, tunde, wren, goes):
    goes(group, tunde)

    assert not Duty.objects.exists()
    assert circles_of(wren)[0].takes_words is False
    assert set(told("duty.empty")) == {"Marisol", group.created_by.display_name}


def test_somebody_else_going_ends_nothing(kept, group, marisol):
    steps_down(group, marisol)

    assert Duty.objects.get() == kept


def test_a_reader_who_leaves_another_group_reads_on(kept, tunde):
    other = factories.FacilitatorFactory(user=tunde).group
    factories.FacilitatorFactory(group=other)

    leaves(other, tunde)

    assert Duty.objects.get() == kept


def test_what_was_told_is_over_when_somebody_reads_again(kept, group, marisol, tunde):
    is_suspended(group, tunde)
    notice = Notice.objects.get(topic="duty.empty", user=marisol)
    set_duty(marisol, group=group, reader=seat(group, marisol), **HOURS)

    from notices import registry

    assert registry.topic("duty.empty").may(marisol, notice.ids) is False
