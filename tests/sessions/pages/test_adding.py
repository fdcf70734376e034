"""Adding sessions."""

from datetime import UTC, date, datetime, time, timedelta
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


PREVIEW_QUERIES = 26
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WHEN = {"starts_on": "2027-01-05", "starts_at": "19:00", "ends_at": "20:15", "how_often": "1", "count": "12"}
EVENINGS = WHEN | {"warned": "on"}


@pytest.fixture
def planner(as_person, time_machine):
    time_machine.move_to(NOW, tick=False)
    seat = factories.FacilitatorFactory()
    client = as_person(seat.user)
    client.page = reverse("sessions:series-create", args=[seat.group.slug])
    client.group = seat.group
    return client


def test_the_page_begins_with_a_guess_and_says_what_it_makes(planner):
    page = planner.get(planner.page)

    assert page.status_code == 200
    assert "Add 12 sessions Update the preview What this makes Every Saturday from 7:00 to 8:15 pm" in words(page)
    assert not Series.objects.exists()


def test_the_preview_says_every_date_and_makes_nothing(planner):
    page = planner.post(planner.page, EVENINGS | {"count": "13", "preview": "1"})

    assert page.status_code == 200
    assert (
        "Add 13 sessions Update the preview What this makes Every Tuesday from 7:00 to 8:15 pm, London time, "
        "from 5 January 2027 to 30 March 2027. 13 dates. January 2027 5, 12, 19, 26 February 2027 2, 9, 16, 23 "
        "March 2027 2, 9, 16, 23, 30 Nobody is to lead yet. Each of these sessions will need a host. "
        "The clocks change on 28 March 2027. "
        "Sessions stay at 7:00 pm on the wall clock." in words(page)
    )
    assert not Series.objects.exists()


def test_the_preview_names_what_the_same_person_runs_at_that_time(planner):
    other = factories.FacilitatorFactory(user=planner.group.memberships.get().user, group__name="Living with loss")
    factories.SessionFactory(group=other.group, starts_in=datetime(2027, 2, 9, 18, 30, tzinfo=UTC) - NOW)

    page = planner.post(planner.page, EVENINGS | {"preview": "1"})

    assert (
        "12 dates, 1 to sort out. 9 February clashes You also run Living with loss, which meets from 6:30 to 7:45 pm "
        "that day. Skip it Keep it Update the preview" in words(page)
    )
    assert "Add 12 sessions" in words(page)


def test_adding_makes_them_and_sent_again_nothing_more(planner):
    sent = EVENINGS | {"made_as": str(uuid4()), "said": "12", "capacity": "10", "plan": "A round"}

    done = [planner.post(planner.page, sent) for _ in range(2)]

    workspace = reverse("home:workspace", args=[planner.group.slug])
    assert [(response.status_code, response["Location"]) for response in done] == [(302, workspace)] * 2
    assert (Series.objects.count(), GroupSession.objects.count()) == (1, 12)
    assert set(GroupSession.objects.values_list("capacity", "plan")) == {(10, "A round")}


def test_just_once(planner):
    page = planner.post(planner.page, EVENINGS | {"how_often": "0", "preview": "1"})
    done = planner.post(planner.page, EVENINGS | {"how_often": "0", "said": "1"})

    assert "Tuesday 5 January 2027 from 7:00 to 8:15 pm, London time. 1 date." in words(page)
    assert done.status_code == 302
    assert GroupSession.objects.get().series is None


