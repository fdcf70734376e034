"""All dates of one group."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


@pytest.fixture
def group(time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False)
    return make.GroupFactory(name="Quiet river")


@pytest.fixture
def wren(client, group):
    joined = datetime(2026, 1, 1, tzinfo=UTC)
    wren = make.MembershipFactory(group=group, joined_at=joined).user
    client.force_login(wren)
    return wren


def path(group, month=""):
    return f"/groups/{group.slug}/sessions/{month}"


def test_people_from_elsewhere_find_nothing(client, group):
    make.SessionFactory(group=group)
    for person in (make.MembershipFactory().user, make.AdminFactory()):
        client.force_login(person)
        assert client.get(path(group)).status_code == 404


def test_what_is_to_come_then_month_by_month(client, group, wren):
    make.SessionFactory(group=group, starts_in=timedelta(days=3))
    make.SessionFactory(group=group, starts_in=timedelta(days=-32), capacity=None)

    ahead = client.get(path(group)).content.decode()
    october = client.get(path(group, "?month=2026-10")).content.decode()

    assert "Tuesday 24 November" in ahead
    assert "20 October" not in ahead
    assert "Tuesday 20 October" in october
    assert "24 November" not in october


@pytest.mark.parametrize("month", ["x", "2026-13", "0001-01", "9999-12", "2026-11-01"])
def test_nonsense_shows_what_is_to_come(client, group, wren, month):
    make.SessionFactory(group=group, starts_in=timedelta(days=3))

    page = client.get(path(group, f"?month={month}"))

    assert page.status_code == 200
    assert "Tuesday 24 November" in page.content.decode()


def test_an_empty_schedule_says_so(client, group, wren):
    assert "Nothing is planned at the moment" in client.get(path(group)).content.decode()
    assert "No session in this month" in client.get(path(group, "?month=2026-03")).content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_questions_do_not_grow_with_the_rows(client, group, wren, rows, django_assert_num_queries):
    for day in range(rows):
        make.booking(make.SessionFactory(group=group, starts_in=timedelta(days=1 + day)), host=wren)
        past = {"starts_in": -timedelta(days=40 + day), "state": "held", "held_at": timezone.now()}
        make.SessionFactory(group=group, held_by=wren, **past)
    client.get(path(group))

    with django_assert_num_queries(13):
        client.get(path(group))


# -- how many came ----------------------------------------------------------------------------
@pytest.fixture
def browser(client, group):
    client.force_login(make.FacilitatorFactory(group=group).user)
    return client


def _said_by(person):
    return {"held_at": timezone.now(), "held_by": person}


def test_the_table_names_nobody(browser, group):
    kofi = make.MembershipFactory(group=group, alias="Kofi").user
    session = make.SessionFactory(group=group, starts_in=-timedelta(days=18), state="held", **_said_by(kofi))
    make.SeatFactory(session=session, user=kofi, came="came", marked_by=kofi, marked_at=timezone.now())

    page = browser.get(f"/groups/{group.slug}/sessions/counts/").content.decode()
    file = browser.get(f"/groups/{group.slug}/sessions/counts.csv")

    assert "November 2026" in page
    assert "Kofi" not in page
    assert "October 2026" not in page  # nothing happened then
    lines = file.content.decode().splitlines()
    assert lines[0] == "Month,Held,Cancelled,Different people,Attendances,First time,Counted without names"
    assert lines[1] == "2026-11,1,0,1,1,1,0"
    assert file["Content-Disposition"] == 'attachment; filename="attendance.csv"'


def test_an_empty_year_says_what_will_be_there(browser, group):
    page = browser.get(f"/groups/{group.slug}/sessions/counts/").content.decode()

    assert "Once a session is closed" in page


def test_members_find_no_counts(client, group):
    client.force_login(make.MembershipFactory(group=group).user)

    for name in ("counts/", "counts.csv"):
        assert client.get(f"/groups/{group.slug}/sessions/{name}").status_code == 404
