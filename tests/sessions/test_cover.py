"""A host who cannot make it, and who takes it on instead (R25)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups.services import leave_group, put_out, step_down
from notices.models import Notice
from people.policy import NotAllowed, can
from people.services import suspend_person
from sessions.models import CoverCall, GroupSession
from sessions.services import (
    CallIsClosed,
    CannotBeAsked,
    DoubleBooked,
    TooLateForCover,
    add_stand_in,
    ask_cover,
    drop_stand_in,
    run_out_calls,
    take_cover,
    to_ask,
    withdraw_cover,
)
from tests import factories
from tests import pairs as two

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organisation(organisation):
    """Three hours before the start, the clock decides."""


@pytest.fixture
def session():
    return factories.SessionFactory(starts_in=timedelta(days=1))


def runs(session, **fields):
    return factories.FacilitatorFactory(group=session.group, **fields).user


def hosts(session, **duties):
    """Who is booked, each somebody who runs the group unless given."""
    people = {duty: who or runs(session) for duty, who in duties.items()}
    for duty, who in people.items():
        factories.booking(session, host=who, duty=duty)
    return people


def outside(group, **fields):
    """Somebody who runs another group, and stands on the list of this one."""
    user = factories.FacilitatorFactory(**fields).user
    return group.stand_ins.create(user=user, added_by=user).user


def booked(session):
    return {row.duty: row.host for row in session.bookings.of_hosts()}


def told(topic):
    return set(Notice.objects.filter(topic=topic).values_list("user", flat=True))


def due(call):
    """The cut-off has come: the session is near."""
    near = timezone.now() + timedelta(hours=2)
    GroupSession.objects.filter(pk=call.session_id).update(starts_at=near, ends_at=near + timedelta(hours=1))
    CoverCall.objects.filter(pk=call.pk).update(until=timezone.now(), asked_at=timezone.now() - timedelta(days=1))


class TestAsking:
    def test_nobody_asks_who_is_not_booked(self, session):
        with pytest.raises(NotAllowed):
            ask_cover(runs(session), session=session)

    def test_nobody_asks_once_it_is_too_late(self):
        session = factories.SessionFactory(starts_in=timedelta(minutes=29))
        lead = hosts(session, lead=None)["lead"]
        with pytest.raises(TooLateForCover):
            ask_cover(lead, session=session)

    def test_nobody_is_asked_for_a_cancelled_session(self):
        session = factories.SessionFactory(state="cancelled", cancelled_at=timezone.now())
        lead = hosts(session, lead=None)["lead"]
        with pytest.raises(TooLateForCover):
            ask_cover(lead, session=session)

    def test_everybody_is_asked_who_can_step_in(self, session):
        people = hosts(session, lead=None)
        third, listed = runs(session), outside(session.group)
        busy = outside(session.group)
        factories.booking(factories.SessionFactory(starts_at=session.starts_at), host=busy)
        factories.FacilitatorFactory()  # runs something, and is not on the list
        factories.MembershipFactory(group=session.group)

        ask_cover(people["lead"], session=session)

        assert told("cover.asked") == {third.pk, listed.pk}

    def test_twice_is_one_call(self, session):
        lead = hosts(session, lead=None)["lead"]
        assert ask_cover(lead, session=session) == ask_cover(lead, session=session)

    @pytest.mark.parametrize(
        ("hours", "until"), [(24, 3), (5, 3), (3.5, 0.5), (2, 0.5)], ids=["days", "early", "near", "late"]
    )
    def test_the_cut_off_leaves_time_to_answer(self, hours, until):
        session = factories.SessionFactory(starts_in=timedelta(hours=hours))
        call = ask_cover(hosts(session, lead=None)["lead"], session=session)
        assert session.starts_at - call.until == timedelta(hours=until)


class TestTaking:
    def test_nobody_takes_it_who_was_not_asked(self, session):
        call = ask_cover(hosts(session, lead=None)["lead"], session=session)
        for stranger in (factories.FacilitatorFactory().user, factories.MembershipFactory(group=session.group).user):
            with pytest.raises(NotAllowed):
                take_cover(stranger, call=call)

    def test_nobody_takes_their_own(self, session):
        lead = hosts(session, lead=None)["lead"]
        call = ask_cover(lead, session=session)
        with pytest.raises(NotAllowed):
            take_cover(lead, call=call)

    def test_who_runs_nothing_any_more_steps_in_nowhere(self, session):
        call = ask_cover(hosts(session, lead=None)["lead"], session=session)
        listed = outside(session.group)
        listed.memberships.update(state="left", ended_at=timezone.now())
        with pytest.raises(NotAllowed):
            take_cover(listed, call=call)

    def test_whom_the_group_shut_out_steps_in_nowhere(self, session):
        call = ask_cover(hosts(session, lead=None)["lead"], session=session)
        listed = outside(session.group)
        factories.MembershipFactory(group=session.group, user=listed, state="blocked")
        with pytest.raises(NotAllowed):
            take_cover(listed, call=call)

    def test_who_leads_elsewhere_cannot(self, session):
        call = ask_cover(hosts(session, lead=None)["lead"], session=session)
        busy = outside(session.group)
        factories.booking(factories.SessionFactory(starts_at=session.starts_at), host=busy)
        with pytest.raises(DoubleBooked):
            take_cover(busy, call=call)
        call.refresh_from_db()
        assert call.state == "open"

    def test_the_first_has_it_and_the_others_are_told_kindly(self, session):
        lead = hosts(session, lead=None, co=None)["lead"]
        call = ask_cover(lead, session=session)
        first, second = outside(session.group), outside(session.group)

        take_cover(first, call=call)

        assert booked(session)["lead"] == first
        with pytest.raises(CallIsClosed, match="Thank you for being ready"):
            take_cover(second, call=call)
        assert take_cover(first, call=call).taken_by == first

    def test_who_asked_and_who_stays_hear_of_it(self, session):
        people = hosts(session, lead=None, co=None)
        call = ask_cover(people["lead"], session=session)

        take_cover(outside(session.group), call=call)

        assert told("cover.taken") == {people["lead"].pk, people["co"].pk}

    def test_the_second_one_leads_and_has_no_second_duty(self, session):
        people = hosts(session, lead=None, co=None)
        factories.booking(session, room=factories.RoomFactory())
        call = ask_cover(people["lead"], session=session)

        take_cover(people["co"], call=call)

        assert booked(session) == {"lead": people["co"]}
        assert session.bookings.filter(room__isnull=False).exists()

    def test_a_helper_is_replaced_as_a_helper(self, session):
        people = hosts(session, lead=None, co=None)
        call = ask_cover(people["co"], session=session)
        steps_in = outside(session.group)

        take_cover(steps_in, call=call)

        assert booked(session) == {"lead": people["lead"], "co": steps_in}

    def test_nobody_takes_what_has_begun(self, session):
        call = ask_cover(hosts(session, lead=None)["lead"], session=session)
        GroupSession.objects.update(starts_at=timezone.now())
        with pytest.raises(CallIsClosed):
            take_cover(outside(session.group), call=call)


class TestTakingBack:
    def test_only_who_asked(self, session):
        call = ask_cover(hosts(session, lead=None)["lead"], session=session)
        with pytest.raises(NotAllowed):
            withdraw_cover(runs(session), call=call)

    def test_then_nobody_can_take_it(self, session):
        lead = hosts(session, lead=None)["lead"]
        call = ask_cover(lead, session=session)

        withdraw_cover(lead, call=call)

        assert withdraw_cover(lead, call=call).state == "withdrawn"
        with pytest.raises(CallIsClosed):
            take_cover(runs(session), call=call)
        assert booked(session) == {"lead": lead}

    def test_not_once_somebody_has_it(self, session):
        lead = hosts(session, lead=None)["lead"]
        call = ask_cover(lead, session=session)
        take_cover(runs(session), call=call)
        with pytest.raises(CallIsClosed):
            withdraw_cover(lead, call=call)


class TestCutOff:
    def test_before_it_nothing_happens(self, session):
        ask_cover(hosts(session, lead=None)["lead"], session=session)
        assert run_out_calls() == 0

    def test_the_other_one_leads_alone_and_coordinators_hear_of_it(self, session):
        people, admin = hosts(session, lead=None, co=None), session.group.created_by
        due(ask_cover(people["lead"], session=session))

        assert (run_out_calls(), run_out_calls()) == (1, 0)

        assert booked(session) == {"lead": people["co"]}
        assert told("cover.alone") == {people["lead"].pk, people["co"].pk, admin.pk}
        session.refresh_from_db()
        assert session.state == "scheduled"

    def test_without_another_one_it_is_cancelled_with_notice(self, session):
        lead, second = hosts(session, lead=None)["lead"], runs(session)
        member = factories.SeatFactory(session=session, user=factories.MembershipFactory(group=session.group).user).user
        due(ask_cover(lead, session=session))

        assert run_out_calls() == 1

        session.refresh_from_db()
        assert (session.state, session.cancelled_by) == ("cancelled", None)
        assert {member.pk, second.pk} <= told("session.cancelled")

    def test_when_neither_of_two_can_it_is_cancelled(self, session):
        people = hosts(session, lead=None, co=None)
        for who in people.values():
            due(ask_cover(who, session=GroupSession.objects.get()))
            GroupSession.objects.update(starts_at=session.starts_at, ends_at=session.ends_at)
        due(CoverCall.objects.first())

        assert run_out_calls() == 2

        session.refresh_from_db()
        assert (session.state, told("cover.alone")) == ("cancelled", set())

    def test_a_session_moved_away_is_asked_for_until_its_new_cut_off(self, session):
        call = ask_cover(hosts(session, lead=None)["lead"], session=session)
        CoverCall.objects.update(until=timezone.now())

        assert run_out_calls() == 0

        call.refresh_from_db()
        assert call.until == session.starts_at - timedelta(hours=3)

    def test_a_cancelled_session_needs_nobody(self, session):
        lead = hosts(session, lead=None)["lead"]
        due(ask_cover(lead, session=session))
        GroupSession.objects.update(state="cancelled", cancelled_at=timezone.now())

        run_out_calls()

        assert (CoverCall.objects.get().state, booked(session)) == ("passed", {"lead": lead})


class TestTheList:
    def test_only_those_who_run_the_group_keep_it(self, session):
        member = factories.MembershipFactory(group=session.group).user
        with pytest.raises(NotAllowed):
            add_stand_in(member, group=session.group, person=factories.FacilitatorFactory().user)

    def test_nobody_from_nowhere(self, session):
        with pytest.raises(CannotBeAsked):
            add_stand_in(runs(session), group=session.group, person=factories.UserFactory())

    def test_a_half_of_a_pair_runs_nothing(self, session):
        programme = factories.GroupFactory(kind="programme")
        half, other = two.mentor(programme), two.mentee(programme)
        two.pair(programme, half, other)
        assert not to_ask(session.group).filter(pk=half.user_id).exists()

    def test_they_are_told_once(self, session):
        actor, other = runs(session), factories.FacilitatorFactory().user
        assert add_stand_in(actor, group=session.group, person=other) == add_stand_in(
            actor, group=session.group, person=other
        )
        assert told("standin.added") == {other.pk}

    def test_off_the_list_every_right_ends(self, session):
        call = ask_cover(hosts(session, lead=None)["lead"], session=session)
        listed = outside(session.group)
        take_cover(listed, call=call)

        drop_stand_in(listed, stand_in=session.group.stand_ins.get())

        assert (booked(session), can(listed, "session.lead", session)) == ({}, False)

    def test_nobody_else_takes_somebody_off(self, session):
        outside(session.group)
        with pytest.raises(NotAllowed):
            drop_stand_in(factories.FacilitatorFactory().user, stand_in=session.group.stand_ins.get())


class TestRights:
    def test_who_steps_in_sees_one_session_until_the_evening_is_over(self, session):
        other = factories.SessionFactory(group=session.group, starts_in=timedelta(days=8))
        listed = outside(session.group)
        assert not GroupSession.objects.visible_to(listed).filter(group=session.group).exists()
        factories.booking(session, host=listed)

        seen = GroupSession.objects.visible_to(listed)
        assert (session in seen, other in seen) == (True, False)

        GroupSession.objects.filter(pk=session.pk).update(
            starts_at=timezone.now() - timedelta(hours=5), ends_at=timezone.now() - timedelta(hours=3)
        )
        assert session not in GroupSession.objects.visible_to(listed)
        assert not can(listed, "session.lead", GroupSession.objects.get(pk=session.pk))

    @pytest.mark.parametrize("how", ["leaves", "steps down", "is shut out", "is suspended"])
    def test_what_somebody_leads_ends_with_the_seat(self, session, how):
        seat = factories.FacilitatorFactory(group=session.group)
        stays, admin = runs(session), factories.AdminFactory()
        factories.booking(session, host=seat.user)
        call = ask_cover(seat.user, session=session)
        if how == "leaves":
            leave_group(seat.user, membership=seat)
        elif how == "steps down":
            step_down(seat.user, seat=seat, leaves=False)
        elif how == "is shut out":
            step_down(seat.user, seat=seat, leaves=False)
            put_out(stays, membership=seat, block=True, why="agreement")
        else:
            suspend_person(admin, person=seat.user)

        assert booked(session) == {}
        call.refresh_from_db()
        session.refresh_from_db()
        assert (call.state, session.state) == ("withdrawn", "scheduled")
        assert GroupSession.objects.with_leader().get(pk=session.pk).led_by is None

    def test_another_group_is_led_on(self, session):
        seat = factories.FacilitatorFactory(group=session.group)
        elsewhere = factories.SessionFactory(starts_in=timedelta(days=3))
        factories.FacilitatorFactory(group=elsewhere.group, user=seat.user)
        runs(session)
        factories.booking(elsewhere, host=seat.user)

        leave_group(seat.user, membership=seat)

        assert booked(elsewhere) == {"lead": seat.user}
