"""Open data: rows that keep the published rules, events on a group's page, and nothing that is not public."""

import json
import re
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from sessions.open_data import SPOKEN, STEP_FREE, events, feed
from tests.factories import (
    AreaFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    SeriesFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
FEED = "/groups/feed.json"
TODAY = date(2027, 1, 5)  # a Tuesday

# The rules of https://github.com/code4recovery/spec (README and schema/*.schema.json, read in November 2026),
# for the fields that we send, in words of our own.
CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")
HTML = re.compile(r"</?[a-z!]", re.IGNORECASE)  # texts are plain
_TYPES = """
    11 12x12 A ABSI AL AL-AN AM ASL B BA BE BI BRK C CAN CF D DA DB DD DE DR EL EN FA FF FR G GR H HE HI HR HU ITA JA
    KOR L LGBTQ LIT LS LT M MED ML N NB NDG NO O OUT P POA POC POL POR PUN RUS S SEN SK SM SP ST SV T TC TH TL TR TUR
    UK W X XB XT Y
"""
PUBLISHED_TYPES = set(_TYPES.split())
TEXTS = {"location", "notes", "group", "region", "entity"}
RULES = {
    "name": lambda value: isinstance(value, str) and 0 < len(value) <= 255,
    "slug": lambda value: isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value) is not None,
    "day": lambda value: type(value) is int and 0 <= value <= 6,
    "time": lambda value: CLOCK.fullmatch(value) is not None,
    "end_time": lambda value: CLOCK.fullmatch(value) is not None,
    "timezone": lambda value: value in zoneinfo.available_timezones(),
    "types": lambda value: isinstance(value, list) and set(value) <= PUBLISHED_TYPES,
    "url": lambda value: re.fullmatch(r"https?://\S+", value) is not None,
    "entity_website_url": lambda value: re.fullmatch(r"https?://\S+", value) is not None,
} | dict.fromkeys(TEXTS, lambda value: isinstance(value, str) and not HTML.search(value))
REQUIRED = {"name", "slug", "day", "time"}  # day and time of everything that is not by appointment


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(datetime(2027, 1, 5, 12, tzinfo=UTC), tick=False)


@pytest.fixture(autouse=True)
def _organisation():
    OrganisationFactory()


def shared(**facts):
    return GroupFactory(**{"slug": "quiet-harbour", "name": "Evenings", "shared_openly": True} | facts)


def weekly(group, **facts):
    return SeriesFactory(**{"group": group, "starts_on": TODAY, "starts_at": time(19)} | facts)


def broken(rows):
    """Every way in which rows break the published rules."""
    for row in rows:
        yield from (f"{name} is missing" for name in REQUIRED - row.keys())
        yield from (
            f"{name} is {value!r}" for name, value in row.items() if name not in RULES or not RULES[name](value)
        )
    slugs = [row["slug"] for row in rows]
    yield from (f"{slug} twice" for slug in slugs if slugs.count(slug) > 1)


# -- the feed ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "facts",
    [{"shared_openly": False}, {"listed": False, "shared_openly": False}, {"state": "draft"}, {"state": "archived"}],
)
def test_a_group_that_did_not_say_so_is_not_in_the_feed(facts):
    weekly(shared(**facts))

    assert feed() == []


def test_one_row_for_each_weekly_slot_with_nothing_but_public_facts():
    group = shared(format="hybrid", place="Quay Hall", area=AreaFactory(name="Old town"), access=["step_free"])
    series = weekly(group)

    (row,) = feed()

    assert row == {
        "name": "Evenings",
        "slug": f"quiet-harbour-{series.public_id.hex[:12]}",
        "day": 2,
        "time": "19:00",
        "end_time": "20:15",
        "timezone": "Europe/London",
        "types": ["EN", "X"],
        "notes": "For anyone whose worry gets loud at night.\nOnline or in person.\n"
        "Read more and ask to join on the page of the group.",
        "group": "Evenings",
        "url": "http://localhost:8000/groups/quiet-harbour/",
        "location": "Quay Hall",
        "region": "Old town",
        "entity": "Harbour Lane Community Network",
        "entity_website_url": "http://localhost:8000",
    }


