"""The pages on which those who run a group say who leads and where, and on which somebody cannot make it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from sessions.models import Booking, CoverCall, Room
from sessions.words import clock_of
from tests import factories
from tests.sessions.pages.world import url, words

pytestmark = pytest.mark.django_db


def booked(session):
    return {(row.duty, row.host or row.room) for row in session.bookings.all()}


def chosen(lead=None, co=None, room=None):
    return {name: str(one.public_id) if one else "" for name, one in {"lead": lead, "co": co, "room": room}.items()}


# -- who leads, and where ------------------------------------------------------------------------
def test_members_choose_nobody(session, member, as_person):
    assert as_person(member).post(url("hosts", session), chosen()).status_code == 403


def test_two_people_and_a_room(session, facilitator, as_person):
    second, room = factories.FacilitatorFactory(group=session.group).user, factories.RoomFactory(capacity=3)

    page = as_person(facilitator).post(url("hosts", session), chosen(facilitator, second, room), follow=True)

    assert booked(session) == {("lead", facilitator), ("co", second), ("", room)}
    assert "Saved. Who is new to it is told" in page.content.decode()


@pytest.mark.parametrize(("leads", "said"), [(True, "Two are better"), (False, "This session needs a host")])
def test_with_fewer_than_two_the_page_says_so(session, facilitator, as_person, leads, said):
    page = as_person(facilitator).post(url("hosts", session), chosen(facilitator if leads else None), follow=True)

    assert said in page.content.decode()


def test_what_stands_in_the_way_is_named_and_what_was_chosen_stays(session, facilitator, as_person):
    room, elsewhere = factories.RoomFactory(name="Quay Hall"), factories.SessionFactory(starts_at=session.starts_at)
    factories.booking(elsewhere, room=room)

    page = as_person(facilitator).post(url("hosts", session), chosen(facilitator, room=room))

    assert page.status_code == 422
    assert "Quay Hall is taken by another session" in words(page)
    assert f'<option value="{room.public_id}" selected>' in page.content.decode()
    assert booked(session) == set()


@pytest.mark.parametrize("value", ["nobody", "00000000-0000-0000-0000-000000000000"])
def test_somebody_from_elsewhere_is_no_choice(session, facilitator, as_person, value):
    page = as_person(facilitator).post(url("hosts", session), chosen() | {"lead": value})

    assert page.status_code == 422
    assert "Choose from the list, it has changed meanwhile" in words(page)


# -- "I can't make it" ---------------------------------------------------------------------------
def test_one_tap_asks_and_the_first_who_says_yes_has_it(session, facilitator, as_person):
    other = factories.FacilitatorFactory(group=session.group).user
    factories.booking(session, host=facilitator)

    as_person(facilitator).post(url("cover", session))
    call = CoverCall.objects.get()
    page = as_person(other).post(reverse("sessions:cover-take", args=[call.public_id]), follow=True)

    assert "It is yours. Thank you for stepping in" in page.content.decode()
    assert booked(session) == {("lead", other)}


def test_a_second_tap_asks_nobody_again_and_one_more_takes_it_back(session, facilitator, as_person):
    factories.booking(session, host=facilitator)
    browser = as_person(facilitator)
    for _ in range(2):
        browser.post(url("cover", session))

    browser.post(reverse("sessions:cover-withdraw", args=[CoverCall.objects.get().public_id]))

    assert CoverCall.objects.get().state == "withdrawn"
    assert booked(session) == {("lead", facilitator)}


def test_the_pages_say_who_is_asked_and_when_the_others_will_be(session, facilitator, as_person):
    second, third = (factories.FacilitatorFactory(group=session.group, alias=name) for name in ("Tunde", "Ana"))
    factories.booking(session, host=facilitator)
    factories.booking(session, host=second.user, duty="co")

    before = as_person(facilitator).get(url("cover", session)).content.decode()
    as_person(facilitator).post(url("cover", session))
    call = CoverCall.objects.get()
    address = reverse("sessions:cover-call", args=[call.public_id])
    others_at = clock_of(call.others_at, facilitator.zone)

    assert "Tunde is asked first. 1 other person is asked when Tunde cannot" in before
    assert f"has not answered by {others_at}" in as_person(facilitator).get(address).content.decode()
    assert f"You are asked first. 1 other person is asked at {others_at}" in words(as_person(second.user).get(address))
    assert "Tunde is asked first, the others at" in as_person(third.user).get(address).content.decode()
    today = [as_person(one.user).get(reverse("home:today")).content.decode() for one in (second, third)]
    assert [address in page for page in today] == [True, False]

    page = as_person(second.user).post(reverse("sessions:cover-decline", args=[call.public_id]), follow=True)

    assert "You said that you cannot lead it. The others are asked" in page.content.decode()
    assert "I can’t lead it" not in page.content.decode()
    page = as_person(facilitator).get(address).content.decode()
    assert "2 people can be asked" in page
    assert "the session is cancelled" in page
    answer = as_person(third.user).post(reverse("sessions:cover-take", args=[call.public_id]))
    assert answer.status_code == 302
    late = as_person(second.user).post(reverse("sessions:cover-decline", args=[call.public_id]))
    assert late.status_code == 409


def test_too_late_and_not_down_to_lead_are_kind_pages(session, facilitator, as_person):
    not_down = as_person(facilitator).post(url("cover", session))
    soon = factories.SessionFactory(group=session.group, starts_in=timedelta(minutes=20))
    factories.booking(soon, host=facilitator)
    late = as_person(facilitator).post(url("cover", soon))

    assert [page.status_code for page in (not_down, late)] == [409, 409]
    assert "You are not down to lead this one" in words(not_down)
    assert "Ring whoever leads with you, or cancel it" in words(late)
    assert not CoverCall.objects.exists()


# -- rooms ---------------------------------------------------------------------------------------
def test_rooms_are_kept_by_admins(facilitator, as_person):
    assert as_person(facilitator).get(reverse("sessions:rooms")).status_code == 403


def test_a_room_is_added_and_its_name_is_its_own(as_person):
    browser, facts = as_person(factories.AdminFactory()), {"name": "Quay Hall", "address": "1 Quay", "capacity": "12"}

    browser.post(reverse("sessions:room-new"), facts | {"access_notes": "A ramp at the side"})
    again = browser.post(reverse("sessions:room-new"), facts | {"name": "quay hall"})

    room = Room.objects.get()
    assert (room.name, room.capacity, room.access_notes) == ("Quay Hall", 12, "A ramp at the side")
    assert again.status_code == 422
    assert "Another room has this name" in words(again)


def test_a_room_out_of_use_keeps_what_is_booked_and_takes_nothing_new(session, facilitator, as_person):
    room, later = factories.RoomFactory(), factories.SessionFactory(group=session.group, starts_in=timedelta(days=9))
    factories.booking(session, room=room)

    as_person(factories.AdminFactory()).post(reverse("sessions:room-retire", args=[room.public_id]))
    page = as_person(facilitator).post(url("hosts", later), chosen(facilitator, room=room))

    assert page.status_code == 422
    assert list(Booking.objects.filter(room=room).values_list("session", flat=True)) == [session.pk]
    assert facilitator.notices.get().topic == "room.retired"
