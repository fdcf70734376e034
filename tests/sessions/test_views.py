"""Pages about sessions, through the browser client."""

import re
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from people.models import AuditEntry
from people.sealed import seal
from sessions.models import GroupSession, Seat, Series
from tests import factories

pytestmark = pytest.mark.django_db
ROOM = "https://meet.example.org/harbour-evenings"
LIST_QUERIES, PAGE_QUERIES, ROLL_QUERIES = 9, 11, 9


@pytest.fixture(autouse=True)
def _one_step(settings):
    settings.STAFF_MFA_REQUIRED = False


def words(response):
    """What stands in the main part of a page, as plain words."""
    main = response.content.decode().split('<main id="main"')[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split()).replace(" ,", ",")


@pytest.fixture
def session():
    return factories.SessionFactory(plan="A breathing practice")


@pytest.fixture
def member(session):
    return factories.MembershipFactory(group=session.group).user


@pytest.fixture
def facilitator(session):
    return factories.FacilitatorFactory(group=session.group, alias="Tunde A.").user


def url(name, session):
    return reverse(f"sessions:{name}", args=[session.public_id])


# -- who may not -----------------------------------------------------------------------------------
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


# -- the member's page -------------------------------------------------------------------------------
def stand(session, member, **change):
    seat_state = change.pop("seat", None)
    starts_in = change.pop("starts_in", None)
    if starts_in is not None:
        session.starts_at = timezone.now() + starts_in
        session.ends_at = session.starts_at + timedelta(minutes=75)
    for name, value in change.items():
        setattr(session, name, value)
    session.save()
    if seat_state:
        factories.SeatFactory(
            session=session, user=member, state=seat_state, queue=7 if seat_state == "waiting" else None
        )


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
        ({"seat": "going", "starts_in": timedelta(hours=-3)}, "This session is over", []),
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

    assert "1 person is coming 9 seats are free." in text
    assert "Cancel this session" in text
    assert "Are you coming?" not in text


# -- answering -----------------------------------------------------------------------------------------
def answer(client, session, value="going"):
    return client.post(url("seat", session), {"answer": value})


def test_yes_and_not_this_time(session, member, as_person):
    client = as_person(member)

    said = [answer(client, session, value) for value in ("going", "going", "declined")]

    assert [(response.status_code, response["Location"]) for response in said] == [
        (302, session.get_absolute_url())
    ] * 3
    assert list(Seat.objects.values_list("user", "state")) == [(member.pk, "declined")]


def test_coming_back_from_signing_in_leads_to_the_question(session, member, as_person):
    response = as_person(member).get(url("seat", session))

    assert (response.status_code, response["Location"]) == (302, session.get_absolute_url())
    assert not Seat.objects.exists()


def test_an_answer_nobody_offered_changes_nothing(session, member, as_person):
    assert answer(as_person(member), session, "offered").status_code == 302
    assert not Seat.objects.exists()


def test_answering_after_the_start_is_a_kind_page(session, member, as_person):
    stand(session, member, starts_in=timedelta(minutes=-1))

    response = answer(as_person(member), session)

    assert response.status_code == 409
    assert words(response).startswith('tabindex="-1"> This session has begun. Seats can be changed up to the start')


def test_answering_after_leaving_is_a_kind_page_that_tells_nothing(session, member, as_person):
    member.memberships.update(state="left", ended_at=timezone.now())

    response = answer(as_person(member), session)

    assert response.status_code == 404
    assert "You are not in this group any more" in words(response)
    assert session.group.name not in response.content.decode()
    assert not Seat.objects.exists()


# -- the door ---------------------------------------------------------------------------------------------
def with_room(session, *people, starts_in=timedelta(minutes=5)):
    seal(session.group, "door", ROOM, owner=session.group)
    session.group.save()
    agreement = factories.AgreementFactory(group=session.group)
    for person in people:
        factories.AcceptanceFactory(agreement=agreement, user=person)
        factories.SeatFactory(session=session, user=person)
    stand(session, None, starts_in=starts_in)


