"""Looking for a group: what is found by which words and filters, and what never is."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from groups.models import Area, Group, Term
from tests import factories as make
from tests.groups.pages.world import found, meets, said

pytestmark = pytest.mark.django_db
HARBOUR = {"latitude": 51.449, "longitude": -2.598}


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
        ("where", False),
        ("speaks", False),
        ("meets", False),
        ("area", False),
        ("term", False),
        (":area", False),
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


def test_languages_are_those_that_somebody_would_find(client, three):
    make.GroupFactory(name="Hidden", languages=["fr"], listed=False)
    offered = [
        [code for code, _name in client.get("/groups/", query).context["search"].fields["language"].choices]
        for query in ({}, {"language": "pl"}, {"language": "xx"})
    ]

    assert offered == [["", "cy", "en", "es"], ["", "cy", "en", "es", "pl"], ["", "cy", "en", "es"]]
    assert found(client, {"language": "pl"}) == []


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
