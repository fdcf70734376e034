"""Those who run a group: how they answer, what they change together with it, how it ends; and what others see of it."""

from datetime import timedelta

import pytest

from groups.words import starting_sections
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    RequestFactory,
    UserFactory,
)
from tests.journeys.conftest import MONDAY_MORNING, is_back, link_for

pytestmark = pytest.mark.browser

INES = "ines@example.org"
HOME = "/groups/quiet-river/"
PROPOSED = "A pause in the middle would help me."


@pytest.fixture
def group(site, clock):
    """Marisol and Tunde run it, and Jun said yes to what they agreed."""
    OrganisationFactory(contact="0113 496 0321", crisis_confirmed_at=MONDAY_MORNING, crisis_confirmed_by=AdminFactory())
    group = GroupFactory(name="Quiet evenings", slug="quiet-river", offers_talk=True)
    for name in ("Marisol", "Tunde"):
        FacilitatorFactory(group=group, alias=name, user=UserFactory(display_name=name))
    jun = MembershipFactory(group=group, alias="Jun").user
    agreement = AgreementFactory(group=group, sections=starting_sections())
    AcceptanceFactory(agreement=agreement, user=jun)
    return group


def known_as(group, alias):
    return group.memberships.get(alias=alias).user


# -- answering people -----------------------------------------------------------------------------
def test_a_talk_first_and_another_group_in_the_end(group, somebody, clock):
    GroupFactory(name="Night owls", purpose="For those who are awake at three.")
    RequestFactory(group=group, alias="Ines", user=UserFactory(email=INES))
    ines, marisol = (somebody(signed_in=known_as(group, alias)) for alias in ("Ines", "Marisol"))

    they_offer_a_talk(marisol)
    she_says_yes_to_it(ines)
    clock.move_to(MONDAY_MORNING + timedelta(days=1, hours=5))
    is_back(ines, known_as(group, "Ines")), is_back(marisol, known_as(group, "Marisol"))
    they_suggest_another_group(marisol)

    ines.opens(link_for(INES))
    assert ines.heading == "Not this group, this time"
    ines.sees("That says nothing about you.", "They suggest this one")
    ines.clicks("Night owls")
    ines.sees("Ask to join", "For those who are awake at three.")


def they_offer_a_talk(marisol):
    marisol.opens("/today/")
    marisol.clicks("Answer Ines")
    marisol.clicks("Offer a short talk")
    marisol.writes(day="2027-01-05", clock="14:00")
    marisol.clicks("Offer this time")
    marisol.sees("Say how you talk")
    assert marisol.page.locator("[name=clock]").input_value() == "14:00"
    marisol.writes(how="By phone, I call you")
    marisol.clicks("Offer this time")
    marisol.sees("Offered", "By phone, I call you")


def she_says_yes_to_it(ines):
    ines.opens(link_for(INES))
    ines.sees("A short talk first?", "Tuesday 5 January, 2:00 pm", "By phone, I call you")
    ines.clicks("Yes, that works")
    ines.sees("You talk with each other")


def they_suggest_another_group(marisol):
    marisol.opens("/today/")
    marisol.clicks("Answer Ines")
    marisol.sees("Agreed")
    marisol.clicks("We have talked")
    marisol.sees("You have talked")
    marisol.unfolds("Not this group")
    marisol.picks("suggestion", "Night owls")
    marisol.clicks("Answer: not this group")


def test_a_place_is_ended_with_a_reason_and_the_way_to_talk_about_it(group, somebody):
    jun, marisol = (somebody(signed_in=known_as(group, alias)) for alias in ("Jun", "Marisol"))
    marisol.opens(HOME + "members/")
    marisol.clicks("Open the page about Jun")
    marisol.clicks("End their place")
    marisol.clicks("End their place")
    assert marisol.page.title().startswith("Error: ")
    marisol.chooses("Put them out, and they cannot ask again", "The agreement was broken")
    marisol.clicks("End their place")
    marisol.sees("Done. Jun has no place here any more.")

    jun.opens("/home/")
    jun.clicks("Read what, and who is there for you")
    jun.sees("something the group agreed to was not kept", "0113 496 0321", "Other groups")
    jun.does_not_see("Marisol")
    jun.opens(HOME + "members/")
    assert jun.heading == "We can't find that page"