def test_the_door_leads_out_without_saying_where_from(session, member, as_person):
    with_room(session, member)

    response = as_person(member).get(url("door", session))

    assert (response.status_code, response["Location"]) == (303, ROOM)
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"
    assert list(AuditEntry.objects.values_list("action", "actor")) == [("session.enter", member.pk)]


def test_a_shut_door_is_a_kind_page_without_the_link(session, member, as_person):
    with_room(session, member, starts_in=timedelta(hours=2))

    response = as_person(member).get(url("door", session))

    assert response.status_code == 403
    assert "The door opens on" in words(response)
    assert "meet.example.org" not in response.content.decode()


def test_the_agreement_comes_first(session, member, as_person):
    with_room(session)
    factories.SeatFactory(session=session, user=member)

    response = as_person(member).get(url("door", session))

    back = session.get_absolute_url()
    assert (response.status_code, response["Location"]) == (302, f"/groups/{session.group.slug}/agreement/?next={back}")


def test_the_door_cannot_be_posted_to(session, member, as_person):
    with_room(session, member)

    assert as_person(member).post(url("door", session)).status_code == 405


# -- the roll and calling off ---------------------------------------------------------------------------
def test_the_roll_is_kept_in_parts_and_marks_of_others_stay(session, facilitator, as_person):
    joined = timezone.now() - timedelta(days=9)
    ines, jun, kofi = (factories.MembershipFactory(group=session.group, joined_at=joined) for _ in range(3))
    stand(session, None, starts_in=timedelta(minutes=-5))
    factories.SeatFactory(session=session, user=jun.user, came="away", marked_by=facilitator, marked_at=timezone.now())
    client = as_person(facilitator)
    stale = {f"came-{jun.public_id}": "came", f"was-{jun.public_id}": "came", f"came-{ines.public_id}": "apologies"}

    assert client.post(url("attendance", session), stale).status_code == 302
    assert client.post(url("attendance", session), {"all": "here"}).status_code == 302

    kept = dict(Seat.objects.values_list("user", "came"))
    assert kept == {ines.user_id: "apologies", jun.user_id: "away", kofi.user_id: "came"}
    assert "3 of 3 marked" in words(client.get(url("attendance", session)))


def test_a_mark_that_is_none_is_sent_back(session, facilitator, as_person):
    ines = factories.MembershipFactory(group=session.group, alias="Ines", joined_at=timezone.now() - timedelta(days=9))
    stand(session, None, starts_in=timedelta(minutes=-5))

    response = as_person(facilitator).post(url("attendance", session), {f"came-{ines.public_id}": "late"})

    assert response.status_code == 422
    assert words(response).count("Choose Here, Told us or Away for Ines") == 2


def test_the_roll_before_its_time_says_from_when(session, facilitator, as_person):
    factories.MembershipFactory(group=session.group)
    client = as_person(facilitator)

    assert "You can say who came from" in words(client.get(url("attendance", session)))
    assert client.post(url("attendance", session), {"all": "here"}).status_code == 409
    assert not Seat.objects.exists()


def test_cancelling_says_first_who_is_told(session, facilitator, member, as_person):
    factories.SeatFactory(session=session, user=member)
    client = as_person(facilitator)

    asked = client.get(url("cancel", session))
    assert "At once: 1 person who has a seat or waits for one is told." in words(asked)
    assert GroupSession.objects.get().state == "scheduled"

    done = [
        client.post(url("cancel", session)),
        client.post(url("cancel", session)),
        client.get(url("cancel", session)),
    ]

    assert [response.status_code for response in done] == [302, 302, 302]
    assert GroupSession.objects.get().cancelled_by == facilitator


# -- adding sessions ----------------------------------------------------------------------------------------
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EVENINGS = {"starts_on": "2027-01-05", "starts_at": "19:00", "ends_at": "20:15", "how_often": "1", "count": "12"}


@pytest.fixture
def planner(as_person, time_machine):
    time_machine.move_to(NOW, tick=False)
    seat = factories.FacilitatorFactory()
    client = as_person(seat.user)
    client.page = reverse("sessions:series-create", args=[seat.group.slug])
    client.group = seat.group
    return client


def test_the_page_begins_with_a_guess_and_says_what_it_makes(planner):
    page = planner.get(planner.page)

    assert page.status_code == 200
    assert "Add 12 sessions Update the preview What this makes Every Saturday from 7:00 to 8:15 pm" in words(page)
    assert not Series.objects.exists()


