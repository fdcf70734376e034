"""What must never be done to reach somebody stands where somebody would do it (R124)."""

import pytest

from tests.factories import AdminFactory, FollowUpFactory

pytestmark = pytest.mark.django_db
WORDS = {
    "no_calls": "Never call.",
    "no_voicemail": "Never leave a voicemail.",
    "no_texts": "Never send a text.",
    "no_mail": "Send nothing: messages wait for them in here.",
}


def said(text):
    return {name for name, words in WORDS.items() if words in text}


@pytest.mark.parametrize("flag", sorted(WORDS))
def test_whoever_follows_up_and_admins_see_it(as_person, group, wren, marisol, flag):
    setattr(wren, flag, True)
    wren.save()
    followup = FollowUpFactory(about=wren, group=group)

    assert said(as_person(marisol).get(f"/follow-up/{followup.public_id}/").text) == {flag}
    assert said(as_person(AdminFactory()).get(f"/manage/members/{wren.public_id}/").text) == {flag}


def test_who_asked_for_nothing_has_no_note(as_person, group, wren, marisol):
    followup = FollowUpFactory(about=wren, group=group)

    assert "What they asked for" not in as_person(marisol).get(f"/follow-up/{followup.public_id}/").text
