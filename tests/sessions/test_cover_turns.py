"""Who is asked first when somebody cannot lead, and when it is the others' turn (R25)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups.models import Away
from groups.services import leave_group
from people.policy import NotAllowed
from sessions.models import CoverCall, GroupSession
from sessions.services import (
    CallIsClosed,
    ask_cover,
    ask_others,
    calls_for,
    decline_cover,
    run_out_calls,
    take_cover,
    withdraw_cover,
)
from tests import factories
from tests.sessions.test_cover import booked, due, hosts, outside, runs, told

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _organisation(organisation):
    """Three hours before the start, the clock decides."""


@pytest.fixture
def session():
    return factories.SessionFactory(starts_in=timedelta(days=1))


@pytest.fixture
def people(session):
    return hosts(session, lead=None, co=None)


@pytest.fixture
def listed(session):
    return outside(session.group)


@pytest.fixture
def call(people, listed, session):
    return ask_cover(people["lead"], session=session)


def is_their_turn():
    CoverCall.objects.update(others_at=timezone.now())


def away(seat, session, days=0, **fields):
    day = session.local_date + timedelta(days=days)
    return Away.objects.create(seat=seat, **{"starts_on": day, "ends_on": day} | fields)


class TestTheSecondOne:
    def test_is_asked_first_and_alone(self, call, people):
        assert told("cover.asked") == {people["co"].pk}
        assert call.others_asked_at is None

    @pytest.mark.parametrize(
        ("starts_in", "wait"),
        [(48 * HOUR, 4 * HOUR), (12 * HOUR, 3 * HOUR), (5 * HOUR, HOUR * 2 / 3)],
        ids=["four hours at most", "a third", "a third of little"],
    )
    def test_has_a_third_of_the_time_and_four_hours_at_most(self, starts_in, wait):
        session = factories.SessionFactory(starts_in=starts_in)
        lead = hosts(session, lead=None, co=None)["lead"]
        call = ask_cover(lead, session=session)
        assert abs(call.others_at - call.asked_at - wait) < timedelta(seconds=5)
        assert call.others_at < call.until

    def test_near_the_start_nobody_waits_for_anybody(self):
        session = factories.SessionFactory(starts_in=timedelta(minutes=80))
        people, listed = hosts(session, lead=None, co=None), outside(session.group)
        ask_cover(people["lead"], session=session)
        assert told("cover.asked") == {people["co"].pk, listed.pk}

    def test_is_whoever_helps_and_never_whoever_leads(self, people, listed, session):
        call = ask_cover(people["co"], session=session)
        assert told("cover.asked") == {listed.pk}
        assert call.others_asked_at is not None

    def test_who_leads_and_says_that_they_manage_alone_leads(self, people, session):
        call = ask_cover(people["co"], session=session)
        take_cover(people["lead"], call=call)
        assert booked(session) == {"lead": people["lead"]}

    def test_who_is_away_that_day_is_not_waited_for(self, people, listed, session):
        away(session.group.memberships.get(user=people["co"]), session)
        ask_cover(people["lead"], session=session)
        assert told("cover.asked") == {listed.pk}

    def test_who_cannot_either_is_not_waited_for(self, people, listed, session):
        ask_cover(people["co"], session=session)
        call = ask_cover(people["lead"], session=session)
        assert call.others_asked_at is not None
        assert told("cover.asked") == {listed.pk}

    def test_who_cannot_after_being_asked_is_not_waited_for(self, call, people, listed, session):
        ask_cover(people["co"], session=session)
        call.refresh_from_db()
        assert call.others_asked_at is not None
        assert told("cover.asked") == {people["co"].pk, listed.pk}


class TestDeclining:
    @pytest.mark.parametrize("who", ["lead", "listed", "another", "member"])
    def test_only_the_second_one(self, call, people, listed, session, who):
        person = {
            "lead": people["lead"],
            "listed": listed,
            "another": runs(session),
            "member": factories.MembershipFactory(group=session.group).user,
        }[who]
        with pytest.raises(NotAllowed):
            decline_cover(person, call=call)

    def test_who_leads_declines_nothing_for_the_second_one(self, people, session):
        call = ask_cover(people["co"], session=session)
        with pytest.raises(NotAllowed):
            decline_cover(people["lead"], call=call)

    def test_then_the_others_are_asked_at_once(self, call, people, listed):
        declined = decline_cover(people["co"], call=call)
        assert declined.others_asked_at is not None
        assert told("cover.asked") == {people["co"].pk, listed.pk}
        assert decline_cover(people["co"], call=call).others_asked_at == declined.others_asked_at

    def test_they_still_help_and_may_take_it_all_the_same(self, call, people, session):
        decline_cover(people["co"], call=call)
        assert booked(session)["co"] == people["co"]
        take_cover(people["co"], call=call)
        assert booked(session) == {"lead": people["co"]}

    def test_not_once_somebody_has_it(self, call, people, listed):
        take_cover(listed, call=call)
        with pytest.raises(CallIsClosed):
            decline_cover(people["co"], call=call)

    def test_who_declined_is_not_made_to_lead_alone(self, call, people, session):
        decline_cover(people["co"], call=call)
        due(call)
        assert run_out_calls() == 1
        session.refresh_from_db()
        assert (session.state, told("cover.alone")) == ("cancelled", set())

    def test_nobody_is_asked_once_the_cut_off_has_come(self, call, people):
        due(call)
        decline_cover(people["co"], call=call)
        assert told("cover.asked") == {people["co"].pk}


class TestTheOthers:
    def test_not_before_their_turn(self, call, people):
        assert ask_others() == 0
        assert told("cover.asked") == {people["co"].pk}

    def test_once_when_it_is(self, call, people, listed, session):
        third, busy, gone = runs(session), outside(session.group), outside(session.group)
        factories.booking(factories.SessionFactory(starts_at=session.starts_at), host=busy)
        away(gone.memberships.get(), session)
        is_their_turn()
        assert (ask_others(), ask_others()) == (1, 0)
        assert told("cover.asked") == {people["co"].pk, third.pk, listed.pk}

    def test_who_is_away_on_other_days_is_asked(self, call, people, listed, session):
        here, back, elsewhere = runs(session), runs(session), runs(session)
        away(session.group.memberships.get(user=here), session, days=1)
        away(session.group.memberships.get(user=back), session, ended_at=timezone.now())
        away(factories.FacilitatorFactory(user=elsewhere), session)  # from another group that they run
        is_their_turn()
        ask_others()
        assert told("cover.asked") == {people["co"].pk, listed.pk, here.pk, back.pk, elsewhere.pk}

    @pytest.mark.parametrize("how", ["taken", "taken back", "cancelled"])
    def test_nobody_is_asked_for_what_is_settled(self, call, people, how):
        if how == "taken":
            take_cover(people["co"], call=call)
        elif how == "taken back":
            withdraw_cover(people["lead"], call=call)
        else:
            GroupSession.objects.update(state="cancelled", cancelled_at=timezone.now())
        is_their_turn()
        assert ask_others() == 0
        assert told("cover.asked") == {people["co"].pk}

    def test_nobody_is_asked_after_the_cut_off(self, call, people):
        due(call)
        is_their_turn()
        assert ask_others() == 0
        assert told("cover.asked") == {people["co"].pk}

    def test_it_is_their_turn_when_the_second_one_leaves(self, call, people, listed, session):
        leave_group(people["co"], membership=session.group.memberships.get(user=people["co"]))
        assert ask_others() == 1
        assert listed.pk in told("cover.asked")

    def test_a_session_that_comes_nearer_brings_their_turn_nearer(self, call, listed):
        near = timezone.now() + 4 * HOUR
        GroupSession.objects.update(starts_at=near, ends_at=near + HOUR)
        CoverCall.objects.update(asked_at=timezone.now() - HOUR)
        assert ask_others() == 1
        assert listed.pk in told("cover.asked")

    def test_it_stands_on_today_once_they_are_asked(self, call, people, listed):
        assert (calls_for(people["co"]).get(), calls_for(listed).count()) == (call, 0)
        assert not calls_for(people["lead"]).exists()
        is_their_turn()
        ask_others()
        assert calls_for(listed).get() == call
