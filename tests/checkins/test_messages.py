"""/you/messages/: what is sent, where, and how somebody may be reached."""

import re
from datetime import time

import pytest
from django.core.cache import caches

from checkins.models import Rhythm
from checkins.services import save_all_messages
from notices.models import MailTrouble, Preference
from notices.services import mail_of, save_preferences
from people.errors import Refused
from people.models import AuditEntry, Organisation, User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PATH = "/you/messages/"
OURS = ["sessions", "groups", "news", "replies"]


@pytest.fixture
def browser(as_person, wren):
    return as_person(wren)


def chosen(**changes):
    """The page as somebody sends it who changed nothing but these."""
    return {
        "often": "week",
        "weekday": "0",
        "part": "morning",
        "hour": "",
        "where": "email",
        "quiet_from": "20:00",
        "quiet_to": "08:00",
        "shown": OURS,
        "mail": OURS,
        "after_missed": "on",
        "pause": "no",
        "until": "",
    } | changes


def off(user):
    return {area for area, wanted in mail_of(user).items() if not wanted}


@pytest.mark.parametrize(("often", "every"), [("week", "week"), ("fortnight", "fortnight"), ("month", "month")])
def test_how_often_and_which_part_of_the_day(browser, wren, often, every):
    assert browser.post(PATH, chosen(often=often, remind="on")).status_code == 302

    rhythm = Rhythm.objects.get(user=wren)
    assert (rhythm.on, rhythm.every, rhythm.part, rhythm.remind) == (True, every, "morning", True)
    text = browser.get(PATH).text
    assert "between 9 and 11 in the morning" in text
    assert re.search(rf'value="{often}"[^>]* checked', text)


def test_a_part_of_the_day_that_is_all_quiet_is_not_offered(browser):
    response = browser.post(PATH, chosen(part="evening", quiet_from="16:00"))

    assert response.status_code == 422
    assert "Choose a part of the day outside your quiet hours" in response.text
    assert 'value="16:00"' in response.text
    assert not Rhythm.objects.exists()


def test_only_on_my_home_page(browser, wren):
    browser.post(PATH, chosen(where="home"))

    assert off(wren) == {"checkins"}
    text = browser.get(PATH).text
    assert ("It waits on your home page." in text, "How it looks in your inbox" in text) == (True, False)


def test_mails_by_area(browser, wren):
    browser.post(PATH, chosen(mail=["groups"]))

    assert off(wren) == {"sessions", "news", "replies"}
    assert re.findall(r'name="mail"[^>]*value="(\w+)" checked', browser.get(PATH).text) == ["groups"]


def test_who_runs_nothing_is_not_asked_about_running(browser, as_person, marisol):
    assert "People you look after" not in browser.get(PATH).text
    assert "People you look after" in as_person(marisol).get(PATH).text
    text = as_person(UserFactory(is_admin=True)).get(PATH).text
    assert ("People you look after" in text, "The organisation" in text) == (True, True)


def test_an_area_that_the_page_did_not_show_stays_as_it_was(browser, wren):
    save_preferences(wren, user=wren, mail={"news": False, "looking_after": False})

    browser.post(PATH, chosen(shown=["sessions", "groups"], mail=["groups"]))

    assert off(wren) == {"sessions", "news", "looking_after"}


def test_an_area_that_there_is_not_is_refused_and_nothing_is_saved(browser, wren):
    response = browser.post(PATH, chosen(mail=["weather"], no_calls="on"))

    assert response.status_code == 422
    assert not User.objects.get(pk=wren.pk).no_calls
    assert re.search(r'name="no_calls"[^>]*checked', response.text)


def test_how_somebody_may_be_reached(browser, wren):
    browser.post(PATH, chosen(no_mail="on", no_calls="on", no_texts="on", after_missed=""))

    wren = User.objects.get(pk=wren.pk)
    assert (wren.no_mail, wren.no_calls, wren.no_voicemail, wren.no_texts) == (True, True, False, True)
    assert not wren.consents.standing("hello").exists()
    assert "No mail is sent to you." in browser.get(PATH).text
    assert AuditEntry.objects.filter(action="person.change", about=wren).count() == 1

    browser.post(PATH, chosen())
    assert not User.objects.get(pk=wren.pk).no_mail


