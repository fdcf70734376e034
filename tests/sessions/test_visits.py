"""Coming once to see: one seat, one door, and then the visit is over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from groups.services import accept_request, ask_to_stay, end_visit, withdraw_request
from notices.models import Notice
from people.policy import can
from people.sealed import seal
from sessions.models import GroupSession, Seat
from sessions.services import (
    AgreementFirst,
    DoorShut,
    OneVisit,
    answer_seat,
    cancel_session,
    end_visits,
    keep_attendance,
    open_door,
    roll_of,
)
from tests import factories

ROOM = "https://meet.example.org/harbour-evenings"


def visitor(group, **more):
    """Somebody who was let in to see a week ago."""
    asked = timezone.now() - timedelta(days=7)
    row = {"state": "visiting", "joined_at": None, "created_at": asked, "decided_at": asked} | more
    return factories.MembershipFactory(group=group, **row)


def over(**more):
    """A visit to a session that ended an hour ago."""
    session = factories.SessionFactory(starts_in=timedelta(hours=-2))
    visit = visitor(session.group)
    factories.SeatFactory(session=session, user=visit.user, **more)
    return session, visit


@pytest.mark.django_db
class TestOneSeat:
    def test_a_second_seat_is_refused_kindly(self):
        first = factories.SessionFactory()
        second = factories.SessionFactory(group=first.group, starts_in=timedelta(days=8))
        visit = visitor(first.group)
        answer_seat(visit.user, session=first, going=True)

        with pytest.raises(OneVisit) as told:
            answer_seat(visit.user, session=second, going=True)

        assert str(told.value).startswith("You come once to see, and you have a seat on ")
        assert Seat.objects.filter(user=visit.user).count() == 1

    def test_a_place_in_line_counts_as_the_one(self):
        first = factories.SessionFactory(capacity=1)
        factories.SeatFactory(session=first)
        second = factories.SessionFactory(group=first.group, starts_in=timedelta(days=8))
        visit = visitor(first.group)

        assert answer_seat(visit.user, session=first, going=True).state == "waiting"
        with pytest.raises(OneVisit):
            answer_seat(visit.user, session=second, going=True)

    def test_what_was_before_the_visit_is_not_shown(self):
        old = factories.SessionFactory(starts_in=timedelta(days=-30))
        coming = factories.SessionFactory(group=old.group)
        visit = visitor(old.group)

        assert list(GroupSession.objects.visible_to(visit.user)) == [coming]
        assert [can(visit.user, "seat.answer", one) for one in (old, coming)] == [False, True]

    def test_who_gives_the_first_back_may_take_another(self):
        first = factories.SessionFactory()
        second = factories.SessionFactory(group=first.group, starts_in=timedelta(days=8))
        visit = visitor(first.group)
        for session, going in [(first, True), (first, False), (second, True)]:
            answer_seat(visit.user, session=session, going=going)

        assert list(Seat.objects.filter(state="going").values_list("session", flat=True)) == [second.pk]

    @pytest.mark.parametrize("came", ["away", "apologies"])
    def test_a_visit_that_was_missed_is_not_used_up(self, came):
        session, visit = over(came=came, marked_by=factories.UserFactory(), marked_at=timezone.now())
        later = factories.SessionFactory(group=session.group)

        assert end_visits() == 0
        assert answer_seat(visit.user, session=later, going=True).state == "going"

    def test_a_visit_to_a_cancelled_session_is_not_used_up(self):
        session = factories.SessionFactory()
        visit, facilitator = visitor(session.group), factories.FacilitatorFactory(group=session.group).user
        answer_seat(visit.user, session=session, going=True)
        cancel_session(facilitator, session=session)
        GroupSession.objects.update(
            starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=2)
        )
        later = factories.SessionFactory(group=session.group)

        assert end_visits() == 0
        assert answer_seat(visit.user, session=later, going=True).state == "going"

    def test_seats_from_the_time_before_do_not_count(self):
        old = factories.SessionFactory(starts_in=timedelta(days=-30))
        visit = visitor(old.group)
        factories.SeatFactory(session=old, user=visit.user)
        later = factories.SessionFactory(group=old.group)

        assert end_visits() == 0
        assert answer_seat(visit.user, session=later, going=True).state == "going"

    def test_a_seat_that_comes_free_is_offered_to_a_visitor_in_line(self):
        session = factories.SessionFactory(capacity=1)
        holder = factories.MembershipFactory(group=session.group)
        factories.SeatFactory(session=session, user=holder.user)
        visit = visitor(session.group)
        answer_seat(visit.user, session=session, going=True)
        answer_seat(holder.user, session=session, going=False)

        assert Seat.objects.get(user=visit.user).state == "offered"
        assert answer_seat(visit.user, session=session, going=True).state == "going"


@pytest.mark.django_db
class TestTheDoor:
    @pytest.fixture
    def now(self):
        session = factories.SessionFactory(starts_in=timedelta(minutes=5))
        seal(session.group, "door", ROOM, owner=session.group)
        session.group.save()
        agreement = factories.AgreementFactory(group=session.group)
        visit = visitor(session.group)
        return session, visit, agreement

    def test_it_stays_shut_without_a_seat_or_a_yes(self, now):
        session, visit, agreement = now
        with pytest.raises(AgreementFirst):
            open_door(visit.user, session=session)
        factories.AcceptanceFactory(agreement=agreement, user=visit.user)

        with pytest.raises(DoorShut) as told:
            open_door(visit.user, session=session)
        assert str(told.value) == "The door opens to people who have a seat"

    def test_it_stays_shut_once_the_visit_is_over(self, now):
        session, visit, agreement = now
        factories.AcceptanceFactory(agreement=agreement, user=visit.user)
        factories.SeatFactory(session=session, user=visit.user)
        assert can(visit.user, "session.enter", session)

        end_visit(None, membership=visit)

        assert not can(visit.user, "session.enter", session)

    def test_it_opens_to_a_visitor_with_both(self, now):
        session, visit, agreement = now
        factories.AcceptanceFactory(agreement=agreement, user=visit.user)
        answer_seat(visit.user, session=session, going=True)

        assert open_door(visit.user, session=session) == ROOM


@pytest.mark.django_db
class TestTheRoll:
    def test_a_visitor_stands_on_the_roll_of_that_session_alone(self):
        session = factories.SessionFactory(starts_in=timedelta(minutes=5))
        other = factories.SessionFactory(group=session.group, starts_in=timedelta(days=7))
        visit = visitor(session.group, alias="Robin")
        answer_seat(visit.user, session=session, going=True)

        assert [(line.name, line.said) for line in roll_of(session)] == [("Robin", "Visiting: comes once to see")]
        assert roll_of(other) == []

    @pytest.mark.parametrize("then", ["visited", "requested", "active"])
    def test_they_stay_on_it_whatever_comes_of_the_visit(self, then):
        session, visit = over()
        facilitator = factories.FacilitatorFactory(group=session.group, joined_at=session.ends_at).user
        {
            "visited": lambda: end_visit(None, membership=visit),
            "requested": lambda: ask_to_stay(visit.user, membership=visit),
            "active": lambda: accept_request(facilitator, membership=visit),
        }[then]()

        visit.refresh_from_db()
        assert (visit.state, [line.user_id for line in roll_of(session)]) == (then, [visit.user_id])

    def test_a_request_without_a_visit_is_on_no_roll(self):
        session, visit = over()
        asked = factories.RequestFactory(group=session.group)

        assert asked.user_id not in {line.user_id for line in roll_of(session)}
        assert visit.user_id in {line.user_id for line in roll_of(session)}


@pytest.mark.django_db
class TestTheEnd:
    def test_it_waits_a_day_for_the_roll(self):
        over()

        assert end_visits() == 0

    def test_it_ends_once_the_roll_says_that_they_came(self):
        session, visit = over()
        facilitator = factories.FacilitatorFactory(group=session.group).user
        keep_attendance(facilitator, session=session, marks={visit.user_id: "came"})

        assert (end_visits(), end_visits()) == (1, 0)
        visit.refresh_from_db()
        assert (visit.state, visit.ended_at is not None) == ("visited", True)
        assert list(Notice.objects.values_list("user", "topic")) == [(visit.user_id, "visit.over")]

    def test_it_ends_a_day_after_a_session_whose_roll_nobody_kept(self):
        _, visit = over()
        GroupSession.objects.update(
            starts_at=timezone.now() - timedelta(hours=26), ends_at=timezone.now() - timedelta(hours=25)
        )

        assert end_visits() == 1
        visit.refresh_from_db()
        assert visit.state == "visited"

    def test_a_visit_that_is_taken_back_frees_the_seat(self):
        session = factories.SessionFactory(capacity=1)
        visit = visitor(session.group)
        answer_seat(visit.user, session=session, going=True)
        member = factories.MembershipFactory(group=session.group)
        answer_seat(member.user, session=session, going=True)

        withdraw_request(visit.user, membership=visit)

        assert dict(Seat.objects.values_list("user", "state")) == {visit.user_id: "declined", member.user_id: "offered"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_two_answers_at_once_do_not_make_two_seats_of_a_visit(_round):
    first = factories.SessionFactory()
    second = factories.SessionFactory(group=first.group, starts_in=timedelta(days=8))
    visit, start = visitor(first.group), Barrier(2)

    def run(session):
        start.wait(timeout=30)
        try:
            return answer_seat(visit.user, session=session, going=True).state
        except OneVisit:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(run, [first, second]))

    assert sorted(results) == ["going", "refused"]
    assert Seat.objects.filter(state="going").count() == 1