def test_only_what_happens_every_week_and_now_is_in_it():
    group = shared()
    for facts in (
        {"interval": 2},
        {"ended_at": datetime(2027, 1, 1, tzinfo=UTC)},
        {"ends_on": TODAY - timedelta(days=1), "starts_on": TODAY - timedelta(days=30)},
        {"starts_on": TODAY + timedelta(days=15)},
    ):
        weekly(group, **facts)

    assert feed() == []


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"name": "N" * 80, "slug": "a" * 60},
        {"format": "in_person", "place": "Quay Hall <b>", "name": "Quiet & <i>slow</i>, 2 < 3"},
        {"languages": ["cy", "es", "pt-br", "zh-hans"], "access": ["step_free", "captions"], "cost": "£3 for tea"},
        {"time_zone": "America/New_York", "purpose": "<script>alert(1)</script>"},
    ],
)
def test_every_row_keeps_the_published_rules(facts):
    group = shared(**facts)
    for day, clock in ((TODAY, time(19)), (TODAY + timedelta(days=5), time(23, 30)), (TODAY, time(0))):
        weekly(group, starts_on=day, starts_at=clock, time_zone=group.time_zone)

    rows = feed()

    assert len(rows) == 3
    assert list(broken(rows)) == []


def test_the_rules_notice_what_breaks_them():
    bad = [{"name": "", "slug": "a b", "day": 7, "types": ["ONL"], "conference_url": "https://x.example"}]

    assert len(list(broken(bad))) == 6


def test_our_codes_are_codes_of_the_specification():
    assert {*SPOKEN.values(), STEP_FREE} <= PUBLISHED_TYPES


def test_what_begins_soon_says_from_when():
    weekly(shared(), starts_on=TODAY + timedelta(days=14))

    assert feed()[0]["notes"].startswith("From 19 January 2027 on.\n")


def test_days_are_counted_from_sunday():
    group = shared()
    for days in range(7):
        weekly(group, starts_on=TODAY + timedelta(days=days))

    assert [row["day"] for row in feed()] == [2, 3, 4, 5, 6, 0, 1]


def test_no_person_and_no_door_is_in_the_feed(client):
    from people.sealed import seal

    group = shared()
    seal(group, "door", "https://meet.example.org/canary", owner=group)
    group.save()
    FacilitatorFactory(group=group, alias="Canary")
    MembershipFactory(group=group, alias="Canary member")
    weekly(group)

    body = client.get(FEED).content.decode()

    assert "Evenings" in body
    assert "canary" not in body.lower()


def test_a_series_that_goes_on_in_another_way_keeps_its_name():
    """Who keeps our rows knows a meeting by its slug: another one would be a second meeting."""
    group = shared()
    first = weekly(group)
    before = [row["slug"] for row in feed()]
    second = weekly(group, starts_on=TODAY + timedelta(days=8), continues=first)
    first.ends_on = TODAY + timedelta(days=2)
    first.save()

    soon = feed()
    first.ended_at = timezone.now()
    first.save()
    weekly(group, starts_on=TODAY + timedelta(days=9), continues=second, ended_at=timezone.now())
    after = feed()

    assert [(row["slug"], row["day"]) for row in soon] == [(*before, 2)]
    assert [(row["slug"], row["day"]) for row in after] == [(*before, 3)]


@pytest.mark.parametrize("number", [1, 30])
def test_names_of_series_that_go_on_cost_one_question(client, django_assert_num_queries, number):
    for place in range(number):
        group = shared(slug=f"quiet-{place}", name=f"Group {place}")
        weekly(group, continues=weekly(group, ended_at=timezone.now()))

    with django_assert_num_queries(3):
        assert len(client.get(FEED).json()) == number


