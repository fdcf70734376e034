"""One's own home."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    CheckInFactory,
    GroupFactory,
    MembershipFactory,
    NoticeFactory,
    RequestFactory,
    RhythmFactory,
    SeatFactory,
    SessionFactory,
    UserFactory,
    answer,
)
from tests.home.pages.world import HOME_QUERIES, HOUR, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "no_second_step")]


@pytest.mark.parametrize(
    ("hour", "greeting"),
    [
        (4, "Good evening, Wren"),
        (5, "Good morning, Wren"),
        (12, "Good afternoon, Wren"),
        (18, "Good evening, Wren"),
    ],
)
def test_the_greeting_follows_the_persons_own_clock(as_person, hour, greeting):
    person = UserFactory(display_name="Wren", time_zone="Asia/Tokyo")
    with time_machine.travel(datetime(2026, 11, 23, 15, tzinfo=UTC) + hour * HOUR, tick=False):
        page = as_person(person).get("/home/")

    assert page.context["greeting"] == greeting


def test_a_new_member_is_led_to_the_groups(as_person):
    page = as_person(UserFactory()).get("/home/")

    assert "You are not in a group yet" in text(page)
    assert page.context["session"] is None
    assert "Pause messages" not in text(page)


def test_nobody_elses_session_stands_at_home(as_person):
    SessionFactory()
    mine = SessionFactory(group=MembershipFactory().group)

    page = as_person(mine.group.memberships.get().user).get("/home/")

    assert page.context["session"] == mine


def test_a_session_of_a_group_that_was_left_is_gone(as_person):
    membership = MembershipFactory(state="left", ended_at=timezone.now())
    SessionFactory(group=membership.group)

    assert as_person(membership.user).get("/home/").context["session"] is None


@pytest.mark.usefixtures("tuesday")
def test_the_door_stands_on_the_card_when_it_is_open(as_person):
    membership = MembershipFactory()
    session = SessionFactory(group=membership.group, starts_in=timedelta(minutes=12))
    SeatFactory(session=session, user=membership.user)

    page = text(as_person(membership.user).get("/home/"))

    assert "Your seat is kept" in page
    assert reverse("sessions:door", args=[session.public_id]) in page
    assert "Today, 7:00 to 8:15 pm" in page
    assert "Starts in 12" in page


@pytest.mark.parametrize(
    ("state", "chip", "way"),
    [
        ("going", "Your seat is kept", "Can&#x27;t make it"),
        ("waiting", "You are in line", "Not this time"),
        ("offered", "A seat is free for you", "Take the seat"),
        (None, "Will you come?", "be there"),
    ],
)
def test_the_card_says_how_it_stands_with_the_seat(as_person, state, chip, way):
    membership = MembershipFactory()
    session = SessionFactory(group=membership.group)
    line = {"queue": 1} if state in {"waiting", "offered"} else {}
    if state == "offered":
        line["offered_until"] = timezone.now() + HOUR
    if state:
        SeatFactory(session=session, user=membership.user, state=state, **line)

    page = text(as_person(membership.user).get("/home/"))

    assert chip in page
    assert way in page.replace("'", "&#x27;")
    assert reverse("sessions:door", args=[session.public_id]) not in page


def test_when_all_seats_are_taken_one_waits_in_line(as_person):
    membership = MembershipFactory()
    SeatFactory(session=SessionFactory(group=membership.group, capacity=1))

    assert "Wait in line for a seat" in text(as_person(membership.user).get("/home/"))


def test_after_not_this_time_the_next_one_comes_up(as_person):
    membership = MembershipFactory()
    declined = SessionFactory(group=membership.group)
    SeatFactory(session=declined, user=membership.user, state="declined")
    following = SessionFactory(group=membership.group, starts_in=timedelta(days=8))

    assert as_person(membership.user).get("/home/").context["session"] == following


def test_groups_asked_for_waited_for_and_rested_in_say_so(as_person):
    person = UserFactory()
    for name, held in {
        "Asking": {"state": "requested", "joined_at": None},
        "Blocked": {"state": "blocked"},
        "Left": {"state": "left", "ended_at": timezone.now()},
        "Resting": {"state": "paused"},
        "Waiting": {"state": "waitlisted", "joined_at": None, "queued_at": timezone.now()},
    }.items():
        MembershipFactory(user=person, group__name=name, **held)

    page = as_person(person).get("/home/")

    assert [row.group.name for row, _ in page.context["memberships"]] == ["Asking", "Resting", "Waiting"]
    said = ["You asked to join. They answer by", "You are taking a break", "You are on the waitlist"]
    assert [words for words in said if words in text(page)] == said


@pytest.mark.usefixtures("tuesday")
def test_the_question_of_the_week_stands_at_home(as_person):
    rhythm = RhythmFactory()
    CheckInFactory(user=rhythm.user, week=date(2026, 11, 23), prompt="How are the evenings?")

    page = text(as_person(rhythm.user).get("/home/"))

    assert "How are the evenings?" in page
    assert page.count('name="mood"') == 5
    assert "checked" not in page


@pytest.mark.usefixtures("tuesday")
def test_who_has_answered_sees_their_answer(as_person):
    rhythm = RhythmFactory()
    checkin = CheckInFactory(
        user=rhythm.user, week=date(2026, 11, 23), state="answered", answered_at=timezone.now(), mood=2
    )
    answer(checkin, "my secret words")

    page = text(as_person(rhythm.user).get("/home/"))

    assert "<strong>Hard</strong>" in page
    assert "You can change it until Sunday 29 November." in page
    assert "my secret words" not in page
    assert 'name="mood"' not in page


@pytest.mark.usefixtures("tuesday")
def test_who_skipped_is_left_alone(as_person):
    rhythm = RhythmFactory()
    CheckInFactory(user=rhythm.user, week=date(2026, 11, 23), state="lapsed", skipped_at=timezone.now())

    assert "You skipped this week" in text(as_person(rhythm.user).get("/home/"))


def test_who_never_chose_to_be_asked_is_not_asked(as_person):
    assert 'name="mood"' not in text(as_person(MembershipFactory().user).get("/home/"))


def test_while_messages_are_paused_no_question_stands_here(as_person):
    rhythm = RhythmFactory(paused_at=timezone.now(), paused_until=timezone.localdate() + timedelta(days=7))

    page = text(as_person(rhythm.user).get("/home/"))

    assert 'name="mood"' not in page
    assert "Messages are paused" in page


def test_what_home_offers_works_and_leads_back(as_person):
    """The names of the buttons here are those that the other apps listen to."""
    membership = MembershipFactory()
    person, session = membership.user, SessionFactory(group=membership.group)
    rhythm = RhythmFactory(user=person)
    client, home = as_person(person), {"next": "/home/"}

    posts = [
        client.post(reverse("sessions:seat", args=[session.public_id]), home | {"answer": "going"}),
        client.post(reverse("checkins:checkin"), {"skip": "1"}),
        client.post(reverse("checkins:checkin"), {"mood": "2"}),
        client.post(reverse("checkins:pause"), home | {"weeks": "1"}),
    ]

    checkin = person.checkins.get()
    rhythm.refresh_from_db()
    assert [post.headers["Location"] for post in posts] == [
        "/home/",
        "/home/",
        reverse("checkins:answered", args=[checkin.public_id]),
        "/home/",
    ]
    assert (person.seats.get().state, checkin.mood, rhythm.is_paused) == ("going", 2, True)


def test_who_has_asked_to_join_reads_that_nothing_is_left_to_do(as_person):
    asked = MembershipFactory(state="requested", joined_at=None)

    page = text(as_person(asked.user).get("/home/"))

    assert "There is nothing to do until they answer." in page
    assert reverse("groups:ask-sent", args=[asked.group.slug]) in page
    assert "Nothing is planned at the moment. New dates will stand here." not in page


def test_the_front_door_shows_each_group_once(client):
    group = GroupFactory(name="Living with loss")
    first = SessionFactory(group=group, starts_in=timedelta(hours=3))
    SessionFactory(group=group, starts_in=timedelta(days=3))
    other = SessionFactory(starts_in=timedelta(days=2))

    assert list(client.get("/").context["sessions"]) == [first, other]


def test_unread_notices_are_one_line(as_person):
    person = UserFactory()
    NoticeFactory(user=person)
    NoticeFactory(user=person, read_at=timezone.now())
    NoticeFactory()

    assert "1 thing is new for you" in text(as_person(person).get("/home/"))


def home_of(rows):
    rhythm = RhythmFactory()
    person = rhythm.user
    for _ in range(rows):
        session = SessionFactory(group=MembershipFactory(user=person).group)
        SeatFactory(session=session, user=person)
        RequestFactory(user=person)
        NoticeFactory(user=person)
    return person


@pytest.mark.parametrize("rows", [1, 30])
def test_home_asks_the_same_for_one_and_for_thirty(as_person, rows, django_assert_num_queries):
    client = as_person(home_of(rows))

    with django_assert_num_queries(HOME_QUERIES):
        client.get("/home/")
