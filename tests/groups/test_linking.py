"""A group's link: who makes it, what it opens, and how it ends."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.errors import NotTakingPeople
from groups.models import GroupLink, Membership
from groups.services import ask_to_join, make_link, open_link, revoke_link
from groups.services.linking import link_token, read_link
from people.models import AuditEntry
from people.policy import NotAllowed, can
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    GroupLinkFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def test_nobody_makes_or_takes_back_a_link_but_those_who_run_the_group():
    group = GroupFactory()
    others = [UserFactory(), AdminFactory(), MembershipFactory(group=group).user, FacilitatorFactory().user]

    for person in others:
        with pytest.raises(NotAllowed):
            make_link(person, group=group)
        with pytest.raises(NotAllowed):
            revoke_link(person, group=group)

    assert not GroupLink.objects.exists()


def test_a_pair_and_an_ended_group_have_no_link():
    pair = GroupFactory(kind="pair", parent=GroupFactory(kind="programme"), capacity=1, listed=False)
    ended = GroupFactory(state="archived")

    for group in (pair, ended):
        with pytest.raises(NotAllowed):
            make_link(FacilitatorFactory(group=group).user, group=group)

    assert not GroupLink.objects.exists()


def test_a_link_works_for_thirty_days_and_says_nothing_about_anybody():
    seat = FacilitatorFactory(alias="Canary")

    link = make_link(seat.user, group=seat.group)

    token = link_token(link)
    assert link.expires_at - link.created_at == timedelta(days=30)
    assert read_link(token) == link
    assert (seat.group.slug in token, "Canary" in token, str(seat.user.pk) == token[:1]) == (False, False, False)
    assert AuditEntry.objects.get(action="group.link").reason == "30 days"


def test_nobody_chooses_a_time_that_is_not_offered():
    seat = FacilitatorFactory()

    with pytest.raises(ValueError, match="days"):
        make_link(seat.user, group=seat.group, days=365)


def test_a_new_link_takes_the_place_of_the_old_one_at_once():
    seat = FacilitatorFactory()
    first = make_link(seat.user, group=seat.group)

    second = make_link(seat.user, group=seat.group, days=7)

    assert (read_link(link_token(first)), read_link(link_token(second))) == (None, second)
    assert open_link(seat.group) == second


def test_a_second_click_makes_no_second_link():
    seat = FacilitatorFactory()

    assert make_link(seat.user, group=seat.group) == make_link(seat.user, group=seat.group)
    assert AuditEntry.objects.filter(action="group.link").count() == 1


def test_a_link_taken_back_opens_nothing_and_twice_is_one_line():
    seat = FacilitatorFactory()
    link = make_link(seat.user, group=seat.group)

    revoke_link(seat.user, group=seat.group)
    revoke_link(seat.user, group=seat.group)

    assert (read_link(link_token(link)), open_link(seat.group)) == (None, None)
    assert AuditEntry.objects.filter(action="group.link_revoke").count() == 1


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_a_link_opens_only_an_open_group(state):
    link = GroupLinkFactory()
    archived = timezone.now() if state == "archived" else None
    type(link.group).objects.update(state=state, archived_at=archived)

    assert read_link(link_token(link)) is None


def test_a_link_ends_with_its_time_and_with_the_seat_of_whoever_made_it():
    late = GroupLinkFactory(created_at=timezone.now() - timedelta(days=8), expires_at=timezone.now())
    left = GroupLinkFactory()
    left.group.memberships.update(state="left", ended_at=timezone.now())

    assert [read_link(link_token(link)) for link in (late, left)] == [None, None]
    assert open_link(left.group) is None


def test_a_made_up_link_opens_nothing():
    token = link_token(GroupLinkFactory())

    assert [read_link(made_up) for made_up in (token[:-1] + "x", "nonsense", "", token.upper())] == [None] * 4


def test_the_database_keeps_one_open_link_a_group_and_one_that_ends():
    link = GroupLinkFactory()

    with pytest.raises(IntegrityError, match="grouplink_one_open"), transaction.atomic():
        GroupLinkFactory(group=link.group)
    with pytest.raises(IntegrityError, match="grouplink_ends_after_start"), transaction.atomic():
        GroupLinkFactory(expires_at=timezone.now() - timedelta(days=1))


# -- asking by it -------------------------------------------------------------------------------
@pytest.mark.parametrize("facts", [{"listed": False}, {"intake": "invitation"}])
def test_whoever_has_the_link_may_ask(facts):
    link, person = GroupLinkFactory(group=GroupFactory(**facts)), UserFactory()

    asked = ask_to_join(person, group=link.group, agreement=None, alias="Wren", link=link)

    assert asked.state == Membership.State.REQUESTED


def test_without_the_link_a_group_by_invitation_is_asked_by_nobody():
    group = GroupFactory(intake="invitation")

    with pytest.raises(NotTakingPeople):
        ask_to_join(UserFactory(), group=group, agreement=None, alias="Wren")
    with pytest.raises(NotTakingPeople):
        ask_to_join(UserFactory(), group=group, agreement=None, alias="Wren", link=GroupLinkFactory())


@pytest.mark.parametrize(
    "facts",
    [
        {"intake": "closed"},
        {"kind": "cohort", "starts_on": timezone.localdate() - timedelta(days=1)},
    ],
)
def test_the_link_opens_no_group_that_is_among_itself(facts):
    link = GroupLinkFactory(group=GroupFactory(**facts))

    assert can(UserFactory(), "group.ask_by_link", link) is False


def test_somebody_blocked_does_not_come_back_by_the_link():
    link = GroupLinkFactory()
    seat = MembershipFactory(group=link.group, state="blocked", joined_at=None)

    assert can(seat.user, "group.ask_by_link", link) is False
    assert can(UserFactory(), "group.ask_by_link", link) is True
