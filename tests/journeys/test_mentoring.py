"""Two people of a programme: they find each other, agree, meet, look back and part. Nobody else looks in."""

from datetime import timedelta

import pytest

from groups.models import Group
from tests import pairs as two
from tests.factories import AdminFactory, FacilitatorFactory, GroupFactory, OrganisationFactory, UserFactory
from tests.journeys.conftest import MONDAY_MORNING, is_back, link_for

pytestmark = pytest.mark.browser

INES, TUNDE = "ines@example.org", "tunde@example.org"
HER_WORDS = "Since the move I know nobody here."
HIS_WORDS = "I came here alone ten years ago. I like walking."
NEAR_THE_END = MONDAY_MORNING + timedelta(weeks=10)


@pytest.fixture
def programme(site, clock):
    """Marisol looks after it, Tunde is a mentor, and Ines looks for one."""
    OrganisationFactory(crisis_confirmed_at=MONDAY_MORNING, crisis_confirmed_by=AdminFactory())
    programme = GroupFactory(name="Side by side", kind="programme")
    FacilitatorFactory(group=programme, alias="Marisol")
    two.mentor(programme, alias="Tunde", user=UserFactory(email=TUNDE, display_name="Tunde"))
    two.mentee(programme, alias="Ines", user=UserFactory(email=INES, display_name="Ines"))
    return programme


def test_two_people_go_part_of_the_way_together(programme, somebody, clock):
    people = {name: programme.memberships.get(alias=name).user for name in ("Tunde", "Ines", "Marisol")}
    tunde, ines = (somebody(signed_in=people[name]) for name in ("Tunde", "Ines"))

    both_say_who_they_are(tunde, ines)
    she_asks_him(ines)
    he_says_yes(tunde)
    they_agree(ines, tunde)
    he_plans_a_meeting(tunde)
    she_sees_it(ines)
    clock.move_to(NEAR_THE_END)
    is_back(tunde, people["Tunde"]), is_back(ines, people["Ines"])
    they_look_back(ines, tunde)
    nobody_else_looks_in(somebody, people["Marisol"])
    they_part(ines, tunde)


def both_say_who_they_are(tunde, ines):
    for visitor, words in [(tunde, HIS_WORDS), (ines, HER_WORDS)]:
        visitor.opens("/mentoring/")
        visitor.clicks("What I show of myself")
        visitor.writes(shows=words)
        visitor.clicks("Save what I show")
        visitor.sees("Saved.")


def she_asks_him(ines):
    ines.opens("/mentoring/")
    ines.clicks("Look at the mentors")
    ines.sees("Tunde", HIS_WORDS)
    ines.fits_a_small_phone()
    ines.clicks("Ask Tunde")
    ines.sees("Tunde is asked", "Until you both said yes, nothing begins.")


def he_says_yes(tunde):
    tunde.opens(link_for(TUNDE))
    tunde.sees("You and Ines?", HER_WORDS)
    tunde.clicks("Yes, I would")
    tunde.sees("You and Ines", "What we agreed", "None is planned.")


def they_agree(ines, tunde):
    ines.opens(link_for(INES))
    ines.clicks("Write what we agree")
    ines.writes(purpose="Find two places where I like to be", rhythm="Every second Tuesday", place="By phone")
    ines.clicks("Save and ask Tunde")
    assert ines.page.title().startswith("Error: ")
    ines.sees("Say when it is fine to be in touch")
    ines.writes(hours="9 to 6 on weekdays")
    ines.clicks("Save and ask Tunde")
    ines.sees("Tunde reads this now")
    tunde.opens(ines.path)
    tunde.sees("Ines wrote this for the two of you", "Find two places where I like to be")
    tunde.clicks("Yes, I agree")
    tunde.sees("Every second Tuesday, By phone", "From 4 January until 29 March 2027")


def he_plans_a_meeting(tunde):
    tunde.clicks("Plan a meeting")
    tunde.writes(starts_on="2027-01-05", starts_at="17:00", ends_at="18:00", count="")
    tunde.chooses("Just once")
    tunde.clicks("Update the preview")
    tunde.clicks("Add 1 session")


def she_sees_it(ines):
    ines.opens("/mentoring/")
    ines.sees("You and Tunde", "Next meeting", "Tuesday 5 January")
    ines.fits_a_small_phone()


def they_look_back(ines, tunde):
    ines.opens("/mentoring/")
    ines.sees("You are a pair until Monday 29 March")
    ines.clicks("Look back")
    ines.writes(did="I found the library.", others="The choir on Thursdays.")
    ines.chooses("The other one may read this")
    ines.clicks("Save what I wrote")
    ines.sees("Saved. You can change it until the last day.")
    tunde.opens(ines.path)
    tunde.sees("What Ines shows you", "I found the library.", "Ines can see that you read this.")


def nobody_else_looks_in(somebody, coordinator):
    """An admin and the coordinator know that the two are a pair, and open none of its pages."""
    address = Group.objects.get(kind="pair").get_absolute_url()
    for user in (AdminFactory(), coordinator):
        outside = somebody(signed_in=user)
        for page in ("", "agreement/", "looking-back/"):
            outside.opens(address + page)
            assert outside.heading == "We can't find that page"
            outside.does_not_see("library", "Ines")


def they_part(ines, tunde):
    tunde.opens("/mentoring/")
    tunde.clicks("End this pair")
    tunde.sees("Today: your meetings are called off")
    tunde.clicks("End this pair")
    tunde.sees("It has ended. You did not have to say why, and nobody asks.")
    ines.opens(link_for(INES))
    ines.sees("This has ended", "An end says nothing about either of you.", "I found the library.")
    ines.clicks("What is possible now")
    ines.sees("Look at the mentors")
