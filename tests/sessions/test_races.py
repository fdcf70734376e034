"""Many people at once, over real connections."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, time, timedelta
from functools import partial
from threading import Barrier
from time import sleep
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from groups.services import archive_group, leave_group
from notices.models import Notice
from people.errors import Refused
from people.models import AuditEntry, User
from people.policy import NotAllowed
from sessions.models import Booking, GroupSession, Seat, Series
from sessions.services import (
    answer_seat,
    cancel_session,
    come_every_time,
    create_series,
    keep_ahead,
    move_lines_on,
    seats,
    take_offer,
)
from tests import factories
from tests.groups.at_once import ROUNDS, at_once, kinds

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 40


def all_at_once(deeds, *, workers=AT_ONCE):
    """Do everything in threads with a connection each; what was refused or broke is given back."""
    workers = min(workers, len(deeds))
    start = Barrier(workers)

    def begin():
        connection.ensure_connection()
        start.wait()

    def do(deed):
        try:
            return deed()
        except (Refused, NotAllowed, IntegrityError) as problem:
            return problem

    with ThreadPoolExecutor(workers, initializer=begin) as pool:
        done = list(pool.map(do, deeds))
        list(pool.map(lambda _: (start.wait(), connection.close()), range(workers)))
    return done


def crowd(session, size):
    """Many members, made in three statements."""
    people = User.objects.bulk_create(
        User(email=f"crowd{n}@example.org", display_name=f"Crowd {n}", password="!") for n in range(size)
    )
    members = factories.MembershipFactory._meta.model
    now = timezone.now()
    members.objects.bulk_create(
        members(group=session.group, user=person, state="active", alias=f"Crowd {n}", joined_at=now)
        for n, person in enumerate(people)
    )
    return people


def crowd_of(session, size):
    return [factories.MembershipFactory(group=session.group).user for _ in range(size)]


def answers(session, people, going=True):
    return [lambda person=person: answer_seat(person, session=session, going=going) for person in people]


def test_two_hundred_people_and_ten_seats():
    session = factories.SessionFactory(capacity=10)
    people = crowd(session, 200)

    done = all_at_once(answers(session, people))

    assert [problem for problem in done if isinstance(problem, Exception)] == []
    assert session.seats.filter(state="going", queue=None).count() == 10
    assert list(session.seats.in_line().values_list("queue", flat=True)) == list(range(1, 191))


def test_the_canary_without_the_lock_oversells(monkeypatch):
    """Proof that the test above can fail: the same crowd, with the session read but not held."""
    monkeypatch.setattr(seats, "lock_session", lambda session: GroupSession.objects.get(pk=session.pk))
    session = factories.SessionFactory(capacity=10)

    all_at_once(answers(session, crowd(session, 80)))

    assert session.seats.filter(state="going").count() > 10


def test_one_seat_that_is_held_is_taken_once_however_often_it_is_asked_for():
    session = factories.SessionFactory(capacity=1)
    people = crowd(session, 6)
    for person in people:
        answer_seat(person, session=session, going=True)
    answer_seat(people[0], session=session, going=False)

    done = all_at_once([lambda person=person: take_offer(person, session=session) for person in people * 4])

    assert sorted({type(one).__name__ for one in done}) == ["OfferGone", "Seat"]
    assert list(session.seats.taken().values_list("user", "state")) == [(people[1].pk, "going")]
    assert AuditEntry.objects.filter(action="seat.answer", actor=people[1]).count() == 2


@ROUNDS
def test_taking_it_at_the_moment_it_runs_out_is_one_or_the_other(rounds):
    for _round in range(rounds):
        session = factories.SessionFactory(capacity=1)
        people = crowd_of(session, 3)
        for person in people:
            answer_seat(person, session=session, going=True)
        answer_seat(people[0], session=session, going=False)
        Seat.objects.filter(session=session, state="offered").update(offered_until=timezone.now())

        at_once(partial(take_offer, people[1], session=session), partial(move_lines_on), partial(move_lines_on))
        move_lines_on()

        states = tuple(session.seats.order_by("user").values_list("state", flat=True))
        assert states == ("declined", "declined", "offered")


@ROUNDS
def test_people_who_step_back_at_once_offer_each_seat_once(rounds):
    for _round in range(rounds):
        session = factories.SessionFactory(capacity=3)
        people = crowd_of(session, 7)
        for person in people:
            answer_seat(person, session=session, going=True)

        at_once(*(partial(answer_seat, person, session=session, going=False) for person in people[:3]))

        assert list(session.seats.filter(state="offered").order_by("queue").values_list("queue", flat=True)) == [
            1,
            2,
            3,
        ]
        assert Notice.objects.filter(ids__session=str(session.public_id)).count() == 3


def test_the_canary_without_the_lock_offers_one_seat_twice(monkeypatch):
    """Proof that the tests above can fail: the session is read but not held, and both look before either acts."""
    session = factories.SessionFactory(capacity=1)
    people = crowd_of(session, 3)
    for person in people:
        answer_seat(person, session=session, going=True)
    GroupSession.objects.filter(pk=session.pk).update(capacity=2)
    looked, count = Barrier(2), seats.seating_of

    def both_have_looked(*args, **kwargs):
        answer = count(*args, **kwargs)
        looked.wait(timeout=10)
        return answer

    monkeypatch.setattr(seats, "lock_session", lambda session: GroupSession.objects.get(pk=session.pk))
    monkeypatch.setattr(seats, "seating_of", both_have_looked)

    def fill():
        with transaction.atomic():
            return seats.fill(seats.lock_session(session))

    done = at_once(fill, fill)

    assert [len(one) for one in done] == [1, 1]


@ROUNDS
def test_coming_every_time_while_sessions_are_made_misses_none(rounds):
    """Both hold the series: the one who comes second sees what the first made."""
    for _round in range(rounds):
        series = factories.SeriesFactory(starts_on=date(2026, 12, 1))
        person = factories.MembershipFactory(group=series.group).user

        done = at_once(partial(come_every_time, person, series=series), keep_ahead)

        assert kinds(done) == ["StandingSeat", "int"]
        assert series.sessions.exists()
        assert series.sessions.filter(seats__user=person, seats__standing=True).count() == series.sessions.count()


@ROUNDS
def test_leaving_while_sessions_are_made_leaves_no_seat_behind(rounds):
    for _round in range(rounds):
        series = factories.SeriesFactory(starts_on=date(2026, 12, 1))
        membership = factories.MembershipFactory(group=series.group)
        come_every_time(membership.user, series=series)

        done = at_once(partial(leave_group, membership.user, membership=membership), keep_ahead)

        assert kinds(done) == ["Membership", "int"]
        assert series.sessions.exists()
        assert not Seat.objects.holding().filter(user=membership.user).exists()


def test_a_double_click_takes_one_seat():
    session = factories.SessionFactory(capacity=10)
    person = factories.MembershipFactory(group=session.group).user

    done = all_at_once(answers(session, [person] * 8))

    assert {seat.state for seat in done} == {"going"}
    assert session.seats.count() == 1


def test_as_many_seats_come_free_as_people_step_back():
    session = factories.SessionFactory(capacity=10)
    people = crowd(session, 60)
    for person in people[:20]:
        answer_seat(person, session=session, going=True)

    done = all_at_once(answers(session, people[:5], going=False) + answers(session, people[20:]))

    assert [problem for problem in done if isinstance(problem, Exception)] == []
    assert session.seats.taken().count() == 10
    given = session.seats.filter(state="offered").order_by("queue")
    assert list(given.values_list("queue", flat=True)) == [1, 2, 3, 4, 5]


@contextmanager
def held_open(deed):
    """The deed done in another thread's transaction that ends only when the block does."""
    done, go_on = Barrier(2), Barrier(2)

    def do():
        try:
            with transaction.atomic():
                deed()
                done.wait(10)
                go_on.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(do)
        done.wait(10)
        yield go_on
        other.result(10)


