"""/check-in/ and /you/messages/, signed in."""

import re
from datetime import date, time, timedelta

import pytest

from checkins.models import CheckIn, FollowUp, Rhythm
from checkins.services import read_words, say_more
from people.models import AuditEntry, Consent, User
from tests.checkins.conftest import CANARY, WEEK, midnight
from tests.factories import AdminFactory, CheckInFactory, FacilitatorFactory, MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("duty")]


@pytest.fixture
def client_of_wren(as_person, wren):
    return as_person(wren)


def page_of(checkin):
    return f"/check-in/{checkin.public_id}/"


def shared(checkin, group):
    return say_more(checkin.user, checkin=checkin, support="", words=CANARY, share="facilitators", group=group)


# -- who may not ------------------------------------------------------------------------------
def test_signed_out_one_is_asked_to_sign_in(client, question):
    for path in ("/check-in/", page_of(question), f"{page_of(question)}change/", "/you/messages/"):
        assert client.get(path)["Location"].startswith("/accounts/login/")


def test_somebody_elses_answer_is_not_there(answered, group, as_person, marisol):
    others = [AdminFactory(), MembershipFactory(group=group).user, FacilitatorFactory().user, marisol]
    for user in others:
        client = as_person(user)
        for path in (page_of(answered), f"{page_of(answered)}change/"):
            assert client.get(path).status_code == 404
            assert client.post(path, {"mood": 5}).status_code == 404


def test_a_facilitator_reads_what_was_shared_and_changes_nothing(answered, group, as_person, marisol, wren):
    shared(answered, group)
    client = as_person(marisol)

    page = client.get(page_of(answered)).content.decode()
    assert CANARY in page
    assert "Wren shared this with you" in page
    assert AuditEntry.objects.filter(action="checkin.read", actor=marisol, about=wren).count() == 1
    assert client.post(page_of(answered), {"words": "x"}).status_code == 404
    assert client.get(f"{page_of(answered)}change/").status_code == 404


# -- answering --------------------------------------------------------------------------------
def test_the_question_can_be_answered_in_two_taps(client_of_wren, question):
    page = client_of_wren.get("/check-in/").content.decode()
    assert question.prompt in page
    assert " checked" not in page

    response = client_of_wren.post("/check-in/", {"mood": "2"})

    assert response["Location"] == page_of(question)
    assert CheckIn.objects.values_list("mood", "share").get() == (2, "")
    assert client_of_wren.get("/check-in/")["Location"] == page_of(question)


def test_looking_makes_no_row(client_of_wren, wren):
    page = client_of_wren.get("/check-in/").content.decode()

    assert "There is nothing to answer this week" in page
    assert not CheckIn.objects.exists()

    client_of_wren.post("/check-in/", {"mood": "5"})
    assert CheckIn.objects.values_list("user", "week", "mood").get() == (wren.pk, WEEK, 5)


def test_nothing_picked_is_said_in_words(client_of_wren, question):
    response = client_of_wren.post("/check-in/", {})

    assert response.status_code == 422
    assert "Pick the one that fits this week best" in response.content.decode()


def test_skipping(client_of_wren, question):
    response = client_of_wren.post("/check-in/", {"skip": "1"})

    assert response["Location"] == "/home/"
    question.refresh_from_db()
    assert question.skipped_at
    assert "You skipped this week" in client_of_wren.get("/check-in/").content.decode()


def test_one_group_names_who_runs_it(client_of_wren, answered):
    page = client_of_wren.get(page_of(answered)).content.decode()

    assert "Marisol and Tunde" in page
    assert "Who should get in touch?" not in page
    assert page.index("If it feels like too much right now") < page.index("Would you like some support?")


def test_saying_more(client_of_wren, answered, group, wren):
    data = {"support": "write", "words": CANARY, "readers": str(group.public_id)}

    assert client_of_wren.post(page_of(answered), data).status_code == 302

    page = client_of_wren.get(page_of(answered)).content.decode()
    assert CANARY in page
    assert "Marisol or Tunde will write to you by Tuesday 24 November, 12:00 pm." in page
    assert (FollowUp.objects.get().about, read_words(wren, checkin=answered)) == (wren, CANARY)


