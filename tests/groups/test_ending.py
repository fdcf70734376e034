"""How groups end, what is left of them, and how they begin again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from checkins.models import Rhythm
from groups import services
from groups.errors import BadEnding, GroupEnded, GroupNameTaken, HelpLinesUnconfirmed, NoAgreement, NoFacilitator
from groups.models import Group, Membership
from notices.models import Notice
from people.models import AuditEntry, Organisation
from people.policy import NotAllowed
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    ConsentFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RhythmFactory,
    SafetyLeadFactory,
    SeatFactory,
    SeriesFactory,
    SessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = date(2027, 3, 1)


@pytest.fixture
def run(organisation):
    """The seat of somebody who runs a group that could open again tomorrow."""
    Organisation.objects.update(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=AdminFactory())
    group = GroupFactory(name="Evenings")
    AgreementFactory(group=group)
    return FacilitatorFactory(group=group)


def pair(**fields):
    programme = GroupFactory(kind="programme")
    return GroupFactory(kind="pair", parent=programme, capacity=1, listed=False, **fields)


# -- who ---------------------------------------------------------------------------------------------
def actions(group):
    return [
        lambda actor: services.plan_ending(actor, group=group, ends_on=group.today, last_ritual=""),
        lambda actor: services.archive_group(actor, group=group),
        lambda actor: services.reopen_group(actor, group=group),
    ]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_only_its_facilitators_and_admins_end_a_group(run, number):
    act = actions(run.group)[number]
    member = MembershipFactory(group=run.group).user

    for stranger in (UserFactory(), member, FacilitatorFactory().user, SafetyLeadFactory()):
        with pytest.raises(NotAllowed):
            act(stranger)

    for person in (run.user, AdminFactory()):
        act(person)
    assert AuditEntry.objects.filter(actor=run.user).count() == (0 if number == 2 else 1)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_pair_is_not_ended_as_groups_are(number):
    mentor = FacilitatorFactory(group=pair())

    for actor in (mentor.user, AdminFactory()):
        with pytest.raises(NotAllowed):
            actions(mentor.group)[number](actor)

    mentor.group.refresh_from_db()
    assert (mentor.group.state, mentor.group.ends_on) == ("open", None)


# -- planning ------------------------------------------------------------------------------------------
def test_an_ending_is_planned_changed_and_taken_back(run):
    first, later = run.group.today + timedelta(days=20), run.group.today + timedelta(days=40)

    for day, words in ((first, "A round."), (later, "A round."), (None, "A round.")):
        services.plan_ending(run.user, group=run.group, ends_on=day, last_ritual=words)
        run.group.refresh_from_db()
        assert (run.group.ends_on, run.group.last_ritual) == (day, "A round.")

    reasons = list(
        AuditEntry.objects.filter(action="group.plan-ending").order_by("pk").values_list("reason", flat=True)
    )
    assert reasons == ["ends_on, last_ritual", "ends_on", "ends_on"]


def test_the_same_plan_again_changes_nothing(run):
    for _time in range(2):
        services.plan_ending(run.user, group=run.group, ends_on=run.group.today, last_ritual="")

    assert AuditEntry.objects.filter(action="group.plan-ending").count() == 1


def test_a_group_ends_neither_in_the_past_nor_before_it_began(run):
    run.group.starts_on = run.group.today + timedelta(days=9)
    run.group.save()

    for day in (run.group.today - timedelta(days=1), run.group.today + timedelta(days=8)):
        with pytest.raises(BadEnding):
            services.plan_ending(run.user, group=run.group, ends_on=day, last_ritual="")

    run.group.refresh_from_db()
    assert run.group.ends_on is None


def test_what_has_ended_is_not_planned(run):
    services.archive_group(run.user, group=run.group)

    with pytest.raises(GroupEnded):
        services.plan_ending(run.user, group=run.group, ends_on=None, last_ritual="")


# -- ending --------------------------------------------------------------------------------------------
def test_a_group_that_ended_is_read_by_its_people_alone(run):
    member = MembershipFactory(group=run.group)

    services.archive_group(run.user, group=run.group)

    run.group.refresh_from_db()
    assert (run.group.state, run.group.archived_at is None, run.group.takes_requests) == ("archived", False, False)
    seen = {
        person: Group.objects.visible_to(person).filter(pk=run.group.pk).exists()
        for person in (member.user, run.user, UserFactory())
    }
    assert list(seen.values()) == [True, True, False]


def test_ending_twice_is_one_ending(run):
    MembershipFactory(group=run.group)
    stale = Group.objects.get(pk=run.group.pk)

    first = services.archive_group(run.user, group=run.group)
    again = services.archive_group(FacilitatorFactory(group=run.group).user, group=stale)

    assert again.archived_at == first.archived_at
    assert AuditEntry.objects.filter(action="group.end").count() == 1
    assert Notice.objects.filter(topic="group.ended").count() == 1


@pytest.mark.parametrize(
    ("held", "then"),
    [
        ({"state": "requested"}, "declined"),
        ({"state": "waitlisted", "queued_at": timezone.now()}, "declined"),
        ({"state": "invited"}, "declined"),
        ({"state": "invited", "offered_until": timezone.now() + timedelta(hours=9)}, "declined"),
        ({"state": "visiting"}, "left"),
    ],
)
def test_whoever_waits_is_told_and_no_more_held(run, held, then):
    seat = MembershipFactory(group=run.group, joined_at=None, words=b"sealed", **held)

    services.archive_group(run.user, group=run.group)

    seat.refresh_from_db()
    assert (seat.state, seat.words, seat.decided_by, seat.offered_until) == (then, None, run.user, None)
    assert list(Notice.objects.filter(user=seat.user).values_list("topic", flat=True)) == ["request.ended"]


@pytest.mark.parametrize("state", ["active", "paused", "blocked"])
def test_whoever_belongs_stays(run, state):
    seat = MembershipFactory(group=run.group, state=state)

    services.archive_group(run.user, group=run.group)

    seat.refresh_from_db()
    told = Notice.objects.filter(user=seat.user, topic="group.ended").exists()
    assert (seat.state, told) == (state, state != "blocked")


def test_a_draft_can_be_given_up_without_a_word_to_anybody(run):
    group = GroupFactory(state="draft", opened_at=None)
    MembershipFactory(group=group)

    services.archive_group(AdminFactory(), group=group)

    group.refresh_from_db()
    assert (group.state, Notice.objects.count()) == ("archived", 0)


# -- what apps above do ----------------------------------------------------------------------------------
def test_coming_sessions_are_cancelled_and_no_series_goes_on(run):
    series = SeriesFactory(group=run.group)
    past = SessionFactory(group=run.group, starts_in=-timedelta(days=2))
    now_on = SessionFactory(group=run.group, starts_in=-timedelta(minutes=5))
    coming = SessionFactory.create_batch(2, group=run.group)
    elsewhere = SessionFactory()
    member = MembershipFactory(group=run.group)
    for session in coming:
        SeatFactory(session=session, user=member.user)

    services.archive_group(run.user, group=run.group)

    for session in (past, now_on, elsewhere, *coming, series):
        session.refresh_from_db()
    assert {session.state for session in (past, now_on, elsewhere)} == {"scheduled"}
    assert {(session.state, session.cancelled_by) for session in coming} == {("cancelled", run.user)}
    assert series.ended_at is not None
    assert list(Notice.objects.filter(user=member.user).values_list("topic", flat=True)) == ["group.ended"]


def test_who_has_no_other_group_is_not_asked_any_more(run):
    only, more = RhythmFactory().user, RhythmFactory().user
    for user in (only, more):
        MembershipFactory(group=run.group, user=user)
    MembershipFactory(user=more)

    services.archive_group(run.user, group=run.group)

    assert dict(Rhythm.objects.values_list("user", "on")) == {only.pk: False, more.pk: True}


def test_who_agreed_is_asked_again_when_the_group_opens_again(run):
    rhythm = RhythmFactory()
    ConsentFactory(user=rhythm.user)
    silent = RhythmFactory(on=False, next_at=None)
    for user in (rhythm.user, silent.user):
        MembershipFactory(group=run.group, user=user)
    services.archive_group(run.user, group=run.group)

    services.reopen_group(run.user, group=run.group)

    assert dict(Rhythm.objects.values_list("user", "on")) == {rhythm.user.pk: True, silent.user.pk: False}


# -- again ---------------------------------------------------------------------------------------------
def test_a_group_opens_again_and_forgets_a_day_that_is_over(run):
    run.group.ends_on = run.group.today
    run.group.save()
    services.archive_group(run.user, group=run.group)

    for _time in range(2):
        services.reopen_group(run.user, group=run.group)

    run.group.refresh_from_db()
    assert (run.group.state, run.group.archived_at, run.group.ends_on) == ("open", None, None)
    assert AuditEntry.objects.filter(action="group.reopen").count() == 1


def test_opening_again_asks_for_what_opening_asks(run):
    services.archive_group(run.user, group=run.group)
    Organisation.objects.update(crisis_confirmed_at=None, crisis_confirmed_by=None)
    with pytest.raises(HelpLinesUnconfirmed):
        services.reopen_group(run.user, group=run.group)

    Organisation.objects.update(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=run.user)
    bare = GroupFactory(state="archived")
    with pytest.raises(NoFacilitator):
        services.reopen_group(AdminFactory(), group=bare)
    FacilitatorFactory(group=bare)
    with pytest.raises(NoAgreement):
        services.reopen_group(AdminFactory(), group=bare)


def test_opening_again_under_a_taken_name_is_refused_in_words(run):
    services.archive_group(run.user, group=run.group)
    GroupFactory(name="EVENINGS")

    with pytest.raises(GroupNameTaken):
        services.reopen_group(run.user, group=run.group)

    run.group.refresh_from_db()
    assert run.group.state == "archived"


def test_the_way_of_opening_does_not_open_what_has_ended(run):
    services.archive_group(run.user, group=run.group)

    with pytest.raises(GroupEnded):
        services.open_group(run.user, group=run.group)


# -- the clock -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("zone", "ends_on", "ended"),
    [
        ("Europe/London", DAY, 0),
        ("Europe/London", DAY - timedelta(days=1), 1),
        ("Pacific/Auckland", DAY, 1),  # the second of March has begun there
        ("Pacific/Honolulu", DAY, 0),
        ("Europe/London", None, 0),
    ],
)
def test_a_group_ends_when_its_last_day_is_over_where_it_is(time_machine, zone, ends_on, ended):
    time_machine.move_to(NOON, tick=False)
    group = GroupFactory(ends_on=ends_on, time_zone=zone)
    SessionFactory(group=group)

    assert (services.archive_due(), services.archive_due()) == (ended, 0)

    group.refresh_from_db()
    assert (group.state, group.ended_reason) == ("archived" if ended else "open", "")
    assert group.sessions.get().state == ("cancelled" if ended else "scheduled")


def test_a_pair_comes_to_its_planned_end():
    two = pair(ends_on=timezone.localdate() - timedelta(days=3))
    MembershipFactory(group=two)

    assert services.archive_due() == 1

    two.refresh_from_db()
    assert (two.state, two.ended_reason) == ("archived", "completed")
    assert not Notice.objects.filter(topic="group.ended").exists()


def test_one_group_that_cannot_end_does_not_hold_up_what_was_done(monkeypatch):
    over = timezone.localdate() - timedelta(days=3)
    first, _second = (GroupFactory(ends_on=over) for _ in range(2))
    done, end = [], services.ending.end_group

    def stop_at_the_second(row, **more):
        if done:
            raise RuntimeError
        done.append(end(row, **more))

    monkeypatch.setattr(services.ending, "end_group", stop_at_the_second)

    with pytest.raises(RuntimeError):
        services.archive_due()

    first.refresh_from_db()
    assert first.state == "archived"


@pytest.mark.parametrize(("days", "told"), [(14, 2), (15, 0), (0, 2)])
def test_people_are_told_once_two_weeks_before(time_machine, days, told):
    time_machine.move_to(NOON, tick=False)
    group = GroupFactory(ends_on=DAY + timedelta(days=days))
    FacilitatorFactory(group=group)
    MembershipFactory(group=group, state="paused")
    MembershipFactory(group=group, state="requested", joined_at=None)

    assert (services.tell_endings(), services.tell_endings()) == (told, 0)


def test_another_day_is_told_again(time_machine):
    time_machine.move_to(NOON, tick=False)
    seat = MembershipFactory(group__ends_on=DAY + timedelta(days=3))
    services.tell_endings()
    Group.objects.filter(pk=seat.group_id).update(ends_on=DAY + timedelta(days=9))

    assert services.tell_endings() == 1


def test_nobody_is_told_of_the_end_of_what_has_ended_or_of_a_pair():
    soon = timezone.localdate() + timedelta(days=3)
    for group in (GroupFactory(state="archived", ends_on=soon), pair(ends_on=soon)):
        MembershipFactory(group=group)

    assert services.tell_endings() == 0


# -- what the database says --------------------------------------------------------------------------------
@pytest.mark.parametrize("change", [{"kind": "circle"}, {"kind": "programme"}, {"listed": True}, {"capacity": 2}])
def test_a_pair_is_never_turned_into_anything_else(change):
    two = pair()

    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.filter(pk=two.pk).update(**change)

    assert Group.objects.filter(pk=two.pk, kind="pair", capacity=1, listed=False).exists()


def test_no_group_is_turned_into_a_pair():
    group = GroupFactory(capacity=1, listed=False)

    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.filter(pk=group.pk).update(kind="pair")

    assert Membership.objects.count() == 0
