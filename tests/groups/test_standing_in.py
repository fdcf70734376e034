"""The people who run a group: words about them, days away with somebody who stands in, stepping down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.services import open_followup, take_followup
from groups import services
from groups.errors import AwayOverlaps, CannotRunGroup, CannotStandIn, DayIsPast, GroupFull, LastFacilitator
from groups.models import Away
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.services import suspend_person
from tests.factories import (
    AdminFactory,
    AwayFactory,
    FacilitatorFactory,
    FollowUpFactory,
    GroupFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
WORDS = {"about": "Came as a member.", "duty": "Works in a school.", "hours": "Monday to Thursday, 10 to 4"}


@pytest.fixture
def seat(organisation):
    return FacilitatorFactory(alias="Marisol")


@pytest.fixture
def tunde(seat):
    return FacilitatorFactory(group=seat.group, alias="Tunde")


def in_days(number):
    return timezone.localdate() + timedelta(days=number)


# -- words ------------------------------------------------------------------------------------------
def test_nobody_speaks_for_somebody_else_and_members_have_no_seat(seat, tunde):
    member = MembershipFactory(group=seat.group)
    for actor, theirs in ((tunde.user, seat), (AdminFactory(), seat), (member.user, member)):
        with pytest.raises(NotAllowed):
            services.say_about_me(actor, seat=theirs, **WORDS)


def test_what_is_said_is_kept_and_the_record_holds_none_of_it(seat):
    services.say_about_me(seat.user, seat=seat, **WORDS)

    seat.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert {name: getattr(seat, name) for name in WORDS} == WORDS
    assert (entry.action, entry.about, entry.reason) == ("facilitator.about", seat.user, "")


# -- days away --------------------------------------------------------------------------------------
def test_only_whoever_runs_it_goes_away_and_only_for_themself(seat, tunde):
    member = MembershipFactory(group=seat.group)
    for actor, theirs in ((tunde.user, seat), (AdminFactory(), seat), (member.user, member)):
        with pytest.raises(NotAllowed):
            services.go_away(actor, seat=theirs, starts_on=in_days(1))


def test_going_away_names_who_stands_in(seat, tunde):
    away = services.go_away(seat.user, seat=seat, starts_on=in_days(1), ends_on=in_days(9), cover=tunde)

    assert (away.starts_on, away.ends_on, away.stand_in) == (in_days(1), in_days(9), tunde)
    assert AuditEntry.objects.get().action == "facilitator.away"


def test_the_same_days_again_are_one_row(seat):
    days = {"starts_on": in_days(1), "ends_on": in_days(9)}
    assert services.go_away(seat.user, seat=seat, **days) == services.go_away(seat.user, seat=seat, **days)


def test_yesterday_is_refused(seat):
    with pytest.raises(DayIsPast):
        services.go_away(seat.user, seat=seat, starts_on=in_days(-2))


@pytest.mark.parametrize(("first", "last"), [(1, 5), (3, 4), (5, 12), (9, None), (0, 1), (0, None)])
def test_days_that_touch_are_refused(seat, first, last):
    services.go_away(seat.user, seat=seat, starts_on=in_days(1), ends_on=in_days(9))

    with pytest.raises(AwayOverlaps):
        services.go_away(
            seat.user, seat=seat, starts_on=in_days(first), ends_on=None if last is None else in_days(last)
        )

    assert Away.objects.count() == 1


@pytest.mark.parametrize(("first", "last"), [(10, 12), (10, None), (0, 0)])
def test_days_beside_them_are_fine(seat, first, last):
    services.go_away(seat.user, seat=seat, starts_on=in_days(1), ends_on=in_days(9))

    services.go_away(seat.user, seat=seat, starts_on=in_days(first), ends_on=None if last is None else in_days(last))

    assert Away.objects.count() == 2


def test_days_that_were_taken_back_are_free_again(seat):
    away = services.go_away(seat.user, seat=seat, starts_on=in_days(1), ends_on=in_days(9))
    services.come_back(seat.user, away=away)

    assert services.go_away(seat.user, seat=seat, starts_on=in_days(1), ends_on=in_days(9)) != away


def test_who_stands_in_runs_the_group_and_can_sign_in(seat, tunde):
    strangers = [FacilitatorFactory(), MembershipFactory(group=seat.group), seat]
    gone = FacilitatorFactory(group=seat.group, state="left", ended_at=timezone.now())
    suspended = FacilitatorFactory(group=seat.group)
    suspend_person(AdminFactory(), person=suspended.user)

    for cover in (*strangers, gone, suspended):
        with pytest.raises(CannotStandIn):
            services.go_away(seat.user, seat=seat, starts_on=in_days(1), cover=cover)

    assert list(services.may_stand_in(seat)) == [tunde]


def test_who_is_away_then_does_not_stand_in(seat, tunde):
    AwayFactory(seat=tunde, starts_on=in_days(5), ends_on=in_days(6))

    with pytest.raises(CannotStandIn, match="Tunde is away"):
        services.go_away(seat.user, seat=seat, starts_on=in_days(1), ends_on=in_days(5), cover=tunde)
    assert services.go_away(seat.user, seat=seat, starts_on=in_days(1), ends_on=in_days(4), cover=tunde).cover == tunde


def test_for_a_mentor_somebody_of_the_programme_stands_in(organisation):
    programme = GroupFactory(kind="programme")
    coordinator = FacilitatorFactory(group=programme)
    pair = GroupFactory(kind="pair", parent=programme, capacity=1, listed=False)
    mentor = FacilitatorFactory(group=pair)

    assert list(services.may_stand_in(mentor)) == [coordinator]


def test_coming_back_early_is_for_oneself_and_twice_is_harmless(seat, tunde):
    away = AwayFactory(seat=seat)
    with pytest.raises(NotAllowed):
        services.come_back(tunde.user, away=away)

    services.come_back(seat.user, away=away)
    services.come_back(seat.user, away=away)

    assert [entry.action for entry in AuditEntry.objects.all()] == ["facilitator.back"]
    assert not Away.objects.on(timezone.localdate()).exists()


# -- who is told meanwhile --------------------------------------------------------------------------
def asked(group):
    services.ask_to_join(UserFactory(), group=group, agreement=group.agreement, alias="Theo")
    return {notice.user for notice in Notice.objects.filter(topic="request.made")}


def test_requests_go_to_those_who_are_there(seat, tunde):
    AwayFactory(seat=seat, cover=tunde)

    assert asked(seat.group) == {tunde.user}


@pytest.mark.parametrize("days", [{"starts_on": 1}, {"starts_on": -9, "ends_on": -1}])
def test_before_and_after_the_days_requests_come_again(seat, tunde, days):
    AwayFactory(seat=seat, **{name: in_days(number) for name, number in days.items()})

    assert asked(seat.group) == {seat.user, tunde.user}


def test_who_is_alone_is_told_although_they_are_away(seat):
    AwayFactory(seat=seat)

    assert asked(seat.group) == {seat.user}


def test_a_call_for_a_word_goes_to_those_who_are_there(seat, tunde):
    member = MembershipFactory(group=seat.group)
    AwayFactory(seat=seat)
    amara = FacilitatorFactory(group=seat.group)
    followup = FollowUpFactory(group=seat.group, about=member.user)
    take_followup(tunde.user, followup=followup)
    Notice.objects.all().delete()

    services.step_down(tunde.user, seat=tunde, leaves=False)

    assert {notice.user for notice in Notice.objects.all()} == {amara.user}


# -- stepping down ----------------------------------------------------------------------------------
def test_nobody_steps_down_for_somebody_else(seat, tunde):
    for actor in (tunde.user, AdminFactory(), UserFactory()):
        with pytest.raises(NotAllowed):
            services.step_down(actor, seat=seat, leaves=False)


@pytest.mark.parametrize("leaves", [True, False])
def test_the_last_one_cannot_stop_and_somebody_suspended_is_nobody(seat, tunde, leaves):
    suspend_person(AdminFactory(), person=tunde.user)

    with pytest.raises(LastFacilitator):
        services.step_down(seat.user, seat=seat, leaves=leaves)

    seat.refresh_from_db()
    assert seat.runs_it


def test_who_stays_becomes_a_member_and_what_they_said_of_themself_goes(seat, tunde):
    services.say_about_me(seat.user, seat=seat, **WORDS)
    own, theirs = AwayFactory(seat=seat), AwayFactory(seat=tunde, cover=seat)

    row = services.step_down(seat.user, seat=seat, leaves=False)

    own.refresh_from_db()
    theirs.refresh_from_db()
    assert (row.role, row.state, row.about, row.duty, row.hours) == ("member", "active", "", "", "")
    assert (own.ended_at is None, theirs.cover) == (False, None)
    assert AuditEntry.objects.filter(action="facilitator.step_down").count() == 1


def test_who_leaves_is_gone(seat, tunde):
    assert services.step_down(seat.user, seat=seat, leaves=True).state == "left"


def test_who_would_stay_needs_a_members_place(seat, tunde):
    seat.group.capacity = 1
    seat.group.save()
    MembershipFactory(group=seat.group)

    with pytest.raises(GroupFull):
        services.step_down(seat.user, seat=seat, leaves=False)

    assert services.step_down(seat.user, seat=seat, leaves=True).state == "left"


def test_the_words_they_owed_go_back_to_the_others(seat, tunde):
    member = MembershipFactory(group=seat.group)
    followup = open_followup(seat.user, about=member.user, group=seat.group, due_at=timezone.now() + timedelta(days=1))

    services.step_down(seat.user, seat=seat, leaves=False)

    followup.refresh_from_db()
    assert (followup.state, followup.owner) == ("open", None)


# -- what admins do ---------------------------------------------------------------------------------
def test_only_admins_take_a_group_from_somebody(seat, tunde):
    for actor in (tunde.user, seat.user, UserFactory()):
        with pytest.raises(NotAllowed):
            services.take_group_from(actor, seat=seat)

    services.take_group_from(AdminFactory(), seat=seat)
    services.take_group_from(AdminFactory(), seat=seat)

    seat.refresh_from_db()
    assert seat.role == "member"
    assert [entry.about for entry in AuditEntry.objects.filter(action="facilitator.release")] == [seat.user]


def test_admins_leave_no_group_alone_and_go_over_no_number(seat):
    with pytest.raises(LastFacilitator):
        services.take_group_from(AdminFactory(), seat=seat)

    FacilitatorFactory(group=seat.group)
    seat.group.capacity = 1
    seat.group.save()
    MembershipFactory(group=seat.group)
    with pytest.raises(GroupFull):
        services.take_group_from(AdminFactory(), seat=seat)


def test_a_mentor_is_not_taken_out_of_a_pair(organisation):
    pair = GroupFactory(kind="pair", parent=GroupFactory(kind="programme"), capacity=1, listed=False)
    seat = FacilitatorFactory(group=pair)

    with pytest.raises(NotAllowed):
        services.take_group_from(AdminFactory(), seat=seat)


def test_somebody_suspended_is_given_no_group(seat):
    person = UserFactory()
    suspend_person(AdminFactory(), person=person)
    person.refresh_from_db()

    with pytest.raises(CannotRunGroup):
        services.appoint_facilitator(AdminFactory(), group=seat.group, person=person, alias="Theo")
