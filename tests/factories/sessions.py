"""When groups meet, who comes and who leads."""

from datetime import date, time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from people.sealed import seal
from sessions.models import Booking, GroupSession, Room, Seat, Series, Summary
from tests.factories.groups import GroupFactory
from tests.factories.people import UserFactory


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = Series

    group = factory.SubFactory(GroupFactory)
    starts_on = date(2027, 1, 5)
    starts_at = time(19)
    minutes = 75
    time_zone = "Europe/London"
    created_by = factory.SubFactory(UserFactory)


class SessionFactory(DjangoModelFactory):
    """One single session, tomorrow at this hour unless told otherwise: `SessionFactory(starts_in=timedelta(...))`."""

    class Meta:
        model = GroupSession

    class Params:
        starts_in = timedelta(days=1)

    group = factory.SubFactory(GroupFactory)
    time_zone = "Europe/London"
    minutes = 75
    capacity = 10
    starts_at = factory.LazyAttribute(lambda o: timezone.now() + o.starts_in)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(minutes=o.minutes))
    local_date = factory.LazyAttribute(lambda o: o.starts_at.date())
    local_time = factory.LazyAttribute(lambda o: o.starts_at.time())


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = Seat

    session = factory.SubFactory(SessionFactory)
    user = factory.SubFactory(UserFactory)
    state = "going"


class RoomFactory(DjangoModelFactory):
    class Meta:
        model = Room

    name = factory.Sequence(lambda n: f"Room {n}")
    capacity = 12


def booking(session, *, host=None, room=None, duty="lead"):
    """One host or one room for a session, at its times."""
    duty = duty if host else ""
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at, "live": session.state != "cancelled"}
    return Booking.objects.create(session=session, host=host, room=room, duty=duty, **times)


def summary(session, writer, about, *, shared=False):
    """What a session keeps of itself."""
    row = Summary(session=session, written_by=writer, shared_at=timezone.now() if shared else None)
    seal(row, "words", about, owner=session)
    row.save()
    return row
