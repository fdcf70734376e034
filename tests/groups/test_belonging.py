"""A name of one's own, a break, and whether the group fits."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.errors import DayRefused, NamesTaken, NameTaken, NoName, RunsIt
from groups.models import Membership
from groups.services import NewName
from notices.models import Delivery, Notice
from people.local_time import local_day
from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import GroupSession, Seat
from sessions.services import answer_seat, keep_attendance
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    RequestFactory,
    SeatFactory,
    SessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat():
    return MembershipFactory(alias="Wren")


@pytest.fixture
def facilitator(seat):
    return FacilitatorFactory(group=seat.group, alias="Marisol")


def in_days(number, person=None):
    zone = person.zone if person else UTC
    return local_day(timezone.now(), zone) + timedelta(days=number)


# -- names ------------------------------------------------------------------------------------------
def test_nobody_renames_somebody_else(seat, facilitator):
    asked = RequestFactory(group=seat.group)

    for user, place in [(facilitator.user, seat), (AdminFactory(), seat), (UserFactory(), seat), (asked.user, asked)]:
        with pytest.raises(NotAllowed):
            services.rename(user, membership=place, alias="Robin")

    seat.refresh_from_db()
    assert seat.alias == "Wren"


@pytest.mark.parametrize("alias", ["Marisol", "MARISOL"])
def test_a_name_that_somebody_has_is_refused(seat, facilitator, alias):
    with pytest.raises(NameTaken):
        services.rename(seat.user, membership=seat, alias=alias)


def test_a_place_without_a_name_is_refused(seat):
    with pytest.raises(NoName):
        services.rename(seat.user, membership=seat, alias="")


def test_a_new_name_is_on_record_without_either_name(seat):
    services.rename(seat.user, membership=seat, alias="Robin", pronouns="she")
    services.rename(seat.user, membership=seat, alias="Robin", pronouns="she")

    seat.refresh_from_db()
    entry = AuditEntry.objects.get(action="membership.rename")
    assert (seat.called, entry.about, entry.reason) == ("Robin (she)", seat.user, "")


def test_several_names_are_all_saved_or_none_and_it_says_where(seat, facilitator):
    other = MembershipFactory(user=seat.user, alias="W.")
    wanted = [NewName(other, "Robin"), NewName(seat, "marisol")]

    with pytest.raises(NamesTaken) as told:
        services.rename_all(seat.user, names=wanted)

    assert told.value.places == [seat.pk]
    assert set(Membership.objects.filter(user=seat.user).values_list("alias", flat=True)) == {"Wren", "W."}
    services.rename_all(seat.user, names=[NewName(other, "Robin"), NewName(seat, "Rob")])
    assert set(Membership.objects.filter(user=seat.user).values_list("alias", flat=True)) == {"Robin", "Rob"}


# -- a break ----------------------------------------------------------------------------------------
def test_nobody_pauses_or_brings_back_somebody_else(seat, facilitator):
    for user in (facilitator.user, AdminFactory(), UserFactory()):
        with pytest.raises(NotAllowed):
            services.pause(user, membership=seat, until=None)
        with pytest.raises(NotAllowed):
            services.resume(user, membership=seat)

    seat.refresh_from_db()
    assert seat.state == "active"


def test_who_runs_the_group_is_away_and_takes_no_break(facilitator):
    with pytest.raises(RunsIt):
        services.pause(facilitator.user, membership=facilitator, until=None)

    facilitator.refresh_from_db()
    assert facilitator.state == "active"


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_break_ends_on_a_day_that_is_still_to_come(seat, days):
    with pytest.raises(DayRefused):
        services.pause(seat.user, membership=seat, until=in_days(days, seat.user))


def test_a_break_keeps_the_place_and_can_be_changed(seat):
    group = seat.group
    group.capacity = 1
    group.save()

    services.pause(seat.user, membership=seat, until=in_days(9))
    services.pause(seat.user, membership=seat, until=None)

    seat.refresh_from_db()
    assert (seat.state, seat.paused_until, group.is_full) == ("paused", None, True)


def test_a_break_frees_the_seats_before_its_end_and_no_others(seat):
    days = {day: SessionFactory(group=seat.group, starts_in=timedelta(days=day), capacity=1) for day in (2, 20)}
    for session in days.values():
        SeatFactory(session=session, user=seat.user)
    waiting = MembershipFactory(group=seat.group).user
    answer_seat(waiting, session=days[2], going=True)

    services.pause(seat.user, membership=seat, until=in_days(10))

    kept = dict(Seat.objects.filter(user=seat.user).values_list("session", "state"))
    assert kept == {days[2].pk: "declined", days[20].pk: "going"}
    assert Seat.objects.get(user=waiting).state == "offered"


def test_a_break_without_an_end_frees_every_coming_seat(seat):
    SeatFactory(session=SessionFactory(group=seat.group, starts_in=timedelta(days=200)), user=seat.user)
    elsewhere = SeatFactory(user=seat.user)

    services.pause(seat.user, membership=seat, until=None)

    assert list(Seat.objects.filter(user=seat.user, state="going")) == [elsewhere]


def test_who_is_back_gets_the_seat_that_came_free_meanwhile(seat):
    session = SessionFactory(group=seat.group, starts_in=timedelta(days=20), capacity=1)
    other = MembershipFactory(group=seat.group).user
    answer_seat(other, session=session, going=True)
    answer_seat(seat.user, session=session, going=True)
    services.pause(seat.user, membership=seat, until=in_days(10))
    answer_seat(other, session=session, going=False)
    assert Seat.objects.get(user=seat.user).state == "waiting"

    services.resume(seat.user, membership=seat)

    assert Seat.objects.get(user=seat.user).state == "offered"


def test_coming_back_twice_is_coming_back_once(seat):
    services.pause(seat.user, membership=seat, until=None)

    for _ in range(2):
        services.resume(seat.user, membership=seat)

    seat.refresh_from_db()
    assert seat.state == "active"
    assert AuditEntry.objects.filter(action="membership.resume", actor=seat.user).count() == 1


def resting(zone, until, **changes):
    return MembershipFactory(state="paused", paused_until=until, user__time_zone=zone, **changes)


def test_the_clock_brings_back_whoever_is_due_on_their_own_calendar(organisation, monkeypatch):
    midnight = datetime(2027, 1, 9, 12, tzinfo=UTC)  # the tenth has begun in Auckland, and nowhere west of it
    monkeypatch.setattr(timezone, "now", lambda: midnight)
    tenth = datetime(2027, 1, 10, tzinfo=UTC).date()
    there = resting("Pacific/Auckland", tenth)
    here, later = resting("Europe/London", tenth), resting("Pacific/Auckland", tenth + timedelta(days=1))
    without_end = resting("Pacific/Auckland", None)

    assert (services.resume_due(), services.resume_due()) == (1, 0)

    there.refresh_from_db()
    assert (there.state, there.paused_until) == ("active", None)
    rest = Membership.objects.filter(pk__in=[here.pk, later.pk, without_end.pk])
    assert set(rest.values_list("state", flat=True)) == {"paused"}
    assert AuditEntry.objects.get(action="membership.resume").actor is None


def test_the_clock_says_so_quietly_and_leaves_ended_groups_alone(organisation):
    due = resting("UTC", in_days(-1), by_mail=False)
    ended = resting("UTC", in_days(-1), group=GroupFactory(state="archived"))

    assert services.resume_due() == 1

    assert [(n.user, n.topic) for n in Notice.objects.all()] == [(due.user, "pause.over")]
    assert not Delivery.objects.exists()
    ended.refresh_from_db()
    assert ended.state == "paused"


# -- does it fit? -----------------------------------------------------------------------------------
def hold(seat, facilitator, times, came="came"):
    for day in range(times):
        session = SessionFactory(group=seat.group, starts_in=-timedelta(days=day + 1))
        keep_attendance(facilitator.user, session=session, marks={seat.user_id: came})


@pytest.fixture
def old_seat(seat):
    Membership.objects.filter(pk=seat.pk).update(joined_at=timezone.now() - timedelta(days=90))
    return seat


@pytest.mark.parametrize(("times", "came", "asked"), [(2, "came", 0), (3, "away", 0), (3, "came", 1), (5, "came", 1)])
def test_it_is_asked_once_after_the_third_time(old_seat, facilitator, times, came, asked):
    hold(old_seat, facilitator, times, came)

    old_seat.refresh_from_db()
    assert (old_seat.fit_asked_at is not None) is bool(asked)
    assert Notice.objects.filter(user=old_seat.user, topic="fit.asked").count() == asked
    assert not Delivery.objects.exists()


def test_times_elsewhere_do_not_count(old_seat, facilitator):
    for _ in range(2):
        elsewhere = SessionFactory(starts_in=-timedelta(days=3))
        SeatFactory(session=elsewhere, user=old_seat.user, came="came", marked_by=facilitator.user,
                    marked_at=timezone.now())  # fmt: skip

    hold(old_seat, facilitator, 1)

    old_seat.refresh_from_db()
    assert old_seat.fit_asked_at is None


@pytest.mark.parametrize("changes", [{"state": "paused"}, {"role": "mentor"}, {"fit_asked_at": timezone.now()}])
def test_who_rests_runs_or_was_asked_is_not_asked(changes):
    seat = MembershipFactory(**changes)

    assert services.ask_fit(group=seat.group, people=[seat.user_id]) == 0


def test_a_pair_is_not_asked():
    pair = GroupFactory(kind="pair", parent=GroupFactory(kind="programme"), capacity=1, listed=False)
    seat = MembershipFactory(group=pair)

    assert services.ask_fit(group=pair, people=[seat.user_id]) == 0


def test_only_the_person_answers_and_only_when_asked(seat, facilitator):
    with pytest.raises(NotAllowed):
        services.answer_fit(seat.user, membership=seat, answer="fits")
    services.ask_fit(group=seat.group, people=[seat.user_id])

    for user in (facilitator.user, AdminFactory()):
        with pytest.raises(NotAllowed):
            services.answer_fit(user, membership=seat, answer="not")

    seat.refresh_from_db()
    assert (seat.fit, seat.fit_is_open) == ("", True)


def test_an_answer_can_change_and_the_record_does_not_hold_it(seat):
    services.ask_fit(group=seat.group, people=[seat.user_id])

    for answer in ("fits", "not"):
        services.answer_fit(seat.user, membership=seat, answer=answer)
    with pytest.raises(ValueError, match="maybe"):
        services.answer_fit(seat.user, membership=seat, answer="maybe")

    seat.refresh_from_db()
    assert (seat.fit, seat.fit_is_open) == ("not", False)
    assert {e.reason for e in AuditEntry.objects.filter(action="membership.fit")} == {""}


def test_leaving_erases_the_answer(seat):
    services.ask_fit(group=seat.group, people=[seat.user_id])
    services.answer_fit(seat.user, membership=seat, answer="not")

    services.leave_group(seat.user, membership=seat)

    seat.refresh_from_db()
    assert seat.fit == ""
    assert not GroupSession.objects.exists()
