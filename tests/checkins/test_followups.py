"""Somebody answers: who is on the list, who has them, and what the person is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from checkins.models import FollowUp
from checkins.services import (
    AlreadyClosed,
    NotInGroup,
    SomebodyHasIt,
    answer_checkin,
    close_followup,
    hand_back_followup,
    open_followup,
    reach_of,
    read_thread,
    reopen_followup,
    see_followup,
    take_followup,
)
from notices.models import Notice
from people.models import AuditEntry, Organisation
from people.policy import NotAllowed
from tests.checkins.conftest import CANARY, MONDAY
from tests.checkins.test_answers import say
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    FollowUpFactory,
    GroupFactory,
    MembershipFactory,
    SafetyLeadFactory,
    reply,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def followup(group, wren):
    return FollowUpFactory(about=wren, group=group)


def open_ones():
    return list(FollowUp.objects.to_do().values_list("cause", "group__name", "state"))


# -- who may not ------------------------------------------------------------------------------
def test_others_neither_see_nor_keep_a_follow_up(followup, group, wren):
    others = [
        MembershipFactory(group=group).user,
        AdminFactory(),
        FacilitatorFactory().user,
        FacilitatorFactory(group=group, state="left", ended_at=MONDAY).user,
        wren,
    ]
    for user in others:
        assert not FollowUp.objects.visible_to(user).exists()
        for service in (see_followup, take_followup, hand_back_followup, reopen_followup, reach_of):
            with pytest.raises(NotAllowed):
                service(user, followup=followup)
        with pytest.raises(NotAllowed):
            close_followup(user, followup=followup, outcome="wrote")


def test_a_facilitator_does_not_look_after_themself(group, marisol, tunde):
    own = FollowUpFactory(about=marisol, group=group)

    assert not FollowUp.objects.visible_to(marisol).exists()
    with pytest.raises(NotAllowed):
        take_followup(marisol, followup=own)
    assert take_followup(tunde, followup=own).owner == tunde


def test_a_safety_lead_sees_all_of_them(followup):
    assert list(FollowUp.objects.visible_to(SafetyLeadFactory())) == [followup]


def test_nobody_is_put_on_the_list_by_somebody_who_does_not_run_the_group(group, wren):
    for user in (AdminFactory(), SafetyLeadFactory(), FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            open_followup(user, about=wren, group=group, due_at=MONDAY + timedelta(days=1))


def test_only_members_of_the_group_are_put_on_its_list(group, marisol):
    with pytest.raises(NotInGroup):
        open_followup(marisol, about=MembershipFactory().user, group=group, due_at=MONDAY + timedelta(days=1))


# -- what opens one ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mood", "support", "share", "opened"),
    [
        (1, "", "", []),
        (1, "", "me", []),
        (1, "", "facilitators", ["hard"]),
        (2, "", "facilitators", []),
        (3, "call", "me", ["support"]),
        (3, "write", "facilitators", ["support"]),
        (1, "write", "facilitators", ["support"]),
        (1, "session", "me", []),
        (3, "no", "facilitators", []),
    ],
)
def test_what_opens_a_follow_up(mood, support, share, opened, question, wren, group):
    answer_checkin(wren, checkin=question, mood=mood)
    wanted = support in {"call", "write"} or share == "facilitators"
    say(question, support=support, share=share, group=group if wanted else None)

    assert [cause for cause, *_ in open_ones()] == opened


def test_saying_it_twice_is_one_follow_up_and_one_notice_each(answered, group, marisol, tunde):
    for _ in range(2):
        say(answered, support="write", share="me", group=group)

    assert open_ones() == [("support", "Evenings with anxiety", "open")]
    told = Notice.objects.filter(topic="followup.opened").values_list("user", flat=True)
    assert sorted(told) == sorted([marisol.pk, tunde.pk])


def test_support_is_promised_for_tomorrow_noon_and_a_hard_week_within_the_answer_days(answered, group):
    say(answered, support="write", share="facilitators", group=group)
    assert FollowUp.objects.get().due_at == datetime(2026, 11, 24, 12, tzinfo=UTC)

    Organisation.objects.update(answer_days=3)
    say(answered, support="", share="facilitators", group=group)
    assert FollowUp.objects.get(cause="hard").due_at == datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_taking_it_back_before_anybody_saw_it_drops_it(answered, group):
    say(answered, support="call", share="me", group=group, reach="0113 496 0999")
    say(answered, support="no", share="me")

    followup = FollowUp.objects.get()
    assert (followup.state, followup.reach) == ("dropped", None)

    say(answered, support="write", share="me", group=group)
    assert open_ones() == [("support", "Evenings with anxiety", "open")]


def test_taking_it_back_after_somebody_saw_it_leaves_it_with_them(answered, group, marisol):
    say(answered, support="write", share="me", group=group)
    see_followup(marisol, followup=FollowUp.objects.get())
    say(answered, support="no", share="me")

    assert open_ones() == [("support", "Evenings with anxiety", "open")]


def test_choosing_another_group_moves_an_unseen_one(answered, group, wren):
    other = FacilitatorFactory(group__name="Men, talking").group
    MembershipFactory(user=wren, group=other)
    say(answered, support="write", share="me", group=group)
    say(answered, support="write", share="me", group=other)

    assert open_ones() == [("support", "Men, talking", "open")]


def test_a_milder_answer_drops_an_unseen_hard_one(answered, wren, group):
    say(answered, share="facilitators", group=group)
    assert [cause for cause, *_ in open_ones()] == ["hard"]

    answer_checkin(wren, checkin=answered, mood=4)
    assert open_ones() == []


def test_where_nobody_runs_the_group_the_safety_lead_is_told(answered, group, marisol, tunde):
    lead = SafetyLeadFactory()
    group.memberships.filter(role="facilitator").update(state="left", ended_at=MONDAY)
    say(answered, support="write", share="me", group=group)

    assert list(Notice.objects.values_list("user", flat=True)) == [lead.pk]


# -- keeping it -------------------------------------------------------------------------------
def test_the_person_sees_how_far_it_is(followup, marisol):
    steps = [followup.progress]
    steps.append(FollowUp.objects.get(pk=see_followup(marisol, followup=followup).pk).progress)
    steps.append(take_followup(marisol, followup=followup).progress)
    steps.append(close_followup(marisol, followup=followup, outcome="wrote").progress)

    assert steps == ["not yet seen", "seen", "being answered", "done"]
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "about", "reason")) == [
        ("followup.see", followup.about_id, ""),
        ("followup.take", followup.about_id, ""),
        ("followup.done", followup.about_id, "wrote"),
    ]


def test_seeing_and_taking_twice_is_once(followup, marisol):
    for _ in range(2):
        see_followup(marisol, followup=followup)
        take_followup(marisol, followup=followup)

    assert AuditEntry.objects.count() == 2


def test_what_somebody_has_nobody_else_takes_closes_or_hands_back(followup, marisol, tunde):
    take_followup(marisol, followup=followup)

    for service, more in ((take_followup, {}), (close_followup, {"outcome": "met"}), (hand_back_followup, {})):
        with pytest.raises(SomebodyHasIt):
            service(tunde, followup=followup, **more)


def test_handed_back_it_is_free_and_the_others_are_told(followup, marisol, tunde):
    take_followup(marisol, followup=followup)

    assert hand_back_followup(marisol, followup=followup).state == "open"
    assert list(Notice.objects.values_list("user", flat=True)) == [tunde.pk]
    assert take_followup(tunde, followup=followup).owner == tunde


def test_what_is_closed_stays_closed_but_for_undo(followup, marisol, tunde):
    close_followup(marisol, followup=followup, outcome="wrote")

    with pytest.raises(AlreadyClosed):
        close_followup(tunde, followup=followup, outcome="met")
    with pytest.raises(SomebodyHasIt):
        reopen_followup(tunde, followup=followup)
    again = reopen_followup(marisol, followup=followup)
    assert (again.state, again.owner, again.outcome, again.closed_at) == ("taken", marisol, "", None)


def test_nobody_opens_it_again_to_read_on_when_its_words_can_be_read_no_more(followup, wren, marisol):
    reply(followup, wren, CANARY)
    close_followup(marisol, followup=followup, outcome="wrote")

    with time_machine.travel(MONDAY + timedelta(days=15)):
        with pytest.raises(AlreadyClosed, match="a while ago"):
            reopen_followup(marisol, followup=followup)
        followup.refresh_from_db()
        with pytest.raises(NotAllowed):
            read_thread(marisol, followup=followup)
    with time_machine.travel(MONDAY + timedelta(days=13)):
        assert reopen_followup(marisol, followup=followup).owner == marisol


def test_a_number_is_there_while_the_call_is_owed_and_then_forgotten(answered, group, marisol):
    say(answered, support="call", share="me", group=group, reach="0113 496 0999")
    followup = take_followup(marisol, followup=FollowUp.objects.get())
    assert reach_of(marisol, followup=followup) == "0113 496 0999"

    close_followup(marisol, followup=followup, outcome="called")
    followup.refresh_from_db()
    assert followup.reach is None
    with pytest.raises(NotAllowed):
        reach_of(marisol, followup=followup)


def test_adding_somebody_twice_is_one_row(group, wren, marisol):
    due = MONDAY + timedelta(days=2)
    first = open_followup(marisol, about=wren, group=group, due_at=due)

    assert open_followup(marisol, about=wren, group=group, due_at=due) == first
    assert (first.state, first.owner) == ("taken", marisol)


def test_the_soonest_stands_first(group, wren):
    late, soon = (FollowUpFactory(about=wren, group=group, due_at=MONDAY + timedelta(days=days)) for days in (3, 1))

    assert list(FollowUp.objects.to_do()) == [soon, late]


def both(call):
    def run(user):
        try:
            call(user)
        except (SomebodyHasIt, AlreadyClosed) as refusal:
            return type(refusal)
        finally:
            connection.close()

    return run


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("call", "second"),
    [
        (lambda user, row: take_followup(user, followup=row), SomebodyHasIt),
        (lambda user, row: close_followup(user, followup=row, outcome="wrote"), AlreadyClosed),
    ],
)
def test_of_two_at_once_one_has_it_and_the_other_is_told(call, second, followup, marisol, tunde):
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(both(lambda user: call(user, followup)), [marisol, tunde]))

    assert set(ends) == {None, second}


def test_groups_stay_apart(wren, followup):
    other = FacilitatorFactory(group=GroupFactory()).user

    assert not FollowUp.objects.visible_to(other).exists()
