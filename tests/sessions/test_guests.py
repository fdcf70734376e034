"""People without an account."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import GroupSession, Guest, GuestSeat
from sessions.services import (
    GuestForgotten,
    TooEarly,
    add_guest,
    forget_guest,
    forget_guests,
    keep_headcount,
    roll_of,
    set_guest_regular,
)
from tests import factories
from tests.catalogue import refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.SessionFactory(starts_in=timedelta(0))


@pytest.fixture
def facilitator(session):
    return factories.FacilitatorFactory(group=session.group).user


@pytest.fixture
def stand_in(session):
    host = factories.UserFactory()
    factories.booking(session, host=host)
    return host


STRANGERS = {
    "member": lambda group: factories.MembershipFactory(group=group).user,
    "other facilitator": lambda group: factories.FacilitatorFactory().user,
    "admin": lambda group: factories.AdminFactory(),
}


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_keeps_guests(session, facilitator, who):
    guest, person = add_guest(facilitator, session=session, called="Ann"), STRANGERS[who](session.group)

    for deed in (
        lambda: add_guest(person, session=session, called="Bo"),
        lambda: set_guest_regular(person, guest=guest, regular=True),
        lambda: forget_guest(person, guest=guest),
    ):
        with pytest.raises(NotAllowed):
            deed()

    assert [*Guest.objects.values_list("called", "regular")] == [("Ann", False)]
    assert not Guest.objects.visible_to(person).exists()


def test_who_steps_in_writes_down_guests_and_keeps_none(session, facilitator, stand_in):
    guest = add_guest(stand_in, session=session, called="Ann")

    with pytest.raises(NotAllowed):
        add_guest(stand_in, session=session, called="Bo", regular=True)
    with pytest.raises(NotAllowed):
        forget_guest(stand_in, guest=guest)

    assert [*Guest.objects.values_list("called", "regular", "kept_by")] == [("Ann", False, stand_in.pk)]


@pytest.mark.parametrize(("change", "of"), [({"starts_in": timedelta(hours=1)}, "early"), ({}, "cancelled")])
def test_no_guest_came_to_what_was_not(facilitator, session, change, of):
    other = factories.SessionFactory(group=session.group, **change)
    if of == "cancelled":
        GroupSession.objects.filter(pk=other.pk).update(state="cancelled", cancelled_at=timezone.now())

    with pytest.raises(TooEarly):
        add_guest(facilitator, session=other, called="Ann")

    assert not Guest.objects.exists()


def test_the_same_name_is_the_same_guest(session, facilitator):
    first = add_guest(facilitator, session=session, called="Ann")
    twice = add_guest(facilitator, session=session, called="ann", regular=True)
    other = factories.SessionFactory(starts_in=timedelta(0))
    elsewhere = add_guest(factories.FacilitatorFactory(group=other.group).user, session=other, called="Ann")

    assert first == twice != elsewhere
    assert [*Guest.objects.order_by("pk").values_list("called", "regular")] == [("Ann", True), ("Ann", False)]
    assert [line.name for line in roll_of(session)] == ["Ann"]


def test_adding_once_more_keeps_a_regular_one_regular(session, facilitator):
    add_guest(facilitator, session=session, called="Ann", regular=True)

    assert add_guest(facilitator, session=session, called="Ann").regular


def test_a_name_takes_the_number_away(session, facilitator):
    keep_headcount(facilitator, session=session, count=9)

    add_guest(facilitator, session=session, called="Ann")

    assert GroupSession.objects.get().headcount is None


def test_nothing_of_a_name_is_on_record(session, facilitator):
    guest = add_guest(facilitator, session=session, called="Ann")
    set_guest_regular(facilitator, guest=guest, regular=True)
    set_guest_regular(facilitator, guest=guest, regular=True)
    forget_guest(facilitator, guest=guest)
    forget_guest(facilitator, guest=guest)

    entries = AuditEntry.objects.order_by("pk").values_list("action", "reason", "about", "object_id")
    key = str(guest.public_id)
    assert [*entries] == [
        ("guest.add", "once", None, key),
        ("guest.change", "regular", None, key),
        ("guest.forget", "", None, key),
    ]


def test_a_forgotten_guest_still_counts_and_is_nobody(session, facilitator):
    guest = add_guest(facilitator, session=session, called="Ann", regular=True)

    forget_guest(facilitator, guest=guest)

    assert [(line.name, line.came) for line in roll_of(session)] == [("A guest", "came")]
    with pytest.raises(GuestForgotten):
        set_guest_regular(facilitator, guest=guest, regular=True)
    again = add_guest(facilitator, session=session, called="Ann")
    assert again != guest


@pytest.mark.parametrize(
    ("regular", "came", "days", "forgotten"),
    [(False, 31, 31, 1), (False, 29, 60, 0), (False, None, 31, 1), (True, 31, 60, 0), (True, 366, 400, 1)],
)
def test_names_go_by_themselves(session, facilitator, regular, came, days, forgotten):
    guest = add_guest(facilitator, session=session, called="Ann", regular=regular)
    Guest.objects.update(created_at=timezone.now() - timedelta(days=days))
    if came is None:
        GuestSeat.objects.all().delete()
    else:
        factories.SessionFactory._meta.model.objects.update(
            starts_at=timezone.now() - timedelta(days=came, hours=1), ends_at=timezone.now() - timedelta(days=came)
        )

    assert (forget_guests(), forget_guests()) == (forgotten, 0)

    guest.refresh_from_db()
    assert (guest.called, guest.regular) == (("", False) if forgotten else ("Ann", regular))
    assert AuditEntry.objects.filter(action="guest.forget", actor=None).count() == forgotten


class TestTheDatabase:
    def test_a_forgotten_guest_has_no_name(self, session, facilitator):
        guest = Guest.objects.filter(pk=add_guest(facilitator, session=session, called="Ann").pk)

        for change in ({"called": ""}, {"forgotten_at": timezone.now()}):
            with refused_by("guest_forgotten_has_no_name"):
                guest.update(**change)
        with refused_by("guest_forgotten_has_no_name"):
            guest.update(called="", forgotten_at=timezone.now(), regular=True)

    def test_a_guest_is_marked_once_and_with_a_word(self, session, facilitator):
        guest = add_guest(facilitator, session=session, called="Ann")

        with refused_by("guestseat_once"):
            GuestSeat.objects.create(session=session, guest=guest, came="away", marked_by=facilitator)
        with refused_by("guestseat_came"):
            GuestSeat.objects.update(came="")
