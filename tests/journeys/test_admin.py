"""What an admin meets around the main job: forms that help, choices that stay theirs, and doors that stay shut."""

import pytest

from groups.models import Invitation
from people.models import Organisation, User
from resources.models import CrisisLine
from tests.factories import CrisisLineFactory, GroupFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.journeys.conftest import DESK, has_account, signs_in

pytestmark = pytest.mark.browser

AMAL = "amal@example.org"
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@pytest.fixture
def amal_with(site, somebody):
    """`amal_with(scripts)`: the admin, signed in at a desk."""
    OrganisationFactory()
    has_account(AMAL, display_name="Amal", is_admin=True)

    def arrives(scripts):
        amal = somebody(screen=DESK, scripts=scripts)
        signs_in(amal, AMAL)
        return amal

    return arrives


@BOTH
def test_half_an_address_is_named_and_the_others_are_not_lost(amal_with, scripts):
    amal = amal_with(scripts)
    amal.opens("/manage/members/invite/")
    amal.writes(emails="kofi@example.org\nmo@")
    amal.chooses("Member")
    amal.clicks("Send the invitations")
    assert amal.page.title().startswith("Error: ")
    amal.sees("This is not a whole e-mail address: mo@")
    assert not Invitation.objects.exists()

    amal.page.locator(".errors a").first.click()
    assert amal.page.url.endswith("#id_emails")
    assert amal.page.locator("[name=emails]").input_value() == "kofi@example.org\nmo@"
    amal.writes(emails="kofi@example.org, mo@example.org")
    amal.clicks("Send the invitations")

    amal.sees("2 invitations are on their way.")
    assert set(Invitation.objects.values_list("email", flat=True)) == {"kofi@example.org", "mo@example.org"}


@BOTH
def test_a_line_stands_at_the_foot_only_after_somebody_put_a_name_to_it(amal_with, scripts):
    CrisisLineFactory(name="Emergency services", number="999", words="Danger right now", emergency=True)
    CrisisLineFactory(confirmed_at=None, confirmed_by=None)
    amal = amal_with(scripts)
    amal.opens("/manage/help-lines/confirm/")
    assert amal.page.locator("#help a").count() == 1

    amal.clicks("Save with my name, Amal")
    amal.sees("Tick each line that you rang or looked up")
    amal.chooses("I rang or looked up this line: Call 999", "I rang or looked up this line: Call 116 123")
    amal.clicks("Save with my name, Amal")

    assert amal.page.locator("#help a").count() == 2
    assert {line.confirmed_by.email for line in CrisisLine.objects.all()} == {AMAL}


@BOTH
def test_a_role_is_given_and_the_person_it_is_given_to_is_found_by_name(amal_with, scripts):
    UserFactory(display_name="Priya")
    amal = amal_with(scripts)
    amal.opens("/manage/members/?q=priya")
    amal.clicks("Priya", within="main")
    amal.chooses("Safety lead")
    amal.clicks("Save the roles")

    amal.sees("Saved. It counts from their next click.")
    assert User.objects.get(display_name="Priya").is_safety_lead


@BOTH
def test_settings_are_kept_and_stand_on_the_pages_that_speak_of_them(amal_with, scripts):
    amal = amal_with(scripts)
    amal.opens("/manage/settings/")
    amal.writes(contact="0113 496 0321", hours="Weekdays, 10 to 4")
    amal.clicks("Save the settings")

    assert Organisation.current().contact == "0113 496 0321"
    amal.opens("/help/")
    amal.sees("0113 496 0321, Monday to Friday, 9:00 am to 5:00 pm, London time. Weekdays, 10 to 4")


def test_what_people_say_in_groups_is_not_for_admins(amal_with):
    group = MembershipFactory(group=GroupFactory(), alias="Wren").group
    amal = amal_with(scripts=True)

    for page in ["run/", "run/notes/", "members/"]:
        amal.opens(f"/groups/{group.slug}/{page}")
        assert amal.heading in {"We can't find that page", "That page is for someone else"}
        amal.does_not_see("Wren")
