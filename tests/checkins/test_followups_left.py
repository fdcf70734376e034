"""Whoever had a follow-up is gone, or away: nobody is forgotten."""

from datetime import date, timedelta

import pytest

from checkins.models import FollowUp
from checkins.services import (
    SomebodyHasIt,
    take_followup,
)
from groups.services import leave_group
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.services import change_roles, suspend_person
from tests.checkins.conftest import MONDAY
from tests.factories import (
    AdminFactory,
    AwayFactory,
    FacilitatorFactory,
    FollowUpFactory,
    MembershipFactory,
    SafetyLeadFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def followup(group, wren):
    return FollowUpFactory(about=wren, group=group)


# -- who had it is not here any more (T13) ------------------------------------------------------
def leave(seat):
    leave_group(seat.user, membership=seat)


def suspend(seat):
    suspend_person(AdminFactory(), person=seat.user)


@pytest.mark.parametrize("go", [leave, suspend])
def test_what_somebody_took_on_is_free_again_when_they_are_gone(followup, group, marisol, tunde, go):
    take_followup(marisol, followup=followup)

    go(group.memberships.get(user=marisol))

    followup.refresh_from_db()
    assert (followup.state, followup.owner) == ("open", None)
    assert list(Notice.objects.filter(topic="followup.opened").values_list("user", flat=True)) == [tunde.pk]
    assert take_followup(tunde, followup=followup).owner == tunde


def test_a_safety_lead_who_is_none_any_more_gives_back_what_they_took(followup):
    lead = SafetyLeadFactory()
    take_followup(lead, followup=followup)

    change_roles(AdminFactory(), person=lead, is_admin=False, is_safety_lead=False)

    followup.refresh_from_db()
    assert (followup.state, followup.owner) == ("open", None)


def test_who_leaves_one_group_keeps_what_they_took_in_another(followup, group, marisol):
    other = FacilitatorFactory(user=marisol)
    FacilitatorFactory(group=other.group)
    take_followup(marisol, followup=followup)

    leave(other)

    followup.refresh_from_db()
    assert followup.owner == marisol


# -- while somebody is away (R62) ---------------------------------------------------------------
@pytest.fixture
def held_by_tunde(group, wren, tunde):
    return FollowUpFactory(about=wren, group=group, state="taken", owner=tunde)


def seat_of(person, group):
    return group.memberships.get(user=person)


def away(person, group, **fields):
    return AwayFactory(seat=seat_of(person, group), **fields)


def test_what_somebody_has_stays_theirs_while_they_are_there(held_by_tunde, group, marisol, tunde):
    away(tunde, FacilitatorFactory(user=tunde).group)
    away(tunde, group, starts_on=MONDAY.date() + timedelta(days=1))
    away(tunde, group, ended_at=MONDAY)

    assert not FollowUp.objects.visible_to(marisol).mine(marisol).exists()
    with pytest.raises(SomebodyHasIt):
        take_followup(marisol, followup=held_by_tunde)


def test_who_stands_in_has_on_their_list_what_somebody_left_and_can_take_it(held_by_tunde, group, marisol, tunde):
    third = FacilitatorFactory(group=group).user
    away(tunde, group, cover=seat_of(marisol, group), ends_on=MONDAY.date() + timedelta(days=9))

    assert [list(FollowUp.objects.visible_to(one).mine(one)) for one in (marisol, third)] == [[held_by_tunde], []]
    row = FollowUp.objects.with_names().get()
    assert (row.keeper, row.keeper_is_away, row.keeper_away_until) == ("Tunde", True, date(2026, 12, 2))

    taken = [take_followup(marisol, followup=held_by_tunde) for _ in range(2)]

    assert {(row.state, row.owner) for row in taken} == {("taken", marisol)}
    assert [(entry.actor, entry.reason) for entry in AuditEntry.objects.filter(action="followup.take")] == [
        (marisol, "stands_in")
    ]
    with pytest.raises(SomebodyHasIt):
        take_followup(third, followup=held_by_tunde)


def test_where_nobody_was_named_everybody_else_who_runs_it_sees_what_was_left(held_by_tunde, group, marisol, tunde):
    third = FacilitatorFactory(group=group).user
    away(tunde, group)

    assert [FollowUp.objects.visible_to(one).mine(one).count() for one in (marisol, third, tunde)] == [1, 1, 1]
    assert FollowUp.objects.with_names().get().keeper_away_until is None


def test_being_away_gives_nobody_a_list_who_runs_nothing_there(held_by_tunde, group, tunde):
    away(tunde, group)

    for other in (FacilitatorFactory().user, MembershipFactory(group=group).user):
        assert not FollowUp.objects.visible_to(other).mine(other).exists()
        with pytest.raises(NotAllowed):
            take_followup(other, followup=held_by_tunde)
