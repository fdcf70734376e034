"""Somebody without an account looks for a group: by words and place, by four questions, and by what is missing."""

from datetime import date, time

import pytest

from groups.models import Term
from sessions.services import create_series
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    AreaFactory,
    FacilitatorFactory,
    GroupFactory,
    OrganisationFactory,
    TermFactory,
)
from tests.journeys.conftest import MONDAY_MORNING, link_for, signs_up

pytestmark = pytest.mark.browser

NOOR = "noor@example.org"
HARBOUR = {"name": "Harbourside", "latitude": 51.449, "longitude": -2.598}
EASTON = {"name": "Easton", "latitude": 51.464, "longitude": -2.566}
BATH = {"name": "Bath", "latitude": 51.381, "longitude": -2.359}
NAMES = "titles => titles.map(title => title.innerText)"


@pytest.fixture
def town(site, clock):
    """An organisation with four groups, one of which is being prepared."""
    OrganisationFactory(crisis_confirmed_at=MONDAY_MORNING, crisis_confirmed_by=AdminFactory())
    grief, _money = TermFactory(name="Grief"), TermFactory(name="Money")
    areas = {here["name"]: AreaFactory(**here) for here in (HARBOUR, EASTON, BATH)}
    for name, area, hour in [
        ("Tea and grief", "Bath", 19),
        ("Grief after six", "Easton", 18),
        ("Mornings", "Easton", 9),
    ]:
        group = GroupFactory(name=name, area=areas[area], format="in_person", place="Old Bank")
        group.terms.add(grief)
        seat = FacilitatorFactory(group=group, alias="Marisol", about="I lost my brother in 2019.")
        meets(group, seat.user, hour)
    GroupFactory(name="Worry at night", purpose="For long nights.")


def meets(group, facilitator, hour):
    create_series(facilitator, group=group, starts_on=date(2027, 1, 6), starts_at=time(hour), minutes=60, count=4)


def titles(visitor):
    return visitor.page.locator("#group-results .card h3").evaluate_all(NAMES)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_somebody_looks_asks_themself_and_says_what_is_missing(town, somebody, scripts):
    noor = somebody(scripts=scripts)
    noor.opens("/")
    noor.clicks("Find a group")

    they_look_by_words_place_and_hour(noor)
    they_read_about_one(noor)
    they_ask_themself_if_a_group_is_right(noor)
    assert noor.cookies == set()
    they_say_what_they_look_for_and_make_an_account_on_the_way(noor)

    an_admin_sees_what_is_missing_and_opens_such_a_group(somebody(scripts=scripts, signed_in=AdminFactory()))
    they_are_told_where_it_is(noor)


def they_look_by_words_place_and_hour(noor):
    assert len(titles(noor)) == 4
    noor.writes(q="griefs")
    noor.picks("near", "Harbourside")
    noor.chooses("Evening")
    noor.clicks("Show groups")
    assert titles(noor) == ["Grief after six", "Tea and grief"]
    noor.sees("2 groups: Evening, nearest to Harbourside", "Easton, about 3 km away", "Bath, about 18 km away")
    noor.sees("10 seats free")
    noor.does_not_see("Mornings")
    noor.fits_a_small_phone()

    noor.writes(q="sailing")
    noor.clicks("Show groups")
    noor.sees("No groups match")
    noor.clicks("Show all groups")
    assert len(titles(noor)) == 4


def they_read_about_one(noor):
    noor.clicks("Grief after six")
    noor.sees("10 of 10 seats free", "Next sessions", "I lost my brother in 2019.")
    noor.fits_a_small_phone()
    noor.clicks("All groups")


def they_ask_themself_if_a_group_is_right(noor):
    noor.clicks("Is a group right for me?")
    noor.chooses("I am not sure", "I would rather listen at first", "Some weeks, not every week")
    noor.page.locator("main [name=urgent][value=yes]").check()
    noor.clicks("See where to go from here")
    noor.sees("These people answer now.", "Saying “pass” is always fine.", "We kept nothing of what you answered.")
    noor.opens("/groups/")


def they_say_what_they_look_for_and_make_an_account_on_the_way(noor):
    noor.clicks("Nothing fits")
    noor.clicks("Tell me when one opens")
    noor.picks("term", "Money")
    noor.chooses("Online")
    noor.clicks("Go on")
    noor.clicks("Make an account")
    signs_up(noor, NOOR)
    assert noor.page.locator("main select[name=term] option:checked").inner_text() == "Money"
    noor.writes(words="Since the flood there are letters I do not open.")
    noor.clicks("Tell me when one opens")
    noor.sees("What you asked us", "Money", "We tell you once, when something like it opens.")


def an_admin_sees_what_is_missing_and_opens_such_a_group(amal):
    amal.opens("/manage/wishes/")
    amal.sees("What people wait for", "Money", "When one opens")
    amal.does_not_see("letters I do not open")
    group = GroupFactory(name="Money worries", slug="amber-field", state="draft", opened_at=None)
    group.terms.add(Term.objects.get(name="Money"))
    AgreementFactory(group=group)
    FacilitatorFactory(group=group)
    amal.opens("/groups/amber-field/run/open/")
    amal.clicks("Open the group")
    amal.sees("The group is open.")


def they_are_told_where_it_is(noor):
    noor.opens(link_for(NOOR))
    noor.sees("This has opened: Money worries")
    noor.clicks("Money worries")
    noor.sees("Ask to join")