def test_a_hello_is_a_yes_of_its_own_given_and_taken_back_with_the_same_tick(browser, wren):
    wren.consents.all().delete()
    assert not re.search(r'name="after_missed"[^>]*checked', browser.get(PATH).text)

    browser.post(PATH, chosen(often="off"))
    assert [(one.purpose, one.version, one.channel) for one in wren.consents.all()] == [("hello", "1", "messages")]
    assert re.search(r'name="after_missed"[^>]*checked', browser.get(PATH).text)

    browser.post(PATH, chosen(often="off", after_missed=""))
    assert wren.consents.get().withdrawn_at is not None


def test_the_page_says_what_new_accounts_start_with_and_that_ones_own_may_differ(browser):
    Organisation.objects.update(quiet_from="21:00", quiet_to="07:30")
    caches["memory"].clear()

    text = " ".join(browser.get(PATH).text.split())

    assert "New accounts here start with 9:00 pm to 7:30 am. Yours may be longer, shorter, or in the day" in text


def test_who_works_at_night_may_have_quiet_hours_by_day(browser, wren):
    browser.post(PATH, chosen(part="", hour="22", quiet_from="09:00", quiet_to="17:00"))

    wren = User.objects.get(pk=wren.pk)
    assert (wren.quiet_from, wren.quiet_to, wren.rhythm.next_at.hour) == (time(9), time(17), 22)


def test_sending_the_page_as_it_is_changes_nothing(browser, wren):
    browser.post(PATH, chosen())
    before = AuditEntry.objects.exclude(action__startswith="rhythm.").count()

    browser.post(PATH, chosen())

    assert AuditEntry.objects.exclude(action__startswith="rhythm.").count() == before
    assert not Preference.objects.exists()


def test_all_or_nothing(wren, monkeypatch):
    def refuse(*_, **__):
        raise Refused("no")

    monkeypatch.setattr("checkins.services.messages.save_messages", refuse)

    with pytest.raises(Refused):
        save_all_messages(wren, mail={"news": False}, reach={"no_calls": True}, after_missed=False)

    assert off(wren) == set()
    assert not User.objects.get(pk=wren.pk).no_calls
    assert not Rhythm.objects.exists()


def test_what_was_typed_stays(browser):
    text = browser.post(PATH, chosen(often="", mail=["news"], no_texts="on", quiet_from="21:15")).text

    assert "Say if you would like to be asked" in text
    assert re.findall(r'name="mail"[^>]*value="(\w+)" checked', text) == ["news"]
    assert re.search(r'name="no_texts"[^>]*checked', text)
    assert 'value="21:15"' in text


def test_quiet_hours_that_leave_no_moment_are_told(browser, wren):
    browser.post(PATH, chosen(part="", hour="9"))

    response = browser.post(PATH, chosen(part="", hour="9", quiet_from="08:00", quiet_to="07:59"))

    assert response.status_code == 422
    assert User.objects.get(pk=wren.pk).quiet_from == time(20)


def test_mail_that_comes_back_is_said_and_can_be_tried_again(browser, wren):
    MailTrouble.objects.create(user=wren, address=wren.email, kind="bounced")
    text = browser.get(PATH).text
    assert ("Our mail to you comes back" in text, wren.email in text) == (True, False)

    assert browser.post("/you/mail-again/").url == PATH

    assert not MailTrouble.objects.exists()
    assert "Our mail to you comes back" not in browser.get(PATH).text


def test_trouble_with_an_address_of_before_is_not_shown(browser, wren):
    MailTrouble.objects.create(user=wren, address="old@example.org", kind="bounced")

    assert "Our mail to you comes back" not in browser.get(PATH).text
