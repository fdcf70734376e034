"""Who may not; the member's page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from tests import factories, pairs
from tests.sessions.pages.world import stand, url, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["detail", "seat", "door", "attendance", "cancel"])
@pytest.mark.parametrize("make", [factories.UserFactory, factories.AdminFactory, factories.SafetyLeadFactory])
def test_strangers_and_staff_find_nothing(session, as_person, page, make):
    client = as_person(make())

    assert {client.get(url(page, session)).status_code, client.post(url(page, session)).status_code} <= {404, 405}


@pytest.mark.parametrize("page", ["detail", "seat", "door", "attendance", "cancel"])
def test_who_is_signed_out_is_asked_to_sign_in(client, session, page):
    response = client.get(url(page, session))

    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("page", ["attendance", "cancel"])
def test_members_do_not_run_their_sessions(session, member, as_person, page):
    client = as_person(member)

    assert [client.get(url(page, session)).status_code, client.post(url(page, session)).status_code] == [403, 403]


@pytest.mark.parametrize("who", ["member", "stranger", "admin"])
def test_only_facilitators_add_sessions(session, member, as_person, who):
    person = {"member": lambda: member, "stranger": factories.UserFactory, "admin": factories.AdminFactory}[who]()

    response = as_person(person).get(reverse("sessions:series-create", args=[session.group.slug]))

    assert response.status_code == 404


CANCELLED = {"state": "cancelled", "cancelled_at": datetime(2026, 11, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("change", "heading", "buttons"),
    [
        ({}, "Are you coming?", ["Yes, keep my seat", "Not this time"]),
        ({"seat": "declined"}, "Are you coming?", ["Yes, keep my seat"]),
        ({"capacity": None}, "Are you coming?", ["Yes, keep my seat", "Not this time"]),
        ({"capacity": 1, "taken": 1}, "The one seat is taken", ["Join the waitlist", "Not this time"]),
        ({"capacity": 1, "taken": 1, "seat": "waiting"}, "You are 1st in line", ["Leave the waitlist"]),
        ({"seat": "going"}, "Your seat is kept", ["I can't come any more"]),
        ({"seat": "going", "starts_in": timedelta(minutes=10)}, "The room is open", ["I can't come any more"]),
        ({"seat": "going", "starts_in": timedelta(minutes=-10)}, "The room is open", []),
        ({"starts_in": timedelta(minutes=-10)}, "This session has begun", []),
        ({"seat": "waiting", "starts_in": timedelta(minutes=-10)}, "This session has begun", []),
        ({"seat": "going", "starts_in": timedelta(hours=-3)}, "That was {day}", []),
        (CANCELLED, "This session is not happening", []),
        (CANCELLED | {"seat": "going"}, "This session is not happening", []),
    ],
)
def test_every_state_of_a_session(session, member, facilitator, as_person, change, heading, buttons):
    for _ in range(change.get("taken", 0)):
        factories.SeatFactory(session=session)
    change = {name: value for name, value in change.items() if name != "taken"}
    if "state" in change:
        change["cancelled_by"] = facilitator
    stand(session, member, **change)

    page = as_person(member).get(url("detail", session))

    body = page.content.decode()
    assert page.status_code == 200
    heading = heading.replace("{day}", date_format(session.starts_at.astimezone(session.zone), "l j F"))
    assert f'<h2 id="seat">{heading}</h2>' in body.replace("&#x27;", "'")
    card = body.split('aria-labelledby="seat"')[1].split("</section>")[0].replace("&#x27;", "'")
    assert re.findall(r"<button[^>]*>([^<]+)</button>", card) == buttons
    assert ("Join the session" in card) == (heading == "The room is open")
    assert "meet.example.org" not in body


def test_the_page_tells_nobody_who_else_comes(session, member, as_person):
    other = factories.MembershipFactory(group=session.group, alias="Somebody Else").user
    factories.SeatFactory(session=session, user=other)

    page = as_person(member).get(url("detail", session))

    assert "1 person is coming, and there are 9 more seats." in words(page)
    assert "Somebody Else" not in page.content.decode()


def test_a_reader_elsewhere_sees_both_clocks(member, session, as_person, time_machine):
    time_machine.move_to(datetime(2026, 11, 21, tzinfo=UTC))
    stand(session, member)
    session.starts_at = datetime(2026, 12, 1, 19, tzinfo=UTC)
    session.ends_at = datetime(2026, 12, 1, 20, 15, tzinfo=UTC)
    session.save()
    client = as_person(member)

    at_home = words(client.get(url("detail", session)))
    member.time_zone = "Asia/Tokyo"
    member.save()
    abroad = words(client.get(url("detail", session)))

    assert "Tuesday 1 December, 7:00 pm Until 8:15 pm, London time." in at_home
    assert "For the group" not in at_home
    assert "Wednesday 2 December, 4:00 am Until 5:15 am, Tokyo time." in abroad
    assert "For the group: Tuesday 1 December, 7:00 to 8:15 pm, London time." in abroad


def test_facilitators_see_counts_and_their_tools(session, facilitator, as_person):
    factories.SeatFactory(session=session)

    text = words(as_person(facilitator).get(url("detail", session)))

    assert "1 person is coming 9 seats are free. Run sheet To look at or print now. From" in text
    assert "Cancel this session" in text
    assert "Are you coming?" not in text


MOMENTS = {
    "days before": (timedelta(days=3), "online", ["run-sheet"], ["before", "change", "cancel"]),
    "the door is open": (timedelta(minutes=40), "online", ["door"], ["run-sheet", "before", "change", "cancel"]),
    "in a room": (timedelta(minutes=40), "in_person", ["run-sheet"], ["before", "change", "cancel"]),
    "it has begun": (timedelta(minutes=-5), "online", ["door"], ["run-sheet", "attendance", "before", "cancel"]),
    "it is over": (timedelta(hours=-2), "online", ["close"], ["attendance"]),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_whoever_leads_sees_one_thing_to_do_first_and_only_what_can_be_done(session, facilitator, as_person, moment):
    starts_in, meets, first, besides = MOMENTS[moment]
    stand(session, None, starts_in=starts_in)
    type(session.group).objects.update(format=meets)

    page = as_person(facilitator).get(url("detail", session)).content.decode()

    main = page.split('<main id="main"')[1].split("</main>")[0]
    close = reverse("home:close", args=[session.public_id])
    ways = ("door", "run-sheet", "attendance", "before", "change", "cancel")
    where = {**{name: url(name, session) for name in ways}, "close": close}
    shown = [name for name, address in where.items() if f'"{address}"' in main]
    filled = [name for name, address in where.items() if re.search(rf'<a class="btn btn-primary[^>]*"{address}"', main)]
    assert filled == first
    assert sorted(shown) == sorted(first + besides)
    assert main.count("btn-primary") == 1


def test_nobody_yet_is_said_in_words(session, member, facilitator, as_person):
    theirs, its_hosts = (words(as_person(who).get(url("detail", session))) for who in (member, facilitator))

    assert "Nobody has said yes yet. There are 10 seats." in theirs
    assert "Nobody has said yes yet" in its_hosts
    assert "0 people" not in theirs + its_hosts


def test_the_two_of_a_pair_are_not_counted(as_person):
    programme = factories.GroupFactory(kind="programme")
    two = pairs.pair(programme, pairs.mentor(programme), pairs.mentee(programme))
    session = factories.SessionFactory(group=two, capacity=1)
    client = as_person(two.memberships.get(role="member").user)

    page = words(client.get(url("detail", session)))

    assert "Are you coming?" in page
    assert "Nobody has said yes" not in page
    assert "are coming" not in page


def test_a_session_that_was_moved_says_from_when(session, member, as_person):
    was = datetime(2027, 1, 5, 19, tzinfo=UTC)
    stand(session, member, seat="going", moved_from=was)
    client = as_person(member)
    moved = "Moved from Tuesday 5 January, 7:00 pm."

    pages = [words(client.get(address)) for address in (url("detail", session), reverse("sessions:list"))]
    assert [moved in page for page in pages] == [True, True]

    session.state, session.cancelled_by, session.cancelled_at = "cancelled", session.group.created_by, timezone.now()
    session.save()
    assert moved not in words(client.get(url("detail", session)))


def test_a_cancelled_session_is_led_by_nobody(session, member, facilitator, as_person):
    factories.booking(session, host=facilitator)
    client = as_person(member)
    assert "Led by Tunde A." in words(client.get(url("detail", session)))

    stand(session, member, state="cancelled", cancelled_by=facilitator, cancelled_at=timezone.now())

    assert "Led by" not in words(client.get(url("detail", session)))