def test_the_preview_says_every_date_and_makes_nothing(planner):
    page = planner.post(planner.page, EVENINGS | {"count": "13", "preview": "1"})

    assert page.status_code == 200
    assert (
        "Add 13 sessions Update the preview What this makes Every Tuesday from 7:00 to 8:15 pm, London time, "
        "from 5 January 2027 to 30 March 2027. 13 dates. January 2027 5, 12, 19, 26 February 2027 2, 9, 16, 23 "
        "March 2027 2, 9, 16, 23, 30 The clocks change on 28 March 2027. "
        "Sessions stay at 7:00 pm on the wall clock." in words(page)
    )
    assert not Series.objects.exists()


def test_adding_makes_them_and_sent_again_nothing_more(planner):
    sent = EVENINGS | {"made_as": str(uuid4()), "said": "12", "capacity": "10", "plan": "A round"}

    done = [planner.post(planner.page, sent) for _ in range(2)]

    workspace = reverse("home:workspace", args=[planner.group.slug])
    assert [(response.status_code, response["Location"]) for response in done] == [(302, workspace)] * 2
    assert (Series.objects.count(), GroupSession.objects.count()) == (1, 12)
    assert set(GroupSession.objects.values_list("capacity", "plan")) == {(10, "A round")}


def test_just_once(planner):
    page = planner.post(planner.page, EVENINGS | {"how_often": "0", "preview": "1"})
    done = planner.post(planner.page, EVENINGS | {"how_often": "0", "said": "1"})

    assert "Tuesday 5 January 2027 from 7:00 to 8:15 pm, London time. 1 date." in words(page)
    assert done.status_code == 302
    assert GroupSession.objects.get().series is None


def test_a_button_that_spoke_of_another_number_asks_again(planner):
    page = planner.post(planner.page, EVENINGS | {"count": "8", "said": "12"})

    assert page.status_code == 200
    assert "This now makes 8 sessions. Add them?" in words(page)
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"starts_on": ""}, "starts_on", "Choose the first day"),
        ({"starts_on": "soon"}, "starts_on", "Write the day like 2027-01-05"),
        ({"starts_on": "2026-11-20"}, "starts_on", "This day has passed. Choose one from today on"),
        ({"starts_on": "2028-01-05"}, "starts_on", "Choose a first day within the next 12 months"),
        ({"starts_on": "2026-11-21", "starts_at": "11:00"}, "starts_at", "This time has passed today"),
        ({"starts_at": "", "ends_at": ""}, "starts_at", "Choose when it starts"),
        ({"ends_at": "18:00"}, "ends_at", "Choose an end after 7:00 pm"),
        ({"ends_at": "19:00"}, "ends_at", "Choose an end after 7:00 pm"),
        ({"ends_at": "19:04"}, "ends_at", "A session lasts at least 5 minutes"),
        ({"starts_at": "06:00"}, "ends_at", "A session lasts at most 12 hours"),
        ({"how_often": ""}, "how_often", "Say how often"),
        ({"how_often": "9"}, "how_often", "Say how often"),
        ({"count": "0"}, "count", "Say how many sessions, from 1 to 400"),
        ({"count": "401"}, "count", "Say how many sessions, from 1 to 400"),
        ({"count": "many"}, "count", "Say how many sessions, from 1 to 400"),
        ({"count": ""}, "count", "Say how many sessions, or the last day"),
        ({"ends_on": "2027-02-02"}, "ends_on", "Say how many sessions or the last day, not both"),
        ({"count": "", "ends_on": "2027-01-04"}, "ends_on", "Choose a last day from 5 January 2027 on"),
        ({"count": "", "ends_on": "9999-12-31"}, "ends_on", "That makes 416011 sessions. The most at once is 400"),
        ({"capacity": "0"}, "capacity", "Say how many seats, from 1 to 500"),
        ({"plan": "x" * 301}, "plan", "Say it in at most 300 signs"),
        (
            {"starts_on": "2027-03-21", "starts_at": "01:30", "ends_at": "02:30", "count": "2"},
            "starts_at",
            "On 28 March 2027 the clocks jump over 1:30 am, so choose another time",
        ),
    ],
)
@pytest.mark.parametrize("button", [{}, {"preview": "1"}])
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(planner, change, field, sentence, button):
    page = planner.post(planner.page, EVENINGS | {"plan": "A round"} | change | button)

    assert page.status_code == 422
    assert page.context["form"].errors[field] == [sentence]
    body = page.content.decode()
    assert f'<a href="#id_{field}' in body
    for name, value in (EVENINGS | change).items():
        assert f'value="{value}"' in body or not value or name in {"how_often"}
    assert not GroupSession.objects.exists()