@pytest.mark.parametrize("number", [1, 30])
def test_the_feed_asks_the_same_few_questions(client, django_assert_num_queries, number):
    for place in range(number):
        weekly(shared(slug=f"quiet-{place}", name=f"Group {place}", area=AreaFactory()))

    with django_assert_num_queries(2):
        rows = client.get(FEED).json()

    assert len(rows) == number


def test_the_feed_may_be_kept_and_is_sent_only_when_it_changed(client):
    group = shared()
    weekly(group)

    first = client.get(FEED)
    same = client.get(FEED, headers={"if-none-match": first["ETag"]})
    type(group).objects.update(name="Mornings")
    changed = client.get(FEED, headers={"if-none-match": first["ETag"]})

    assert (first["Content-Type"], first["Access-Control-Allow-Origin"]) == ("application/json", "*")
    assert (first["Cache-Control"], same["Cache-Control"]) == ("public, max-age=900",) * 2
    assert (same.status_code, same.content, changed.status_code) == (304, b"", 200)
    assert client.cookies.keys() == set()


def test_the_feed_is_found_from_the_list_of_groups(client):
    assert f'title="Meetings Feed" href="{FEED}"' in client.get("/groups/").content.decode()


# -- events -----------------------------------------------------------------------------------------
def block(page):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.content.decode())
    return json.loads(found[0]) if found else None


def page_of(client, group):
    return client.get(group.get_absolute_url())


def test_a_group_that_is_not_shared_says_nothing_to_machines(client, rf):
    group = GroupFactory()
    SessionFactory(group=group)

    assert block(page_of(client, group)) is None
    assert events(rf.get("/"), shared(slug="ended", state="archived")) == ""


FIRST = {
    "@type": "Event",
    "name": "Evenings",
    "description": "For anyone whose worry gets loud at night.",
    "startDate": "2027-01-06T12:00:00+00:00",
    "endDate": "2027-01-06T13:15:00+00:00",
    "eventStatus": "https://schema.org/EventScheduled",
    "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode",
    "location": [
        {"@type": "Place", "name": "Quay Hall", "address": "Quay Hall, Old town"},
        {"@type": "VirtualLocation", "url": "http://localhost:8000/groups/quiet-harbour/"},
    ],
    "organizer": {
        "@type": "Organization", "name": "Harbour Lane Community Network", "url": "http://localhost:8000"
    },
    "isAccessibleForFree": False,
    "inLanguage": ["en"],
    "url": "http://localhost:8000/groups/quiet-harbour/",
}  # fmt: skip


def test_the_next_three_sessions_are_events(client):
    group = shared(format="hybrid", place="Quay Hall", cost="£3", area=AreaFactory(name="Old town"))
    for days in (1, 8, 15, 22):
        SessionFactory(group=group, starts_in=timedelta(days=days))
    SessionFactory(
        group=group, state="cancelled", cancelled_at=datetime(2027, 1, 1, tzinfo=UTC), cancelled_by=group.created_by
    )

    data = block(page_of(client, group))

    assert [event["startDate"] for event in data["@graph"]] == [
        f"2027-01-{day:02}T12:00:00+00:00" for day in (6, 13, 20)
    ]
    assert data["@graph"][0] == FIRST


@pytest.mark.parametrize(
    ("format_", "mode", "places"),
    [("online", "Online", ["VirtualLocation"]), ("in_person", "Offline", ["Place"])],
)
def test_where_it_is_follows_the_way_people_meet(client, format_, mode, places):
    group = shared(format=format_)
    SessionFactory(group=group)

    (event,) = block(page_of(client, group))["@graph"]

    assert event["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    assert [place["@type"] for place in event["location"]] == places


def test_nothing_in_the_data_ends_its_block(client):
    group = shared(name="</script><script>alert(1)</script>&amp;", purpose="<!-- <script>")
    SessionFactory(group=group)

    page = page_of(client, group)

    assert block(page)["@graph"][0]["name"] == group.name
    assert page.content.decode().count("<script type=") == 1
    assert "<script>alert" not in page.content.decode()
