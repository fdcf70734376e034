"""Who writes to somebody to whom no mail goes out reads so beforehand, and never why (R124)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.services import take_followup
from notices.models import MailTrouble, Preference
from notices.services import goes_out
from sessions.models import Seat
from tests.factories import FollowUpFactory, SessionFactory

pytestmark = pytest.mark.django_db
NONE = "No mail goes out to them: they read it when they next look in here."
SOME = "Their mail says that there is a message"


def switch_off(area):
    return lambda user: Preference.objects.create(user=user, area=area, wanted=False)


def want_none(user):
    user.no_mail = True
    user.save()


def bounce(user):
    MailTrouble.objects.create(user=user, address=user.email, kind="bounced")


def bounced_elsewhere(user):
    MailTrouble.objects.create(user=user, address="before@example.org", kind="bounced")


REASONS = [want_none, switch_off("replies"), bounce]
NO_REASONS = [switch_off("news"), switch_off("checkins"), bounced_elsewhere, lambda user: None]


@pytest.fixture
def followup(group, wren):
    return FollowUpFactory(about=wren, group=group, cause="hand")


def said_before(browser, followup):
    """What stands on the two pages on which somebody writes."""
    paths = [f"/follow-up/{followup.public_id}/", f"/follow-up/{followup.public_id}/hello/"]
    return [(NONE in text, SOME in text) for text in (browser.get(path).text for path in paths)]


@pytest.mark.parametrize("reason", REASONS)
def test_before_writing_it_says_that_no_mail_goes_and_nothing_else_differs(reason, followup, wren, marisol, as_person):
    browser = as_person(marisol)
    assert said_before(browser, followup) == [(False, True)] * 2
    usual = browser.get(f"/follow-up/{followup.public_id}/hello/").text

    reason(wren)

    assert said_before(browser, followup) == [(True, False)] * 2
    changed = browser.get(f"/follow-up/{followup.public_id}/hello/").text
    usual_words = usual.replace(f"{SOME}, and nothing of it.", NONE)
    assert still(changed) == still(usual_words)


def still(text):
    """Without what is new in every answer."""
    return [line for line in text.splitlines() if "csrf" not in line and 'name="once"' not in line]


@pytest.mark.parametrize("other", NO_REASONS)
def test_what_has_nothing_to_do_with_replies_changes_nothing(other, followup, wren, marisol, as_person):
    other(wren)

    assert said_before(as_person(marisol), followup) == [(False, True)] * 2
    assert goes_out(wren, area="replies")


@pytest.mark.parametrize("reason", REASONS)
def test_after_writing_it_says_so_too(reason, followup, wren, marisol, as_person):
    browser, path = as_person(marisol), f"/follow-up/{followup.public_id}/write/"
    assert "They are told that there is a message" in browser.post(path, {"words": "Hello"}, follow=True).text

    reason(wren)
    answer = browser.post(path, {"words": "Hello"}, follow=True).text
    assert "Sent. They read it when they next look in here." in answer
    assert "They are told" not in answer


def test_who_cannot_write_there_reads_nothing_of_it(followup, wren, marisol, tunde, as_person):
    want_none(wren)
    take_followup(tunde, followup=followup)

    text = as_person(marisol).get(f"/follow-up/{followup.public_id}/").text
    assert (NONE in text, SOME in text) == (False, False)


def test_from_the_quiet_list_it_is_said_as_well(group, wren, marisol, as_person):
    for days in (21, 14, 7):
        session = SessionFactory(group=group, starts_in=timedelta(days=-days))
        mark = {"marked_by": marisol, "marked_at": timezone.now(), "state": "declined", "answered_at": None}
        Seat.objects.create(session=session, user=wren, came="away", **mark)
    path = f"/follow-up/quiet/{group.memberships.get(user=wren).public_id}/"
    browser = as_person(marisol)
    assert SOME in browser.get(path).text

    want_none(wren)
    assert NONE in browser.get(path).text
