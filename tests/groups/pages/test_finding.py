"""Looking for a group: words, filters, the nearest first, one page after another, and what robots may keep."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from groups.models import Area, Group, Term
from tests import factories as make
from tests.groups.pages.world import said

pytestmark = pytest.mark.django_db
HARBOUR = {"latitude": 51.449, "longitude": -2.598}
EASTON = {"latitude": 51.464, "longitude": -2.566}  # 2.8 km away
BATH = {"latitude": 51.381, "longitude": -2.359}  # 18 km away


def found(client, query=None):
    response = client.get("/groups/", query or {})
    assert response.status_code == 200
    return [card["group"].name for card in response.context["cards"]]


def hidden_groups(**facts):
    """One of each that the directory never shows, and one that it does."""
    programme = make.GroupFactory(name="Shown", kind="programme", **facts)
    make.GroupFactory(name="Unlisted", listed=False, **facts)
    make.GroupFactory(name="Draft", state="draft", opened_at=None, **facts)
    make.GroupFactory(name="Archived", state="archived", **facts)
    make.GroupFactory(name="Pair", kind="pair", parent=programme, listed=False, **facts | {"capacity": 1})


# -- what nobody finds ----------------------------------------------------------------------------
def test_hidden_groups_are_found_by_nothing(client, as_person, organisation):
    area = make.AreaFactory(name="Harbourside", **HARBOUR)
    hidden_groups(purpose="Grief.", area=area, format="hybrid", languages=["es"], access=["captions"])
    queries = [{}, {"q": "grief"}, {"q": "harbour"}, {"area": area.public_id}, {"near": area.public_id}]
    queries += [
        {"language": "es"},
        {"where": "online"},
        {"need": "captions"},
        {"room": "on"},
        {"q": "grief", "room": "on"},
    ]

    for browser in (client, as_person(make.UserFactory()), as_person(make.AdminFactory())):
        assert [found(browser, query) for query in queries] == [["Shown"]] * len(queries)


def test_a_page_behind_a_hidden_group_is_the_first_one(client, organisation):
    """Else its place in the order would tell how it is called."""
    for name in ("A", "C"):
        make.GroupFactory(name=name)
    shown, ended = make.GroupFactory(name="B", listed=False), make.GroupFactory(name="Bb", state="archived")

    assert found(client, {"after": shown.slug}) == ["A", "C"]
    assert found(client, {"after": ended.slug}) == ["C"]
    assert found(client, {"after": "no-such-place"}) == ["A", "C"]


# -- words ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "hits"),
    [
        ("anx", True),
        ("ANXIETY", True),
        ("worries", True),
        ("worried nights", True),
        ("worry grief", False),
        ("cafe", True),
        ("CAFÉ", True),
        ("cafe\u0301", True),
        ("españa", True),
        ("espana", True),
        ("niños", True),
        ("Straße", True),
        ("strasse", True),
        ("Łódź", True),
        ("lodz", True),
        ("тревога", True),
        ("ТРЕВ", True),
        ("تجربة", True),
        ("step free", True),
        ("step-free", True),
        ("quay hall!", True),
        ("carers", True),
        ("sleep", True),
        ("easton", True),
        ("xiety", False),
        ("the", True),
        ("online", False),
        ("where:online", False),
        ("term:1", False),
    ],
)
def test_words_are_found_as_people_type_them(client, organisation, words, hits):
    group = make.GroupFactory(
        name="Evenings with anxiety",
        purpose="For the worry that gets loud at night. Café España, los niños, Straße, Łódź.",
        about="Тревога. تَجْرِبَة",
        format="in_person",
        place="Quay Hall",
        access_notes="It is step-free.",
        area=make.AreaFactory(name="Easton"),
    )
    group.terms.set([make.TermFactory(name="Sleep"), make.TermFactory(kind="audience", name="For carers")])

    assert found(client, {"q": words}) == ["Evenings with anxiety"] * hits


@pytest.mark.parametrize(
    "words",
    ["'", "''", '"', "\\", "a\\'b", "a & | ! ( ) : * <->", "a:*", "!a", "%", "%s", "a'::tsquery", "x" * 80, "\u200b",
     "a" + "\u0301" * 60, "1.5", "a@b.example", "http://a.example/b?c=d", "-1", "é" * 80, "ﷺ" * 80, "🌊 a", "²", "֑"],
)  # fmt: skip
def test_no_words_are_ever_an_error(client, organisation, words):
    make.GroupFactory(name="a")

    assert found(client, {"q": words}) in ([], ["a"])


@pytest.mark.parametrize("words", ["🌊", "!!!", "' & |", " ", "y" * 81])
def test_words_without_a_letter_and_endless_ones_are_left_out(client, organisation, words):
    make.GroupFactory(name="Calm")

    assert found(client, {"q": words}) == ["Calm"]


def test_what_a_group_is_found_by_follows_every_change(client, organisation):
    term, area = make.TermFactory(name="Bereavement"), make.AreaFactory(name="Dockside")
    group = make.GroupFactory(name="Calm", purpose="-", area=area)
    group.terms.add(term)
    both = ["Calm"]

    assert [found(client, {"q": word}) for word in ("bereaved", "dockside")] == [both, both]

    Term.objects.update(name="Loss")
    Area.objects.update(name="Quayside")
    assert [found(client, {"q": w}) for w in ("bereaved", "dockside", "loss", "quay")] == [[], [], both, both]

    Group.objects.update(purpose="For carers.", area=None)
    group.terms.clear()
    assert [found(client, {"q": w}) for w in ("loss", "quay", "carer")] == [[], [], both]


# -- filters --------------------------------------------------------------------------------------
@pytest.fixture
def three(organisation):
    """A walk on Saturday mornings, a circle online on Tuesday evenings, and one that is both and has no dates."""
    area = make.AreaFactory(name="Harbourside", **HARBOUR)
    walk = make.GroupFactory(
        name="Walk", format="in_person", place="Quay", area=area, access=["step_free"], languages=["es", "en"]
    )
    circle = make.GroupFactory(name="Circle", access=["captions", "camera"], capacity=1)
    both = make.GroupFactory(name="Both", format="hybrid", access=["captions", "step_free"], languages=["cy"])
    carers, grief, sleep = (
        make.TermFactory(kind="audience", name="Carers"),
        make.TermFactory(name="Grief"),
        make.TermFactory(name="Sleep"),
    )
    walk.terms.set([carers, grief])
    circle.terms.set([sleep])
    both.terms.set([carers, sleep])
    make.MembershipFactory(group=circle)
    saturday = timezone.localdate() + timedelta(days=(5 - timezone.localdate().weekday()) % 7 + 7)
    meets(walk, saturday, time(10))
    meets(circle, saturday + timedelta(days=3), time(19))
    return {"area": area, "carers": carers, "grief": grief, "sleep": sleep}


def meets(group, day, clock):
    moment = datetime.combine(day, clock, UTC)
    make.SessionFactory(group=group, local_date=day, local_time=clock, starts_at=moment)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"where": "online"}, ["Both", "Circle"]),
        ({"where": "in_person"}, ["Both", "Walk"]),
        ({"where": ["online", "in_person"]}, ["Both", "Circle", "Walk"]),
        ({"day": "6"}, ["Walk"]),
        ({"day": "2"}, ["Circle"]),
        ({"day": "3"}, []),
        ({"when": "daytime"}, ["Walk"]),
        ({"when": "evening"}, ["Circle"]),
        ({"when": "weekend"}, ["Walk"]),
        ({"when": ["weekend", "evening"]}, []),
        ({"when": ["daytime", "evening"]}, ["Circle", "Walk"]),
        ({"when": "weekend", "day": "2"}, ["Circle", "Walk"]),
        ({"language": "es"}, ["Walk"]),
        ({"language": "en"}, ["Circle", "Walk"]),
        ({"area": "area"}, ["Walk"]),
        ({"audience": "carers"}, ["Both", "Walk"]),
        ({"topic": ["grief", "sleep"]}, ["Both", "Circle", "Walk"]),
        ({"topic": ["grief"], "audience": "carers"}, ["Walk"]),
        ({"need": "captions"}, ["Both", "Circle"]),
        ({"need": ["captions", "step_free"]}, ["Both"]),
        ({"room": "on"}, ["Both", "Walk"]),
        ({"q": "walk", "where": "in_person", "when": "weekend", "room": "on", "need": "step_free"}, ["Walk"]),
    ],
    ids=str,
)
def test_each_filter_finds(client, three, query, names):
    asked = {
        key: [three[one].public_id if one in three else one for one in (value if isinstance(value, list) else [value])]
        for key, value in query.items()
    }

    assert found(client, asked) == names


@pytest.mark.parametrize(
    "query",
    [
        {"where": "moon", "when": "never", "need": "x", "day": "8", "language": "xx", "area": "1", "near": "'"},
        {
            "topic": ["x", "00000000-0000-0000-0000-000000000000"],
            "audience": "",
            "room": "",
            "after": "x/../y",
            "page": "9",
        },
        {"day": ["2", ""], "where": [""], "q": ""},
    ],
    ids=["unknown", "empty", "twice"],
)
def test_what_cannot_be_read_is_left_out(client, three, query):
    assert found(client, query) == ["Both", "Circle", "Walk"]


def test_one_unknown_choice_does_not_take_the_others_with_it(client, three):
    assert found(client, {"where": ["moon", "in_person"]}) == ["Both", "Walk"]


def test_what_is_looked_for_stays_in_the_form_and_in_the_count(client, three):
    page = said(client.get("/groups/", {"q": "a", "where": "in_person", "day": "6", "near": three["area"].public_id}))

    assert "1 group: In person, Saturday, nearest to Harbourside" in page
    assert 'value="in_person" checked' in page
    assert '<option value="6" selected>Saturday</option>' in page
    assert f'<option value="{three["area"].public_id}" selected>Harbourside</option>' in page
    assert '<details class="quiet-details" open>' in page
    assert '<details class="quiet-details" open>' not in said(client.get("/groups/", {"where": "online"}))


# -- the nearest first ----------------------------------------------------------------------------
def test_nearest_first_with_words_for_the_distance(client, organisation):
    here, near, far, unmapped = (
        make.AreaFactory(name="Harbourside", **HARBOUR),
        make.AreaFactory(name="Easton", **EASTON),
        make.AreaFactory(name="Bath", **BATH),
        make.AreaFactory(name="Elsewhere"),
    )
    close = make.AreaFactory(name="Quays", latitude=51.450, longitude=-2.597)
    for name, area in (
        ("No area", None),
        ("Away", far),
        ("Zoo", near),
        ("Art", near),
        ("Home", here),
        ("Close", close),
    ):
        make.GroupFactory(name=name, area=area, format="in_person")
    make.GroupFactory(name="Screen", area=near, format="online")
    make.GroupFactory(name="Somewhere", area=unmapped, format="in_person")

    cards = client.get("/groups/", {"near": here.public_id}).context["cards"]

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
    "query", [{}, {"q": "worry", "where": "online", "day": "2", "room": "on"}, {"near": "here"}], ids=str
)
@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_the_same_few_questions(client, organisation, django_assert_num_queries, number, query):
    area = make.AreaFactory(**HARBOUR)
    make.CrisisLineFactory()
    term = make.TermFactory()
    for group in make.GroupFactory.create_batch(number, area=area):
        group.terms.add(term)
        make.MembershipFactory(group=group)
        meets(group, timezone.localdate() + timedelta(days=(1 - timezone.localdate().weekday()) % 7 + 7), time(19))
    query = {key: area.public_id if key == "near" else value for key, value in query.items()}

    # topics, areas, which groups, the groups, how many, their next meetings, organisation, help lines
    with django_assert_num_queries(8):
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
        "español, English", "£2 for tea", "Step-free", 'lang="es" dir="auto"',
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
