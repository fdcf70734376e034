"""A group without a free place: whoever is first in line is offered one, and the next when the time is over."""

from datetime import timedelta

import pytest

from groups.services import offer_free_places, run_out_offers
from tests.factories import (
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
    WaitingFactory,
)
from tests.journeys.conftest import MONDAY_MORNING, is_back, link_for

pytestmark = pytest.mark.browser

INES, KOFI = "ines@example.org", "kofi@example.org"


@pytest.fixture
def group(site, clock):
    """One place, and Jun has it."""
    OrganisationFactory()
    group = GroupFactory(name="Quiet evenings", slug="quiet-river", capacity=1)
    FacilitatorFactory(group=group, alias="Marisol")
    MembershipFactory(group=group, alias="Jun")
    AgreementFactory(group=group)
    return group


def known_as(group, alias):
    return group.memberships.get(alias=alias).user


def test_somebody_leaves_and_the_place_is_held_for_the_first_in_line(group, somebody):
    ines = somebody(signed_in=UserFactory(email=INES))
    jun, marisol = (somebody(signed_in=known_as(group, alias)) for alias in ("Jun", "Marisol"))

    she_asks_all_the_same(ines)
    they_put_her_in_line(marisol)
    ines.opens(link_for(INES))
    ines.sees("You are on the waitlist", "They would like you to come, and every seat is taken.")
    he_leaves(jun)
    the_place_is_held_for_her(marisol)
    she_takes_it(ines)

    marisol.opens("/groups/quiet-river/members/")
    assert marisol.page.locator("main .list h3").all_inner_texts() == ["Ines", "Marisol"]


def she_asks_all_the_same(ines):
    ines.opens("/groups/")
    ines.sees("Full, waitlist open")
    ines.clicks("Quiet evenings")
    ines.sees("The one seat is taken")
    ines.clicks("Ask to join")
    ines.chooses("I have read this and I will keep to it")
    ines.clicks("Go on")
    ines.writes(alias="Ines")
    ines.chooses("By e-mail", "I am 18 or older")
    ines.clicks("Ask to join")


def they_put_her_in_line(marisol):
    marisol.opens("/today/")
    marisol.clicks("Answer Ines")
    marisol.sees("Every place is taken.")
    marisol.clicks("Put on the waitlist")
    marisol.opens("/groups/quiet-river/run/waiting/")
    marisol.sees("Every place is taken or held.", "Number 1, waiting since 4 January 2027")


def he_leaves(jun):
    jun.opens("/groups/quiet-river/leave/")
    jun.clicks("Leave the group")
    jun.sees("You are welcome back any time.")


def the_place_is_held_for_her(marisol):
    marisol.opens("/groups/quiet-river/run/waiting/")
    marisol.sees("A place is held for", "Until Wednesday 6 January, 10:00 am", "The answer is theirs.")
    marisol.fits_a_small_phone()


def she_takes_it(ines):
    ines.opens(link_for(INES))
    ines.sees("A place is free", "It’s yours until Wednesday 6 January, 10:00 am", "Your name there", "Ines")
    ines.fits_a_small_phone()
    ines.clicks("Take it")
    ines.sees("The place is yours.", "You belong here")
    ines.clicks("Who is here")
    ines.sees("2 people", "Marisol")


def test_an_offer_that_nobody_answers_goes_on_to_the_next(group, somebody, clock):
    """Without scripts: nothing about a place depends on them."""
    for alias, email in [("Ines", INES), ("Kofi", KOFI)]:
        WaitingFactory(group=group, alias=alias, user=UserFactory(email=email))
    ines, kofi, marisol = (
        somebody(scripts=False, signed_in=known_as(group, name)) for name in ("Ines", "Kofi", "Marisol")
    )
    group.memberships.filter(alias="Jun").update(state="left", ended_at=MONDAY_MORNING)
    offer_free_places(group)
    ines.opens(link_for(INES))
    ines.sees("A place is free")

    clock.move_to(MONDAY_MORNING + timedelta(days=2, hours=1))
    for visitor, alias in [(ines, "Ines"), (kofi, "Kofi"), (marisol, "Marisol")]:
        is_back(visitor, known_as(group, alias))
    her_time_is_over(ines)
    assert run_out_offers() == 1
    he_is_next_and_takes_it(kofi)

    ines.opens(link_for(INES))
    ines.sees("You are in line")
    marisol.opens("/groups/quiet-river/run/waiting/")
    marisol.sees("Every place is taken or held.", "Number 1, waiting since 6 January 2027 · One offer ran out")


def her_time_is_over(ines):
    """Between the end of the time and the clock that sees it: the page says what is possible now."""
    ines.page.reload()
    ines.sees("The time to answer is over", "Nothing is held against you")
    ines.fits_a_small_phone()


def he_is_next_and_takes_it(kofi):
    kofi.opens(link_for(KOFI))
    kofi.sees("It’s yours until Friday 8 January, 11:00 am")
    kofi.chooses("I have read this and I will keep to it")
    kofi.clicks("Take it")
    kofi.sees("You belong here")
