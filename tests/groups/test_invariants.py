"""Several people do whatever they like with one group, in any order: some things stay true all the same."""

from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from groups import services
from groups.models import Group
from groups.querysets import ENDED, OPEN, MembershipQuerySet
from people.errors import Refused
from people.local_time import is_quiet
from people.policy import NotAllowed
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    OrganisationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PEOPLE = st.integers(0, 4)
YES_OR_NO = st.booleans()
QUICK = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


class OneGroup(RuleBasedStateMachine):
    """Five people, two who run the group, an admin, and the clock."""

    def __init__(self):
        super().__init__()
        self.all_of_it = transaction.atomic()
        self.all_of_it.__enter__()
        self.traveller = time_machine.travel("2027-03-01T12:00:00Z", tick=False)
        self.clock = self.traveller.start()
        self.line = {}

    def teardown(self):
        self.traveller.stop()
        transaction.set_rollback(True)
        self.all_of_it.__exit__(None, None, None)

    @initialize(capacity=st.integers(1, 3), asking=st.integers(0, 1))
    def begin(self, capacity, asking):
        """Some are in and some in line already, so that there is something to do."""
        self.admin = AdminFactory()
        OrganisationFactory(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=self.admin)
        self.group = GroupFactory(capacity=capacity, allows_visits=True, created_by=self.admin)
        AgreementFactory(group=self.group)
        self.people = UserFactory.create_batch(5)
        for _who in range(2):
            FacilitatorFactory(group=self.group)
        self.ceiling = capacity
        for who in range(len(self.people)):
            self.asks(who, visit=False)
            if who < capacity:
                self.is_let_in(who)
            elif who >= capacity + asking:
                self.is_put_on_the_waitlist(who)

    # -- what people do -----------------------------------------------------------------------
    def seat(self, who, *states):
        """The row of a person, or of the next one for whom this may lead somewhere."""
        seats = [self.last_of(self.people[(who + n) % len(self.people)]) for n in range(len(self.people))]
        return next((seat for seat in seats if seat and seat.state in states), seats[0])

    def last_of(self, user):
        return self.group.memberships.filter(user=user).select_related("user", "group").last()

    def facilitator(self):
        return self.group.memberships.facilitators().earliest("pk").user

    def runs(self, service, seat, **given):
        """Somebody who runs the group does something about a seat."""
        if seat:
            self.does(service, self.facilitator(), membership=seat, **given)

    def own(self, service, seat, **given):
        """A person does something about their own seat."""
        if seat:
            self.does(service, seat.user, membership=seat, **given)

    def does(self, service, actor, **given):
        """Do it, a second later than what was before. A kind refusal is an answer as well."""
        self.clock.shift(timedelta(seconds=1))
        with suppress(Refused, NotAllowed):
            service(actor, **given)

    @rule(who=PEOPLE, visit=YES_OR_NO)
    def asks(self, who, visit):
        group, user = Group.objects.get(pk=self.group.pk), self.people[who]
        given = {"group": group, "agreement": group.agreement, "alias": f"Person {who}", "visit_wanted": visit}
        self.does(services.ask_to_join, user, **given)

    @rule(who=PEOPLE)
    def is_let_in(self, who):
        self.runs(services.accept_request, self.seat(who, "requested", "waitlisted", "visiting"))

    @rule(who=PEOPLE)
    def is_put_on_the_waitlist(self, who):
        self.runs(services.waitlist_request, self.seat(who, "requested"))

    @rule(who=PEOPLE, visits=YES_OR_NO)
    def is_not_let_in(self, who, visits):
        service = services.let_visit if visits else services.decline_request
        self.runs(service, self.seat(who, "requested", "waitlisted"))

    @rule(who=PEOPLE, stays=YES_OR_NO)
    def has_come_once(self, who, stays):
        seat = self.seat(who, "visiting")
        if stays:
            self.own(services.ask_to_stay, seat)
        elif seat:
            self.does(services.end_visit, None, membership=seat)

    @rule(who=PEOPLE)
    def takes_the_place(self, who):
        self.own(services.accept_offer, self.seat(who, "invited"), agreement=self.group.agreement)

    @rule(who=PEOPLE, keep=YES_OR_NO)
    def lets_the_place_go(self, who, keep):
        self.own(services.pass_offer, self.seat(who, "invited"), keep_in_line=keep)

    @rule(who=PEOPLE)
    def is_in_line_again(self, who):
        self.own(services.wait_again, self.seat(who, "lapsed"))

    @rule(who=PEOPLE, days=st.integers(0, 5))
    def takes_a_break_or_comes_back(self, who, days):
        if days:
            until = timezone.localdate() + timedelta(days=days)
            self.own(services.pause, self.seat(who, "active"), until=until)
        else:
            self.own(services.resume, self.seat(who, "paused"))

    @rule(who=PEOPLE)
    def goes(self, who):
        self.own(services.leave_group, self.seat(who, "active", "paused"))
        self.own(services.withdraw_request, self.seat(who, "requested", "waitlisted", "invited", "visiting"))

    @rule(who=PEOPLE, block=YES_OR_NO)
    def is_put_out(self, who, block):
        self.runs(services.put_out, self.seat(who, *OPEN), why="safety", block=block)

    @rule(who=PEOPLE)
    def is_unblocked(self, who):
        self.runs(services.unblock, self.seat(who, "blocked"))

    @rule(who=PEOPLE)
    def is_given_the_group(self, who):
        self.does(services.appoint_facilitator, self.admin, group=self.group, person=self.people[who])

    @rule(leaves=YES_OR_NO)
    def steps_down(self, leaves):
        seat = self.group.memberships.facilitators().select_related("user").latest("pk")
        self.does(services.step_down, seat.user, seat=seat, leaves=leaves)

    @rule(capacity=st.integers(1, 3) | st.none())
    def has_other_places(self, capacity):
        taken = self.taken()
        self.ceiling = None if capacity is None else max(capacity, taken)
        self.does(services.change_group, self.admin, group=self.group, capacity=capacity)

    @rule(intake=st.sampled_from(["open", "request", "closed"]))
    def takes_people_otherwise(self, intake):
        self.does(services.change_group, self.admin, group=self.group, intake=intake)

    @rule(once_in_a_while=st.integers(1, 9))
    def agrees_to_something_else(self, once_in_a_while):
        if once_in_a_while == 9:
            more = [{"topic": "", "promise": f"Promise {timezone.now()}", "meaning": ""}]
            sections = services.starting_agreement() + more
            self.does(services.publish_agreement, self.admin, group=self.group, sections=sections)

    @rule(hours=st.integers(1, 80))
    def time_goes_by(self, hours):
        self.clock.shift(timedelta(hours=hours))
        services.run_out_offers()
        services.resume_due()

    @rule(once_in_a_while=st.integers(1, 9))
    def ends_and_opens_again(self, once_in_a_while):
        if once_in_a_while < 9:
            return
        self.does(services.archive_group, self.admin, group=self.group)
        assert not self.group.memberships.filter(state__in=["requested", "invited", "waitlisted", "visiting"]).exists()
        self.does(services.reopen_group, self.admin, group=self.group)

    # -- what stays true ----------------------------------------------------------------------
    def taken(self):
        return self.group.memberships.holding_places().count()

    @invariant()
    def it_is_still_true(self):
        seats = list(self.group.memberships.select_related("user").order_by("pk"))
        self.never_more_people_than_places()
        self.nobody_overtakes({seat.pk: seat for seat in seats})
        open_seats = [seat.user_id for seat in seats if seat.state in OPEN]
        assert len(open_seats) == len(set(open_seats)), "one open row each"
        assert any(seat.runs_it for seat in seats), "somebody runs it"
        for seat in seats:
            assert (seat.ended_at is not None) == (seat.state in ENDED), "ended means closed"
            assert seat.offered_until is None or self.ends_by_day(seat), "nothing runs out at night"

    def never_more_people_than_places(self):
        """Unless there were more already when somebody took places away."""
        capacity, taken = Group.objects.get(pk=self.group.pk).capacity, self.taken()
        if capacity is not None:
            assert taken <= self.ceiling, "never more people than places"
            self.ceiling = max(capacity, min(self.ceiling, taken))

    def nobody_overtakes(self, seats):
        """Whoever was offered a place in this step stood before everybody who stands where they stood."""
        was = list(enumerate(self.line.items()))
        offered = [place for place, (pk, _at) in was if seats[pk].is_offered]
        still = [place for place, (pk, at) in was if (seats[pk].state, seats[pk].queued_at) == ("waitlisted", at)]
        assert not (offered and still) or max(offered) < min(still), "nobody overtakes in line"
        waits = [seat for seat in seats.values() if seat.state == "waitlisted"]
        self.line = {seat.pk: seat.queued_at for seat in sorted(waits, key=lambda seat: (seat.queued_at, seat.pk))}

    def ends_by_day(self, seat):
        end = seat.offered_until.astimezone(seat.user.zone).time()
        return not is_quiet(end, seat.user.quiet_from, seat.user.quiet_to)


def walk(examples, steps, **more):
    held = settings(max_examples=examples, stateful_step_count=steps, **QUICK, **more)
    run_state_machine_as_test(OneGroup, settings=held)


def test_it_stays_true_whatever_people_do():
    walk(15, 30)


@pytest.mark.nightly
def test_it_stays_true_on_long_walks():
    walk(600, 60)


KNOWN = {"derandomize": True, "phases": [Phase.generate]}  # the same walk each time, and no search for a shorter one


def test_canary_without_counting_there_are_more_people_than_places(monkeypatch):
    monkeypatch.setattr(Group, "is_full", property(lambda group: False))

    with pytest.raises(AssertionError, match="never more people than places"):
        walk(30, 30, **KNOWN)


def test_canary_with_the_line_turned_round_somebody_overtakes(monkeypatch):
    in_line = MembershipQuerySet.in_line
    monkeypatch.setattr(MembershipQuerySet, "in_line", lambda rows: in_line(rows).reverse())

    with pytest.raises(AssertionError, match="nobody overtakes in line"):
        walk(30, 30, **KNOWN)
