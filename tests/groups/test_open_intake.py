"""Ways in besides asking and waiting: open groups, a link, and coming instead of being elsewhere."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.errors import AlreadyDecided, NameTaken, NotTakingPeople
from groups.models import Group, Membership
from groups.signals import member_joined, member_left
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.sealed import unseal
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    group = GroupFactory(intake="open", allows_visits=True)
    AgreementFactory(group=group)
    FacilitatorFactory(group=group, alias="Marisol")
    return group


@pytest.fixture
def heard():
    """Which memberships were said to have joined and left."""
    said = []

    def joined(membership, **kwargs):
        said.append(("joined", membership.pk))

    def left(membership, **kwargs):
        said.append(("left", membership.pk))

    member_joined.connect(joined)
    member_left.connect(left)
    yield said
    member_joined.disconnect(joined)
    member_left.disconnect(left)


def ask(user, group, **changes):
    return services.ask_to_join(user, **{"group": group, "agreement": group.agreement, "alias": "Wren"} | changes)


# -- anybody can come ---------------------------------------------------------------------------------
def test_an_open_group_is_joined_at_once(group, heard):
    made = ask(UserFactory(), group)

    made.refresh_from_db()
    assert (made.state, made.joined_at is not None, heard) == ("active", True, [("joined", made.pk)])
    assert {notice.topic for notice in Notice.objects.all()} == {"somebody.came"}
    assert AuditEntry.objects.filter(actor=made.user, action="membership.join").count() == 1


@pytest.mark.parametrize("visit_wanted", [True, False])
def test_an_open_group_that_is_full_has_a_line(group, heard, visit_wanted):
    Group.objects.update(capacity=1)
    MembershipFactory(group=group)

    made = ask(UserFactory(), group, visit_wanted=visit_wanted)

    assert (made.state, made.queued_at is not None, heard) == ("waitlisted", True, [])


def test_nobody_overtakes_those_in_line(group):
    first = RequestFactory(group=group, state="waitlisted", queued_at=timezone.now())

    second = ask(UserFactory(), group)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_offered, second.is_offered) == (True, True)
    assert second.joined_at is None


def test_somebody_can_come_once_to_an_open_group(group):
    made = ask(UserFactory(), group, visit_wanted=True)

    assert (made.state, made.decided_at is not None, group.places_taken) == ("visiting", True, 0)


def test_a_visit_that_the_group_does_not_have_is_not_wanted(group):
    Group.objects.update(allows_visits=False)

    made = ask(UserFactory(), group, visit_wanted=True)

    assert (made.state, made.visit_wanted) == ("active", False)


# -- by invitation ----------------------------------------------------------------------------------------
def test_a_group_by_invitation_is_shut_without_its_link(group):
    Group.objects.update(intake="invitation")

    with pytest.raises(NotTakingPeople):
        ask(UserFactory(), group)


def test_the_link_of_another_group_opens_nothing(group):
    Group.objects.update(intake="invitation")
    seat = FacilitatorFactory(group__intake="invitation")
    link = services.make_link(seat.user, group=seat.group)

    with pytest.raises(NotTakingPeople):
        ask(UserFactory(), group, link=link)


def test_with_the_link_somebody_asks(group):
    Group.objects.update(intake="invitation", listed=False)
    facilitator = group.memberships.facilitators().get().user
    link = services.make_link(facilitator, group=group)

    assert ask(UserFactory(), group, link=link).state == "requested"


def test_the_link_opens_nothing_to_somebody_blocked(group):
    Group.objects.update(intake="invitation")
    link = services.make_link(group.memberships.facilitators().get().user, group=group)
    blocked = MembershipFactory(group=group, state="blocked", joined_at=None)

    with pytest.raises(NotTakingPeople):
        ask(blocked.user, group, link=link)


# -- instead of another group -----------------------------------------------------------------------------
def test_somebody_elses_place_cannot_be_given_up(group):
    other = MembershipFactory()

    with pytest.raises(NotAllowed):
        ask(UserFactory(), group, instead_of=other)

    other.refresh_from_db()
    assert other.state == "active"


def test_the_old_place_is_left_when_the_new_one_is_taken(group, heard):
    old = MembershipFactory(group__capacity=1)
    waits = RequestFactory(group=old.group, state="waitlisted", queued_at=timezone.now())

    new = ask(old.user, group, instead_of=old)

    old.refresh_from_db()
    new.refresh_from_db()
    waits.refresh_from_db()
    assert (new.state, new.instead_of, old.state, waits.is_offered) == ("active", None, "left", True)
    assert heard == [("joined", new.pk), ("left", old.pk)]


def test_nothing_in_the_record_says_why_the_old_place_was_left(group):
    old = MembershipFactory()

    ask(old.user, group, instead_of=old)

    entry = AuditEntry.objects.get(action="membership.leave")
    assert (entry.actor, entry.about, entry.reason) == (old.user, old.user, "")


def test_the_old_place_stays_until_a_facilitator_says_yes(group):
    Group.objects.update(intake="request")
    old = MembershipFactory()
    new = ask(old.user, group, instead_of=old)
    old.refresh_from_db()
    assert (new.state, old.state) == ("requested", "active")

    services.accept_request(group.memberships.facilitators().get().user, membership=new)

    old.refresh_from_db()
    assert old.state == "left"


def test_the_old_place_stays_when_the_answer_is_no(group):
    Group.objects.update(intake="request")
    old = MembershipFactory()
    new = ask(old.user, group, instead_of=old)

    services.decline_request(group.memberships.facilitators().get().user, membership=new)

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.instead_of) == ("active", None)


def test_the_old_place_is_left_with_an_offer_that_is_taken(group):
    Group.objects.update(capacity=1)
    holder, old = MembershipFactory(group=group), MembershipFactory()
    new = ask(old.user, group, instead_of=old)
    services.leave_group(holder.user, membership=holder)
    new.refresh_from_db()

    services.accept_offer(old.user, membership=new)

    old.refresh_from_db()
    assert (old.state, Membership.objects.get(pk=new.pk).state) == ("left", "active")


def test_a_place_that_was_left_meanwhile_is_left_once(group):
    Group.objects.update(intake="request")
    old = MembershipFactory()
    new = ask(old.user, group, instead_of=old)
    services.leave_group(old.user, membership=old)

    services.accept_request(group.memberships.facilitators().get().user, membership=new)

    assert AuditEntry.objects.filter(action="membership.leave").count() == 1


def test_a_group_is_not_left_without_whoever_was_given_it_meanwhile(group):
    Group.objects.update(intake="request")
    old = MembershipFactory(group=GroupFactory(intake="request"))
    new = ask(old.user, group, instead_of=old)
    services.appoint_facilitator(AdminFactory(), group=old.group, person=old.user)

    services.accept_request(group.memberships.facilitators().get().user, membership=new)

    old.refresh_from_db()
    assert (old.state, old.runs_it) == ("active", True)


# -- changing what was sent -----------------------------------------------------------------------------------
CHANGE = {"alias": "Robin", "pronouns": "she", "words": "I would rather listen.", "by_mail": False}


def test_nobody_changes_somebody_elses_request(group):
    asked = RequestFactory(group=group)

    for stranger in (UserFactory(), group.memberships.facilitators().get().user):
        with pytest.raises(NotAllowed):
            services.change_request(stranger, membership=asked, **CHANGE)


def test_a_request_that_was_answered_is_not_changed(group):
    seat = MembershipFactory(group=group)

    with pytest.raises(AlreadyDecided):
        services.change_request(seat.user, membership=seat, **CHANGE)


def test_a_request_is_not_changed_to_a_name_that_somebody_has(group):
    asked = RequestFactory(group=group)

    with pytest.raises(NameTaken):
        services.change_request(asked.user, membership=asked, **CHANGE | {"alias": "marisol"})


def test_a_request_is_changed_and_keeps_its_place_in_line(group):
    asked = RequestFactory(group=group, state="waitlisted", queued_at=timezone.now())
    place = asked.queued_at

    services.change_request(asked.user, membership=asked, **CHANGE)

    asked.refresh_from_db()
    assert (asked.called, asked.by_mail, asked.queued_at) == ("Robin (she)", False, place)
    assert unseal(asked, "words", owner=asked.user) == "I would rather listen."


# -- from a visit to a place ------------------------------------------------------------------------------------
def visit(group, **more):
    return MembershipFactory(group=group, **{"state": "visiting", "joined_at": None} | more)


def test_nobody_asks_to_stay_for_somebody_else(group):
    coming = visit(group)

    with pytest.raises(NotAllowed):
        services.ask_to_stay(UserFactory(), membership=coming)


def test_a_visit_to_an_open_group_becomes_a_place(group, heard):
    coming = visit(group)

    states = [services.ask_to_stay(coming.user, membership=coming).state for _ in range(2)]

    assert (states, heard) == (["active", "active"], [("joined", coming.pk)])


def test_a_visit_to_an_open_group_that_is_full_becomes_a_place_in_line(group, heard):
    Group.objects.update(capacity=1)
    MembershipFactory(group=group)
    coming = visit(group)

    assert services.ask_to_stay(coming.user, membership=coming).state == "waitlisted"
    assert heard == [("left", coming.pk)]


def test_a_visit_becomes_a_request_that_is_answered_from_now_on(group):
    Group.objects.update(intake="request")
    long_ago = timezone.now() - timedelta(days=20)
    coming = visit(group, created_at=long_ago)

    asked = services.ask_to_stay(coming.user, membership=coming)

    assert (asked.state, asked.created_at > long_ago) == ("requested", True)
    assert Notice.objects.get().topic == "request.made"


def test_a_visit_that_is_over_is_asked_anew(group):
    coming = visit(group, state="visited", ended_at=timezone.now())

    with pytest.raises(AlreadyDecided):
        services.ask_to_stay(coming.user, membership=coming)


def test_a_visit_becomes_no_place_once_the_group_has_begun_among_itself(group):
    Group.objects.update(kind="cohort", starts_on=group.today)
    coming = visit(group)

    with pytest.raises(NotTakingPeople):
        services.ask_to_stay(coming.user, membership=coming)

    coming.refresh_from_db()
    assert coming.state == "visiting"
