"""From coming once to see to leaving with some words: somebody new, and somebody who runs the group."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions.services import end_visits
from tests.factories import (
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    SessionFactory,
    UserFactory,
)
from tests.journeys.conftest import MONDAY_MORNING, is_back, link_for

pytestmark = pytest.mark.browser

INES = "ines@example.org"
HER_WORDS = "A neighbour said that you are kind."
AFTER_THE_SESSION = MONDAY_MORNING + timedelta(days=1, hours=11)
IN_FEBRUARY = datetime(2027, 2, 3, 10, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def group(site, clock):
    """Two people run and know it already, it meets tomorrow at seven, and people may come once to see."""
    OrganisationFactory()
    group = GroupFactory(
        name="Quiet evenings", slug="quiet-river", allows_visits=True, format="in_person", place="Hall"
    )
    FacilitatorFactory(group=group, alias="Marisol", user=UserFactory(email="marisol@example.org"))
    MembershipFactory(group=group, alias="Jun")
    AgreementFactory(group=group)
    SessionFactory(group=group, starts_in=timedelta(days=1, hours=9), minutes=60)
    return group


def test_somebody_comes_once_stays_rests_and_leaves(group, somebody, clock):
    newcomer = UserFactory(email=INES, display_name="Ines")
    runs_it = group.memberships.get(role="facilitator").user
    ines, marisol = somebody(signed_in=newcomer), somebody(scripts=False, signed_in=runs_it)

    she_asks_to_come_once(ines)
    they_let_her_visit(marisol)
    she_takes_a_seat_and_sees_no_names(ines)
    clock.move_to(AFTER_THE_SESSION)
    is_back(ines, newcomer), is_back(marisol, runs_it)
    they_say_that_she_came(marisol)
    assert end_visits() == 1
    she_asks_to_stay(ines)
    they_let_her_in(marisol)
    she_belongs(ines)
    she_takes_another_name(ines, seen_by=marisol)
    she_takes_a_break(ines, seen_by=marisol)
    she_leaves_with_some_words(ines)
    they_read_them_when_the_month_is_over(marisol, runs_it, clock)


def she_asks_to_come_once(ines):
    ines.opens("/groups/quiet-river/")
    ines.sees("You can come once and see, and decide after.")
    ines.clicks("Ask to join")
    ines.chooses("I have read this and I will keep to it")
    ines.clicks("Go on")
    ines.writes(alias="Ines", words=HER_WORDS)
    ines.chooses("I would like to come once and see first", "By e-mail", "I am 18 or older")
    ines.clicks("Ask to join")
    ines.sees("Your request is with Marisol", "Come once and see", HER_WORDS)


def they_let_her_visit(marisol):
    marisol.opens("/today/")
    marisol.does_not_see(HER_WORDS)
    marisol.clicks("Answer Ines")
    marisol.sees("Would like to come once and see", HER_WORDS)
    marisol.fits_a_small_phone()
    marisol.clicks("Let them visit once")


def she_takes_a_seat_and_sees_no_names(ines):
    ines.opens(link_for(INES))
    ines.sees("You come to one session. After it you decide")
    ines.clicks("See the sessions")
    ines.clicks("Are you coming? 5 January")
    ines.clicks("Yes, keep my seat")
    ines.sees("Your seat is kept", "See you there.")
    ines.opens("/groups/quiet-river/members/")
    assert ines.heading == "We can't find that page"
    ines.opens("/groups/quiet-river/")
    ines.sees("You come once to see")


def they_say_that_she_came(marisol):
    marisol.opens("/today/")
    marisol.clicks("Close the session of Tuesday 5 January")
    marisol.page.locator(".roll li", has_text="Ines").get_by_label("Here").check()
    marisol.clicks("Save and close")


def she_asks_to_stay(ines):
    ines.opens(link_for(INES))
    ines.sees("You came once", "there is no hurry")
    ines.clicks("Ask to join")
    assert ines.page.locator("main [name=alias]").input_value() == "Ines"
    ines.chooses("By e-mail", "I am 18 or older")
    ines.clicks("Ask to join")
    ines.sees("Your request is with Marisol")


def they_let_her_in(marisol):
    marisol.opens("/groups/quiet-river/run/")
    marisol.clicks("Read: Ines")
    marisol.sees("Came once to see")
    marisol.clicks("Let them in")


def she_belongs(ines):
    ines.opens(link_for(INES))
    ines.sees("You belong here", "You are Ines in this group.")
    ines.clicks("When you agreed, earlier versions, and how to change it")
    ines.sees("You said yes to it on 4 January 2027.", "What is said here stays here.")
    ines.clicks("Quiet evenings")
    ines.clicks("Who is here")
    ines.sees("3 people", "Marisol", "Jun", "Ines")


def she_takes_another_name(ines, seen_by):
    ines.clicks("Quiet evenings")
    ines.clicks("Change my name here")
    ines.writes(alias="jun", pronouns="she")
    ines.clicks("Save")
    assert ines.page.title().startswith("Error: ")
    ines.writes(alias="Inés")
    ines.clicks("Save")
    ines.sees("You are Inés (she) in this group.")
    seen_by.opens("/groups/quiet-river/members/")
    seen_by.sees("Inés (she)")
    seen_by.does_not_see("Ines")


def she_takes_a_break(ines, seen_by):
    ines.clicks("Take a break")
    ines.chooses("Until a day")
    ines.writes(until="2027-01-20")
    ines.clicks("Take a break")
    ines.sees("You are taking a break", "Wednesday 20 January")
    seen_by.clicks("Open the page about Inés")
    seen_by.sees("taking a break until Wednesday 20 January")
    ines.clicks("I am back")
    ines.sees("You belong here")


def she_leaves_with_some_words(ines):
    ines.clicks("Leave this group")
    ines.unfolds("Say something to the facilitators")
    ines.writes(words="You listened well. I am moving away.")
    ines.fits_a_small_phone()
    ines.clicks("Leave the group")
    ines.sees("You have left Quiet evenings", "You are welcome back any time.")
    ines.opens("/groups/quiet-river/members/")
    assert ines.heading == "We can't find that page"


def they_read_them_when_the_month_is_over(marisol, runs_it, clock):
    marisol.opens("/groups/quiet-river/members/")
    marisol.does_not_see("Inés")
    marisol.clicks("What people said on leaving")
    marisol.sees("Nothing so far.")
    clock.move_to(IN_FEBRUARY)
    is_back(marisol, runs_it)
    marisol.opens("/groups/quiet-river/run/farewells/")
    marisol.sees("January 2027", "You listened well. I am moving away.")
    marisol.does_not_see("Inés")
