"""Managing."""

import pytest
from django.test import Client

from groups.models import Group
from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    SafetyLeadFactory,
    UserFactory,
)
from tests.groups.pages.world import SETTINGS, at

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/manage/groups/", "/manage/groups/new/", "/manage/groups/quiet-harbour/facilitators/"]
)
def test_managing_is_for_admins(client, as_person, group, facilitator, path):
    assert client.get(path).url.startswith("/accounts/login/")
    for stranger in (UserFactory(), SafetyLeadFactory(), facilitator.user):
        assert as_person(stranger).get(path).status_code == 403
        assert as_person(stranger).post(path, SETTINGS).status_code in {403, 405}
    assert as_person(AdminFactory()).get(path).status_code == 200


@pytest.mark.parametrize("number", [1, 30])
def test_manage_list_asks_the_same_few_questions(as_person, organisation, django_assert_num_queries, number):
    FacilitatorFactory.create_batch(number)
    browser = as_person(AdminFactory())

    with django_assert_num_queries(6):
        browser.get("/manage/groups/")


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("", ["Calm", "Draft", "Over"]),
        ("draft", ["Draft"]),
        ("open", ["Calm"]),
        ("archived", ["Over"]),
        ("x", ["Calm", "Draft", "Over"]),
    ],
)
def test_manage_list_shows_kinds_by_state_and_never_a_pair(as_person, organisation, state, names):
    programme = GroupFactory(name="Calm", kind="programme")
    GroupFactory(name="Draft", state="draft", opened_at=None)
    GroupFactory(name="Over", state="archived")
    GroupFactory(name="Two of us", kind="pair", parent=programme, capacity=1, listed=False)

    response = as_person(AdminFactory()).get("/manage/groups/", {"state": state})

    assert [group.name for group in response.context["page"]] == names
    assert (">Mentoring programme</td>" in response.content.decode()) == ("Calm" in names)


def test_an_admin_makes_a_group_and_gives_it_to_somebody(as_person, organisation):
    browser, person = as_person(AdminFactory()), UserFactory(display_name="Marisol")

    made = browser.post("/manage/groups/new/", SETTINGS)
    group = Group.objects.get()
    browser.post(at("appoint", group), {"person": person.public_id, "alias": ""})

    assert made.url == at("open", group)
    assert group.memberships.facilitators().get().alias == "Marisol"


def test_a_taken_name_is_said_at_the_field(as_person, group):
    response = as_person(AdminFactory()).post("/manage/groups/new/", SETTINGS | {"name": "EVENINGS with anxiety"})

    assert response.status_code == 422
    assert response.context["form"].errors == {
        "name": ["Another group has this name. Choose one that tells them apart"]
    }


@pytest.mark.logs_errors
def test_forms_are_guarded_against_other_sites(group):
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(at("ask", group), {"agree": "on", "version": 1}).status_code == 403
