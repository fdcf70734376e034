"""Adding sessions."""

import re
from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest
from django.urls import reverse

from sessions.models import GroupSession, Series
from sessions.services import create_series
from tests import factories
from tests.sessions.pages.world import words

pytestmark = pytest.mark.django_db


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
        "12 dates, 1 to sort out. Tuesday 9 February clashes "
        "You also run Living with loss, which meets from 6:30 to 7:45 pm "
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


WEEKS, UNTIL = "Every few weeks: say how many", "More than once: until when, and days to skip"


def opened(page):
    """Which of the less-used questions stand open."""
    return re.findall(r'<details class="quiet-details" open><summary>([^<]*)</summary>', page.content.decode())


@pytest.mark.parametrize(
    ("sent", "open_ones"),
    [
        ({"how_often": "0"}, []),
        ({"how_often": "0", "weeks": "x"}, [WEEKS]),  # nothing that is wrong, or was typed, is hidden
        ({"how_often": "0", "weeks": "6"}, [WEEKS]),
        ({"how_often": "0", "ends_on": "soon"}, [UNTIL]),
        ({"how_often": "0", "count": "many"}, [UNTIL]),
        ({"how_often": "0", "skips_0": "never"}, [UNTIL]),
        ({"how_often": "1"}, [UNTIL]),
        ({"how_often": "more"}, [WEEKS, UNTIL]),
    ],
)
def test_whoever_plans_once_is_not_asked_how_it_comes_again(planner, sent, open_ones):
    page = planner.post(planner.page, EVENINGS | {"preview": "1"} | sent)

    assert opened(page) == open_ones
    assert WEEKS in words(page)
    assert UNTIL in words(page)


def test_every_six_weeks_is_said_in_a_box_of_its_own(planner):
    page = planner.post(planner.page, EVENINGS | {"how_often": "more", "weeks": "6", "count": "3", "said": "3"})

    assert page.status_code == 302
    days = GroupSession.objects.order_by("slot").values_list("slot", flat=True)
    assert [day.isoformat() for day in days] == ["2027-01-05", "2027-02-16", "2027-03-30"]
    change = planner.get(reverse("sessions:change", args=[GroupSession.objects.first().public_id]))
    assert change.context["form"].initial["weeks"] == 6


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
        ({"how_often": "more"}, "weeks", "Say every how many weeks, from 5 to 12"),
        ({"how_often": "more", "weeks": "13"}, "weeks", "Say every how many weeks, from 5 to 12"),
        ({"how_often": "more", "weeks": "4"}, "weeks", "Say every how many weeks, from 5 to 12"),
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


def test_the_guess_goes_on_by_the_month_after_a_series_that_ends(planner):
    seat = planner.group.memberships.get()
    first = {"starts_on": date(2026, 12, 25), "starts_at": time(18), "minutes": 75, "nth": -1, "count": 3}
    create_series(seat.user, group=planner.group, **first)

    assert "The last Friday of each month from 6:00 to 7:15 pm, London time, from 26 March 2027" in words(
        planner.get(planner.page)
    )


def test_beside_a_series_without_end_the_guess_is_an_extra_evening(planner):
    seat = planner.group.memberships.get()
    first = {"starts_on": date(2026, 11, 28), "starts_at": time(18), "minutes": 75}  # a Saturday, as today
    create_series(seat.user, group=planner.group, **first)

    assert "Add 1 session " in words(planner.get(planner.page))
    assert "Sunday 29 November 2026 from 6:00 to 7:15 pm, London time. 1 date." in words(planner.get(planner.page))


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