def test_a_foreign_group_cannot_be_chosen(client_of_wren, answered):
    other = FacilitatorFactory().group
    response = client_of_wren.post(page_of(answered), {"words": "x", "readers": str(other.public_id)})

    assert response.status_code == 422
    assert not FollowUp.objects.exists()


def test_somebody_in_no_group_keeps_it_to_themself(as_person, monday, organisation):
    row = CheckInFactory(user=UserFactory(), week=WEEK, state="answered", answered_at=monday, mood=3)
    client = as_person(row.user)

    page = client.get(page_of(row)).content.decode()
    assert "Would you like some support?" not in page
    assert client.post(page_of(row), {"words": "x", "readers": "me"}).status_code == 302


def test_after_sunday_it_can_only_be_read(client_of_wren, answered, group):
    shared(answered, group)
    CheckIn.objects.update(week=date(2026, 11, 9), asked_at="2026-11-09T10:00Z", answered_at="2026-11-09T10:00Z")

    page = client_of_wren.get(page_of(answered)).content.decode()
    assert CANARY in page
    assert "Keep this" not in page
    assert client_of_wren.post(page_of(answered), {"words": "", "readers": "me"}).status_code in {200, 422}
    assert client_of_wren.get(f"{page_of(answered)}change/")["Location"] == page_of(answered)
    assert read_words(answered.user, checkin=answered) == CANARY


def test_the_answer_itself_can_be_changed(client_of_wren, answered):
    change = f"{page_of(answered)}change/"
    assert 'value="1" id="id_mood_0" checked' in client_of_wren.get(change).content.decode()

    client_of_wren.post(change, {"mood": "4"})
    answered.refresh_from_db()
    assert answered.mood == 4


def test_words_never_stand_in_an_address(client_of_wren, answered):
    response = client_of_wren.post(page_of(answered), {"words": CANARY, "readers": "me"})

    assert CANARY not in response["Location"]
    assert 'method="post"' in client_of_wren.get(page_of(answered)).content.decode()


# -- messages ---------------------------------------------------------------------------------
def messages_data(**changes):
    return {
        "often": "week",
        "where": "email",
        "weekday": "2",
        "hour": "9",
        "quiet_from": "20:00",
        "quiet_to": "08:00",
        "pause": "no",
        "until": "",
    } | changes


def test_somebody_who_never_chose_finds_it_off(client_of_wren):
    page = client_of_wren.get("/you/messages/").content.decode()

    assert re.search(r'value="off"[^>]* checked', page)
    assert "We do not ask you how you are" in page
    assert not Rhythm.objects.exists()


def test_choosing_a_day_and_an_hour(client_of_wren, wren):
    assert client_of_wren.post("/you/messages/", messages_data()).status_code == 302

    page = client_of_wren.get("/you/messages/").content.decode()
    assert "Your next check-in is on <strong>Wednesday 25 November</strong> at 9:00 am" in page
    assert Consent.objects.filter(user=wren, purpose="checkins", withdrawn_at=None).exists()


def test_switching_it_off_takes_back_the_yes(client_of_wren, wren):
    client_of_wren.post("/you/messages/", messages_data())
    client_of_wren.post("/you/messages/", messages_data(often="off"))

    assert not Rhythm.objects.get().on
    assert not Consent.objects.filter(user=wren, withdrawn_at=None).exists()


def test_only_hours_outside_the_quiet_ones_are_offered(client_of_wren):
    page = client_of_wren.get("/you/messages/").content.decode()
    assert '<option value="8">8:00 am</option>' in page
    assert '<option value="7">' not in page

    response = client_of_wren.post("/you/messages/", messages_data(hour="7"))
    assert response.status_code == 422
    assert "Choose a time outside your quiet hours" in response.content.decode()


