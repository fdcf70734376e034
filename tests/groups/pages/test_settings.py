"""Every setting of a group, on the page that makes it and on the page that changes it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups.models import Area, Group, Term
from people.models import AuditEntry
from tests.factories import AdminFactory, FacilitatorFactory, GroupFactory, MembershipFactory
from tests.groups.pages.world import SETTINGS, at, said

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=11)
LATER = TODAY + timedelta(days=95)


@pytest.fixture
def words():
    return {
        "topic": Term.objects.create(kind="topic", name="Low days"),
        "audience": Term.objects.create(kind="audience", name="New parents"),
        "area": Area.objects.create(name="Harbour side"),
    }


def everything(words):
    return SETTINGS | {
        "kind": "cohort",
        "topics": [words["topic"].pk],
        "audiences": [words["audience"].pk],
        "area": words["area"].pk,
        "languages": ["en", "es"],
        "format": "hybrid",
        "place": "Quay Hall",
        "access": ["step_free", "captions"],
        "access_notes": "Tea.",
        "cost": "2 pounds",
        "starts_on": SOON.isoformat(),
        "ends_on": LATER.isoformat(),
        "opens_again_on": (LATER + timedelta(days=20)).isoformat(),
        "allows_visits": "on",
        "offers_talk": "on",
        "shows_members": "on",
        "indexable": "on",
        "shared_openly": "on",
        "offer_hours": "24",
        "last_ritual": "A round.\r\nThen home.",
        "slug": "calm-quay",
    }


def as_it_is(group):
    kept = "kind format place cost capacity intake offer_hours access_notes starts_on ends_on last_ritual slug"
    return {name: getattr(group, name) for name in kept.split()} | {
        "topics": [term.name for term in group.terms.filter(kind="topic")],
        "audiences": [term.name for term in group.terms.filter(kind="audience")],
        "area": str(group.area),
        "lists": (sorted(group.access), sorted(group.languages)),
        "ticks": (group.allows_visits, group.offers_talk, group.shows_members, group.indexable, group.shared_openly),
    }


WANTED = {
    "kind": "cohort", "format": "hybrid", "place": "Quay Hall", "cost": "2 pounds", "capacity": 8,
    "intake": "request", "offer_hours": 24, "access_notes": "Tea.", "starts_on": SOON, "ends_on": LATER,
    "last_ritual": "A round.\nThen home.", "slug": "calm-quay", "topics": ["Low days"],
    "audiences": ["New parents"], "area": "Harbour side", "lists": (["captions", "step_free"], ["en", "es"]),
    "ticks": (True, True, True, True, True),
}  # fmt: skip


def test_a_group_is_made_with_every_setting(as_person, organisation, words):
    made = as_person(AdminFactory()).post("/manage/groups/new/", everything(words))

    assert made.url == "/groups/calm-quay/run/open/"
    assert as_it_is(Group.objects.get()) == WANTED


def test_every_setting_is_changed_and_the_page_goes_to_the_new_address(as_person, group, facilitator, words):
    saved = as_person(facilitator.user).post(at("settings", group), everything(words))

    assert saved.url == "/groups/calm-quay/run/settings/"
    assert as_it_is(Group.objects.get()) == WANTED


def test_fewer_places_than_people_are_saved_and_nobody_is_removed(as_person, group, facilitator):
    MembershipFactory.create_batch(3, group=group)

    saved = as_person(facilitator.user).post(at("settings", group), SETTINGS | {"capacity": "1"})

    assert (saved.status_code, Group.objects.get(pk=group.pk).capacity) == (302, 1)
    assert group.memberships.members().count() == 3


def test_signs_that_hide_something_are_taken_out_of_a_title(as_person, group, facilitator):
    as_person(facilitator.user).post(at("settings", group), SETTINGS | {"name": "Even\u200bings\u202e"})

    assert Group.objects.get(pk=group.pk).name == "Even ings"  # a gap that can be seen stands in their stead


def test_saving_what_stands_changes_nothing(as_person, group, facilitator, words):
    browser = as_person(facilitator.user)
    browser.post(at("settings", group), everything(words))
    group.refresh_from_db()
    form = browser.get(at("settings", group)).context["form"]
    shown = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    sent = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in shown.items()}

    assert browser.post(at("settings", group), sent).status_code == 302

    assert as_it_is(Group.objects.get()) == WANTED
    assert AuditEntry.objects.filter(action="group.change").count() == 1


def test_an_empty_address_stays_and_words_nobody_keeps_are_not_asked_for(as_person, group, facilitator):
    browser = as_person(facilitator.user)
    fields = browser.get(at("settings", group)).context["form"].fields

    browser.post(at("settings", group), SETTINGS | {"slug": "", "offer_hours": ""})

    group.refresh_from_db()
    assert (group.slug, group.offer_hours) == ("quiet-harbour", 48)
    assert {"topics", "audiences", "area"} & set(fields) == set()


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"kind": "pair"}, "kind", "Choose a kind from the list"),
        ({"kind": ""}, "kind", "Say what kind it is"),
        ({"kind": "programme"}, "kind", "People came to what it is"),
        ({"kind": "cohort"}, "starts_on", "Say on which day the course starts"),
        ({"starts_on": "soon"}, "starts_on", "Write the day like 2027-01-05"),
        ({"starts_on": LATER, "ends_on": SOON}, "ends_on", "Choose a last day on or after the first"),
        ({"ends_on": TODAY - timedelta(days=3)}, "ends_on", "Choose a last day that is still to come"),
        ({"slug": "nothing-fits"}, "slug", "A page of ours has this address"),
        ({"slug": "slow-tide"}, "slug", "Another group has this address"),
        ({"slug": "Über uns"}, "slug", "Use small letters, figures and hyphens"),
        ({"slug": "a--b"}, "slug", "Use small letters, figures and hyphens"),
        ({"slug": "../manage"}, "slug", "Use small letters, figures and hyphens"),
        ({"offer_hours": "2"}, "offer_hours", "Write a number of hours from 12 to 336"),
        ({"listed": "", "indexable": "on"}, "indexable", "Only a group that is shown to anyone"),
        ({"listed": "", "shared_openly": "on"}, "shared_openly", "Only a group that is shown to anyone"),
        ({"access": ["lift"]}, "access", "Choose from the list"),
        ({"capacity": "0"}, "capacity", "A group has at least one place"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_said_at_its_field(as_person, group, facilitator, wrong, field, words):
    GroupFactory(slug="slow-tide")

    response = as_person(facilitator.user).post(at("settings", group), SETTINGS | {"about": "Tea first."} | wrong)

    assert (response.status_code, "Tea first." in said(response)) == (422, True)
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert words in errors[field][0]


@pytest.mark.parametrize(("wrong", "opened"), [({"slug": "new"}, True), ({"name": ""}, False)])
def test_rare_things_are_folded_up_unless_one_is_to_be_put_right(as_person, group, facilitator, wrong, opened):
    page = said(as_person(facilitator.user).post(at("settings", group), SETTINGS | wrong))

    assert ('<details class="quiet-details" open>' in page) == opened


@pytest.mark.parametrize("sent", ["999999", "x", ["1", "x"]])
def test_words_that_nobody_keeps_are_refused_kindly(as_person, group, facilitator, words, sent):
    response = as_person(facilitator.user).post(at("settings", group), SETTINGS | {"topics": sent, "area": "x"})

    errors = response.context["form"].errors
    assert (response.status_code, errors) == (
        422,
        {"topics": ["Choose from the list"], "area": ["Choose an area from the list"]},
    )


@pytest.mark.parametrize("kind", ["family", "programme", "cohort"])
def test_each_kind_is_made_and_opened_on_pages_alone(as_person, organisation, kind):
    browser = as_person(AdminFactory())

    made = browser.post("/manage/groups/new/", SETTINGS | {"kind": kind, "starts_on": SOON.isoformat()})

    group = Group.objects.get()
    assert (made.url, group.kind, group.state) == (at("open", group), kind, "draft")
    assert browser.get(made.url).status_code == 200


@pytest.mark.parametrize("name", ["settings", "open", "agreement-edit", "ending", "end-now", "reopen", "appoint"])
def test_a_pair_has_none_of_these_pages(as_person, organisation, name):
    programme = GroupFactory(kind="programme")
    two = GroupFactory(kind="pair", parent=programme, capacity=1, listed=False)
    people = [AdminFactory()] if name == "appoint" else [AdminFactory(), FacilitatorFactory(group=two).user]

    for person in people:
        assert as_person(person).get(at(name, two)).status_code == 404
        assert as_person(person).post(at(name, two), SETTINGS).status_code == 404

    two.refresh_from_db()
    assert (two.kind, two.state) == ("pair", "open")
