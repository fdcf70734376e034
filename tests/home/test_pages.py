"""The front door, a member's own home, a facilitator's day and the desk of one group."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from notes.services import write_note
from people.models import AuditEntry
from tests.factories import (
    AdminFactory,
    CheckInFactory,
    FacilitatorFactory,
    FollowUpFactory,
    GroupFactory,
    MembershipFactory,
    NoticeFactory,
    RequestFactory,
    RhythmFactory,
    SafetyLeadFactory,
    SeatFactory,
    SessionFactory,
    UserFactory,
    answer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "no_second_step")]
TUESDAY_EVENING = datetime(2026, 11, 24, 18, 48, tzinfo=UTC)  # 12 minutes before seven in London
HOUR = timedelta(hours=1)


@pytest.fixture
def no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def tuesday():
    with time_machine.travel(TUESDAY_EVENING, tick=False):
        yield


def text(response):
    return " ".join(response.content.decode().split())


# -- the front door ---------------------------------------------------------------------------
def test_a_visitor_sees_what_meets_this_week_in_listed_open_groups_alone(client):
    shown = SessionFactory(group=GroupFactory(name="Living with loss", capacity=5))
    MembershipFactory(group=shown.group)
    hidden = [
        SessionFactory(group=GroupFactory(listed=False)),
        SessionFactory(group=GroupFactory(state="draft", opened_at=None)),
        SessionFactory(group=shown.group, starts_in=timedelta(days=8)),
        SessionFactory(group=shown.group, starts_in=-HOUR / 2),
        SessionFactory(
            group=shown.group,
            starts_in=timedelta(days=2),
            state="cancelled",
            cancelled_at=timezone.now(),
            cancelled_by=UserFactory(),
        ),
    ]

    page = client.get("/")

    assert list(page.context["sessions"]) == [shown]
    assert len(hidden) == 5
    assert "4 seats free" in text(page)


def test_the_front_door_names_nobody_and_no_plan(client):
    membership = FacilitatorFactory(alias="Marisol")
    SeatFactory(session=SessionFactory(group=membership.group, plan="Sleep"), user__display_name="Wren")

    page = text(client.get("/"))

    assert [word for word in ("Marisol", "Wren", "Sleep") if word in page] == []


def test_a_quiet_week_still_leads_to_the_groups(client):
    assert "No open sessions in the next seven days" in text(client.get("/"))


def test_who_is_signed_in_goes_home(as_person):
    assert as_person(UserFactory()).get("/").headers["Location"] == "/start/"


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (UserFactory, "/home/"),
        (lambda: MembershipFactory().user, "/home/"),
        (lambda: FacilitatorFactory().user, "/today/"),
        (lambda: FacilitatorFactory(state="left", ended_at=timezone.now()).user, "/home/"),
        (SafetyLeadFactory, "/follow-up/"),
        (AdminFactory, "/manage/"),
        (lambda: FacilitatorFactory(user=AdminFactory()).user, "/manage/"),
    ],
)
def test_after_signing_in_everybody_lands_where_their_work_is(as_person, make, where):
    assert as_person(make()).get(reverse("home:start")).headers["Location"] == where


@pytest.mark.parametrize("name", ["start", "home", "today"])
def test_a_visitor_signs_in_first(client, name):
    url = reverse(f"home:{name}")

    assert client.get(url).headers["Location"] == f"/accounts/login/?next={url}"


# -- one's own home ---------------------------------------------------------------------------
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


# -- a facilitator's day ----------------------------------------------------------------------
def test_who_runs_nothing_sees_an_empty_day(as_person):
    SessionFactory(starts_in=HOUR)
    FollowUpFactory()
    RequestFactory()

    page = as_person(MembershipFactory().user).get("/today/")

    assert "You do not run a group at the moment" in text(page)
    assert [page.context[name] for name in ("tonight", "later", "requests", "followup_count")] == [[], [], [], 0]


@pytest.mark.usefixtures("tuesday")
def test_the_day_has_tonight_who_is_new_the_week_and_what_is_left(as_person):
    seat = FacilitatorFactory(group__name="Evenings")
    group = seat.group
    tonight = SessionFactory(group=group, starts_in=timedelta(minutes=12))
    mo, jun = (MembershipFactory(group=group, alias=alias) for alias in ("Mo", "Jun"))
    before = SessionFactory(group=group, starts_in=-7 * 24 * HOUR)
    SeatFactory(session=before, user=jun.user, came="came", marked_by=seat.user, marked_at=timezone.now())
    for membership in (mo, jun):
        SeatFactory(session=tonight, user=membership.user)
    thursday = SessionFactory(group=group, starts_in=48 * HOUR)
    asking = RequestFactory(group=group, alias="Saoirse")
    word = FollowUpFactory(group=group, about=jun.user, cause="support")
    tunde = FacilitatorFactory(group=group, alias="Tunde")
    FollowUpFactory(group=group, about=mo.user, state="taken", owner=tunde.user)

    page = as_person(seat.user).get("/today/")

    assert page.context["tonight"] == [(tonight, ["Mo"], ["Tunde"])]
    assert page.context["later"] == [thursday]
    assert list(page.context["unmarked"]) == [before]
    assert [row for row, _ in page.context["requests"]] == [asking]
    assert list(page.context["followups"]) == [word]
    said = ["Tuesday 24 November", "Tonight", "2 coming · Mo for the first time", "Answer Saoirse", "Jun"]
    assert [words for words in said if words in text(page)] == said


def test_a_safety_lead_who_runs_nothing_sees_who_needs_a_word(as_person):
    FollowUpFactory(cause="support", about=MembershipFactory(alias="Leila").user)

    said = text(as_person(SafetyLeadFactory()).get("/today/"))

    assert "One person needs a word." in said
    assert "Asked for support" in said
    assert "You do not run a group" not in said


def test_what_a_group_lacks_is_left_to_do(as_person):
    seat = FacilitatorFactory(group__name="Evenings", group__state="draft", group__opened_at=None)
    FacilitatorFactory(user=seat.user, group__name="Mornings")
    FacilitatorFactory(user=seat.user, group__name="Walks", group__format="in_person")

    page = as_person(seat.user).get("/today/")

    assert [group.name for group in page.context["unready"]] == ["Evenings", "Mornings"]
    said = ["Get “Evenings” ready to open", "Add the video link", "Mornings meets online and has no way in"]
    assert [words for words in said if words in text(page)] == said


@pytest.mark.parametrize(
    ("make", "path", "tab"),
    [
        (lambda seat: seat.user, "/groups/{}/run/", "My groups"),
        (lambda seat: seat.user, "/sessions/", "My groups"),
        (lambda seat: seat.user, "/today/", "Today"),
        (lambda seat: seat.user, "/you/names/", "You"),
        (lambda seat: AdminFactory(), "/groups/{}/run/settings/", "Groups"),
        (lambda seat: AdminFactory(), "/manage/help-lines/", "Settings"),
        (lambda seat: AdminFactory(), "/manage/setup/", "Overview"),
        (lambda seat: MembershipFactory().user, "/groups/{}/", "Groups"),
    ],
)
def test_the_tab_says_where_the_page_stands(as_person, make, path, tab):
    seat = FacilitatorFactory()

    page = as_person(make(seat)).get(path.format(seat.group.slug))

    assert [str(one.label) for one in page.context["tabs"] if one.here] == [tab]


@pytest.mark.usefixtures("tuesday")
def test_other_peoples_groups_are_not_part_of_the_day(as_person):
    seat = FacilitatorFactory()
    other = FacilitatorFactory().group
    for starts_in in (HOUR, 48 * HOUR, -48 * HOUR):
        SessionFactory(group=other, starts_in=starts_in)
    RequestFactory(group=other)
    FollowUpFactory(group=other)

    page = as_person(seat.user).get("/today/")

    shown = [list(page.context[name]) for name in ("tonight", "later", "unmarked", "requests", "followups")]
    assert shown == [[], [], [], [], []]


@pytest.mark.usefixtures("tuesday")
def test_the_day_holds_no_words_of_an_answer(as_person):
    seat = FacilitatorFactory()
    member = MembershipFactory(group=seat.group)
    checkin = CheckInFactory(
        user=member.user, state="answered", answered_at=timezone.now(), mood=1, share="facilitators", group=seat.group
    )
    answer(checkin, "my secret words")
    FollowUpFactory(group=seat.group, about=member.user, checkin=checkin, cause="hard")

    assert "my secret words" not in text(as_person(seat.user).get("/today/"))
    assert not AuditEntry.objects.exists()


def desk_of(rows):
    seat = FacilitatorFactory()
    for _ in range(rows):
        member = MembershipFactory(group=seat.group)
        for starts_in in (HOUR, 48 * HOUR, -48 * HOUR):
            session = SessionFactory(group=seat.group, starts_in=starts_in)
            SeatFactory(session=session, user=member.user)
        RequestFactory(group=seat.group)
        FollowUpFactory(group=seat.group, about=member.user)
        write_note(seat.user, group=seat.group, words="x", member=member.user)
    return seat


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.usefixtures("tuesday")
def test_the_day_asks_the_same_for_one_and_for_thirty(as_person, rows, django_assert_num_queries):
    client = as_person(desk_of(rows).user)

    with django_assert_num_queries(TODAY_QUERIES):
        client.get("/today/")


# -- the desk of one group --------------------------------------------------------------------
@pytest.mark.parametrize(
    "make",
    [
        lambda group: UserFactory(),
        lambda group: AdminFactory(),
        lambda group: SafetyLeadFactory(),
        lambda group: MembershipFactory(group=group).user,
        lambda group: FacilitatorFactory().user,
        lambda group: FacilitatorFactory(group=group, state="left", ended_at=timezone.now()).user,
    ],
)
def test_the_desk_does_not_exist_for_who_does_not_run_the_group(as_person, make):
    group = FacilitatorFactory().group

    assert as_person(make(group)).get(reverse("home:workspace", args=[group.slug])).status_code == 404


@pytest.mark.usefixtures("tuesday")
def test_the_desk_shows_this_group_and_no_other(as_person):
    seat = FacilitatorFactory(alias="Marisol")
    group = seat.group
    FacilitatorFactory(group=group, alias="Tunde A.")
    kofi = MembershipFactory(group=group, alias="Kofi")
    coming = SessionFactory(group=group)
    past = SessionFactory(group=group, starts_in=-48 * HOUR)
    asking = RequestFactory(group=group, alias="Saoirse", pronouns="she/her")
    word = FollowUpFactory(group=group, about=kofi.user)
    note = write_note(seat.user, group=group, words="the words of a note", member=kofi.user)
    second = FacilitatorFactory(user=seat.user).group
    SessionFactory(group=second), RequestFactory(group=second), FollowUpFactory(group=second)
    write_note(seat.user, group=second, words="elsewhere")

    page = as_person(seat.user).get(reverse("home:workspace", args=[group.slug]))

    assert [list(page.context[name]) for name in ("sessions", "unmarked", "followups")] == [[coming], [past], [word]]
    assert [row for row, _ in page.context["requests"]] == [asking]
    assert page.context["notes"] == [{"note": note, "author": "Marisol", "member": "Kofi"}]
    assert "the words of a note" not in text(page)
    said = ["You and Tunde A. run this group.", "1 member", "1 asking to join", "Saoirse (she/her)", "About Kofi"]
    assert [words for words in said if words in text(page)] == said


def test_an_empty_desk_says_what_will_be_there(as_person):
    seat = FacilitatorFactory()

    page = text(as_person(seat.user).get(reverse("home:workspace", args=[seat.group.slug])))

    assert "No sessions planned." in page
    assert page.count("Nobody, right now.") == 2


def test_a_group_being_prepared_is_opened_first(as_person):
    seat = FacilitatorFactory(group__state="draft", group__opened_at=None)

    page = text(as_person(seat.user).get(reverse("home:workspace", args=[seat.group.slug])))

    assert reverse("groups:open", args=[seat.group.slug]) in page
    assert reverse("sessions:series-create", args=[seat.group.slug]) not in page


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.usefixtures("tuesday")
def test_the_desk_asks_the_same_for_one_and_for_thirty(as_person, rows, django_assert_num_queries):
    seat = desk_of(rows)
    client = as_person(seat.user)

    with django_assert_num_queries(DESK_QUERIES):
        client.get(reverse("home:workspace", args=[seat.group.slug]))


# The frame of a page asks for who is signed in, the tabs, the help lines and the organisation.
HOME_QUERIES = 11
TODAY_QUERIES = 14
DESK_QUERIES = 15
