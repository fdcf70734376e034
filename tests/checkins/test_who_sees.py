"""What the answering page says before anything is sent: help, who reads it when, and what happens then."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from checkins.letters import link_path
from checkins.models import CheckIn, FollowUp
from checkins.services import answer_checkin, read_words
from notices.models import Delivery, Notice
from people.models import AuditEntry, Organisation
from tests.factories import CrisisLineFactory, FacilitatorFactory, MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]
PANEL = "If it feels like too much right now"
DARK = "I do not feel not safe, I want to díe"


def page_of(checkin):
    return f"/check-in/{checkin.public_id}/"


@pytest.fixture
def browser(as_person, wren):
    return as_person(wren)


@pytest.fixture
def okay(question, wren):
    return answer_checkin(wren, checkin=question, mood=4)


# -- help first -------------------------------------------------------------------------------
def test_the_lines_come_first_danger_before_all_and_then_us_with_our_hours(browser, answered):
    CrisisLineFactory(name="Samaritans", number="116 123", position=1)
    CrisisLineFactory(name="Emergency", number="999", emergency=True, position=2)
    Organisation.objects.update(contact="0117 496 0100")
    page = browser.get(page_of(answered)).content.decode()

    panel = page[page.index('class="help"') : page.index("</section>", page.index('class="help"'))]
    wanted = ["tel:999", "tel:116123", "0117 496 0100, Monday to Friday, 9:00 am to 5:00 pm, London time."]
    places = [panel.index(words) for words in wanted]
    assert places == sorted(places)
    assert page.index(PANEL) < page.index('<form class="stack')


def test_just_me_and_very_hard_is_the_panel_and_opens_nothing(browser, answered):
    browser.post(page_of(answered), {"readers": "me", "words": DARK})

    assert PANEL in browser.get(page_of(answered)).content.decode()
    assert not FollowUp.objects.exists()
    assert not Notice.objects.exists()


# -- words on the organisation's list ---------------------------------------------------------
@pytest.mark.parametrize("way", ["signed in", "through the link"])
@pytest.mark.parametrize("readers", ["me", "group"])
def test_words_on_the_list_only_offer_the_lines_to_the_writer(way, readers, as_person, wren, okay, group, marisol):
    browser = as_person(wren) if way == "signed in" else Client()
    path = page_of(okay) if way == "signed in" else link_path(okay)
    if way == "through the link":
        CheckIn.objects.update(state="asked", answered_at=None, mood=None)
        browser.post(path, {"mood": "4"})
    assert PANEL not in browser.get(path).content.decode()
    before = everything_kept()

    sent = browser.post(path, {"words": DARK, "readers": readers if readers == "me" else str(group.public_id)})
    assert (sent.status_code, sent["Location"]) == (302, path)
    page = browser.get(path).content.decode()

    assert PANEL in page
    assert page.index(PANEL) < page.index("Would you like some support?")
    assert not re.search("phrase|because of|you wrote something|noticed", page)
    assert everything_kept() == before
    assert not FollowUp.objects.exists()
    if readers == "group":
        assert PANEL not in as_person(marisol).get(page_of(okay)).content.decode()


def everything_kept():
    """All that could tell somebody: it is the same for words on the list and for others."""
    tables = (Notice, Delivery, FollowUp)
    return [list(table.objects.values()) for table in tables], AuditEntry.objects.exclude(action="checkin.say").count()


def test_nothing_is_written_about_it(browser, okay):
    def writes(words):
        with CaptureQueriesContext(connection) as queries:
            browser.post(page_of(okay), {"words": words, "readers": "me"})
            browser.get(page_of(okay))
        return [q["sql"].split()[:3] for q in queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]

    writes("first")
    assert writes("A quiet day, all in all") == writes(DARK)
    assert "help" not in "".join(str(row.get_decoded()) for row in Session.objects.all())


def test_when_the_words_go_the_offer_goes(browser, okay):
    browser.post(page_of(okay), {"words": DARK, "readers": "me"})
    browser.post(page_of(okay), {"words": "", "readers": "me"})

    assert PANEL not in browser.get(page_of(okay)).content.decode()


# -- who reads it, when, and how long it is kept (R5) -------------------------------------------
def test_it_says_who_reads_when_and_how_long_and_the_text_follows_the_settings(browser, okay, duty):
    page = browser.get(page_of(okay)).content.decode()
    assert "Only you, unless you choose Marisol and Tunde below." in page
    assert "Marisol reads first, Monday to Friday, 9:00 am to 5:00 pm." in page
    assert "It is kept until you delete it." in page
    assert "Whoever runs your group later can read what you share, too." in page
    assert "PeerHub is peer support, not treatment or a crisis service." in page
    assert "Somebody is there Monday to Friday, 9:00 am to 5:00 pm, London time." in page
    assert "will write to you by Tuesday 24 November, 12:00 pm." in page

    duty.days, duty.opens = [1, 3], "14:00"
    duty.save()
    Organisation.objects.update(open_days=[3], opens="13:00", closes="15:00")
    page = browser.get(page_of(okay)).content.decode()
    assert "Marisol reads first, Tuesday and Thursday, 2:00 to 5:00 pm." in page
    assert "Somebody is there Thursday, 1:00 to 3:00 pm, London time." in page
    assert "will write to you by Thursday 26 November, 3:00 pm." in page


def test_nobody_is_asked_for_words_that_nobody_reads(browser, okay, duty, group):
    duty.delete()
    page = browser.get(page_of(okay)).content.decode()

    assert 'name="words"' not in page
    assert "nobody has the task to read them at the moment" in page
    sent = browser.post(page_of(okay), {"words": "x", "readers": str(group.public_id)})
    assert sent.status_code == 302
    assert read_words(okay.user, checkin=okay) == ""


def test_with_two_groups_words_go_only_where_somebody_reads(browser, okay, wren):
    other = FacilitatorFactory(alias="Kofi", group__name="Other").group
    MembershipFactory(user=wren, group=other)
    page = browser.get(page_of(okay)).content.decode()
    assert "Nobody reads words there at the moment." in page

    refused = browser.post(page_of(okay), {"words": "kept here", "readers": str(other.public_id)})
    assert refused.status_code == 422
    assert "kept here" in refused.content.decode()
    assert browser.post(page_of(okay), {"words": "", "readers": str(other.public_id)}).status_code == 302


def test_whoever_must_not_be_called_is_not_offered_a_call(as_person, okay, wren):
    wren.no_calls = True
    wren.save()
    browser = as_person(wren)
    page = browser.get(page_of(okay)).content.decode()

    assert "Yes, write to me" in page
    assert "please call me" not in page
    assert 'name="reach"' not in page
    assert browser.post(page_of(okay), {"support": "call", "reach": "0113", "readers": "me"}).status_code == 422
