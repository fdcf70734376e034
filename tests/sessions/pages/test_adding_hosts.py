"""Adding sessions: who leads, where, and what is in the way."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from people.errors import Refused
from people.models import Organisation
from sessions.models import GroupSession, Series
from sessions.views import planning
from tests import factories
from tests.sessions.pages.world import words

pytestmark = pytest.mark.django_db


PREVIEW_QUERIES = 28
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WHEN = {"starts_on": "2027-01-05", "starts_at": "19:00", "ends_at": "20:15", "how_often": "1", "count": "12"}


@pytest.fixture
def planner(as_person, time_machine):
    time_machine.move_to(NOW, tick=False)
    seat = factories.FacilitatorFactory()
    client = as_person(seat.user)
    client.page = reverse("sessions:series-create", args=[seat.group.slug])
    client.group = seat.group
    return client


@pytest.fixture
def lead(planner):
    """The one who plans."""
    seat = planner.group.memberships.get()
    seat.alias = "Marisol"
    seat.save()
    return seat


@pytest.fixture
def co(planner):
    return factories.FacilitatorFactory(group=planner.group, alias="Tunde")


@pytest.fixture
def evenings(lead, co):
    return WHEN | {"lead": str(lead.public_id), "co": str(co.public_id)}


def taken(who, *, name="Living with loss"):
    """Somebody, or a room, is booked by another group on 9 February."""
    start = datetime(2027, 2, 9, 18, 30, tzinfo=UTC)
    session = factories.SessionFactory(group__name=name, starts_at=start)
    factories.booking(session, **{"room" if hasattr(who, "retired_at") else "host": who})
    return session


def test_the_guess_is_who_plans_and_the_other_one(planner, lead, co):
    page = planner.get(planner.page)

    assert "Marisol leads, Tunde helps." in words(page)
    assert "One person is to lead alone" not in words(page)


def test_the_guess_goes_on_with_those_of_the_last_series(planner, lead, co):
    room = factories.RoomFactory(name="Room 2")
    type(planner.group).objects.update(format="in_person")
    factories.SeriesFactory(group=planner.group, lead=co.user, co=lead.user, room=room)

    assert "Tunde leads, Marisol helps. In Room 2." in words(planner.get(planner.page))


def test_a_clash_is_shown_with_its_ways_out_and_the_button_says_what_is_left(planner, evenings, lead):
    session = taken(lead.user)
    factories.MembershipFactory(group=session.group, user=lead.user)

    page = planner.post(planner.page, evenings | {"preview": "1"})

    assert (
        "12 dates, 1 to sort out. Tuesday 9 February clashes "
        "You also lead Living with loss from 6:30 to 7:45 pm that day. "
        "Skip it Tunde leads Keep it without Marisol Update the preview" in words(page)
    )
    assert "Add 11 sessions" in words(page)
    assert "February 2027 2, 9 skipped, 16, 23" in words(page)
    assert 'form="series" name="on_2027-02-09" value="skip" checked' in page.content.decode()


def test_who_said_that_they_are_away_is_asked_about_and_leads_all_the_same(planner, evenings, co, lead):
    factories.AwayFactory(seat=co, starts_on=date(2027, 2, 8), ends_on=date(2027, 2, 14))

    page = planner.post(planner.page, evenings | {"preview": "1"})

    assert "Tuesday 9 February clashes Tunde is away that day. Skip it Keep it Update the preview" in words(page)
    assert "Add 12 sessions" in words(page)


def test_a_group_that_the_reader_is_not_in_is_not_named(planner, evenings, co):
    taken(co.user)

    page = words(planner.post(planner.page, evenings | {"preview": "1"}))

    assert "Tunde leads another session from 6:30 to 7:45 pm that day. Skip it Keep it without Tunde" in page
    assert "Living with loss" not in page


@pytest.mark.parametrize(
    ("way", "count", "hosts"),
    [("skip", 11, None), ("lead", 12, ["Tunde"]), ("keep", 12, ["Tunde"])],
)
def test_each_way_out_does_what_it_says(planner, evenings, lead, co, way, count, hosts):
    taken(lead.user)
    key = f"lead-{co.public_id}" if way == "lead" else way

    done = planner.post(planner.page, evenings | {"on_2027-02-09": key, "said": str(count)})

    assert done.status_code == 302
    assert planner.group.sessions.count() == count
    that_day = planner.group.sessions.filter(slot=date(2027, 2, 9))
    if hosts is None:
        assert (list(that_day), Series.objects.get().skips) == ([], [date(2027, 2, 9)])
    else:
        duty = "lead" if way == "lead" else "co"
        assert list(that_day.get().bookings.values_list("host", "duty")) == [(co.user_id, duty)]
    assert planner.group.sessions.get(slot=date(2027, 2, 2)).bookings.count() == 2


def test_a_clash_that_appears_after_the_preview_brings_it_back(planner, evenings, lead):
    assert "Add 12 sessions" in words(planner.post(planner.page, evenings | {"preview": "1"}))
    taken(lead.user)

    page = planner.post(planner.page, evenings | {"said": "12", "plan": "A round"})

    assert page.status_code == 200
    assert "Something is in the way. Nothing is added yet" in words(page)
    assert "Tuesday 9 February clashes" in words(page)
    assert 'value="A round"' in page.content.decode()
    assert not planner.group.sessions.exists()


def test_a_way_out_that_is_shut_meanwhile_is_asked_anew(planner, evenings, lead, co):
    taken(lead.user)
    taken(co.user, name="Talking men")

    page = planner.post(planner.page, evenings | {"on_2027-02-09": f"lead-{co.public_id}", "said": "12"})

    assert (page.status_code, planner.group.sessions.count()) == (200, 0)
    assert "Skip it Keep it without Marisol and Tunde" in words(page)


def test_booked_in_another_group_while_it_is_being_saved(planner, evenings, lead, monkeypatch):
    """Between the look at the clashes and the booking: the database refuses, and the page comes back with it."""
    look = planning.create_series

    def too_late(*args, **values):
        if not GroupSession.objects.exists():
            taken(lead.user)
        return look(*args, **values)

    monkeypatch.setattr(planning, "create_series", too_late)
    page = planner.post(planner.page, evenings | {"said": "12"})

    assert page.status_code == 200
    assert "Tuesday 9 February clashes" in words(page)
    assert not planner.group.sessions.exists()


def test_what_no_field_can_say_is_said_above_them(planner, evenings, monkeypatch):
    def no(*_args, **_values):
        raise Refused("Not today")

    monkeypatch.setattr(planning, "create_series", no)
    page = planner.post(planner.page, evenings | {"said": "12"})

    assert (page.status_code, page.context["form"].non_field_errors()) == (422, ["Not today"])


def test_sent_again_it_is_no_clash_with_itself(planner, evenings):
    sent = evenings | {"made_as": str(uuid4()), "said": "12"}

    assert [planner.post(planner.page, sent).status_code for _ in range(2)] == [302, 302]
    assert (Series.objects.count(), GroupSession.objects.count()) == (1, 12)


def test_if_everything_clashes_it_is_kept_until_somebody_says_otherwise(planner, evenings, lead):
    taken(lead.user)
    once = evenings | {"starts_on": "2027-02-09", "how_often": "0"}

    page = planner.post(planner.page, once | {"preview": "1"})
    assert "Add 1 session " in words(page)

    page = planner.post(planner.page, once | {"on_2027-02-09": "skip", "said": "1"})
    assert page.status_code == 422
    assert page.context["form"].errors["starts_on"] == ["That makes no session, because every date is skipped"]
    assert 'name="on_2027-02-09" value="skip" checked' in page.content.decode()


@pytest.mark.parametrize(("way", "button"), [("skip", "Add 8 sessions"), ("keep", "Add 12 sessions")])
def test_many_clashes_can_be_answered_at_once(planner, evenings, lead, way, button):
    for week in range(4):
        start = datetime(2027, 1, 5, 18, 30, tzinfo=UTC) + timedelta(weeks=week)
        factories.booking(factories.SessionFactory(starts_at=start), host=lead.user)

    page = planner.post(planner.page, evenings | {"on_2027-01-12": "keep", "on_2027-01-19": "skip", "all": way})

    assert button in words(page)
    assert "Skip all 4 Keep all 4" in words(page)
    assert page.content.decode().count(f'value="{way}" checked') == 4
    assert not Series.objects.exists()


def test_a_room_that_is_taken_and_one_that_is_small(planner, evenings):
    type(planner.group).objects.update(format="hybrid")
    room = factories.RoomFactory(name="Room 2", capacity=8)
    taken(room)

    page = planner.post(planner.page, evenings | {"room": str(room.public_id), "capacity": "10", "preview": "1"})

    assert "Room 2 is taken from 6:30 to 7:45 pm that day. Skip it Keep it without Room 2" in words(page)
    assert "Room 2 has 8 chairs. That is fewer than the seats here and those who lead." in words(page)


def test_a_group_that_meets_online_is_asked_for_no_room(planner, evenings):
    factories.RoomFactory(name="Room 2")

    assert "Room 2" not in words(planner.get(planner.page))


def test_one_who_leads_alone_is_warned_of_before_it_is_added(planner, evenings):
    alone = evenings | {"co": "", "said": "12"}

    page = planner.post(planner.page, alone)
    assert "So far one person leads alone, or nobody. Choose somebody who helps" in words(page)
    assert "One person is to lead alone." in words(page)
    assert not planner.group.sessions.exists()

    assert 'name="warned" value="on"' in page.content.decode()
    assert planner.post(planner.page, alone | {"warned": "on"}).status_code == 302


def test_where_two_are_needed_it_is_refused_at_the_fields(planner, evenings):
    Organisation.objects.update_or_create(pk=1, defaults={"needs_two_hosts": True})

    page = planner.post(planner.page, evenings | {"lead": "", "co": "", "warned": "on"})

    assert page.status_code == 422
    assert page.context["form"].errors == {
        "lead": ["Choose who leads. Sessions here are led by two people"],
        "co": ["Choose who helps to lead. Sessions here are led by two people"],
    }
    assert not planner.group.sessions.exists()


def test_two_are_two_people(planner, evenings):
    page = planner.post(planner.page, evenings | {"co": evenings["lead"]})

    assert page.context["form"].errors["co"] == ["Choose two different people, or leave the second one empty"]


def test_in_a_pair_the_mentor_leads_and_nobody_is_asked(as_person, time_machine):
    time_machine.move_to(NOW, tick=False)
    programme = factories.GroupFactory(kind="programme")
    pair = factories.GroupFactory(kind="pair", parent=programme, capacity=1, listed=False)
    seat = factories.FacilitatorFactory(group=pair)
    client = as_person(seat.user)
    Organisation.objects.update_or_create(pk=1, defaults={"needs_two_hosts": True})
    page = reverse("sessions:series-create", args=[seat.group.slug])

    assert "Who leads" not in words(client.get(page))
    assert client.post(page, WHEN | {"said": "12"}).status_code == 302
    assert set(Series.objects.values_list("lead", "co")) == {(seat.user_id, None)}


@pytest.mark.parametrize("sessions", [1, 30])
def test_the_page_asks_as_much_whatever_clashes(planner, evenings, lead, sessions, django_assert_num_queries):
    for week in range(sessions):
        start = datetime(2027, 1, 5, 18, 30, tzinfo=UTC) + timedelta(weeks=week)
        factories.booking(factories.SessionFactory(starts_at=start), host=lead.user)

    with django_assert_num_queries(PREVIEW_QUERIES):
        page = planner.post(planner.page, evenings | {"count": "31", "preview": "1"})
    assert f"31 dates, {sessions} to sort out." in words(page)
