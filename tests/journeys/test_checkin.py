"""One hard week on the phone: the mail, the answer, the help lines, a person who answers, and what is left of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.models import CheckIn, FollowUp, Prompt, Rhythm
from checkins.services import ask_due, tell_asked
from groups.models import Group
from people.local_time import monday
from tests import factories
from tests.journeys.conftest import DESK, PHONE, link_for

pytestmark = pytest.mark.browser

WREN, GROUP = "wren@example.org", "Evenings with anxiety"
HERS = "Mornings are the worst. I do not feel not safe."
ANSWER = "Thank you for telling me. Shall we talk on Tuesday, before the others come?"
PANEL = "If it feels like too much right now"


@pytest.fixture
def people(site, clock):
    """Wren, who is asked on Mondays, Marisol, who reads first, and the help lines."""
    factories.OrganisationFactory(contact="0117 496 0100")
    lines = [("Emergency", "999", True), ("Samaritans", "116 123", False)]
    for name, number, emergency in lines:
        factories.CrisisLineFactory(name=name, number=number, emergency=emergency)
    group = factories.GroupFactory(name=GROUP)
    marisol = factories.FacilitatorFactory(group=group, alias="Marisol").user
    wren = factories.MembershipFactory(group=group, alias="Wren", user__email=WREN).user
    factories.DutyFactory(group=group, reader=marisol, days=[0, 1, 2, 3, 4])
    factories.ConsentFactory(user=wren)
    factories.RhythmFactory(user=wren, next_at=timezone.now())
    return wren, marisol


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_hard_week_is_answered(people, somebody, scripts):
    wren, marisol = people
    assert (ask_due(), tell_asked()) == (1, 1)
    mail = link_for(WREN)

    the_mail_opens_one_question_and_help_comes_first(somebody(screen=PHONE, scripts=scripts), mail)
    somebody_else_who_finds_the_mail_learns_nothing(somebody(screen=PHONE, scripts=scripts), mail)
    marisol_reads_and_writes(somebody(screen=PHONE, scripts=scripts, signed_in=marisol))
    phone = somebody(screen=PHONE, scripts=scripts, signed_in=wren)
    wren_sees_the_answer_and_who_read(phone)
    wren_looks_back_and_takes_the_words_away(phone)


def the_mail_opens_one_question_and_help_comes_first(phone, mail):
    phone.opens(f"{mail}?a=1")
    phone.does_not_see("Wren", "Marisol", GROUP)
    assert phone.page.locator("main input[value='1']").is_checked()
    assert CheckIn.objects.get().mood is None
    phone.clicks("Send")
    assert phone.page.locator("main h2").first.inner_text() == PANEL
    assert phone.page.locator("main .help a").first.get_attribute("href") == "tel:999"
    phone.sees("0117 496 0100, Monday to Friday", "Marisol reads first, Monday to Friday")
    phone.fits_a_small_phone()
    phone.writes(words=HERS)
    phone.chooses("Yes, write to me", "Marisol")
    phone.clicks("Keep this")
    phone.sees("Marisol will write to you by Tuesday 5 January, 12:00 pm.", "not yet seen")
    phone.does_not_see(HERS)


def somebody_else_who_finds_the_mail_learns_nothing(stranger, mail):
    stranger.opens(mail)
    stranger.sees("This link has done its work")
    stranger.does_not_see("Wren", "Marisol", GROUP, "hard")
    stranger.opens(f"{mail}pause/")
    stranger.does_not_see("Wren", "Marisol", GROUP)
    assert not Rhythm.objects.get().is_paused


def marisol_reads_and_writes(marisol):
    marisol.opens("/follow-up/")
    marisol.does_not_see(HERS)
    marisol.opens(f"/follow-up/{FollowUp.objects.get().public_id}/")
    marisol.sees(HERS)
    marisol.does_not_see(PANEL)
    marisol.writes(words=ANSWER)
    marisol.clicks("Send")
    marisol.sees(ANSWER)


def wren_sees_the_answer_and_who_read(phone):
    phone.opens("/check-in/")
    assert phone.page.locator("main h2").first.inner_text() == PANEL
    phone.sees("being answered")
    phone.clicks("What you write to each other")
    phone.sees("Marisol wrote", ANSWER)
    phone.opens("/you/data/")
    phone.sees("Read your check-in")


def wren_looks_back_and_takes_the_words_away(phone):
    phone.opens("/you/how-it-was/")
    phone.sees("You answered one week: very hard.", "1 week that you answered")
    phone.fits_a_small_phone()
    phone.clicks("Monday 4 January 2027")
    phone.clicks("Delete your words or all of it")
    phone.clicks("Delete the words")
    phone.sees("Your words are deleted.")
    assert phone.page.locator("main [name=words]").input_value() == ""


def test_the_mail_can_be_paused_and_let_come_again(people, somebody):
    ask_due()
    tell_asked()
    phone = somebody(screen=PHONE)

    phone.opens(f"{link_for(WREN)}pause/")
    phone.clicks("Pause them")
    phone.sees("These messages rest")
    assert Rhythm.objects.get().waits_for_return
    phone.clicks("Let them come again")
    assert not Rhythm.objects.get().is_paused


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_year_of_weeks_can_be_looked_at(people, somebody, theme):
    wren, _marisol = people
    for ago in [*range(1, 20), *range(24, 50)]:
        at = timezone.now() - timedelta(weeks=ago)
        week = monday(at.date())
        factories.CheckInFactory(user=wren, week=week, asked_at=at, answered_at=at, state="answered", mood=1 + ago % 5)
    phone = somebody(screen=PHONE, theme=theme, signed_in=wren)

    phone.opens("/you/how-it-was/?weeks=52")
    phone.sees("45 weeks that you answered")
    phone.fits_a_small_phone()
    phone.turns_to(DESK, theme)
    phone.looks()


def test_the_words_of_the_question_are_kept(people, somebody):
    _wren, marisol = people
    desk = somebody(screen=DESK, signed_in=marisol)
    group = Group.objects.get()

    desk.opens(f"/groups/{group.slug}/run/questions/")
    desk.writes(text="How is your anxiety, Wren?")
    desk.clicks("Add it")
    desk.sees("without a word like “anxiety”")
    desk.writes(text="What was this week like?")
    desk.clicks("See how it looks")
    desk.clicks("Add it")
    desk.sees("Kept. It is asked when its turn comes.")
    desk.clicks("Stop asking: What was this week like?")
    desk.clicks("Undo")
    desk.sees("What was this week like?")
    assert Prompt.objects.in_use().get(text="What was this week like?").group == group
