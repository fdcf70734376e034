"""The ways of a membership, and who may send it along which of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups import services
from groups.models import Group, Membership
from groups.services.locks import broken
from people.errors import Refused
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.factories import AdminFactory, FacilitatorFactory, GroupFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
STATES = Membership.State.values
ENDED = {"declined", "left", "removed", "lapsed", "visited"}
WAYS = {  # written out a second time on purpose: whoever changes the table says so here too
    "requested": "active visiting waitlisted declined left blocked",
    "invited": "active waitlisted declined left lapsed blocked",
    "waitlisted": "invited active visiting left declined blocked",
    "visiting": "active requested visited left removed blocked",
    "active": "paused left removed blocked",
    "paused": "active left removed blocked",
    "blocked": "removed",
}
ALLOWED = {(state, target) for state, targets in WAYS.items() for target in targets.split()}


def standing(state, **facts):
    """A membership that stands in `state` in the database."""
    times = {"active": "joined_at", "paused": "joined_at", "waitlisted": "queued_at"} | dict.fromkeys(ENDED, "ended_at")
    held = {"joined_at": None} | ({times[state]: NOW} if state in times else {})
    return MembershipFactory(state=state, **(held | facts))


@pytest.mark.parametrize("target", STATES)
@pytest.mark.parametrize("state", STATES)
def test_a_membership_moves_only_along_its_ways(state, target):
    seat = standing(state)

    if (state, target) not in ALLOWED:
        with pytest.raises(ValueError, match="no way"):
            seat.move_to(target)
        assert seat.state == state
        return
    seat.move_to(target)
    seat.save()

    seat.refresh_from_db()
    assert seat.state == target
    assert (seat.ended_at is not None) == (target in ENDED)


@pytest.mark.parametrize(("state", "target"), [(one, other) for one in STATES for other in STATES if one != other])
def test_the_database_knows_the_same_ways(state, target):
    seat = standing(state)
    facts = {"ended_at": NOW if target in ENDED else None, "joined_at": NOW, "queued_at": NOW}

    refused = False
    try:
        with transaction.atomic():
            Membership.objects.filter(pk=seat.pk).update(state=target, **facts)
    except IntegrityError as problem:
        refused = broken(problem) == "membership_move"

    assert refused == ((state, target) not in ALLOWED)


def test_coming_back_from_a_break_keeps_the_day_of_joining():
    seat = MembershipFactory(state="paused")
    joined = seat.joined_at

    seat.move_to("active")

    assert seat.joined_at == joined


# -- who may send it where ---------------------------------------------------------------------
OWN, RUNS, ADMIN = "the person", "a facilitator", "an admin"


@dataclass(frozen=True)
class Action:
    """One service: who calls it, from which state to which it goes, and where it is harmless to call it again."""

    by: str
    call: Callable[..., object]
    goes: dict[str, str]
    harmless: str = ""

    def expected(self, state):
        """The state afterwards; None where it is refused."""
        return self.goes.get(state) or (state if state in self.harmless.split() else None)


def _pause(user, *, membership):
    return services.pause(user, membership=membership, until=None)


def _ask_again(user, *, membership):
    group = membership.group
    return services.ask_to_join(user, group=group, agreement=group.agreement, alias=membership.alias)


def _waitlist_where_full(actor, *, membership):
    MembershipFactory(group=membership.group)
    Group.objects.update(capacity=1)
    return services.waitlist_request(actor, membership=membership)


def _appoint(actor, *, membership):
    return services.appoint_facilitator(actor, group=membership.group, person=membership.user)


def _change(user, *, membership):
    return services.change_request(user, membership=membership, alias="Bo", pronouns="", words="", by_mail=True)


def _rename(user, *, membership):
    return services.rename(user, membership=membership, alias="Bo")


def to(target, states):
    return dict.fromkeys(states.split(), target)


CLOSED = " ".join(sorted(ENDED))
ACTIONS = {
    "accept": Action(RUNS, services.accept_request, to("active", "requested waitlisted visiting")),
    "waitlist": Action(RUNS, _waitlist_where_full, to("waitlisted", "requested")),
    "decline": Action(RUNS, services.decline_request, to("declined", "requested waitlisted")),
    "let visit": Action(RUNS, services.let_visit, to("visiting", "requested waitlisted")),
    "end the visit": Action(RUNS, services.end_visit, to("visited", "visiting"), " ".join(STATES)),
    "put out": Action(RUNS, partial(services.put_out, why="safety"), to("removed", "visiting active paused")),
    "block": Action(
        RUNS,
        partial(services.put_out, why="safety", block=True),
        to("blocked", "requested invited waitlisted visiting active paused"),
    ),
    "unblock": Action(RUNS, services.unblock, to("removed", "blocked"), " ".join(STATES)),
    "withdraw": Action(OWN, services.withdraw_request, to("left", "requested invited waitlisted visiting"), CLOSED),
    "leave": Action(OWN, services.leave_group, to("left", "active paused"), "left"),
    "take the place": Action(OWN, services.accept_offer, to("active", "invited"), "active paused"),
    "pass, stay in line": Action(
        OWN, partial(services.pass_offer, keep_in_line=True), to("waitlisted", "invited"), "waitlisted"
    ),
    "pass, go": Action(OWN, partial(services.pass_offer, keep_in_line=False), to("left", "invited"), "left"),
    "be in line again": Action(OWN, services.wait_again, to("invited", "waitlisted"), "lapsed"),
    "pause": Action(OWN, _pause, to("paused", "active"), "paused"),
    "resume": Action(OWN, services.resume, to("active", "paused"), "active"),
    "ask to stay": Action(OWN, services.ask_to_stay, to("requested", "visiting"), "requested waitlisted active paused"),
    "ask again": Action(OWN, _ask_again, {}, CLOSED),
    "change the request": Action(OWN, _change, {}, "requested waitlisted"),
    "be called otherwise": Action(OWN, _rename, {}, "active paused"),
    "appoint": Action(ADMIN, _appoint, to("active", "requested invited waitlisted visiting active paused"), CLOSED),
}


def seat_in(state):
    """A membership in `state`; invited means that a place is held."""
    facts = {"invited": {"queued_at": NOW, "offered_until": NOW + timedelta(days=2)}}.get(state, {})
    group = GroupFactory(allows_visits=True)
    FacilitatorFactory(group=group)
    return standing(state, group=group, **facts)


def actors(seat):
    """One of each kind of person, by what they are to this seat."""
    return {
        OWN: seat.user,
        RUNS: seat.group.memberships.facilitators().first().user,
        ADMIN: AdminFactory(),
        "a member": MembershipFactory(group=seat.group).user,
        "a facilitator elsewhere": FacilitatorFactory().user,
        "a stranger": UserFactory(),
    }


def as_it_is(seat):
    """The row in every column, and how much is on record about its person."""
    row = Membership.objects.filter(pk=seat.pk).values().get()
    return row, AuditEntry.objects.filter(about=seat.user).count()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", sorted(ACTIONS.keys() - {"ask again"}))  # anybody asks for themself alone
def test_nobody_else_sends_it_anywhere(name, state):
    seat, action = seat_in(state), ACTIONS[name]
    strangers = {who: user for who, user in actors(seat).items() if who != action.by}
    before = as_it_is(seat)

    for user in strangers.values():
        with pytest.raises(NotAllowed):
            action.call(user, membership=seat)
        assert as_it_is(seat) == before


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ACTIONS)
def test_each_action_goes_its_way_or_is_refused_with_a_sentence(name, state):
    seat, action = seat_in(state), ACTIONS[name]
    actor, before = actors(seat)[action.by], as_it_is(seat)
    expected = action.expected(state)

    if expected is None:
        with pytest.raises((Refused, NotAllowed)) as refusal:
            action.call(actor, membership=seat)
        assert as_it_is(seat) == before
        assert str(refusal.value).endswith(".") or refusal.type is NotAllowed
        return
    action.call(actor, membership=seat)

    assert Membership.objects.get(pk=seat.pk).state == expected


@pytest.mark.parametrize("state", STATES)
def test_the_clock_sends_it_only_where_time_is_over(state):
    seat = seat_in(state)
    facts = {"invited": {"offered_until": NOW}, "paused": {"paused_until": "2026-01-01"}}.get(state)
    if facts:
        Membership.objects.filter(pk=seat.pk).update(**facts)

    services.run_out_offers()
    services.resume_due()

    expected = {"invited": "waitlisted", "paused": "active"}.get(state, state)
    assert Membership.objects.get(pk=seat.pk).state == expected


@pytest.mark.parametrize("state", STATES)
def test_the_end_of_a_group_lets_those_go_who_wait_and_leaves_the_others(state):
    seat = seat_in(state)

    services.archive_group(AdminFactory(), group=seat.group)

    gone = to("declined", "requested invited waitlisted") | {"visiting": "left"}
    assert Membership.objects.get(pk=seat.pk).state == gone.get(state, state)


def test_every_way_is_gone_by_some_action():
    gone = {(state, target) for action in ACTIONS.values() for state, target in action.goes.items() if state != target}
    clock = {("invited", "waitlisted"), ("invited", "lapsed"), ("invited", "declined")}

    assert ALLOWED - gone - clock == set()
    assert gone - ALLOWED == set()
