"""The evening in the browser: the run sheet, the checklist, and who may open them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry
from people.sealed import seal
from sessions.models import GroupSession, Tick
from sessions.services import read_sheet
from tests import factories
from tests.sessions.pages.world import stand, url, words

pytestmark = pytest.mark.django_db
PAGES = ["run-sheet", "before"]
SHEET_QUERIES = 21


@pytest.fixture
def evening(session, facilitator):
    """In five minutes, with Ines and Jun, who was here before."""
    stand(session, None, starts_in=timedelta(minutes=5), plan="Small plans")
    before = factories.SessionFactory(group=session.group, starts_in=-timedelta(days=7))
    for alias in ("Ines", "Jun"):
        person = factories.MembershipFactory(group=session.group, alias=alias).user
        factories.SeatFactory(session=session, user=person)
        if alias == "Jun":
            marked = {"marked_by": facilitator, "marked_at": timezone.now()}
            factories.SeatFactory(session=before, user=person, came="came", **marked)
    factories.booking(session, host=facilitator)
    return session


def press(client, session, do, **sent):
    return client.post(url("run-sheet", session), {"do": do, "count": read_sheet(session).count, **sent})


@pytest.mark.parametrize("page", PAGES)
def test_members_are_kept_out_and_strangers_learn_nothing(evening, as_person, page):
    inside = evening.group.memberships.get(alias="Ines").user
    visit = factories.MembershipFactory(group=evening.group, state="visiting", joined_at=None).user
    elsewhere = factories.FacilitatorFactory().user

    asked = [as_person(person).get(url(page, evening)).status_code for person in (inside, visit, elsewhere)]

    assert asked == [403, 403, 404]
    assert as_person(inside).post(url("here", evening)).status_code == 403
    assert GroupSession.objects.get(pk=evening.pk).opened_at is None


@pytest.mark.parametrize("page", PAGES)
def test_who_stepped_in_is_out_again_when_the_evening_is_over(session, as_person, page):
    outside = factories.UserFactory()
    factories.booking(session, host=outside)
    assert as_person(outside).get(url(page, session)).status_code == 200

    session.bookings.all().delete()
    stand(session, None, starts_in=timedelta(hours=-5))
    factories.booking(session, host=outside)

    assert as_person(outside).get(url(page, session)).status_code in {403, 404}


def test_who_steps_in_reads_names_on_the_evening_and_not_before(evening, as_person):
    outside = factories.UserFactory(display_name="Sam")
    factories.booking(evening, host=outside, duty="co")
    now = as_person(outside).get(url("run-sheet", evening))
    evening.bookings.all().delete()
    stand(evening, None, starts_in=timedelta(hours=3))
    factories.booking(evening, host=outside)

    earlier = as_person(outside).get(url("run-sheet", evening))

    assert "Ines is new today." in words(now)
    assert "Ines" not in earlier.content.decode()


def test_a_cancelled_session_has_no_run_sheet(session, facilitator, as_person):
    stand(session, None, state="cancelled", cancelled_at=timezone.now())
    client = as_person(facilitator)

    assert client.get(url("run-sheet", session)).status_code == 409
    assert client.post(url("run-sheet", session), {"do": "forward", "count": 0}).status_code == 409
    assert "nothing to look at" in words(client.get(url("before", session)))
    assert client.post(url("before", session), {"done": "link"}).status_code == 409


def test_opening_the_run_sheet_in_the_hour_before_says_that_somebody_is_there(session, facilitator, as_person):
    client = as_person(facilitator)
    client.get(url("run-sheet", session))
    assert GroupSession.objects.get().opened_at is None
    stand(session, None, starts_in=timedelta(minutes=50))

    client.head(url("run-sheet", session))
    assert GroupSession.objects.get().opened_at is None
    client.get(url("run-sheet", session))
    client.get(url("run-sheet", session))

    assert GroupSession.objects.get().opened_by == facilitator
    assert AuditEntry.objects.filter(action="session.open").count() == 1


def test_the_whole_evening_step_by_step_without_a_script(evening, facilitator, as_person):
    factories.AgreementFactory(group=evening.group)
    duty = "Sam works in a school, so he must pass on harm to a child."
    factories.FacilitatorFactory(group=evening.group, alias="Sam", duty=duty)
    factories.SessionFactory(group=evening.group, starts_in=timedelta(days=7))
    client = as_person(facilitator)
    said = []
    for do in ("forward", "agreed", "next", "pass", "next", "next", "forward", "forward", "forward"):
        said.append(words(client.get(url("run-sheet", evening))))
        assert press(client, evening, do).status_code == 302
    said.append(words(client.get(url("run-sheet", evening))))

    expected = [
        ["step 1 of 6", "Ines is new today.", "You lead alone."],
        ["step 2 of 6", "There is a limit.", "could be seriously harmed", duty, "A nod or a wave is enough."],
        ["step 3 of 6", "First: Ines", "0 of 3 heard", "Said yes to by everyone at"],
        ["Speaking Ines until about", "Next: Jun", "Ines passes", "Ines is not here"],
        ["Speaking Jun", "Next: You", "Ines passed", "1 of 3 heard"],
        ["Speaking You", "You pass", "Everyone has had a turn", "2 of 3 heard"],
        ["Everyone has had a turn.", "3 of 3 heard", "Go on to: Talking together"],
        ["step 4 of 6", "Tonight: Small plans", "A break of ten minutes"],
        ["step 5 of 6", "Passing is fine", "First: Ines", "0 of 3 heard"],
        ["step 6 of 6", "We meet again on", "not there at all hours"],
    ]
    steps = zip(said, expected, strict=True)
    assert [(page, one) for page, lot in steps for one in lot if one not in page] == []


def test_two_hosts_press_at_once_and_the_second_is_told(evening, facilitator, as_person):
    tunde = as_person(factories.FacilitatorFactory(group=evening.group, alias="Sam").user)
    marisol = as_person(facilitator)
    press(marisol, evening, "forward")

    marisol.post(url("run-sheet", evening), {"do": "forward", "count": 1})
    late = tunde.post(url("run-sheet", evening), {"do": "forward", "count": 1}, follow=True)

    assert read_sheet(evening).step == "round"
    assert "The sheet had moved on already." in words(late)


def test_somebody_who_comes_late_is_added(evening, facilitator, as_person):
    late = factories.MembershipFactory(group=evening.group, alias="Pat")
    client = as_person(facilitator)
    press(client, evening, "forward")
    press(client, evening, "forward")
    press(client, evening, "next")

    assert press(client, evening, "put", who=str(late.public_id)).status_code == 302
    assert press(client, evening, "put", who="guest").status_code == 302

    page = words(client.get(url("run-sheet", evening)))
    assert "Next: A guest" in page
    assert "Ines A guest Pat Jun" in page


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({}, "Press one of the buttons on this page"),
        ({"do": "dance", "count": "0"}, "Press one of the buttons on this page"),
        ({"do": "next", "count": "many"}, "Press one of the buttons on this page"),
        ({"do": "next", "count": "9" * 40}, "Press one of the buttons on this page"),
        ({"do": "put", "count": "0"}, "Choose who is next"),
        ({"do": "put", "count": "0", "who": "somebody"}, "Choose somebody of this group, or a guest"),
        ({"do": "next\x07", "count": "0"}, "Press one of the buttons on this page"),
    ],
)
def test_a_press_that_is_none_is_sent_back_with_words(evening, facilitator, as_person, sent, why):
    response = as_person(facilitator).post(url("run-sheet", evening), sent)

    assert response.status_code == 422
    assert why in words(response)
    assert read_sheet(evening).count == 0


def test_before_its_time_the_sheet_shows_the_plan_and_turns_no_page(session, facilitator, as_person):
    client = as_person(facilitator)

    page = words(client.get(url("run-sheet", session)))

    assert "this page goes along with you" in page
    assert "Now, step" not in page
    assert press(client, session, "forward").status_code == 409


def test_names_stand_in_no_title_and_no_address(evening, facilitator, as_person):
    facilitator.discreet = False
    facilitator.save()
    client = as_person(facilitator)
    press(client, evening, "forward")
    led_to = press(client, evening, "forward")["Location"]
    page = client.get(url("run-sheet", evening)).content.decode()

    title = page.split("<title>")[1].split("</title>")[0]
    assert (title, led_to) == ("Run sheet - PeerHub", url("run-sheet", evening))
    assert "Ines" in page


def test_paper_made_of_the_live_page_has_no_name_of_a_member(evening, facilitator, as_person):
    """The step that it is at, with the round, and who is new stay on the screen: paper is left lying about (R34)."""
    client = as_person(facilitator)
    press(client, evening, "forward")
    press(client, evening, "forward")

    page = client.get(url("run-sheet", evening)).content.decode().split('<main id="main"')[1]

    whole = page.split('id="all"')[1].split("</section>")[0]
    on_screen = page.split('id="run-step"')[1].split("</section>")[0]
    assert '<section class="card card-lead no-print" aria-labelledby="now" id="run-step">' in page
    assert "Ines" in on_screen
    assert "Ines" in whole
    assert "Ines" not in re.sub(r'<span class="no-print">.*?</span>', "", whole)
    assert "Ines" not in page.replace(on_screen, "").replace(whole, "")
    assert "gives one sheet of paper without any name on it" in page


def test_times_are_those_of_the_group(session, as_person):
    host = factories.FacilitatorFactory(group=session.group, user__time_zone="Asia/Tokyo").user
    start = timezone.now().replace(hour=19, minute=0, second=0, microsecond=0) + timedelta(days=1)
    session.starts_at, session.ends_at = start, start + timedelta(minutes=75)
    session.time_zone = "America/New_York"
    session.save()

    page = words(as_person(host).get(url("run-sheet", session)))

    local = start.astimezone(session.zone)
    assert f"{local:%-I}:00" in page
    assert "New York time" in page


def test_the_checklist_is_saved_and_leads_back_where_it_was_sent_from(evening, facilitator, as_person):
    client = as_person(facilitator)

    back = client.post(url("before", evening), {"done": ["link", "fit"], "next": "/today/"})
    page = client.get(url("before", evening)).content.decode()

    assert back["Location"] == "/today/"
    assert page.count(" checked>") == 2
    assert set(Tick.objects.values_list("item", flat=True)) == {"link", "fit"}
    assert client.post(url("before", evening), {"next": "https://elsewhere.example/"})["Location"].startswith("/s")


@pytest.mark.parametrize("sent", [{"done": "tea"}, {"was": "tea", "done": "link"}, {"done": "colleague"}])
def test_a_tick_for_something_that_is_not_on_the_list_is_sent_back(evening, facilitator, as_person, sent):
    response = as_person(facilitator).post(url("before", evening), sent)

    assert response.status_code == 422
    assert "The list has changed" in words(response)
    assert not Tick.objects.exists()


@pytest.mark.parametrize(("starts_in", "status"), [(timedelta(minutes=90), 409), (timedelta(minutes=40), 302)])
def test_i_am_here(session, facilitator, as_person, starts_in, status):
    stand(session, None, starts_in=starts_in)

    response = as_person(facilitator).post(url("here", session), {"next": "/today/"})

    assert response.status_code == status
    assert (GroupSession.objects.get().opened_by == facilitator) is (status == 302)


@pytest.mark.parametrize("people", [1, 30])
def test_the_sheet_asks_the_same_for_one_and_for_thirty(
    session, facilitator, as_person, people, django_assert_num_queries
):
    stand(session, None, starts_in=timedelta(minutes=5))
    for _ in range(people):
        seat = factories.MembershipFactory(group=session.group)
        factories.SeatFactory(session=session, user=seat.user)
    factories.booking(session, host=facilitator)
    client = as_person(facilitator)
    client.get(url("run-sheet", session))
    press(client, session, "forward")
    press(client, session, "forward")
    press(client, session, "next")

    with django_assert_num_queries(SHEET_QUERIES):
        client.get(url("run-sheet", session))


def test_a_browser_that_loads_the_sheet_ahead_is_nobody_there(evening, facilitator, as_person):
    client = as_person(facilitator)
    client.get(url("run-sheet", evening), headers={"sec-purpose": "prefetch;prerender"})
    client.head(url("run-sheet", evening))
    assert GroupSession.objects.get(pk=evening.pk).opened_at is None

    client.get(url("run-sheet", evening))
    assert GroupSession.objects.get(pk=evening.pk).opened_by == facilitator


def test_a_browser_that_goes_to_the_door_ahead_opens_no_evening(evening, facilitator, as_person):
    seal(evening.group, "door", "https://meet.example.org/harbour", owner=evening.group)
    evening.group.save()
    client = as_person(facilitator)
    ahead = client.get(url("door", evening), headers={"sec-purpose": "prefetch"})
    client.head(url("door", evening))
    assert ahead.status_code == 503
    assert GroupSession.objects.get(pk=evening.pk).opened_at is None

    client.get(url("door", evening))
    assert GroupSession.objects.get(pk=evening.pk).opened_by == facilitator
