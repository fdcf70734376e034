"""A facilitator's whole evening on a phone: from Today through the run sheet to the session that is closed."""

from datetime import timedelta

import pytest

from checkins.models import FollowUp
from sessions.models import Closing
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    AgreementFactory,
    CrisisLineFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    SeatFactory,
    SessionFactory,
    UserFactory,
    booking,
)
from tests.journeys.conftest import MONDAY_MORNING, is_back

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
HALF_PAST_SIX, SEVEN = (MONDAY_MORNING + timedelta(hours=hours) for hours in (8.5, 9))
WIN = "Somebody spoke in the round for the first time."


@pytest.fixture
def session(site, clock):
    """Half an hour before it begins. Marisol leads it, Tunde is with her, Ines and Jun keep a seat."""
    clock.move_to(HALF_PAST_SIX)
    OrganisationFactory()
    group = GroupFactory(name="Quiet evenings", slug="quiet-river", format="hybrid")
    people = {name: UserFactory(display_name=name) for name in ("Marisol", "Tunde", "Ines", "Jun")}
    hosts = [FacilitatorFactory(group=group, alias=name, user=people[name]).user for name in ("Marisol", "Tunde")]
    session = SessionFactory(group=group, starts_in=timedelta(minutes=30), plan="What helps on Sundays.")
    for duty, host in zip(("lead", "co"), hosts, strict=True):
        booking(session, host=host, duty=duty)
    agreement = AgreementFactory(group=group)
    for name, user in people.items():
        AcceptanceFactory(agreement=agreement, user=user)
        if user not in hosts:
            MembershipFactory(group=group, alias=name, user=user)
            SeatFactory(session=session, user=user)
    CrisisLineFactory(name="Emergency services", number="999", emergency=True, confirmed_by=AdminFactory())
    return session


def known_as(session, alias):
    return session.group.memberships.get(alias=alias).user


@BOTH
def test_a_whole_evening(session, somebody, clock, scripts):
    marisol = somebody(scripts=scripts, signed_in=known_as(session, "Marisol"))

    she_looks_at_what_comes_before(marisol)
    clock.move_to(SEVEN)
    she_welcomes_them_and_reads_the_agreement(marisol)
    everybody_is_heard(marisol)
    they_talk_and_take_a_break(marisol)
    somebody_needs_help_and_she_comes_back(marisol)
    they_close_with_a_round(marisol)
    clock.move_to(SEVEN + timedelta(minutes=80))
    is_back(marisol, known_as(session, "Marisol"))
    she_closes_the_session(marisol)
    today_says_what_is_left(marisol)

    came = dict(session.seats.values_list("user__display_name", "came"))
    kept = FollowUp.objects.order_by("cause").values_list("cause", "about__display_name", "owner__display_name")
    assert (came, Closing.objects.get().themes) == ({"Ines": "came", "Jun": "left"}, ["sleep"])
    assert list(kept) == [("left", "Jun", "Tunde"), ("promise", "Jun", "Marisol")]


def she_looks_at_what_comes_before(marisol):
    marisol.opens("/today/")
    marisol.sees("Tonight", "One session today.", "2 coming", "Ines, Jun for the first time")
    marisol.fits_a_small_phone()
    marisol.unfolds("Before you start")
    marisol.chooses("Room and link tested", "How am I today?")
    marisol.clicks("Save")
    marisol.sees("Before you start: 2 of 6 done")
    marisol.clicks("I am here")
    marisol.sees("Somebody has been there to lead since 6:30 pm.")


def she_welcomes_them_and_reads_the_agreement(marisol):
    marisol.clicks("Open the run sheet")
    marisol.sees("Now, step 1 of 6", "Welcome, everyone.", "Ines, Jun are new today.")
    marisol.clicks("Go on to: Agreement")
    marisol.sees("Now, step 2 of 6", "What is said here stays here.", "There is a limit.")
    marisol.fits_a_small_phone()
    marisol.clicks("Everyone said yes. Go on")


def everybody_is_heard(marisol):
    marisol.sees("Now, step 3 of 6", "You can pass")
    marisol.clicks("First: Ines")
    marisol.sees("until about 7:02 pm")
    marisol.fits_a_small_phone()
    marisol.clicks("Next: Jun")
    marisol.clicks("Jun passes")
    marisol.clicks("Next: Tunde")
    marisol.clicks("Everyone has had a turn")
    marisol.sees("4 of 4 heard")


def they_talk_and_take_a_break(marisol):
    marisol.clicks("Go on to: Talking together")
    marisol.sees("Now, step 4 of 6", "Tonight: What helps on Sundays.")
    marisol.clicks("A break of ten minutes")
    marisol.sees("Until about 7:10 pm")
    marisol.clicks("Go on with: Talking together")


def somebody_needs_help_and_she_comes_back(marisol):
    marisol.clicks("Someone needs help")
    assert marisol.heading == "Someone may be in danger"
    assert marisol.page.locator("main a[href='tel:999']").first.is_visible()
    marisol.fits_a_small_phone()
    marisol.clicks("Run sheet")
    marisol.sees("Now, step 4 of 6")


def they_close_with_a_round(marisol):
    marisol.clicks("Go on to: Closing round")
    marisol.sees("one thing that you take with you")
    marisol.clicks("Go on to: What’s next")
    marisol.sees("Now, step 6 of 6", "The next date is not set yet.")
    marisol.does_not_see("Go on to")


def she_closes_the_session(marisol):
    marisol.page.reload()
    marisol.clicks("Close the session")
    marisol.sees("Ines", "Jun", "0 of 2 kept so far")
    marisol.fits_a_small_phone()
    marisol.page.get_by_role("radiogroup", name="Jun").get_by_label("Left early").check()
    marisol.picks("promises-0-who", "Jun")
    marisol.writes(**{"promises-0-why": "They went before the end."})
    marisol.chooses("Sleep", "Yes, just now")
    marisol.writes(win=WIN)
    marisol.clicks("Save and close")
    assert marisol.page.title() == "Error: Notes"
    assert marisol.page.locator("[name=win]").input_value() == WIN
    marisol.writes(**{"promises-0-by": "2027-01-05"})
    marisol.clicks("Save and close")


def today_says_what_is_left(marisol):
    assert marisol.path == "/today/"
    marisol.sees("The session is closed. Thank you", "One person needs a word.", "Due tomorrow, 12:00 pm · You have it")
    marisol.does_not_see("Close the session of", "Open the run sheet")
    marisol.clicks("Jun")
    marisol.sees("They went before the end.")
