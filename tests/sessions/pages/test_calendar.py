"""Sessions in people's own calendars: the address that calendars ask, the file of one session, the page about it."""

import re
from datetime import timedelta
from uuid import uuid4

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from groups.services import leave_group
from people.services import suspend_person
from sessions.models import CalendarLink
from sessions.services import answer_seat, cancel_session, make_calendar_link, set_calendar_titles, stop_calendar_link
from tests import factories

pytestmark = pytest.mark.django_db
PAGE, TITLES, STOP = "/you/calendar/", "/you/calendar/titles/", "/you/calendar/stop/"
SHOWN = re.compile(r'value="http://localhost:8000(/calendar/[\w-]{43}\.ics)"')


@pytest.fixture
def member():
    """Somebody with one session tomorrow, in a group whose every word is a canary."""
    group = factories.GroupFactory(name="canary-group", place="canary-place", purpose="canary-purpose")
    session = factories.SessionFactory(group=group, plan="canary-plan")
    return factories.MembershipFactory(group=group, alias="canary-alias", user__display_name="canary-name"), session


def fetch(token, **headers):
    """What a calendar gets, which has no cookies and signs in nowhere."""
    return Client(headers=headers).get(reverse("sessions:calendar-feed", args=[token]))


def titles(response):
    return [str(event["summary"]) for event in icalendar.Calendar.from_ical(response.content).walk("VEVENT")]


def test_no_address_tells_why_it_opens_nothing(member):
    membership, _session = member
    person, admin = membership.user, factories.AdminFactory()
    rotated = make_calendar_link(person)
    good = make_calendar_link(person)
    taken, suspended, late = (factories.UserFactory() for _ in range(3))
    tokens = [rotated, make_calendar_link(taken), make_calendar_link(suspended), make_calendar_link(late)]
    stop_calendar_link(taken)
    suspend_person(admin, person=suspended)
    CalendarLink.objects.filter(user=late).update(used_at=late.joined_at - timedelta(days=91))
    assert fetch(good).status_code == 200

    answers = [fetch(token) for token in (*tokens, "never-made", "x" * 5000, "ümlaut", good.upper())]

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, b"There is no calendar here.")}
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert [answer.cookies for answer in answers if answer.cookies] == []


def test_it_is_for_calendars_and_for_nobody_between(member):
    answer = fetch(make_calendar_link(member[0].user))

    assert titles(answer) == ["Busy"]
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert answer.cookies == {}


def test_nothing_of_the_group_is_in_it_until_somebody_opts_in(member):
    membership, session = member
    token = make_calendar_link(membership.user)
    discreet = fetch(token).content.decode()

    set_calendar_titles(membership.user, titles="names")
    full = fetch(token).content.decode().replace("\r\n ", "")

    assert re.findall("canary-[a-z]+|http|PeerHub", discreet) == []
    assert set(re.findall("canary-[a-z]+", full)) == {"canary-group"}
    assert re.findall(r"https?:\S+", full) == [f"http://localhost:8000/sessions/{session.public_id}/"] * 2


def test_what_was_left_and_what_was_cancelled(member):
    membership, session = member
    token = make_calendar_link(membership.user)
    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)
    (event,) = icalendar.Calendar.from_ical(fetch(token).content).walk("VEVENT")
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)

    leave_group(membership.user, membership=membership)

    assert titles(fetch(token)) == []


def test_a_calendar_that_has_it_all_is_told_so(member):
    membership, session = member
    token = make_calendar_link(membership.user)
    first = fetch(token)

    again = fetch(token, if_none_match=first["ETag"])

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "private, no-cache"
    for change in (
        lambda: answer_seat(membership.user, session=session, going=True),
        lambda: set_calendar_titles(membership.user, titles="names"),
        lambda: cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session),
        lambda: leave_group(membership.user, membership=membership),
    ):
        change()
        changed = fetch(token, if_none_match=first["ETag"])
        assert changed.status_code == 200
        assert fetch(token, if_none_match=changed["ETag"]).status_code == 304
        first = changed


def test_asking_costs_the_same_however_much_there_is(member, django_assert_num_queries):
    membership, session = member
    token = make_calendar_link(membership.user)
    for count in (1, 30):
        for hours in range(count - 1):
            factories.SessionFactory(group=session.group, starts_in=timedelta(days=2, hours=2 * hours))
        with django_assert_num_queries(3):
            answer = fetch(token)
        assert len(titles(answer)) == count
        with django_assert_num_queries(2):
            assert fetch(token, if_none_match=answer["ETag"]).status_code == 304


def test_it_is_looked_at_and_nothing_else(member):
    address = reverse("sessions:calendar-feed", args=[make_calendar_link(member[0].user)])

    assert Client().post(address).status_code == 405
    assert Client().head(address).status_code == 200


def test_it_speaks_the_language_of_its_person(member, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("es", "Español")]
    membership, _session = member
    token = make_calendar_link(membership.user)
    before = fetch(token)["ETag"]

    membership.user.locale = "es"
    membership.user.save()

    assert fetch(token)["ETag"] != before
    assert fetch(token, accept_language="en")["ETag"] == fetch(token)["ETag"]