def test_a_button_that_spoke_of_another_number_asks_again(planner):
    page = planner.post(planner.page, EVENINGS | {"count": "8", "said": "12"})

    assert page.status_code == 200
    assert "This now makes 8 sessions. Add them?" in words(page)
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"starts_on": ""}, "starts_on", "Choose the first day"),
        ({"starts_on": "soon"}, "starts_on", "Write the day like 2027-01-05"),
        ({"starts_on": "2026-11-20"}, "starts_on", "This day has passed. Choose one from today on"),
        ({"starts_on": "2028-01-05"}, "starts_on", "Choose a first day within the next 12 months"),
        ({"starts_on": "2026-11-21", "starts_at": "11:00"}, "starts_at", "This time has passed today"),
        ({"starts_at": "", "ends_at": ""}, "starts_at", "Choose when it starts"),
        ({"ends_at": "18:00"}, "ends_at", "Choose an end after 7:00 pm"),
        ({"ends_at": "19:00"}, "ends_at", "Choose an end after 7:00 pm"),
        ({"ends_at": "19:04"}, "ends_at", "A session lasts at least 5 minutes"),
        ({"starts_at": "06:00"}, "ends_at", "A session lasts at most 12 hours"),
        ({"how_often": ""}, "how_often", "Say how often"),
        ({"how_often": "9"}, "how_often", "Say how often"),
        ({"count": "0"}, "count", "Say how many sessions, from 1 to 400"),
        ({"count": "401"}, "count", "Say how many sessions, from 1 to 400"),
        ({"count": "many"}, "count", "Say how many sessions, from 1 to 400"),
        ({"count": ""}, "count", "Say how many sessions, or the last day"),
        ({"ends_on": "2027-02-02"}, "ends_on", "Say how many sessions or the last day, not both"),
        ({"count": "", "ends_on": "2027-01-04"}, "ends_on", "Choose a last day from 5 January 2027 on"),
        (
            {"count": "", "ends_on": "9999-12-31"},
            "ends_on",
            "That makes more than 400 sessions. Choose an earlier last day",
        ),
        ({"capacity": "0"}, "capacity", "Say how many seats, from 1 to 500"),
        ({"plan": "x" * 301}, "plan", "Say it in at most 300 signs"),
        (
            {"starts_on": "2027-03-21", "starts_at": "01:30", "ends_at": "02:30", "count": "2"},
            "starts_at",
            "On 28 March 2027 the clocks jump over 1:30 am, so choose another time or skip that day",
        ),
    ],
)
@pytest.mark.parametrize("button", [{}, {"preview": "1"}])
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(planner, change, field, sentence, button):
    page = planner.post(planner.page, EVENINGS | {"plan": "A round"} | change | button)

    assert page.status_code == 422
    assert page.context["form"].errors[field] == [sentence]
    body = page.content.decode()
    assert f'<a href="#id_{field}' in body
    for name, value in (EVENINGS | change).items():
        assert f'value="{value}"' in body or not value or name in {"how_often"}
    assert not GroupSession.objects.exists()


def test_a_time_at_which_the_group_meets_already_is_said(planner):
    factories.SessionFactory(
        group=planner.group, starts_at=datetime(2027, 1, 12, 18, 30, tzinfo=UTC), local_time=time(18, 30)
    )

    page = planner.post(planner.page, EVENINGS)

    assert page.status_code == 422
    assert page.context["form"].errors["starts_on"] == ["The group already meets then: Tuesday 12 January, 6:30 pm"]


def test_the_guess_goes_on_from_the_last_session(planner):
    factories.SessionFactory(
        group=planner.group,
        starts_at=datetime(2026, 12, 1, 18, tzinfo=UTC),
        local_date=date(2026, 12, 1),
        local_time=time(18),
    )

    assert "Every Tuesday from 6:00 to 7:15 pm, London time, from 8 December 2026" in words(planner.get(planner.page))


def test_a_name_of_a_form_that_is_none_is_replaced(planner):
    assert planner.post(planner.page, EVENINGS | {"made_as": "x"}).status_code == 422
    assert planner.post(planner.page, EVENINGS | {"made_as": ""}).status_code == 302


def test_a_group_being_prepared_is_not_planned_yet(planner):
    planner.group.state = "draft"
    planner.group.save()

    response = planner.get(planner.page)

    assert response.status_code == 409
    assert "Sessions can be added once the group is open" in words(response)


# -- months, days to skip -----------------------------------------------------------------------
MONTHS = EVENINGS | {"starts_on": "2027-01-12", "how_often": "month", "count": "3"}


def test_every_month_follows_from_the_first_day(planner):
    page = planner.post(planner.page, MONTHS | {"preview": "1"})

    assert (
        "The second Tuesday of each month from 7:00 to 8:15 pm, London time, from 12 January 2027 to 9 March 2027. "
        "3 dates." in words(page)
    )
    assert "Which day of the month" not in words(page)


def test_a_fourth_one_that_is_the_last_can_be_either(planner):
    asked = MONTHS | {"starts_on": "2027-02-23", "preview": "1"}

    first, last = planner.post(planner.page, asked), planner.post(planner.page, asked | {"nth": "-1"})

    assert "Which day of the month The fourth Tuesday The last Tuesday" in words(first)
    assert ["The fourth Tuesday of each month" in words(first), "The last Tuesday of each month" in words(last)] == [
        True,
        True,
    ]
    assert 'value="-1" id="id_nth_1" checked' in last.content.decode()