def until_it_waits(future):
    """Until the other thread hangs on a lock, or has done what it should have waited with."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] or future.done():
                return
        sleep(0.01)


def test_who_is_leaving_takes_no_seat():
    """The answer waits for the leaving to end, and then there is nobody to answer."""
    session = factories.SessionFactory()
    membership = factories.MembershipFactory(group=session.group)

    def answer():
        try:
            return answer_seat(membership.user, session=session, going=True)
        except Refused as no:
            return no
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with held_open(lambda: leave_group(membership.user, membership=membership)) as go_on:
            answering = pool.submit(answer)
            until_it_waits(answering)
            go_on.wait(10)
        said = answering.result(10)

    assert type(said).__name__ == "NotInTheGroup"
    assert not session.seats.exists()


@pytest.mark.parametrize("_again", range(5))
def test_leaving_and_answering_never_leave_a_seat_behind(_again):
    session = factories.SessionFactory(capacity=1)
    memberships = [factories.MembershipFactory(group=session.group) for _ in range(12)]
    leaving = [lambda m=m: leave_group(m.user, membership=m) for m in memberships]

    all_at_once(
        [deed for pair in zip(answers(session, [m.user for m in memberships]), leaving, strict=True) for deed in pair]
    )

    assert not Seat.objects.holding().exists()
    assert {m.state for m in type(memberships[0]).objects.all()} == {"left"}


def test_the_same_form_sent_many_times_at_once_makes_one_series():
    facilitator = factories.FacilitatorFactory()
    made_as, first = uuid4(), timezone.localdate() + timedelta(days=9)
    plan = {"group": facilitator.group, "starts_on": first, "starts_at": time(19), "minutes": 75, "count": 4}

    done = all_at_once([lambda: create_series(facilitator.user, **plan, made_as=made_as)] * 8)

    assert {series.public_id for series in done} == {made_as}
    assert (Series.objects.count(), GroupSession.objects.count()) == (1, 4)


def test_two_facilitators_at_once_make_one_evening():
    facilitator = factories.FacilitatorFactory()
    first = timezone.localdate() + timedelta(days=9)
    plan = {"group": facilitator.group, "starts_on": first, "starts_at": time(19), "minutes": 75, "count": 4}

    done = all_at_once([lambda: create_series(facilitator.user, **plan)] * 8)

    assert sum(isinstance(series, Series) for series in done) == 1
    assert GroupSession.objects.count() == 4


@pytest.mark.parametrize("_round", range(3))
def test_two_groups_plan_with_the_same_people_and_the_same_room_at_once(_round):
    """Crosswise, so that each would wait for the other: one has them all, and the others are told."""
    one, other, room = factories.UserFactory(), factories.UserFactory(), factories.RoomFactory()
    groups = [factories.FacilitatorFactory(user=one).group for _ in range(4)]
    for group in groups:
        factories.FacilitatorFactory(group=group, user=other)
    plan = {"starts_on": timezone.localdate() + timedelta(days=9), "starts_at": time(19), "minutes": 75, "count": 4}
    pairs = [{"lead": one, "co": other}, {"lead": other, "co": one}] * 2

    done = all_at_once(
        [
            lambda group=group, hosts=hosts: create_series(one, group=group, **plan, **hosts, room=room)
            for group, hosts in zip(groups, pairs, strict=True)
        ]
    )

    assert sorted(type(end).__name__ for end in done) == ["DoubleBooked"] * 3 + ["Series"]
    assert GroupSession.objects.filter(group__in=groups).count() == 4
    assert room.bookings.count() == 4


def test_a_night_and_a_plan_at_once_book_nobody_twice():
    for _round in range(3):
        host = factories.UserFactory()
        series = factories.SeriesFactory(
            group=factories.FacilitatorFactory(user=host).group, starts_on=date.today() + timedelta(days=2), lead=host
        )
        here = factories.FacilitatorFactory(user=host).group
        plan = {"group": here, "starts_on": series.starts_on, "starts_at": time(19), "minutes": 75, "count": 9}

        done = all_at_once([keep_ahead, lambda plan=plan, host=host: create_series(host, **plan, lead=host)])

        assert series.sessions.count() == 14
        planned = isinstance(done[1], Series)
        assert planned or type(done[1]).__name__ == "DoubleBooked"
        assert Booking.objects.filter(host=host, session__series=series).count() == (5 if planned else 14)
        assert here.sessions.count() == (9 if planned else 0)


def test_two_nightly_walks_at_once_make_each_slot_once():
    series = factories.SeriesFactory(starts_on=date.today() + timedelta(days=2))

    made = all_at_once([keep_ahead] * 6)

    assert sum(made) == series.sessions.count() == 14


def test_two_meetings_of_one_day_cancelled_at_once_take_the_day_along():
    """Each would still see the other one, and leave the group to be found by a day on which it never meets."""
    seat = factories.FacilitatorFactory()
    rule = {"starts_at": time(19), "minutes": 60, "interval": 0}
    weeks = [date(2030, 1, 1) + timedelta(weeks=week) for week in range(20)]

    for first, second in zip(weeks[::2], weeks[1::2], strict=True):
        meetings = [create_series(seat.user, group=seat.group, starts_on=day, **rule) for day in (first, second)]
        all_at_once([lambda one=one: cancel_session(seat.user, session=one) for one in meetings])
        seat.group.refresh_from_db()
        assert seat.group.meets == []


def test_cancelling_and_ending_the_group_at_once_never_cross():
    for _round in range(10):
        seat = factories.FacilitatorFactory()
        rule = {"starts_on": date(2030, 1, 1), "starts_at": time(19), "minutes": 60, "interval": 0}
        session = create_series(seat.user, group=seat.group, **rule)

        done = all_at_once(
            [
                lambda by=seat.user, one=session: cancel_session(by, session=one),
                lambda by=seat.user, here=seat.group: archive_group(by, group=here),
            ]
        )

        session.refresh_from_db()
        assert ([one for one in done if isinstance(one, Exception)], session.state) == ([], "cancelled")
