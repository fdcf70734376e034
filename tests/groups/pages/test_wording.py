"""Where admins look after the organisation's own words and areas."""

import pytest
from django.urls import reverse

from groups import services
from groups.errors import StillInUse, WordTaken
from groups.models import Area, Term
from people.models import AuditEntry
from people.policy import NotAllowed
from tests import factories as make
from tests.groups.pages.world import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(as_person, organisation):
    return as_person(make.AdminFactory())


def names(model):
    return list(model.objects.order_by("pk").values_list("name", flat=True))


# -- who may not ----------------------------------------------------------------------------------
def test_only_admins_keep_the_words(as_person, organisation):
    browser, term, area = as_person(make.FacilitatorFactory().user), make.TermFactory(), make.AreaFactory()
    pages = {name: reverse(f"groups:{name}") for name in ("words", "areas")}
    pages |= {name: reverse(f"groups:{name}", args=[term.public_id]) for name in ("word", "word-drop")}
    pages |= {name: reverse(f"groups:{name}", args=[area.public_id]) for name in ("area", "area-drop")}

    assert {browser.post(page, {"name": "Mine", "kind": "topic"}).status_code for page in pages.values()} == {403}
    assert (names(Term), names(Area)) == ([term.name], [area.name])


def test_the_services_ask_the_policy_themselves():
    person, term, area = make.UserFactory(), make.TermFactory(), make.AreaFactory()
    tries = [
        lambda: services.keep_term(person, name="Mine", kind="topic"),
        lambda: services.drop_term(person, term=term),
        lambda: services.keep_area(person, name="Mine"),
        lambda: services.drop_area(person, area=area),
    ]

    for attempt in tries:
        with pytest.raises(NotAllowed):
            attempt()
    assert (names(Term), names(Area)) == ([term.name], [area.name])


# -- words ----------------------------------------------------------------------------------------
def test_a_word_is_added_renamed_and_taken_away(admin):
    admin.post("/manage/groups/words/", {"kind": "audience", "name": " Carers\u202e "})
    term = Term.objects.get()
    assert (term.kind, term.name) == ("audience", "Carers")

    admin.post(f"/manage/groups/words/{term.public_id}/", {"name": "Families"})
    assert names(Term) == ["Families"]
    assert "Families" in said(admin.get("/manage/groups/words/"))

    admin.post(f"/manage/groups/words/{term.public_id}/drop/")
    assert names(Term) == []
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "term.keep",
        "term.keep",
        "term.drop",
    ]


def test_a_word_that_a_group_uses_stays(admin):
    term = make.TermFactory(name="Grief")
    make.GroupFactory().terms.add(term)

    assert "/drop/" not in said(admin.get(f"/manage/groups/words/{term.public_id}/"))
    page = said(admin.post(f"/manage/groups/words/{term.public_id}/drop/", follow=True))

    assert ("Take it off the group first" in page, names(Term)) == (True, ["Grief"])
    with pytest.raises(StillInUse):
        services.drop_term(make.AdminFactory(), term=term)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "topic", "name": "GRIEF"}, "This word is there already"),
        ({"kind": "topic", "name": ""}, "Write the word"),
        ({"kind": "", "name": "Kept as typed"}, "Say whether it is a topic"),
        ({"kind": "pair", "name": "Kept as typed"}, "Kept as typed"),
        ({"kind": "topic", "name": "x" * 41}, "40"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_word_is_said_and_nothing_is_lost(admin, sent, words):
    make.TermFactory(name="Grief")

    response = admin.post("/manage/groups/words/", sent)

    assert (response.status_code, words in said(response), names(Term)) == (422, True, ["Grief"])
    assert sent["name"] in said(response)


def test_renaming_a_word_into_another_is_refused(admin):
    make.TermFactory(name="Grief")
    other = make.TermFactory(name="Loss")

    response = admin.post(f"/manage/groups/words/{other.public_id}/", {"name": "grief"})

    assert (response.status_code, names(Term)) == (422, ["Grief", "Loss"])
    assert services.keep_term(make.AdminFactory(), name="Grief", kind="audience").name == "Grief"
    with pytest.raises(WordTaken):
        services.keep_term(make.AdminFactory(), name="grief", kind="topic")


# -- areas ----------------------------------------------------------------------------------------
def test_an_area_is_added_changed_and_taken_away(admin):
    admin.post("/manage/groups/areas/", {"name": "Easton", "latitude": "51.464", "longitude": "-2.566"})
    area = Area.objects.get()
    assert (area.name, area.latitude, area.longitude) == ("Easton", 51.464, -2.566)
    assert "On the map" in said(admin.get("/manage/groups/areas/"))

    admin.post(f"/manage/groups/areas/{area.public_id}/", {"name": "East side", "latitude": "", "longitude": ""})
    area.refresh_from_db()
    assert (area.name, area.is_on_the_map) == ("East side", False)

    admin.post(f"/manage/groups/areas/{area.public_id}/drop/")
    assert names(Area) == []
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"area.keep", "area.drop"}


def test_an_area_with_a_group_stays(admin):
    area = make.AreaFactory()
    make.GroupFactory(area=area)

    page = said(admin.post(f"/manage/groups/areas/{area.public_id}/drop/", follow=True))

    assert ("Give the group another area first" in page, names(Area)) == (True, [area.name])
    with pytest.raises(StillInUse):
        services.drop_area(make.AdminFactory(), area=area)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": "easton"}, "This area is there already"),
        ({"name": ""}, "Give the area a name"),
        ({"name": "New", "latitude": "51"}, "Write both degrees"),
        ({"name": "New", "longitude": "0"}, "Write both degrees"),
        ({"name": "New", "latitude": "north", "longitude": "0"}, "Write the degrees in figures"),
        ({"name": "New", "latitude": "91", "longitude": "0"}, "between -85 and 85"),
        ({"name": "New", "latitude": "nan", "longitude": "0"}, "Write the degrees in figures"),
        ({"name": "New", "latitude": "0", "longitude": "-1e99"}, "between -180 and 180"),
    ],
    ids=str,
)
def test_what_is_wrong_with_an_area_is_said_and_nothing_is_lost(admin, sent, words):
    make.AreaFactory(name="Easton")

    response = admin.post("/manage/groups/areas/", sent)

    assert (response.status_code, words in said(response), names(Area)) == (422, True, ["Easton"])
    assert all(value in said(response) for value in sent.values())


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("page", ["words", "areas"])
def test_the_lists_ask_the_same_few_questions(admin, django_assert_num_queries, page, number):
    make.CrisisLineFactory()
    group = make.GroupFactory()
    group.terms.set(make.TermFactory.create_batch(number))
    make.AreaFactory.create_batch(number)
    admin.get(f"/manage/groups/{page}/")

    with django_assert_num_queries(5):
        admin.get(f"/manage/groups/{page}/")
