"""What a member counts on: a way in, a way out that leaves nothing behind, and no dead ends."""

import pytest
from django.conf import settings

from groups.services import leave_group
from people.models import User
from tests.factories import GroupFactory, MembershipFactory, OrganisationFactory
from tests.journeys.conftest import code_for, has_account, signs_in, signs_up
from tests.journeys.elsewhere import EXIT

pytestmark = pytest.mark.browser

WREN = "wren@example.org"
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(autouse=True)
def _organisation(site):
    OrganisationFactory()


@pytest.fixture
def wren(somebody):
    """Wren belongs to one group and has signed in."""
    return signed_in_at(somebody())


def signed_in_at(browser):
    MembershipFactory(user=has_account(WREN, display_name="Wren"), group=GroupFactory(name="Quiet evenings"))
    signs_in(browser, WREN)
    assert browser.path == "/home/"
    return browser


# -- the way in -----------------------------------------------------------------------------------
@BOTH
def test_an_account_needs_an_address_and_the_code_that_came_there(somebody, scripts):
    newcomer = somebody(scripts=scripts)
    newcomer.opens("/")
    newcomer.clicks("Sign in")
    newcomer.clicks("Make an account")

    signs_up(newcomer, "new@example.org")

    assert (newcomer.path, User.objects.get().email) == ("/home/", "new@example.org")
    newcomer.sees("Find a group that suits you")


@BOTH
def test_a_code_from_the_mail_is_enough_to_sign_in(somebody, scripts):
    has_account(WREN, display_name="Wren")
    wren = somebody(scripts=scripts)
    wren.opens("/accounts/login/")
    wren.clicks("Send me a code by e-mail")
    wren.writes(email=WREN)
    wren.clicks("Send me a code")

    wren.writes(code=code_for(WREN))
    wren.clicks("Go on")

    assert wren.path == "/home/"
    wren.sees("Wren")


# -- the way out ----------------------------------------------------------------------------------
def sees_nothing_private_when_going_back(wren):
    """Back, or the address typed again: neither shows a page of somebody who has left."""
    assert wren.page.url.startswith(f"https://{EXIT}")
    assert wren.faults == []
    wren.page.go_back()
    assert wren.path not in {"/home/", "/you/"}
    wren.does_not_see("Wren", "Quiet evenings")
    wren.page.goto(f"{wren.site}/home/")
    assert wren.heading == "Sign in"


@BOTH
def test_leave_signs_out_goes_away_and_back_shows_nothing(somebody, scripts):
    wren = signed_in_at(somebody(scripts=scripts))
    wren.clicks("You")

    wren.leaves_through("Leave")

    sees_nothing_private_when_going_back(wren)
    assert settings.SESSION_COOKIE_NAME not in wren.cookies


def test_shift_three_times_leaves_too(wren):
    with wren.page.expect_navigation(url=f"https://{EXIT}/**"):
        for _press in range(3):
            wren.page.keyboard.press("Shift")

    sees_nothing_private_when_going_back(wren)


def test_shift_on_the_way_to_a_capital_letter_stays(wren):
    for key in ["Shift", "Shift", "a", "Shift", "Shift"]:
        wren.page.keyboard.press(key)

    wren.opens("/you/")
    assert wren.heading == "You"


@BOTH
def test_after_signing_out_back_shows_nothing_private(somebody, scripts):
    wren = signed_in_at(somebody(scripts=scripts))
    wren.clicks("You")

    wren.clicks("Sign out")
    wren.page.go_back()

    assert wren.heading == "Sign in"
    wren.does_not_see("Wren")


def test_who_left_a_group_is_outside_at_the_next_click(wren):
    membership = User.objects.get(email=WREN).memberships.get()
    wren.clicks("Quiet evenings")
    leave_group(membership.user, membership=membership)

    wren.clicks("Who is here")

    assert wren.heading == "We can't find that page"


# -- forms and keys -------------------------------------------------------------------------------
@BOTH
def test_what_is_missing_is_said_first_and_nothing_typed_is_lost(somebody, scripts):
    MembershipFactory(user=has_account(WREN), group=GroupFactory())
    group = GroupFactory(name="Night owls")
    wren = somebody(scripts=scripts)
    signs_in(wren, WREN)
    wren.opens(f"/groups/{group.slug}/ask/")
    wren.chooses("I have read this and I will keep to it")
    wren.clicks("Go on")
    wren.writes(alias="", words="Nights are long.")

    wren.clicks("Ask to join")

    assert wren.page.title().startswith("Error: ")
    assert wren.page.locator("[name=words]").input_value() == "Nights are long."
    if scripts:
        assert wren.page.locator(".errors").evaluate("summary => summary === document.activeElement")
    wren.page.locator(".errors").get_by_role("link", name="Choose a name for this group").click()
    assert wren.page.url.endswith("#id_alias")
    wren.page.keyboard.type("Wren")
    assert wren.page.locator("[name=alias]").input_value() == "Wren"


def test_the_keyboard_goes_from_the_skip_link_through_the_page_in_order(wren):
    wren.opens("/home/")
    wren.page.keyboard.press("Tab")
    assert wren.focus == "Skip to main content"
    assert wren.focus_can_be_seen

    wren.page.keyboard.press("Enter")
    wren.page.keyboard.press("Tab")
    assert wren.page.evaluate("document.querySelector('main').contains(document.activeElement)")

    wren.opens("/home/")
    assert wren.stops_of_the_tab_key(7)[1:] == ["PeerHub", "Home", "Groups", "Resources", "You", "Help now"]


def test_dark_is_kept_from_page_to_page_and_for_the_next_visit(wren, somebody):
    light = wren.page.evaluate(BACKGROUND)
    wren.clicks("You")
    wren.chooses("Dark")
    wren.clicks("Use this")
    dark = wren.page.evaluate(BACKGROUND)
    wren.clicks("Home")
    assert wren.page.evaluate(BACKGROUND) == dark != light

    again = somebody()
    signs_in(again, WREN)
    assert again.page.evaluate(BACKGROUND) == dark