def test_quiet_hours_and_hour_change_together(client_of_wren, wren):
    client_of_wren.post("/you/messages/", messages_data(hour="7", quiet_from="22:30", quiet_to="06:30"))

    wren = User.objects.get(pk=wren.pk)
    assert (wren.quiet_from, wren.quiet_to, wren.rhythm.hour) == (time(22, 30), time(6, 30), 7)
    assert AuditEntry.objects.filter(action="person.change", actor=wren).count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pause": "until"}, "Choose the day on which we start again"),
        ({"pause": "no", "until": "2026-12-01"}, "Choose “Until a day”, or empty the date below"),
        ({"pause": "until", "until": "2026-11-23"}, "Choose a day from tomorrow on, within a year"),
        ({"pause": "until", "until": "soon"}, "Write a date, like 2027-01-31"),
        ({"quiet_from": "late"}, "Write a time, like 20:00"),
        ({"weekday": ""}, "Choose a day"),
        ({"hour": ""}, "Choose a time"),
    ],
)
def test_what_is_missing_is_said_in_words(changes, sentence, client_of_wren):
    response = client_of_wren.post("/you/messages/", messages_data(**changes))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Rhythm.objects.exists()


def test_a_pause_until_a_day_and_its_end(client_of_wren):
    client_of_wren.post("/you/messages/", messages_data(pause="until", until="2026-12-07"))
    page = client_of_wren.get("/you/messages/").content.decode()
    assert "<strong>Wednesday 9 December</strong>" in page
    assert "Start again now" in page

    client_of_wren.post("/you/messages/", messages_data())
    assert not Rhythm.objects.get().is_paused


@pytest.mark.parametrize(
    ("weeks", "until", "paused"),
    [("1", date(2026, 11, 30), True), ("2", date(2026, 12, 7), True), ("open", None, True), ("0", None, False)],
)
def test_some_space(weeks, until, paused, client_of_wren, wren):
    client_of_wren.post("/you/messages/", messages_data())
    response = client_of_wren.post("/you/pause/", {"weeks": weeks, "next": "/home/"})

    rhythm = Rhythm.objects.get(user=wren)
    assert response["Location"] == "/home/"
    assert (rhythm.is_paused, rhythm.paused_until) == (paused, until)
    assert client_of_wren.get("/you/messages/").status_code == 200


def test_an_unknown_pause_and_a_foreign_way_back_do_nothing(client_of_wren):
    response = client_of_wren.post("/you/pause/", {"weeks": "9999", "next": "https://elsewhere.example.org/"})

    assert response["Location"] == "/you/messages/"
    assert not Rhythm.objects.exists()
    assert client_of_wren.get("/you/pause/").status_code == 405


# -- midnight ---------------------------------------------------------------------------------
def test_a_week_that_ends_while_the_button_is_pressed_is_told_kindly(as_person, wren, answered):
    with midnight():
        page = as_person(wren).post(f"{page_of(answered)}change/", {"mood": 5}, follow=True)

    assert "That week is over" in page.content.decode()
    answered.refresh_from_db()
    assert answered.mood == 1


def test_the_page_of_a_week_that_is_over_says_which_week_and_leads_back_to_the_weeks(as_person, wren, answered):
    now = as_person(wren).get(page_of(answered)).content.decode()
    assert ("Thank you for telling us" in now, "unless you choose somebody" in now) == (True, True)

    answered.week -= timedelta(days=7)
    answered.answered_at -= timedelta(days=7)
    answered.asked_at -= timedelta(days=7)
    answered.save()
    past = as_person(wren).get(page_of(answered)).content.decode()
    assert "You said the week from Monday 16 November 2026 was <strong>very hard</strong>" in past
    assert 'class="back" href="/you/how-it-was/"' in past
    assert ("Thank you for telling us" in past, "unless you choose somebody" in past) == (False, False)


def test_skipping_too_late_is_told_kindly(as_person, wren, answered):
    with midnight():
        page = as_person(wren).post("/check-in/", {"skip": "1"}, follow=True)

    assert "That week is over" in page.content.decode()


@pytest.mark.parametrize("wanted", ["00000000-0000-0000-0000-000000000000", "home", "elsewhere.example"])
def test_after_a_pause_a_path_of_ours_or_the_usual_page(client_of_wren, wanted):
    answer = client_of_wren.post("/you/pause/", {"weeks": "1", "next": wanted})

    assert answer["Location"] == "/you/messages/"
