"""The page that closes a session, as its facilitator and everybody else meet it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.models import FollowUp
from notes.models import Note
from sessions.models import Closing, GroupSession, Guest, Seat
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("organisation", "no_second_step")]
CANARY = "We swapped walking routes"


@pytest.fixture
def evening(client):
    group = make.GroupFactory(name="Quiet river")
    lead = make.FacilitatorFactory(group=group, alias="Marisol").user
    session = make.SessionFactory(group=group, starts_in=timedelta(hours=-3))
    joined = timezone.now() - timedelta(days=30)
    kofi, mo = (make.MembershipFactory(group=group, alias=name, joined_at=joined) for name in ("Kofi", "Mo"))
    make.SeatFactory(session=session, user=kofi.user, state="going")
    make.SeatFactory(session=session, user=mo.user, state="declined")
    client.force_login(lead)
    return session, lead, kofi, mo


def path(session):
    return f"/sessions/{session.public_id}/close/"


def sent(kofi=None, **more):
    forms = {"promises-TOTAL_FORMS": "1", "promises-INITIAL_FORMS": "0", "by": "names"}
    marks = {f"came-{kofi.public_id}": "came", f"was-{kofi.public_id}": ""} if kofi else {}
    return forms | marks | more


def promise(person, number=0, **more):
    fields = {"who": str(person.public_id), "by": f"{timezone.localdate() + timedelta(days=2)}", "why": "First time."}
    return {f"promises-{number}-{name}": value for name, value in (fields | more).items()}


def test_members_and_people_from_elsewhere_find_no_such_page(client, evening):
    session, _, kofi, _ = evening
    elsewhere = make.FacilitatorFactory().user

    for person, status in ((kofi.user, 403), (elsewhere, 404), (make.AdminFactory(), 404)):
        client.force_login(person)
        assert client.get(path(session)).status_code == status
        assert client.post(path(session), sent()).status_code == status
    assert not Closing.objects.exists()


def test_what_has_not_begun_cannot_be_closed(client, evening):
    session, *_ = evening
    later = make.SessionFactory(group=session.group)

    page = client.get(path(later))

    assert page.status_code == 409
    assert "once it has begun" in page.content.decode()


def test_it_begins_with_what_people_answered_and_keeps_nothing_by_being_read(client, evening):
    session, _, _kofi, _mo = evening

    page = client.get(path(session)).content.decode()

    assert page.count("checked") == 4  # by name, Kofi came, Mo told us, and a guest would come this once
    assert not Closing.objects.exists()
    assert not Seat.objects.exclude(came="").exists()


def test_a_minute_is_enough(client, evening):
    session, lead, kofi, mo = evening

    page = client.post(path(session), sent(kofi, win=CANARY, themes=["sleep"], debrief="We took turns."))

    assert (page.status_code, page["Location"]) == (302, "/today/")
    assert Seat.objects.get(user=kofi.user).came == "came"
    assert Seat.objects.get(user=mo.user).came == ""
    assert GroupSession.objects.get().state == "held"
    assert Note.objects.get().author == lead


def test_another_person_to_check_on_costs_nothing_typed_and_saves_nothing(client, evening):
    session, _, kofi, mo = evening

    page = client.post(path(session), sent(kofi, win=CANARY, add="1", **promise(mo)))

    words = page.content.decode()
    assert page.status_code == 200
    assert CANARY in words
    assert 'name="promises-1-who"' in words
    assert "First time." in words
    assert not Closing.objects.exists()


def test_two_promises_are_kept(client, evening):
    session, lead, kofi, mo = evening
    both = promise(mo) | promise(kofi, 1, key="6f1c7a9e-2b0f-4f0e-9a55-0d6a64a4c111")

    client.post(path(session), sent(kofi, **both) | {"promises-TOTAL_FORMS": "2"})

    assert {row.about for row in FollowUp.objects.filter(cause="promise", owner=lead)} == {kofi.user, mo.user}


def test_a_promise_without_a_day_comes_back_with_all_that_was_typed(client, evening):
    session, _, kofi, mo = evening

    page = client.post(path(session), sent(kofi, win=CANARY, **promise(mo, by="")))

    assert page.status_code == 422
    assert "Choose until when" in page.content.decode()
    assert CANARY in page.content.decode()
    assert not Closing.objects.exists()


def test_what_is_to_be_put_right_stands_in_one_list(client, evening):
    session, _, kofi, mo = evening
    wrong = {"win": "mo was brave", "guest": "ann@example.org", **promise(mo, by="")}

    page = client.post(path(session), sent(kofi, **wrong)).content.decode()

    assert page.count("There is a problem") == 1
    assert page.count("data-focus") == 1
    places = re.findall(r'<li><a href="#([^"]+)">', page)
    assert places == ["id_guest", "id_promises-0-by", "id_win"]
    assert all(f'id="{place}"' in page for place in places)


def test_what_was_closed_is_not_said_to_be_filled_in(client, evening):
    session, _, kofi, _ = evening
    assert "Filled in from what people answered" in client.get(path(session)).content.decode()
    client.post(path(session), sent(kofi))

    page = client.get(path(session)).content.decode()

    assert "As it was kept. Nothing changes until you save." in page
    assert "Filled in" not in page


@pytest.mark.parametrize("field", ["win", "tool", "debrief"])
def test_a_name_is_asked_about_once_and_then_taken_as_meant(client, evening, field):
    session, _, kofi, _mo = evening

    page = client.post(path(session), sent(kofi, **{field: "mo was brave"}))

    assert page.status_code == 422
    assert "A name stands here: Mo" in page.content.decode()
    assert not Closing.objects.exists()
    again = client.post(path(session), sent(kofi, **{field: "mo was brave", "names_seen": f"{field}:Mo"}))
    assert again.status_code == 302


def test_a_number_instead_of_names_takes_the_names_away(client, evening):
    session, _, kofi, _ = evening
    client.post(path(session), sent(kofi))
    seen = Closing.objects.get().closed_at.isoformat()

    client.post(path(session), sent(kofi, by="number", count="7", seen=seen))

    assert GroupSession.objects.get().headcount == 7
    assert not Seat.objects.exclude(came="").exists()


def test_a_number_that_is_missing_is_asked_for(client, evening):
    session, *_ = evening

    page = client.post(path(session), sent(by="number", win=CANARY))

    assert page.status_code == 422
    assert "Write how many people came" in page.content.decode()


def test_somebody_without_an_account_can_be_added(client, evening):
    session, _, kofi, _ = evening

    client.post(path(session), sent(kofi, guest="Bee", guest_often="once"))

    assert Guest.objects.get().called == "Bee"


def test_who_saved_meanwhile_is_named_and_the_words_stay(client, evening):
    session, _, kofi, _ = evening
    client.post(path(session), sent(kofi, win="Somebody else was quicker"))

    page = client.post(path(session), sent(kofi, win=CANARY))

    assert page.status_code == 409
    assert "a moment ago" in page.content.decode()
    assert CANARY in page.content.decode()
    seen = Closing.objects.get().closed_at.isoformat()
    assert f'name="seen" value="{seen}"' in page.content.decode()
    assert client.post(path(session), sent(kofi, win=CANARY, seen=seen)).status_code == 302


def test_a_note_that_fails_says_so_and_keeps_its_text(client, evening, monkeypatch, caplog):
    session, _, kofi, _ = evening
    monkeypatch.setattr("home.services._wrote", lambda *args: False)

    page = client.post(path(session), sent(kofi, debrief="We took turns."))

    words = page.content.decode()
    assert page.status_code == 409
    assert "The session is closed, but for one part" in words
    assert "We took turns." in words
    assert GroupSession.objects.get().state == "held"
    monkeypatch.undo()
    again = sent(kofi, debrief="We took turns.", seen=Closing.objects.get().closed_at.isoformat())
    assert client.post(path(session), again).status_code == 302
    assert Note.objects.count() == 1


@pytest.mark.parametrize(
    "junk",
    [
        {"promises-TOTAL_FORMS": "x"},
        {"promises-TOTAL_FORMS": "99999", "add": "1"},
        {"themes": "nothing"},
        {"by": "nobody"},
        {"seen": "yesterday"},
        {"note_id": "x"},
        {"promises-0-who": "x", "promises-0-owner": "x"},
    ],
    ids=["no total", "too many", "theme", "by", "seen", "note", "people"],
)
def test_nonsense_is_refused_kindly(client, evening, junk):
    session, _, kofi, _ = evening

    assert client.post(path(session), sent(kofi) | junk).status_code in {200, 302, 422}


def test_whoever_steps_in_for_the_evening_closes_it_without_a_note(client, evening):
    session, _, kofi, _ = evening
    host = make.UserFactory()
    make.booking(session, host=host)
    GroupSession.objects.update(ends_at=timezone.now() - timedelta(minutes=5))
    client.force_login(host)

    page = client.get(path(session))
    assert page.status_code == 200
    assert 'name="debrief"' not in page.content.decode()
    client.post(path(session), sent(kofi, debrief="We took turns."))

    assert Closing.objects.get().closed_by == host
    assert not Note.objects.exists()


def test_that_somebody_would_like_to_talk_is_not_said_to_the_other_one_who_leads(client, evening):
    session, _lead, kofi, _ = evening
    client.post(path(session), sent(kofi, wants_talk="on"))
    ticked = 'id="id_wants_talk" checked'
    assert ticked in client.get(path(session)).content.decode()

    client.force_login(make.FacilitatorFactory(group=session.group).user)
    page = client.get(path(session)).content.decode()

    assert 'id="id_wants_talk"' in page
    assert ticked not in page


def test_the_group_reads_what_stays_of_it_and_visitors_do_not(client, evening):
    session, _, kofi, _ = evening
    client.post(path(session), sent(kofi, win=CANARY, tool="Box breathing", themes=["sleep"]))
    visits = {"state": "visiting", "joined_at": None, "decided_at": timezone.now() - timedelta(days=2)}
    visitor = make.MembershipFactory(group=session.group, alias="Saoirse", **visits).user

    client.force_login(kofi.user)
    page = client.get(session.get_absolute_url()).content.decode()
    for words in (CANARY, "Box breathing", "Sleep"):
        assert words in page
    client.force_login(visitor)
    page = client.get(session.get_absolute_url())
    assert page.status_code == 200
    assert CANARY not in page.content.decode()