def test_a_time_at_which_the_group_meets_already_is_said(planner):
    factories.SessionFactory(
        group=planner.group, starts_at=datetime(2027, 1, 12, 18, 30, tzinfo=UTC), local_time=time(18, 30)
    )

    page = planner.post(planner.page, EVENINGS)

    assert page.status_code == 422
    assert page.context["form"].errors["starts_on"] == ["The group already meets then: Tuesday 12 January, 6:30 pm"]


def test_the_guess_goes_on_from_the_last_session(planner):
    factories.SessionFactory(
        group=planner.group,
        starts_at=datetime(2026, 12, 1, 18, tzinfo=UTC),
        local_date=date(2026, 12, 1),
        local_time=time(18),
    )

    assert "Every Tuesday from 6:00 to 7:15 pm, London time, from 8 December 2026" in words(
        planner.get(planner.page)
    )


def test_a_name_of_a_form_that_is_none_is_replaced(planner):
    assert planner.post(planner.page, EVENINGS | {"made_as": "x"}).status_code == 422
    assert planner.post(planner.page, EVENINGS | {"made_as": ""}).status_code == 302


def test_a_group_being_prepared_is_not_planned_yet(planner):
    planner.group.state = "draft"
    planner.group.save()

    response = planner.get(planner.page)

    assert response.status_code == 409
    assert "Sessions can be added once the group is open" in words(response)


# -- lists ------------------------------------------------------------------------------------------------
def test_an_empty_list_says_what_will_be_there(as_person):
    page = as_person(factories.UserFactory()).get(reverse("sessions:list"))

    assert "Nothing is planned at the moment." in words(page)


def test_the_list_holds_my_groups_and_nobody_elses(session, member, as_person):
    factories.SessionFactory()
    past = factories.SessionFactory(group=session.group, starts_in=timedelta(days=-7))

    page = as_person(member).get(reverse("sessions:list"))

    assert [row.session for row in page.context["coming"]] == [session]
    assert [row.session for row in page.context["last"]] == [past]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_whatever_its_length(as_person, django_assert_num_queries, rows):
    member = factories.UserFactory()
    for n in range(rows):
        membership = factories.MembershipFactory(user=member)
        session = factories.SessionFactory(group=membership.group, starts_in=timedelta(days=n + 1))
        factories.SeatFactory(session=session, user=member)
        factories.SessionFactory(group=membership.group, starts_in=timedelta(days=-n - 1))
    client = as_person(member)

    client.get(reverse("sessions:list"))
    with django_assert_num_queries(LIST_QUERIES):
        assert client.get(reverse("sessions:list")).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_a_session_costs_the_same_whoever_comes(session, member, as_person, django_assert_num_queries, rows):
    for n in range(rows):
        factories.SeatFactory(session=session, state="waiting", queue=n + 1)
    factories.SeatFactory(session=session, user=member, state="waiting", queue=99)
    client = as_person(member)

    client.get(url("detail", session))
    with django_assert_num_queries(PAGE_QUERIES):
        assert client.get(url("detail", session)).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_the_roll_costs_the_same_however_long(session, facilitator, as_person, django_assert_num_queries, rows):
    stand(session, None, starts_in=timedelta(minutes=-5))
    for _ in range(rows):
        factories.MembershipFactory(group=session.group, joined_at=timezone.now() - timedelta(days=9))
    client = as_person(facilitator)

    client.get(url("attendance", session))
    with django_assert_num_queries(ROLL_QUERIES):
        assert client.get(url("attendance", session)).status_code == 200
