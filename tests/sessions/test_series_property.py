"""Somebody changes two series in any way they like, in any order: some things stay true all the same."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import combinations

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from people.errors import Refused
from sessions import services
from sessions.models import Booking, GroupSession, Seat
from sessions.preview import nths_of
from sessions.services import Scope, Wish, changing
from tests.factories import FacilitatorFactory, MembershipFactory, OrganisationFactory, RoomFactory

pytestmark = pytest.mark.django_db
QUICK = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
BEGIN = date(2027, 3, 2)  # a Tuesday; the clocks change on the 28th
WHICH = st.integers(0, 30)


class TwoGroups(RuleBasedStateMachine):
    """One facilitator who leads both, in one room, four members, and the clock."""

    hosted = True

    def __init__(self):
        super().__init__()
        self.all_of_it = transaction.atomic()
        self.all_of_it.__enter__()
        self.traveller = time_machine.travel("2027-03-01T12:00:00Z", tick=False)
        self.clock = self.traveller.start()

    def teardown(self):
        self.traveller.stop()
        transaction.set_rollback(True)
        self.all_of_it.__exit__(None, None, None)

    @initialize(every=st.sampled_from([1, 1, 2]), count=st.integers(3, 8), monthly=st.booleans())
    def begin(self, every, count, monthly):
        OrganisationFactory()
        self.host, room = FacilitatorFactory().user, RoomFactory()
        groups = [self.host.memberships.get().group, FacilitatorFactory(user=self.host).group]
        self.seats, self.names, self.rows = {}, {}, {}
        plan = {"minutes": 75, "interval": every, "count": count, "capacity": 3}
        plan |= {"lead": self.host, "room": room} if self.hosted else {}
        for number, group in enumerate(groups):
            day = BEGIN + timedelta(days=number)
            months = {"interval": 1, "nth": nths_of(day)[0]} if monthly and number else {}
            rule = {"starts_on": day, "starts_at": time(19)} | plan | months
            series = services.create_series(self.host, group=group, **rule)
            for _who in range(2):
                services.come_every_time(MembershipFactory(group=group).user, series=series)

    # -- what somebody does --------------------------------------------------------------------
    def session(self, which, **of):
        rows = GroupSession.objects.select_related("series", "group").filter(**of).order_by("pk")
        return rows[which % len(rows)] if rows else None

    def does(self, service, **given):
        """Do it, a second later than what was before. A kind refusal is an answer as well."""
        self.clock.shift(timedelta(seconds=1))
        self.rows = {row.pk: row for row in GroupSession.objects.all()}
        with suppress(Refused):
            service(self.host, **given)

    @rule(
        which=WHICH,
        scope=st.sampled_from(Scope.values),
        by=st.integers(-9, 9),
        hour=st.sampled_from([18, 19, 20]),
        minutes=st.sampled_from([60, 75, 150]),
        every=st.sampled_from([None, None, 1, 2, 3, "month"]),
        longer=st.sampled_from([0, 0, 0, -14, 21]),
    )
    def changes(self, which, scope, by, hour, minutes, every, longer):
        session = self.session(which, state="scheduled", starts_at__gt=timezone.now())
        if session is None:
            return
        day = session.local_date + timedelta(days=by)
        wish = Wish(scope, day, time(hour), minutes, session.capacity, 0, session.plan)
        if series := session.series:
            interval, nth = (1, nths_of(day)[0]) if every == "month" else (every, None)
            if every is None:
                interval, nth = series.interval, nths_of(day)[0] if series.nth else None
            end = series.ends_on + timedelta(days=longer) if series.ends_on else None
            wish = replace(wish, interval=interval, nth=nth, ends_on=end)
        self.does(services.change_sessions, session=session, wish=wish)

    @rule(which=WHICH, scope=st.sampled_from(Scope.values), capacity=st.integers(1, 4) | st.none())
    def changes_the_seats(self, which, scope, capacity):
        session = self.session(which, state="scheduled", starts_at__gt=timezone.now())
        if session is None:
            return
        rhythm = {}
        if series := session.series:
            rhythm = {"interval": series.interval, "nth": series.nth, "ends_on": series.ends_on}
        own = (session.local_date, session.local_time, session.minutes, capacity, 0, session.plan)
        self.does(services.change_sessions, session=session, wish=Wish(scope, *own, **rhythm))

    @rule(which=WHICH)
    def cancels(self, which):
        if session := self.session(which, state="scheduled"):
            self.does(services.cancel_session, session=session)

    @rule(which=WHICH, without=st.booleans())
    def puts_back(self, which, without):
        if session := self.session(which, state="cancelled"):
            self.does(services.put_back, session=session, without_hosts=without)

    @rule(which=WHICH, once_in_a_while=st.integers(1, 6), whole=st.booleans())
    def cancels_a_series(self, which, once_in_a_while, whole):
        session = self.session(which)
        if once_in_a_while == 6 and session.series:
            self.does(services.cancel_series, series=session.series, since=None if whole else session.slot)

    @rule(days=st.integers(1, 9))
    def time_goes_by(self, days):
        self.clock.shift(timedelta(days=days))
        self.does(lambda _actor: (services.rederive_clocks(), services.keep_ahead()))

    # -- what stays true -----------------------------------------------------------------------
    @invariant()
    def it_is_still_true(self):
        now = {row.pk: row for row in GroupSession.objects.select_related("series")}
        self.nothing_is_lost(now)
        self.no_date_is_made_twice(now)
        self.nobody_is_at_two_places(now)
        for row in now.values():
            assert row.series is None or row.slot is not None
            assert row.starts_at == self.right(row), "the wall clock is the promise"

    def right(self, row):
        copy = GroupSession(local_date=row.local_date, local_time=row.local_time, time_zone=row.time_zone)
        copy.minutes = row.minutes
        copy.set_clock()
        return copy.starts_at

    def nothing_is_lost(self, now):
        for pk, row in self.rows.items():
            assert pk in now, "no row is deleted"
            assert now[pk].sequence >= row.sequence, "SEQUENCE never falls"
            assert row.starts_at > timezone.now() or now[pk].starts_at == row.starts_at, "what has begun stays"
        for pk, row in now.items():
            assert self.names.setdefault(pk, row.public_id) == row.public_id, "UIDs are stable"
        seats = {seat.pk: (seat.session_id, seat.user_id, seat.state) for seat in Seat.objects.all()}
        for pk, (session, user, state) in self.seats.items():
            assert seats.get(pk, ())[:2] == (session, user), "no seat is lost"
            assert state != "going" or seats[pk][2] == "going", "a seat that is kept stays kept"
        self.seats = seats

    def no_date_is_made_twice(self, now):
        """A row that is new stands for a date for which the group had none, cancelled or moved ones counted."""
        if not self.rows:
            return
        before = {(row.group_id, row.slot) for row in self.rows.values()}
        for pk in now.keys() - self.rows.keys():
            assert (now[pk].group_id, now[pk].slot) not in before, "no date is made twice"

    def nobody_is_at_two_places(self, now):
        live = [row for row in now.values() if row.state != "cancelled"]
        for one, other in combinations(live, 2):
            if one.group_id == other.group_id:
                assert not self.overlap(one, other), "a group meets once at a time"
        booked = list(Booking.objects.filter(live=True).select_related("session"))
        for one, other in combinations(booked, 2):
            if (one.host_id, one.room_id) == (other.host_id, other.room_id):
                assert not self.overlap(one.session, other.session), "no host and no room is booked twice"

    def overlap(self, one, other):
        return one.starts_at < other.ends_at and other.starts_at < one.ends_at


class WithoutHosts(TwoGroups):
    """Nobody is booked, so that nothing but our own look keeps a group from meeting twice at once."""

    hosted = False


def walk(examples, steps, machine=TwoGroups, **more):
    held = settings(max_examples=examples, stateful_step_count=steps, **QUICK, **more)
    run_state_machine_as_test(machine, settings=held)


def test_it_stays_true_whatever_somebody_changes():
    walk(8, 20)
    walk(4, 20, WithoutHosts)


@pytest.mark.nightly
def test_it_stays_true_on_long_walks():
    walk(300, 50)
    walk(100, 50, WithoutHosts)


KNOWN = {"derandomize": True, "phases": [Phase.generate]}  # the same walk each time, and no search for a shorter one


def test_canary_a_series_that_does_not_end_makes_its_dates_again(monkeypatch):
    monkeypatch.setattr(changing, "_end", lambda old, first: None)

    with pytest.raises(AssertionError, match=r"no date is made twice|a group meets once at a time"):
        walk(30, 30, **KNOWN)


def test_canary_rows_that_are_made_anew_lose_their_seats(monkeypatch):
    """As if a change took the old rows away and made others."""
    kept = changing._shift_rows

    def anew(outcome, series):
        kept(outcome, series)
        for shift in outcome.moved:
            Seat.objects.filter(session=shift.session).delete()

    monkeypatch.setattr(changing, "_shift_rows", anew)

    with pytest.raises(AssertionError, match="no seat is lost"):
        walk(30, 30, **KNOWN)


def test_canary_without_a_look_at_the_group_it_meets_twice_at_once(monkeypatch):
    monkeypatch.setattr(changing, "_ensure_group_is_free", lambda session, changed, outcome: None)

    with pytest.raises(AssertionError, match="a group meets once at a time"):
        walk(40, 30, WithoutHosts, **KNOWN)
