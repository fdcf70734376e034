"""Nobody and no room is booked twice at one moment, whatever writes it (architecture.md 6a)."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from sessions.models import Booking, CoverCall, Room, StandIn
from tests import factories
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db
KINDS = ["host", "room"]
FREE = {"host": "booking_host_free", "room": "booking_room_free"}


def somebody(kind):
    return {kind: factories.UserFactory() if kind == "host" else factories.RoomFactory()}


def after(session, later, **fields):
    return factories.SessionFactory(starts_at=session.starts_at + timedelta(minutes=later), **fields)


def move(session, minutes):
    session.starts_at += timedelta(minutes=minutes)
    session.ends_at += timedelta(minutes=minutes)
    session.save(update_fields=["starts_at", "ends_at"])


def cancel(session):
    type(session).objects.filter(pk=session.pk).update(state="cancelled", cancelled_at=timezone.now())


def put_back(session):
    type(session).objects.filter(pk=session.pk).update(state="scheduled", cancelled_at=None)


@pytest.fixture
def session():
    return factories.SessionFactory(minutes=75)


@pytest.mark.parametrize("kind", KINDS)
class TestOverlaps:
    def test_touching_is_not_overlapping(self, session, kind):
        who = somebody(kind)
        for start in (0, 75, -75):
            factories.booking(after(session, start, minutes=75), **who)

        assert Booking.objects.count() == 3

    @pytest.mark.parametrize("start", [-74, -1, 0, 1, 74])
    def test_one_minute_is_too_much(self, session, kind, start):
        who = somebody(kind)
        factories.booking(session, **who)
        other = after(session, start, minutes=75)

        with refused_by(FREE[kind]):
            factories.booking(other, **who)

    def test_somebody_else_is_free(self, session, kind):
        factories.booking(session, **somebody(kind))
        assert factories.booking(after(session, 0), **somebody(kind)).pk

    def test_moving_onto_another_is_refused(self, session, kind):
        who = somebody(kind)
        other = after(session, 200)
        for one in (session, other):
            factories.booking(one, **who)

        with refused_by(FREE[kind]):
            move(other, -150)

    def test_moving_to_a_free_time_takes_the_booking_along(self, session, kind):
        row = factories.booking(session, **somebody(kind))

        move(session, 45)

        row.refresh_from_db()
        assert (row.starts_at, row.ends_at) == (session.starts_at, session.ends_at)

    def test_cancelling_frees_and_putting_back_is_refused_while_taken(self, session, kind):
        who = somebody(kind)
        factories.booking(session, **who)
        cancel(session)
        other = factories.booking(after(session, 10), **who)

        with refused_by(FREE[kind]):
            put_back(session)

        other.delete()
        put_back(session)
        assert session.bookings.get().live is True

    def test_swapping_two_sessions_is_looked_at_when_it_is_done(self, session, kind):
        who = somebody(kind)
        other = after(session, 75, minutes=75)
        for one in (session, other):
            factories.booking(one, **who)
        with refused_by(FREE[kind]):
            move(session, 75)
        session.refresh_from_db()

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {FREE[kind]} DEFERRED")
            move(session, 75)
            move(other, -75)
            cursor.execute(f"SET CONSTRAINTS {FREE[kind]} IMMEDIATE")

        assert session.bookings.get().starts_at > other.bookings.get().starts_at


class TestRows:
    def test_the_times_are_those_of_the_session(self, session):
        times = {"starts_at": session.starts_at, "ends_at": session.ends_at + timedelta(minutes=1), "live": True}
        with refused_by("booking_follows_session"):
            Booking.objects.create(session=session, room=factories.RoomFactory(), **times)

    def test_a_host_or_a_room(self, session):
        both = {"host": factories.UserFactory(), "room": factories.RoomFactory(), "duty": "lead"}
        times = {"starts_at": session.starts_at, "ends_at": session.ends_at, "live": True}
        with refused_by("booking_host_xor_room"):
            Booking.objects.create(session=session, **both, **times)

    def test_one_person_has_one_duty(self, session):
        who = factories.UserFactory()
        factories.booking(session, host=who)
        # Deferred: the same person at the same moment would be refused as an overlap before that.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS booking_host_free DEFERRED")
        with refused_by("booking_host_once"):
            factories.booking(session, host=who, duty="co")

    def test_one_person_for_each_duty(self, session):
        factories.booking(session, host=factories.UserFactory())
        with refused_by("booking_duty_once"):
            factories.booking(session, host=factories.UserFactory())

    def test_one_room(self, session):
        factories.booking(session, room=factories.RoomFactory())
        with refused_by("booking_one_room"):
            factories.booking(session, room=factories.RoomFactory())

    def test_a_form_is_told_before_the_database_has_to(self, session):
        who = factories.UserFactory()
        factories.booking(session, host=who)
        other = after(session, 5)
        row = Booking(session=other, host=who, duty="lead", live=True)
        row.starts_at, row.ends_at = other.starts_at, other.ends_at

        with pytest.raises(ValidationError, match="booking_host_free"):
            row.full_clean()


class TestOtherRows:
    def test_a_name_is_one_room(self):
        factories.RoomFactory(name="Quay Hall")
        with refused_by("room_name_ci"):
            factories.RoomFactory(name="quay hall")

    def test_a_retired_room_gives_its_name_back(self):
        factories.RoomFactory(name="Quay Hall", retired_at=timezone.now())
        assert factories.RoomFactory(name="Quay Hall").pk

    def test_a_room_has_chairs_or_nobody_counts(self):
        with refused_by("room_capacity_positive"):
            Room.objects.create(name="Nowhere", capacity=0)

    def test_nobody_stands_on_a_list_twice(self):
        seat, runs = factories.FacilitatorFactory(), factories.FacilitatorFactory()
        row = {"group": seat.group, "user": runs.user, "added_by": seat.user}
        StandIn.objects.create(**row)
        with refused_by("standin_once"):
            StandIn.objects.create(**row)

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"duty": "door"}, "covercall_duty"),
            ({"state": "passed"}, "covercall_closed_iff"),
            ({"state": "taken", "closed_at": timezone.now()}, "covercall_taken_says_who"),
        ],
    )
    def test_a_call_says_how_it_ended(self, session, fields, name):
        call = {"session": session, "duty": "lead", "asked_by": factories.UserFactory(), "until": timezone.now()}
        with refused_by(name):
            CoverCall.objects.create(**call | fields)

    def test_one_duty_is_asked_for_once(self, session):
        call = {"session": session, "duty": "lead", "asked_by": factories.UserFactory(), "until": timezone.now()}
        CoverCall.objects.create(**call)
        with refused_by("covercall_one_open"):
            CoverCall.objects.create(**call)


def test_bookings_follow_by_a_key_of_their_own():
    """The four columns that a booking takes from its session; without this key the database refuses the reference."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conindid::regclass::text FROM pg_constraint"
            " WHERE conrelid = 'group_sessions_booking'::regclass AND conname = 'booking_follows_session'"
        )
        assert cursor.fetchall() == [("session_booking_key",)]
