"""The main job, once from end to end: three people, three browsers, two weeks."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from checkins.models import Rhythm
from checkins.tasks import ask_due
from groups.models import Group
from sessions.models import GroupSession
from tests.factories import OrganisationFactory
from tests.journeys.conftest import DESK, PASSWORD, PHONE, has_account, link_for, signs_in, signs_up
from tests.journeys.elsewhere import ROOM

pytestmark = pytest.mark.browser

AMAL, MARISOL, WREN = "amal@example.org", "marisol@example.org", "wren@example.org"
NAME = "Evenings with anxiety"
LONDON = ZoneInfo("Europe/London")
TUESDAY_BEFORE_SEVEN = datetime(2027, 1, 5, 18, 50, tzinfo=LONDON)
HER_WORDS = "I have not slept since Thursday"
THE_NOTE = "Asked for a written word. We agreed to talk before the next session."


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_main_job(site, somebody, clock, scripts):
    OrganisationFactory()
    has_account(AMAL, display_name="Amal", is_admin=True)
    amal, marisol = (somebody(screen=DESK, scripts=scripts) for _ in range(2))
    wren = somebody(screen=PHONE, scripts=scripts)

    the_admin_confirms_the_help_lines(amal)
    the_admin_prepares_a_group_and_invites_who_runs_it(amal)
    the_facilitator_takes_the_invitation_and_opens_the_group(marisol)
    the_facilitator_reads_first(marisol)
    the_facilitator_plans_a_weekly_session(marisol)
    the_member_finds_the_group_and_asks_to_join(wren)
    the_facilitator_lets_her_in(marisol)
    the_member_keeps_a_seat(wren)
    clock.move_to(TUESDAY_BEFORE_SEVEN)
    they_sign_in_again({wren: WREN, marisol: MARISOL})
    the_member_goes_through_the_door(wren)
    the_facilitator_says_who_came(marisol)
    clock.move_to(Rhythm.objects.get().next_at)
    the_clock_asks_and_the_mail_alone_is_enough(somebody(screen=PHONE, scripts=scripts))
    they_sign_in_again({amal: AMAL, wren: WREN, marisol: MARISOL})
    the_facilitator_gives_her_a_word(marisol)
    the_facilitator_keeps_a_note(marisol)
    the_admin_cannot_open_it(amal, note=marisol.path)
    the_member_sees_who_read_her_words(wren)
    the_admin_adds_a_place_that_can_help(amal)
    the_member_finds_it(wren)


def they_sign_in_again(people):
    """A visit that nobody used for half a day has ended."""
    for visitor, email in people.items():
        signs_in(visitor, email)


def the_admin_confirms_the_help_lines(amal):
    signs_in(amal, AMAL)
    assert amal.heading == "Overview"
    amal.opens("/manage/help-lines/")
    amal.clicks("Add a line")
    amal.writes(name="Emergency services", number="999", words="If a life is at risk right now")
    amal.chooses("Call", "It is for danger right now")
    amal.clicks("Save the line")
    amal.clicks("Add a line")
    amal.writes(name="Samaritans", number="116 123", words="Samaritans. Free, at any hour")
    amal.chooses("Call")
    amal.clicks("Save the line")
    amal.clicks("Confirm the help lines")
    amal.chooses("I rang or looked up this line: Call 999", "I rang or looked up this line: Call 116 123")
    amal.clicks("Save with my name, Amal")
    assert amal.page.locator("#help a").evaluate_all("links => links.map(a => a.getAttribute('href'))") == [
        "tel:999",
        "tel:116123",
    ]


def the_admin_prepares_a_group_and_invites_who_runs_it(amal):
    amal.clicks("Groups")
    amal.clicks("Make a group")
    amal.writes(name=NAME, purpose="For anyone whose worry gets loud at night")
    amal.clicks("Prepare the group")
    amal.sees("Before it opens")
    amal.opens("/manage/members/invite/")
    amal.writes(emails=MARISOL)
    amal.chooses("Facilitator")
    amal.picks("group", NAME)
    amal.clicks("Send the invitations")
    amal.sees("1 invitation is on its way.")


def the_facilitator_takes_the_invitation_and_opens_the_group(marisol):
    marisol.opens(link_for(MARISOL))
    marisol.clicks("Make an account")
    assert marisol.page.locator("[name=email]").input_value() == MARISOL
    marisol.writes(password1=PASSWORD)
    marisol.clicks("Make my account")
    marisol.writes(alias="Marisol")
    marisol.clicks("Yes, I am in")
    marisol.clicks("Go to the group’s desk")
    marisol.clicks("Open this group")
    marisol.clicks("Write the agreement")
    marisol.clicks("Publish the agreement")
    marisol.clicks("Open the group")
    marisol.sees("The group is open.")
    marisol.clicks("Settings and the way in")
    marisol.clicks("Add a link")
    marisol.writes(url=f"https://{ROOM}/evenings")
    marisol.clicks("Keep the link")
    marisol.sees("Saved.", f"It leads to {ROOM}")


def the_facilitator_reads_first(marisol):
    marisol.clicks("My groups")
    marisol.clicks(NAME)
    marisol.clicks("Choose who reads")
    marisol.chooses("Marisol", "Monday", "Wednesday", "Ask for words too")
    marisol.writes(opens="10:00", closes="16:00")
    marisol.clicks("Save who reads")
    marisol.sees("Marisol")


def the_facilitator_plans_a_weekly_session(marisol):
    marisol.clicks("My groups")
    marisol.clicks(NAME)
    marisol.clicks("Add sessions")
    marisol.writes(starts_on="2027-01-05", count="10", plan="A quiet minute, then the usual round.")
    marisol.clicks("Update the preview")
    marisol.sees("Every Tuesday", "10 dates.")
    marisol.clicks("Add 10 sessions")
    marisol.sees("10 sessions are in the schedule")
    assert GroupSession.objects.count() == 10


def the_member_finds_the_group_and_asks_to_join(wren):
    wren.opens("/")
    wren.clicks("Find a group")
    wren.clicks(NAME)
    wren.clicks("Ask to join")
    wren.chooses("I have read this and I will keep to it")
    wren.clicks("Go on")
    wren.clicks("Make an account")
    signs_up(wren, WREN)
    wren.writes(alias="Wren", pronouns="they", words="A friend told me about you.")
    wren.chooses("By e-mail", "Ask me once a week how I am doing", "I am 18 or older")
    wren.clicks("Ask to join")
    wren.sees("Your request is with Marisol", "They answer by", "A friend told me about you.")


def the_facilitator_lets_her_in(marisol):
    marisol.clicks("Today")
    marisol.clicks("Answer Wren")
    marisol.sees("A friend told me about you.")
    marisol.clicks("Let them in")
    marisol.sees("Your answer is on its way to Wren.")


def the_member_keeps_a_seat(wren):
    wren.opens(link_for(WREN))
    wren.clicks("Home")
    wren.clicks("I'll be there")
    wren.clicks(NAME, within="main .card")
    wren.sees("Your seat is kept", "on Tuesday 5 January")


def the_member_goes_through_the_door(wren):
    wren.opens("/home/")
    wren.leaves_through("Join the session")
    assert wren.page.url == f"https://{ROOM}/evenings"


def the_facilitator_says_who_came(marisol):
    marisol.clicks("Today")
    marisol.clicks("Say who came")
    marisol.chooses("Here")
    marisol.clicks("Save attendance")
    marisol.sees("Attendance is saved", "1 of 1 marked")


def the_clock_asks_and_the_mail_alone_is_enough(phone):
    """A browser that nobody has signed in to: the link opens this question and nothing else."""
    assert ask_due() == 1
    phone.opens(link_for(WREN))
    phone.does_not_see("Wren", NAME)
    phone.chooses("Very hard")
    phone.clicks("Send")
    assert phone.page.locator("main h2").first.inner_text() == "If it feels like too much right now"
    assert phone.page.locator("main .help a").first.get_attribute("href") == "tel:999"
    phone.writes(words=HER_WORDS)
    phone.chooses("Yes, write to me", "Marisol")
    phone.clicks("Keep this")
    phone.sees("Marisol will write to you by")
    phone.does_not_see(HER_WORDS)
    phone.opens("/home/")
    assert phone.heading == "Sign in"


def the_facilitator_gives_her_a_word(marisol):
    marisol.clicks("Follow-up")
    marisol.clicks("Read and reply: Wren")
    marisol.sees(HER_WORDS)
    marisol.does_not_see(WREN)
    marisol.clicks("I'll take this")
    marisol.sees("Write to Wren")
    marisol.does_not_see(WREN)
    marisol.chooses("I wrote")
    marisol.clicks("I've been in touch")
    marisol.sees("Marked as done: you were in touch with Wren.", "Nobody, right now")


def the_facilitator_keeps_a_note(marisol):
    marisol.clicks("My groups")
    marisol.clicks(NAME)
    marisol.clicks("Write a note")
    marisol.picks("about", "Wren")
    marisol.writes(words=THE_NOTE)
    marisol.clicks("Save the note")
    marisol.sees("The note is kept.", "About Wren")
    marisol.does_not_see(THE_NOTE)
    marisol.page.locator("main h3 a").first.click()
    marisol.looks()
    marisol.sees(THE_NOTE, "You, who wrote it")


def the_admin_cannot_open_it(amal, note):
    amal.opens(note)
    assert amal.heading == "We can't find that page"
    amal.does_not_see(THE_NOTE)


def the_member_sees_who_read_her_words(wren):
    wren.opens("/you/data/")
    wren.sees("Read your check-in", "Read a note about you")


def the_admin_adds_a_place_that_can_help(amal):
    amal.opens("/manage/")
    amal.clicks("Resources", within="header")
    amal.clicks("Add a place")
    amal.writes(name="Quay Street Night Café", what_for="Somewhere to be when nights are long", phone="0113 496 0130")
    amal.chooses("Sleep", "Free", "I checked all of this today", "Show it in the directory")
    amal.clicks("Save")
    amal.sees("Saved. It stands in the directory.")


def the_member_finds_it(wren):
    wren.clicks("Resources", within="header")
    wren.clicks("Quay Street Night Café")
    assert wren.page.locator("main a[href^='tel:']").first.get_attribute("href") == "tel:01134960130"
    assert Group.objects.get().name == NAME
