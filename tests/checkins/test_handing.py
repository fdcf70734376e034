"""Giving a follow-up to somebody else or to another day, and taking it back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from checkins.models import FollowUp
from checkins.services import (
    AlreadyClosed,
    AlreadyLookedInto,
    DayIsOver,
    NotAKeeper,
    SomebodyHasIt,
    SomebodyWaits,
    close_followup,
    hand_over_followup,
    keepers_to_choose,
    leave_followup,
    read_thread,
    reopen_followup,
    see_followup,
    take_back_followup,
    take_followup,
)
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.checkins.conftest import MONDAY
from tests.factories import (
    AdminFactory,
    AwayFactory,
    FacilitatorFactory,
    FollowUpFactory,
    MembershipFactory,
    SafetyLeadFactory,
    reply,
)

pytestmark = pytest.mark.django_db
THURSDAY = MONDAY + timedelta(days=3)


@pytest.fixture
def followup(group, wren):
    return FollowUpFactory(about=wren, group=group)


def give(actor, followup, to, due_at=THURSDAY):
    return hand_over_followup(actor, followup=followup, to=to, due_at=due_at)


# -- who may not ------------------------------------------------------------------------------
def test_who_does_not_look_after_it_gives_it_to_nobody(followup, group, wren, marisol):
    for user in (wren, AdminFactory(), FacilitatorFactory().user, MembershipFactory(group=group).user):
        for act in (lambda user=user: give(user, followup, marisol), lambda user=user: _back(user, followup)):
            with pytest.raises(NotAllowed):
                act()
        with pytest.raises(NotAllowed):
            leave_followup(user, followup=followup)


def _back(user, followup):
    return take_back_followup(user, followup=followup)


def test_nobody_gets_it_who_could_not_look_after_it(followup, group, wren, marisol):
    left = FacilitatorFactory(group=group, state="left", ended_at=MONDAY).user
    for to in (
        wren,
        left,
        AdminFactory(),
        FacilitatorFactory().user,
        SafetyLeadFactory(state="suspended", is_active=False),
    ):
        with pytest.raises(NotAKeeper):
            give(marisol, followup, to)
    assert FollowUp.objects.get().owner is None


def test_what_somebody_else_has_is_theirs_to_give_unless_they_are_away(followup, group, marisol, tunde):
    take_followup(tunde, followup=followup)
    with pytest.raises(SomebodyHasIt):
        give(marisol, followup, marisol)

    AwayFactory(seat=group.memberships.get(user=tunde))
    assert give(marisol, followup, marisol).owner == marisol


def test_no_moment_that_is_over_is_promised(followup, marisol, tunde):
    with pytest.raises(DayIsOver):
        give(marisol, followup, tunde, due_at=MONDAY)


def test_what_is_closed_is_given_to_nobody(followup, marisol, tunde):
    close_followup(marisol, followup=followup, outcome="wrote")

    with pytest.raises(AlreadyClosed):
        give(marisol, followup, tunde)
    with pytest.raises(AlreadyClosed):
        take_back_followup(marisol, followup=followup)


# -- giving ---------------------------------------------------------------------------------------
def test_whoever_gets_it_has_it_and_is_told_and_it_is_in_the_record(followup, marisol, tunde, wren):
    given = give(marisol, followup, tunde)

    assert (given.state, given.owner, given.due_at, given.seen_at) == ("taken", tunde, THURSDAY, None)
    told = Notice.objects.values_list("user", "topic", "ids__followup")
    assert list(told) == [(tunde.pk, "followup.opened", str(followup.public_id))]
    done = AuditEntry.objects.values_list("action", "actor", "about", "reason")
    assert list(done) == [("followup.hand_over", marisol.pk, wren.pk, "given")]


def test_another_day_is_no_news_for_who_moves_it(followup, marisol):
    take_followup(marisol, followup=followup)
    give(marisol, followup, marisol)
    give(marisol, followup, marisol)  # the same again

    assert FollowUp.objects.get().due_at == THURSDAY
    assert not Notice.objects.exists()
    assert AuditEntry.objects.filter(action="followup.hand_over").values_list("reason", flat=True).get() == "moved"


def test_those_to_choose_from_run_the_group_or_look_after_safety(followup, marisol, tunde):
    lead, elsewhere = SafetyLeadFactory(display_name="Priya"), FollowUpFactory()
    FacilitatorFactory(group=elsewhere.group, alias="Ana")
    chosen = keepers_to_choose([followup, elsewhere])

    assert [name for _one, name in chosen[followup.group_id]] == ["Marisol", "Tunde", "Priya, safety"]
    assert [name for _one, name in chosen[elsewhere.group_id]] == ["Ana", "Priya, safety"]
    assert chosen[followup.group_id][2][0] == lead


# -- taking it back ---------------------------------------------------------------------------------
def test_taken_back_while_nobody_has_begun(followup, marisol, tunde):
    give(marisol, followup, tunde)

    assert take_back_followup(marisol, followup=followup).owner == marisol
    assert take_back_followup(marisol, followup=followup).owner == marisol


@pytest.mark.parametrize("begin", ["see", "read"])
def test_who_has_begun_with_it_keeps_it(begin, followup, marisol, tunde, wren):
    reply(followup, wren, "Hello")
    give(marisol, followup, tunde)
    if begin == "see":
        see_followup(tunde, followup=followup)
    else:
        read_thread(tunde, followup=followup)

    with pytest.raises(AlreadyLookedInto):
        take_back_followup(marisol, followup=followup)


def test_only_who_gave_it_takes_it_back(followup, group, marisol, tunde):
    third = FacilitatorFactory(group=group).user
    give(marisol, followup, tunde)

    with pytest.raises(AlreadyLookedInto):
        take_back_followup(third, followup=followup)


# -- leaving it -----------------------------------------------------------------------------------
@pytest.mark.parametrize("cause", ["support", "hard"])
def test_what_somebody_waits_for_is_not_left(cause, group, wren, marisol):
    waiting = FollowUpFactory(about=wren, group=group, cause=cause)

    with pytest.raises(SomebodyWaits):
        leave_followup(marisol, followup=waiting)


def test_what_is_left_can_be_taken_up_again_by_who_left_it(followup, marisol, tunde):
    left = leave_followup(marisol, followup=followup)
    assert (left.state, left.closed_by, left.outcome) == ("dropped", marisol, "")

    with pytest.raises(SomebodyHasIt):
        reopen_followup(tunde, followup=followup)
    assert reopen_followup(marisol, followup=followup).state == "taken"


# -- two at once --------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_giving_and_closing_at_once_one_is_told_kindly(followup, marisol, tunde):
    def run(act):
        try:
            act()
        except (SomebodyHasIt, AlreadyClosed) as refusal:
            return type(refusal)
        finally:
            connection.close()

    acts = [
        lambda: give(marisol, followup, tunde),
        lambda: close_followup(marisol, followup=followup, outcome="wrote"),
    ]
    with ThreadPoolExecutor(2) as pool:
        gave, closed = pool.map(run, acts)

    followup.refresh_from_db()
    assert (gave, closed, followup.owner, followup.state) in [
        (None, SomebodyHasIt, tunde, "taken"),
        (AlreadyClosed, None, marisol, "done"),
    ]