# -- the file of one session --------------------------------------------------------------------
def test_the_file_of_a_session_is_for_those_who_may_see_it(member, as_person):
    membership, session = member
    address = reverse("sessions:calendar-file", args=[session.public_id])
    assert as_person(membership.user).get(address).status_code == 200

    assert as_person(factories.UserFactory()).get(address).status_code == 404
    assert as_person(membership.user).get(reverse("sessions:calendar-file", args=[uuid4()])).status_code == 404
    assert Client().get(address).status_code == 302


def test_the_file_says_appointment_unless_names_were_chosen(member, as_person):
    membership, session = member
    address = reverse("sessions:calendar-file", args=[session.public_id])
    browser = as_person(membership.user)
    make_calendar_link(membership.user)

    file = browser.get(address)
    set_calendar_titles(membership.user, titles="names")

    assert titles(file) == ["Appointment"]
    assert file["Content-Disposition"] == 'attachment; filename="calendar.ics"'
    assert titles(browser.get(address)) == ["canary-group"]


def test_the_page_of_a_session_offers_its_file_while_it_is_ahead(member, as_person):
    membership, session = member
    browser, link = as_person(membership.user), f'href="/sessions/{session.public_id}/calendar.ics"'
    assert link in browser.get(session.get_absolute_url()).content.decode()

    cancel_session(factories.FacilitatorFactory(group=session.group).user, session=session)

    assert link not in browser.get(session.get_absolute_url()).content.decode()


# -- the page about the link ----------------------------------------------------------------------
def test_an_address_is_shown_once(member, as_person):
    browser = as_person(member[0].user)
    assert "Make an address" in browser.get(PAGE).content.decode()

    made = browser.post(PAGE)

    (address,) = SHOWN.findall(made.content.decode())
    assert titles(Client().get(address)) == ["Busy"]
    assert f'href="webcal://localhost:8000{address}"' in made.content.decode()
    assert made["Cache-Control"] == "no-store"
    for page in (PAGE, "/you/names/", "/you/"):
        later = browser.get(page).content.decode()
        assert "/calendar/" in later
        assert address not in later
    assert str(dict(browser.session)).find(address[10:53]) == -1


def test_one_click_makes_a_new_address_and_ends_the_old(member, as_person):
    browser = as_person(member[0].user)
    (old,) = SHOWN.findall(browser.post(PAGE).content.decode())

    (new,) = SHOWN.findall(browser.post(PAGE).content.decode())

    assert [Client().get(address).status_code for address in (old, new)] == [404, 200]


def test_taking_it_away_says_so(member, as_person):
    browser = as_person(member[0].user)
    (address,) = SHOWN.findall(browser.post(PAGE).content.decode())

    page = browser.post(STOP, follow=True).content.decode()

    assert "The address opens nothing now." in page
    assert "You have no address now" in page
    assert Client().get(address).status_code == 404


def test_what_entries_say_is_chosen_on_the_page(member, as_person):
    browser, person = as_person(member[0].user), member[0].user
    make_calendar_link(person)

    saved = browser.post(TITLES, {"titles": "names"}, follow=True).content.decode()

    assert "Saved." in saved
    assert re.search(r'value="names"[^>]*checked|checked[^>]*value="names"', saved)
    assert CalendarLink.objects.get(user=person).shows_names


@pytest.mark.parametrize("sent", [{}, {"titles": "everything"}])
def test_anything_else_comes_back_with_what_to_do(member, as_person, sent):
    make_calendar_link(member[0].user)

    answer = as_person(member[0].user).post(TITLES, sent)

    assert answer.status_code == 422
    assert "Choose one of the two" in answer.content.decode()


def test_what_is_sent_after_the_link_was_taken_away_is_answered_kindly(member, as_person):
    page = as_person(member[0].user).post(TITLES, {"titles": "names"}, follow=True).content.decode()

    assert "There is no calendar link now. Make one first" in page


def test_the_page_of_names_says_whether_there_is_one(member, as_person):
    browser = as_person(member[0].user)
    assert "About the calendar link" in browser.get("/you/names/").content.decode()

    make_calendar_link(member[0].user)

    assert "There is one since" in browser.get("/you/names/").content.decode()


# -- somebody else holds the unlocked phone for a minute ----------------------------------------------
WORDS = "four words in one row"


@pytest.fixture
def unlocked(member, as_person):
    """Signed in a while ago, with a password that whoever holds the phone does not know."""
    person = member[0].user
    person.set_password(WORDS)
    person.save()
    return as_person(person), person


def test_whoever_holds_the_phone_makes_no_address_that_watches_for_months(unlocked):
    browser, person = unlocked
    asked = browser.post(PAGE)

    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not CalendarLink.objects.filter(user=person).exists()
    made = browser.post(asked["Location"], {"password": WORDS})
    assert fetch(SHOWN.search(made.content.decode())[1].split("/")[-1].removesuffix(".ics")).status_code == 200
    assert f'action="{PAGE}"' in browser.get(PAGE).content.decode()


def test_whoever_holds_the_phone_does_not_make_it_say_names(unlocked):
    browser, person = unlocked
    make_calendar_link(person)

    assert browser.post(TITLES, {"titles": "names"})["Location"].startswith("/accounts/reauthenticate/")
    assert CalendarLink.objects.get(user=person).titles == "busy"
    assert browser.post(STOP).status_code == 302
    assert not CalendarLink.objects.filter(user=person).exists()
