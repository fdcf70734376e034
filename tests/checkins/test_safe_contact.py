"""What must never be done to reach somebody stands where somebody would do it (R124)."""

import pytest

from checkins.models import FollowUp
from checkins.services import reach_of, say_more, take_followup
from people.models import User
from tests.factories import AdminFactory, FollowUpFactory

pytestmark = pytest.mark.django_db
WORDS = {
    "no_calls": "Never call.",
    "no_voicemail": "Never leave a voicemail.",
    "no_texts": "Never send a text.",
    "no_mail": "Send no mail: messages wait for them in here.",
}


def said(text):
    return {name for name, words in WORDS.items() if words in text}


@pytest.mark.parametrize("flag", sorted(WORDS))
def test_whoever_follows_up_and_admins_see_it(as_person, group, wren, marisol, flag):
    setattr(wren, flag, True)
    wren.save()
    followup = FollowUpFactory(about=wren, group=group)

    page = as_person(marisol).get(f"/follow-up/{followup.public_id}/").text
    assert said(page) == {flag}
    assert page.index("What they asked for") < page.index('id="write"')  # before anybody writes
    assert said(as_person(AdminFactory()).get(f"/manage/members/{wren.public_id}/").text) == {flag}


def test_who_asked_for_nothing_has_no_note(as_person, group, wren, marisol):
    followup = FollowUpFactory(about=wren, group=group)

    assert "What they asked for" not in as_person(marisol).get(f"/follow-up/{followup.public_id}/").text


def test_a_way_that_was_closed_meanwhile_is_shown_to_nobody(answered, group, wren, marisol, as_person):
    say_more(wren, checkin=answered, support="call", words=None, share="me", group=group, reach="0113 496 0999")
    followup = take_followup(marisol, followup=FollowUp.objects.get())
    assert reach_of(marisol, followup=followup) == "0113 496 0999"

    User.objects.filter(pk=wren.pk).update(no_calls=True)
    followup = FollowUp.objects.get()

    assert reach_of(marisol, followup=followup) == ""
    page = as_person(marisol).get(f"/follow-up/{followup.public_id}/").text
    assert wren.email not in page
    assert "0113 496 0999" not in page


@pytest.mark.parametrize("no_mail", [True, False])
def test_who_wants_no_mail_reads_that_the_answer_waits_in_here(answered, wren, as_person, no_mail):
    wren.no_mail = no_mail
    wren.save()

    page = as_person(wren).get(f"/check-in/{answered.public_id}/").text

    assert ("No mail is sent: it waits for you in here." in page) is no_mail
