"""What is said of a room, and who hears of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notices.models import Notice
from sessions.services import keep_room
from tests import factories

pytestmark = pytest.mark.django_db
FACTS = {"name": "Quay Hall", "address": "4 Harbour Lane", "capacity": 12, "access_notes": "A ramp"}


@pytest.fixture
def admin():
    return factories.AdminFactory()


@pytest.fixture
def room():
    return factories.RoomFactory(**FACTS)


def booked(room, **fields):
    """A session there, and somebody who comes to it."""
    session = factories.SessionFactory(**fields)
    factories.booking(session, room=room)
    return session, coming(session)


def coming(session, user=None):
    place = factories.MembershipFactory(group=session.group, user=user or factories.UserFactory())
    return factories.SeatFactory(session=session, user=place.user).user


def told():
    return sorted(Notice.objects.filter(topic="session.place").values_list("user", flat=True))


@pytest.mark.parametrize("change", [{"address": "9 Mill Street"}, {"name": "Mill Hall"}])
def test_whoever_comes_there_hears_of_another_address_or_name(room, admin, change):
    session, person = booked(room)
    host = factories.UserFactory()
    factories.booking(session, host=host)
    coming(factories.SessionFactory())  # somewhere else

    keep_room(admin, room=room, **FACTS | change)

    assert told() == sorted([person.pk, host.pk])


@pytest.mark.parametrize("change", [{}, {"capacity": 8}, {"access_notes": "Two steps"}, {"name": "Quay hall"}])
def test_nobody_hears_of_what_leads_to_the_same_door(room, admin, change):
    booked(room)
    keep_room(admin, room=room, **FACTS | change)
    assert told() == []


def test_nobody_hears_of_what_is_over_has_begun_or_is_cancelled(room, admin):
    booked(room, starts_in=-timedelta(days=1))
    booked(room, starts_in=-timedelta(minutes=10))
    booked(room, state="cancelled", cancelled_at=timezone.now())
    keep_room(admin, room=room, **FACTS | {"address": "9 Mill Street"})
    assert told() == []


def test_each_hears_once_for_each_group_however_many_dates(room, admin):
    first, person = booked(room)
    later = factories.SessionFactory(group=first.group, starts_in=timedelta(days=8))
    factories.booking(later, room=room)
    factories.SeatFactory(session=later, user=person)
    other, _somebody = booked(room, starts_in=timedelta(days=3))
    coming(other, person)

    keep_room(admin, room=room, **FACTS | {"address": "9 Mill Street"})

    mine = Notice.objects.filter(user=person, topic="session.place").order_by("pk")
    assert [len(notice.ids["all"]) for notice in mine] == [2, 1]
