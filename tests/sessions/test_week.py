"""The organisation's week: hosts and rooms, and nothing that grows with the years."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from people.policy import NotAllowed
from sessions.services import monday_of, week_of
from tests import factories as make

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


@pytest.fixture
def admin(time_machine):
    time_machine.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False)
    return make.AdminFactory(time_zone="Europe/London")


def meetings(reader, first=MONDAY):
    return [meeting for _, rows in week_of(reader, first=first).days for meeting in rows]


def test_it_is_for_those_who_give_out_hosts_and_rooms(admin):
    for person in (make.UserFactory(), make.FacilitatorFactory().user, make.MembershipFactory().user):
        with pytest.raises(NotAllowed):
            week_of(person, first=MONDAY)
    assert week_of(make.SafetyLeadFactory(), first=MONDAY).days == []


def test_who_leads_and_where_and_what_is_missing(admin):
    group = make.GroupFactory(format="in_person", place="")
    booked, _bare = (make.SessionFactory(group=group, starts_in=timedelta(days=day)) for day in (1, 2))
    lead, second = (make.FacilitatorFactory(group=group, alias=name).user for name in ("Marisol", "Tunde"))
    make.booking(booked, host=second, duty="co")
    make.booking(booked, host=lead)
    make.booking(booked, room=make.RoomFactory(name="Room 2"))

    first, last = meetings(admin)

    assert (first.hosts, first.room) == (["Marisol", "Tunde"], "Room 2")
    assert (first.needs_host, first.needs_room) == (False, False)
    assert (last.hosts, last.room, last.needs_host, last.needs_room) == ([], "", True, True)


def test_a_cancelled_one_needs_nobody_and_online_no_room(admin):
    cancelled = {"state": "cancelled", "cancelled_at": timezone.now(), "cancelled_by": admin}
    make.SessionFactory(**cancelled)
    make.SessionFactory(group__format="online", starts_in=timedelta(days=2))

    off, online = meetings(admin)

    assert (off.needs_host, off.needs_room, online.needs_host, online.needs_room) == (False, False, True, False)


def test_days_are_those_of_the_readers_clock(admin):
    late = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    make.SessionFactory(starts_at=late)
    far = make.AdminFactory(time_zone="Asia/Tokyo")

    assert [day for day, _ in week_of(admin, first=MONDAY).days] == [date(2026, 11, 29)]
    assert week_of(far, first=MONDAY).days == []
    assert [day for day, _ in week_of(far, first=date(2026, 11, 30)).days] == [date(2026, 11, 30)]


def test_pairs_see_to_themselves(admin):
    programme = make.GroupFactory(kind="programme")
    make.SessionFactory(group=make.GroupFactory(kind="pair", parent=programme, capacity=1, listed=False))

    assert meetings(admin) == []


@pytest.mark.parametrize("rows", [1, 30])
def test_two_questions_whatever_there_is(admin, rows, django_assert_num_queries):
    for number in range(rows):
        session = make.SessionFactory(starts_in=timedelta(hours=2 + number))
        make.booking(session, host=make.UserFactory())
        make.SessionFactory(starts_in=timedelta(days=-400 - number))

    with django_assert_num_queries(2):
        week_of(admin, first=MONDAY)


def test_monday_of_any_day():
    assert {monday_of(MONDAY + timedelta(days=ahead)) for ahead in range(7)} == {MONDAY}


# -- the page ---------------------------------------------------------------------------------
@pytest.fixture
def browser(client, admin, settings):
    settings.STAFF_MFA_REQUIRED = False
    make.OrganisationFactory()
    client.force_login(admin)
    return client


def test_the_page_says_who_is_missing_and_no_members(browser, admin):
    group = make.GroupFactory(name="Quiet river", format="in_person", place="14 Harbour Lane", hides_place=True)
    session = make.SessionFactory(group=group, plan="canaryword")
    make.SeatFactory(session=session, user=make.MembershipFactory(group=group, alias="Kofi").user)

    page = browser.get("/manage/week/").content.decode()

    assert "Quiet river" in page
    assert "Needs a host" in page
    for hidden in ("Kofi", "canaryword", "14 Harbour Lane"):
        assert hidden not in page


@pytest.mark.parametrize("day", ["x", "0001-01-01", "9999-12-31", "2026-02-30", ""])
def test_nonsense_shows_this_week(browser, day):
    page = browser.get(f"/manage/week/?from={day}")

    assert page.status_code == 200
    assert "This week" in page.content.decode()


def test_any_day_opens_its_week(browser):
    assert "30 November to 6 December 2026" in browser.get("/manage/week/?from=2026-12-03").content.decode()


def test_an_empty_week_says_so(browser):
    assert "Nothing meets in this week" in browser.get("/manage/week/").content.decode()