def test_a_fifth_one_is_the_last(planner):
    planner.post(planner.page, MONTHS | {"starts_on": "2027-03-30", "nth": "4"})

    assert list(Series.objects.values_list("nth", flat=True)) == [-1]


def test_a_choice_between_the_two_is_kept_while_something_else_is_put_right(planner):
    page = planner.post(planner.page, MONTHS | {"starts_on": "2027-02-23", "nth": "-1", "count": "0"})

    assert '<input type="hidden" name="nth" value="-1">' in page.content.decode()


def test_holidays_are_skipped_and_struck_out(planner):
    skips = {"skips_0": "2027-02-09", "skips_1": "", "skips_2": "2027-02-10"}
    page = planner.post(planner.page, EVENINGS | skips | {"count": "5", "preview": "1"})

    assert "from 5 January 2027 to 9 February 2027" not in words(page)
    assert "5 dates. January 2027 5, 12, 19, 26 February 2027 2" in words(page)
    page = planner.post(planner.page, EVENINGS | skips | {"count": "6", "preview": "1"})
    assert "February 2027 2, 9 skipped, 16" in words(page)
    assert "10 February 2027 is none of these dates, so there is nothing to skip." in words(page)
    assert page.content.decode().count('name="skips_') == 4  # two that are filled, and two for more

    planner.post(planner.page, EVENINGS | skips | {"count": "6", "said": "6"})
    assert date(2027, 2, 9) in Series.objects.get().skips
    assert GroupSession.objects.filter(slot=date(2027, 2, 16)).exists()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"skips_0": "Easter"}, "skips", "Write each day like 2027-02-16"),
        ({f"skips_{n}": f"2027-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(61)}, "skips", "Skip at most 60 days"),
        (
            {"count": "", "ends_on": "2027-01-12", "skips_0": "2027-01-05", "skips_1": "2027-01-12"},
            "ends_on",
            "That makes no session, because every date is skipped",
        ),
        (
            {"how_often": "0", "skips_0": "2027-01-05"},
            "starts_on",
            "That makes no session, because every date is skipped",
        ),
        ({"kept_for_new": "-1"}, "kept_for_new", "Say how many seats wait for new people, from 0 to 100"),
        ({"capacity": "4", "kept_for_new": "4"}, "kept_for_new", "Keep fewer than all 4 seats"),
        (
            {"kept_for_new": "2"},
            "kept_for_new",
            "Say how many seats there are, and then how many wait for new people",
        ),
        ({"lead": str(uuid4())}, "lead", "Choose somebody who runs this group"),
        ({"co": "x"}, "co", "Choose somebody who runs this group"),
    ],
)
def test_what_else_cannot_be_is_said_at_its_field_and_stays(planner, change, field, sentence):
    page = planner.post(planner.page, EVENINGS | change)

    assert page.status_code == 422
    assert page.context["form"].errors == {field: [sentence]}
    body = page.content.decode()
    assert all(f'value="{value}"' in body for name, value in change.items() if value and name not in {"lead", "co"})
    assert not GroupSession.objects.exists()


def test_a_clock_that_nobody_knows_is_said_at_its_field(planner):
    type(planner.group).objects.update(time_zone="Mars/Olympus")

    page = planner.post(planner.page, EVENINGS | {"plan": "A round"})

    assert page.status_code == 422
    assert "Nobody knows the time zone Mars/Olympus" in page.context["form"].errors["starts_at"][0]
    assert 'value="A round"' in page.content.decode()
    assert planner.get(planner.page).status_code == 200


# -- who leads, where, and what is in the way ---------------------------------------------------
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
        "12 dates, 1 to sort out. 9 February clashes You also lead Living with loss from 6:30 to 7:45 pm that day. "
        "Skip it Tunde leads Keep it without Marisol Update the preview" in words(page)
    )
    assert "Add 11 sessions" in words(page)
    assert "February 2027 2, 9 skipped, 16, 23" in words(page)
    assert 'form="series" name="on_2027-02-09" value="skip" checked' in page.content.decode()


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
    assert "9 February clashes" in words(page)
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
    assert "9 February clashes" in words(page)
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
