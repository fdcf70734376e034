"""The directory itself: the nearest first, one page after another, what a card says, and what robots may keep."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from groups.models import Group
from tests import factories as make
from tests.groups.pages.world import found, meets, said

pytestmark = pytest.mark.django_db
HARBOUR = {"latitude": 51.449, "longitude": -2.598}
EASTON = {"latitude": 51.464, "longitude": -2.566}  # 2.8 km away
BATH = {"latitude": 51.381, "longitude": -2.359}  # 18 km away
QUAYS = {"latitude": 51.450, "longitude": -2.597}  # round the corner


# -- the nearest first ----------------------------------------------------------------------------
def test_nearest_first_with_words_for_the_distance(client, organisation):
    maps = {"Harbourside": HARBOUR, "Easton": EASTON, "Bath": BATH, "Quays": QUAYS, "Elsewhere": {}}
    areas = {name: make.AreaFactory(name=name, **degrees) for name, degrees in maps.items()}
    meets_in = {"No area": None, "Away": "Bath", "Zoo": "Easton", "Art": "Easton", "Home": "Harbourside"}
    for name, area in (meets_in | {"Close": "Quays", "Somewhere": "Elsewhere"}).items():
        make.GroupFactory(name=name, area=areas.get(area), format="in_person")
    make.GroupFactory(name="Screen", area=areas["Easton"], format="online")

    cards = client.get("/groups/", {"near": areas["Harbourside"].public_id}).context["cards"]

    assert [(card["group"].name, card["far"]) for card in cards] == [
        ("Home", ""),
        ("Close", "under 1 km away"),
        ("Art", "about 3 km away"),
        ("Screen", ""),
        ("Zoo", "about 3 km away"),
        ("Away", "about 18 km away"),
        ("Somewhere", ""),
        ("No area", ""),
    ]


def test_nearest_first_pages_lose_and_repeat_nobody(client, organisation):
    areas = [make.AreaFactory(**EASTON), make.AreaFactory(**HARBOUR), make.AreaFactory(), None]
    for area in areas:
        make.GroupFactory.create_batch(10, area=area)

    pages = list(pages_of(client, {"near": areas[1].public_id}))

    assert [len(page) for page in pages] == [12, 12, 12, 4]
    order = {group.name: group.area_id for group in Group.objects.all()}
    shown = [order[name] for page in pages for name in page]
    assert shown == [area and area.pk for area in (areas[1], areas[0], areas[2], None) for _group in range(10)]
    assert len({name for page in pages for name in page}) == 40


# -- one page after another -----------------------------------------------------------------------
def pages_of(client, query):
    """The names on each page, as somebody meets them who goes on and on."""
    after = ""
    while True:
        response = client.get("/groups/", query | ({"after": after} if after else {}))
        yield [card["group"].name for card in response.context["cards"]]
        after = response.context["next_after"]
        if not after:
            return


def test_pages_stay_steady_while_groups_come_and_go(client, organisation):
    for number in range(30):
        make.GroupFactory(name=f"N{number:02}")
    pages = pages_of(client, {})

    first = next(pages)
    make.GroupFactory(name="A new one")
    Group.objects.filter(name__in=["N00", "N11", "N20"]).update(state="archived", archived_at=timezone.now())
    rest = [name for page in pages for name in page]

    assert first == [f"N{number:02}" for number in range(12)]
    assert rest == [f"N{number:02}" for number in range(12, 30) if number != 20]


@pytest.mark.parametrize(("number", "words"), [(1, "1 group"), (100, "100 groups"), (101, "More than 100 groups")])
def test_the_count_ends_at_a_hundred(client, organisation, number, words):
    make.GroupFactory.create_batch(number)

    assert f'<span role="status">{words}</span>' in said(client.get("/groups/"))


@pytest.mark.parametrize(
    ("query", "more"),
    [({}, 0), ({"q": "worry", "where": "online", "day": "2", "room": "on"}, 1), ({"near": "here"}, 0)],
    ids=str,
)
@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_the_same_few_questions(client, organisation, django_assert_num_queries, number, query, more):
    area = make.AreaFactory(**HARBOUR)
    make.CrisisLineFactory()
    term = make.TermFactory()
    for group in make.GroupFactory.create_batch(number, area=area):
        group.terms.add(term)
        make.MembershipFactory(group=group)
        meets(group, timezone.localdate() + timedelta(days=(1 - timezone.localdate().weekday()) % 7 + 7), time(19))
    query = {key: area.public_id if key == "near" else value for key, value in query.items()}

    # topics, areas, languages, which groups, how many, the groups, their next meetings, organisation, help lines;
    # and for a word, which words begin so
    with django_assert_num_queries(9 + more):
        assert len(found(client, query)) == min(number, 12)


# -- what a card says -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "chips"),
    [
        ({"capacity": None}, ["Room for more"]),
        ({"capacity": 3}, ["2 seats free"]),
        ({"capacity": 1}, ["Full, waitlist open"]),
        ({"intake": "invitation"}, ["By invitation"]),
        ({"intake": "closed"}, ["No new people now"]),
        ({"intake": "closed", "opens_again_on": date(2027, 1, 5)}, ["Takes people again from 5 January"]),
        ({"kind": "cohort", "starts_on": date(2026, 12, 2), "capacity": 3}, ["Starts 2 December", "2 seats free"]),
        ({"kind": "cohort", "starts_on": date(2026, 11, 2)}, ["No new people now"]),
        ({"kind": "cohort", "starts_on": date(2026, 12, 2), "capacity": 1}, ["Full, waitlist open"]),
    ],
    ids=str,
)
def test_a_card_says_in_words_whether_there_is_room(client, organisation, time_machine, facts, chips):
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False)
    make.MembershipFactory(group=make.GroupFactory(**facts))

    page = said(client.get("/groups/"))

    every = {
        "Room for more",
        "seats free",
        "Full, waitlist",
        "By invitation",
        "No new people",
        "Takes people",
        "Starts ",
    }
    assert [chip in page for chip in chips] == [True] * len(chips)
    assert [other for other in every if other in page and not any(other in chip for chip in chips)] == []


def test_a_card_says_when_where_and_what_it_costs(client, organisation, time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False)
    area = make.AreaFactory(name="Easton")
    group = make.GroupFactory(
        name="Voces", languages=["es", "en"], format="in_person", place="Quay Hall", area=area, cost="£2 for tea",
        access=["step_free"],
    )  # fmt: skip
    series = make.SeriesFactory(group=group, starts_on=date(2026, 11, 24))
    make.SessionFactory(
        group=group, series=series, slot=date(2026, 11, 24), starts_at=datetime(2026, 11, 24, 19, tzinfo=UTC)
    )

    page = said(client.get("/groups/"))

    for words in (
        "Tuesdays, 7:00 pm, London time. Next: Tuesday 24 November, 7:00 pm", "In person, Quay Hall", "Easton",
        "Español, English", "£2 for tea", "Step-free", 'lang="es" dir="auto"',
    ):  # fmt: skip
        assert words in page


@pytest.mark.parametrize("languages", [["en"], ["bfi"]])
def test_words_in_the_language_of_the_page_are_not_marked(client, organisation, languages):
    make.GroupFactory(languages=languages)

    assert 'dir="auto"' not in said(client.get("/groups/"))


def test_the_list_leads_on_when_nothing_fits(client, organisation):
    page = said(client.get("/groups/", {"q": "zzz"}))

    assert ("No groups match" in page, "/groups/nothing-fits/" in page, "/groups/right-for-me/" in page) == (True,) * 3


# -- robots ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("facts", "kept_out"),
    [({}, True), ({"indexable": True}, False), ({"indexable": True, "state": "archived"}, True)],
    ids=str,
)
def test_robots_keep_only_pages_of_groups_that_want_it(client, organisation, facts, kept_out):
    group = make.GroupFactory(**facts)
    member = make.MembershipFactory(group=group)

    response = client.get(group.get_absolute_url()) if group.state == "open" else None
    if response is None:
        client.force_login(member.user)
        response = client.get(group.get_absolute_url())

    assert (response.status_code, response.get("X-Robots-Tag")) == (200, "noindex" if kept_out else None)
    assert client.get("/groups/")["X-Robots-Tag"] == "noindex"


def test_the_sitemap_holds_only_pages_that_search_engines_may_keep(client, organisation):
    make.GroupFactory(slug="open-door", indexable=True)
    make.GroupFactory(slug="quiet-door")
    make.GroupFactory(slug="draft-door", indexable=True, state="draft", opened_at=None)
    make.GroupFactory(slug="old-door", indexable=True, state="archived")

    response = client.get("/sitemap.xml")

    assert response["Content-Type"] == "application/xml"
    assert said(response).count("<loc>") == 1
    assert "<loc>http://testserver/groups/open-door/</loc>" in said(response)
    assert "Sitemap: http://testserver/sitemap.xml" in said(client.get("/robots.txt"))