def test_a_link_is_passed_on_to_somebody_without_an_account(group, somebody):
    type(group).objects.update(listed=False, intake="invitation")
    marisol = somebody(signed_in=known_as(group, "Marisol"))
    marisol.opens(HOME + "run/")
    marisol.clicks("A link to pass on")
    marisol.chooses("30 days")
    marisol.clicks("Make a link")
    address = marisol.page.locator("main section a").first.inner_text()

    kofi = somebody()
    kofi.opens("/groups/")
    kofi.does_not_see("Quiet evenings")
    kofi.opens(address)
    kofi.sees("Quiet evenings", "Somebody gave you its link.")
    kofi.does_not_see("Jun")
    assert kofi.cookies == set()
    kofi.clicks("Ask to join")
    kofi.sees("Ask to join, step 1 of 2", "In the next step you sign in or make an account.")

    marisol.clicks("Take it back")
    somebody_else = somebody()
    somebody_else.opens(address)
    somebody_else.does_not_see("Quiet evenings")


# -- what the group agrees to, who is there, and the end ------------------------------------------
def test_a_proposal_becomes_a_new_version_that_asks_for_a_yes(group, somebody):
    jun, marisol = (somebody(signed_in=known_as(group, alias)) for alias in ("Jun", "Marisol"))
    he_proposes_a_change(jun)
    they_take_it_up(marisol)
    he_says_yes_to_the_new_version(jun)
    said_yes = {acceptance.user for acceptance in group.agreement.acceptances.all()}
    assert said_yes == {known_as(group, "Marisol"), known_as(group, "Jun")}


def he_proposes_a_change(jun):
    jun.opens(HOME + "agreement/")
    jun.clicks("Propose a change")
    jun.writes(words=PROPOSED)
    jun.clicks("Send it without my name")
    jun.sees("What you proposed", PROPOSED, "Not read yet")


def they_take_it_up(marisol):
    marisol.opens("/today/")
    marisol.does_not_see(PROPOSED)
    marisol.opens(HOME + "run/proposals/")
    marisol.sees(PROPOSED)
    marisol.does_not_see("Jun")
    marisol.clicks("Take it up")
    marisol.writes(own0_promise="We pause for ten minutes at eight.")
    marisol.clicks("See what changes")
    marisol.sees("Nothing is published yet.", "We pause for ten minutes at eight. New", "2 people will be asked again")
    marisol.fits_a_small_phone()
    marisol.clicks("Publish version 2")
    marisol.sees("Version 2 is published.")


def he_says_yes_to_the_new_version(jun):
    jun.opens(HOME + "members/")
    assert jun.path == HOME + "agreement/"
    jun.opens("/home/")
    jun.clicks("Read it: Quiet evenings")
    jun.sees("The agreement has changed since you said yes.", "We pause for ten minutes at eight. New", "Taken up")
    jun.chooses("I have read this and I will keep to it")
    jun.clicks("I agree")
    jun.opens(HOME + "members/")
    jun.sees("3 people", "Tunde")


def test_time_off_and_an_end_that_everybody_knows_of(group, somebody):
    jun, marisol = (somebody(signed_in=known_as(group, alias)) for alias in ("Jun", "Marisol"))
    they_take_time_off(marisol)
    jun.opens(HOME)
    jun.sees("Marisol is taking some time off until 12 January. Tunde is your contact till then.")
    they_plan_the_end(marisol)
    jun.opens(HOME)
    jun.sees("This group ends on Sunday 17 January")
    they_end_it_now(marisol)
    jun.opens(HOME)
    assert jun.page.locator("main .note h2").first.inner_text() == "This group has ended"
    jun.sees("It ended on 4 January 2027.", "You can still read this page")
    they_open_it_again(marisol)
    jun.opens(HOME)
    jun.sees("You belong here")
    jun.does_not_see("This group has ended")


def they_take_time_off(marisol):
    marisol.opens(HOME + "run/me/")
    marisol.clicks("Take some time off")
    marisol.writes(ends_on="2027-01-12")
    marisol.picks("cover", "Tunde")
    marisol.clicks("Save it")
    marisol.sees("4 January to 12 January", "Tunde stands in")


def they_plan_the_end(marisol):
    marisol.opens(HOME + "run/")
    marisol.clicks("How it ends")
    marisol.writes(ends_on="2027-01-17")
    marisol.clicks("Plan the ending")
    marisol.opens("/today/")
    marisol.sees("Ends on Sunday 17 January. The last session has a plan")


def they_end_it_now(marisol):
    marisol.opens(HOME + "run/ending/")
    marisol.clicks("End the group now")
    marisol.sees("Today: sessions that have not begun are cancelled")
    marisol.clicks("End the group now")


def they_open_it_again(marisol):
    marisol.opens(HOME + "run/")
    marisol.clicks("Open it again")
    marisol.sees("Who belonged still belongs")
    marisol.clicks("Open it again")
