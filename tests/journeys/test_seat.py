"""A member's seat on a phone: yes, no and every week; a line, an offer, the door; and how it was."""

from datetime import timedelta

import pytest

from people.sealed import seal
from sessions.models import Feedback, Seat
from sessions.services import answer_seat, keep_attendance
from tests.factories import (
    AcceptanceFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    SeatFactory,
    SeriesFactory,
    SessionFactory,
    UserFactory,
)
from tests.journeys.conftest import MONDAY_MORNING, is_back, link_for
from tests.journeys.elsewhere import ROOM

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
WREN = "wren@example.org"
TUESDAY_AT_SEVEN, WEDNESDAY_AT_SEVEN = (MONDAY_MORNING + timedelta(days=days, hours=9) for days in (1, 2))


@pytest.fixture
def group(site, clock):
    """Marisol runs it; Wren and Jun belong, and have said yes to what it agreed. It meets at a link."""
    OrganisationFactory()
    group = GroupFactory(name="Quiet evenings", slug="quiet-river")
    seal(group, "door", f"https://{ROOM}/evenings", owner=group)
    group.save()
    people = [FacilitatorFactory(group=group, alias="Marisol").user, MembershipFactory(group=group, alias="Jun").user]
    people.append(MembershipFactory(group=group, alias="Wren", user=UserFactory(email=WREN)).user)
    agreement = AgreementFactory(group=group)
    for person in people:
        AcceptanceFactory(agreement=agreement, user=person)
    return group


@pytest.fixture
def tuesdays(group):
    """Three weeks of one series."""
    series = SeriesFactory(group=group)
    weeks = [TUESDAY_AT_SEVEN + timedelta(weeks=week) for week in range(3)]
    return [SessionFactory(group=group, series=series, slot=start.date(), starts_at=start) for start in weeks]


@pytest.fixture
def wednesday(group):
    """One seat, and Jun has it."""
    session = SessionFactory(group=group, starts_at=WEDNESDAY_AT_SEVEN, capacity=1)
    SeatFactory(session=session, user=known_as(group, "Jun"))
    return session


def known_as(group, alias):
    return group.memberships.get(alias=alias).user


def card(visitor):
    """What the page says first."""
    return visitor.page.locator("main h2").first.inner_text()


@BOTH
def test_one_seat_and_one_every_week(group, tuesdays, somebody, scripts):
    wren = somebody(scripts=scripts, signed_in=known_as(group, "Wren"))

    she_says_yes_and_takes_it_back(wren)
    she_comes_every_week(wren)
    she_says_no_to_one_of_them(wren)

    states = Seat.objects.filter(user=known_as(group, "Wren")).order_by("session__starts_at")
    assert list(states.values_list("state", flat=True)) == ["declined", "going", "going"]


def she_says_yes_and_takes_it_back(wren):
    wren.opens("/sessions/")
    wren.fits_a_small_phone()
    wren.clicks("Are you coming? 5 January")
    assert card(wren) == "Are you coming?"
    wren.sees("Nobody has said yes yet. There are 10 seats.", "No reason needed.")
    wren.fits_a_small_phone()
    wren.clicks("Yes, keep my seat")
    assert card(wren) == "Your seat is kept"
    wren.clicks("Undo")
    wren.sees("Undone. You have not answered yet")
    assert card(wren) == "Are you coming?"


def she_comes_every_week(wren):
    wren.clicks("Yes, keep my seat")
    wren.sees("Join opens at 6:45 pm on Tuesday 5 January.")
    wren.clicks("Come every week")
    wren.sees("You have a seat every time from now on", "You come every week.")
    wren.fits_a_small_phone()


def she_says_no_to_one_of_them(wren):
    wren.clicks("I can't come any more")
    wren.sees("You said: not this time.", "You come every week.")
    assert card(wren) == "Are you coming?"
    wren.clicks("See the list")
    assert wren.page.locator("main .line .chip").all_inner_texts() == ["Not this time", "Going", "Going"]


@BOTH
def test_a_full_session_from_the_line_to_how_it_was(group, wednesday, somebody, clock, scripts):
    wren = somebody(scripts=scripts, signed_in=known_as(group, "Wren"))

    she_gets_in_line(wren, wednesday)
    answer_seat(known_as(group, "Jun"), session=wednesday, going=False)
    she_takes_the_seat_that_opened(wren)
    clock.move_to(WEDNESDAY_AT_SEVEN - timedelta(minutes=10))
    is_back(wren, known_as(group, "Wren"))
    she_goes_through_the_door(wren, wednesday)
    clock.move_to(WEDNESDAY_AT_SEVEN + timedelta(minutes=90))
    keep_attendance(known_as(group, "Marisol"), session=wednesday, marks={known_as(group, "Wren").pk: "came"})
    she_says_how_it_was(wren, wednesday)

    assert Feedback.objects.get(session=wednesday)


def she_gets_in_line(wren, session):
    wren.opens(session.get_absolute_url())
    assert card(wren) == "The one seat is taken"
    wren.fits_a_small_phone()
    wren.clicks("Join the waitlist")
    assert card(wren) == "You are 1st in line"
    wren.sees("We write to you as soon as it is your turn.")
    wren.fits_a_small_phone()


def she_takes_the_seat_that_opened(wren):
    wren.opens(link_for(WREN))
    assert card(wren) == "A seat opened for you"
    wren.sees("Held until tomorrow, 8:00 am.")
    wren.fits_a_small_phone()
    wren.clicks("Take the seat")
    assert card(wren) == "Your seat is kept"
    wren.sees("Join opens at 6:45 pm on Wednesday 6 January.")


def she_goes_through_the_door(wren, session):
    wren.opens(session.get_absolute_url())
    assert card(wren) == "The room is open"
    wren.sees("Begins at 7:00 pm", "You leave this site.")
    wren.fits_a_small_phone()
    wren.leaves_through("Join the session")
    assert wren.page.url == f"https://{ROOM}/evenings"


def she_says_how_it_was(wren, session):
    """Two taps: the way there, and one answer for all."""
    wren.opens(session.get_absolute_url())
    assert card(wren) == "That was Wednesday 6 January"
    wren.clicks("Say how it went")
    wren.fits_a_small_phone()
    wren.clicks("Mostly")
    wren.sees("Thank you for saying. Nobody sees which answers are yours", "You have said how it was. Thank you.")
    wren.does_not_see("Say how it went", "Mostly")
