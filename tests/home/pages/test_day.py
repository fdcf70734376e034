"""A facilitator's day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry
from sessions.models import Closing
from sessions.services import keep_checks
from tests.factories import (
    AdminFactory,
    AwayFactory,
    CheckInFactory,
    FacilitatorFactory,
    FollowUpFactory,
    MembershipFactory,
    RequestFactory,
    SafetyLeadFactory,
    SeatFactory,
    SessionFactory,
    UserFactory,
    answer,
    booking,
)
from tests.home.pages.world import HOUR, TODAY_QUERIES, desk_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "no_second_step")]


def test_who_runs_nothing_sees_an_empty_day(as_person):
    SessionFactory(starts_in=HOUR)
    FollowUpFactory()
    RequestFactory()

    page = as_person(MembershipFactory().user).get("/today/")

    assert "You do not run a group at the moment" in text(page)
    assert [page.context[name] for name in ("tonight", "later", "requests", "followup_count")] == [[], [], [], 0]


@pytest.mark.usefixtures("tuesday")
def test_after_the_last_session_of_a_day_it_does_not_say_that_there_was_none(as_person):
    seat = FacilitatorFactory()
    SessionFactory(group=seat.group, starts_in=-3 * HOUR)
    SessionFactory(group=seat.group, starts_in=48 * HOUR)

    page = text(as_person(seat.user).get("/today/"))

    assert "Nothing ahead today." in page
    assert "Nothing more today. What comes next stands below." in page


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

    assert [one[:5] for one in page.context["tonight"]] == [(tonight, True, [], ["Tunde"], ["Mo"])]
    assert [one.session for one in page.context["later"]] == [thursday]
    assert list(page.context["unmarked"]) == [before]
    assert [row for row, _ in page.context["requests"]] == [asking]
    assert list(page.context["followups"]) == [word]
    said = ["Tuesday 24 November", "Tonight", "2 coming · Mo for the first time", "Answer Saoirse", "Jun"]
    assert [words for words in said if words in text(page)] == said


@pytest.mark.usefixtures("tuesday")
def test_tonight_says_who_leads_and_what_is_left_to_look_at(as_person):
    seat = FacilitatorFactory(group__name="Evenings", alias="Marisol")
    tunde = FacilitatorFactory(group=seat.group, alias="Tunde")
    tonight = SessionFactory(group=seat.group, starts_in=timedelta(minutes=12))
    booking(tonight, host=seat.user)
    booking(tonight, host=tunde.user, duty="co")
    keep_checks(seat.user, session=tonight, ticked=["link", "fit"], shown=[])

    mine, his = (text(as_person(one.user).get("/today/")) for one in (seat, tunde))

    said = ["You lead", "Tunde watches the door and the chat.", "Before you start: 2 of 6 done", "Tunde is here"]
    assert [words for words in said if words not in mine] == []
    said = ["You are the second one", "Marisol leads, you watch", "Before you start: 1 of 6 done", "Marisol is here"]
    assert [words for words in said if words not in his] == []
    assert "I am here" not in mine


@pytest.mark.usefixtures("tuesday")
def test_where_nobody_goes_through_a_door_a_button_says_that_one_is_there(as_person):
    seat = FacilitatorFactory(group__format="in_person")
    SessionFactory(group=seat.group, starts_in=timedelta(minutes=12))
    client = as_person(seat.user)

    page = text(client.get("/today/"))
    assert "I am here" in page
    assert "Go in" not in page
    action = page.split("/here/")[0].rsplit('"', 1)[1] + "/here/"
    client.post(action, {"next": "/today/"})

    page = text(client.get("/today/"))
    assert "I am here" not in page
    assert "Somebody has been there to lead since 6:48 pm." in page


@pytest.mark.usefixtures("tuesday")
def test_who_steps_in_from_outside_sees_the_session_on_their_day_and_nothing_else_of_the_group(as_person):
    seat = FacilitatorFactory(group__name="Evenings")
    mo = MembershipFactory(group=seat.group, alias="Mo").user
    tonight, earlier = (SessionFactory(group=seat.group, starts_in=hours * HOUR) for hours in (2, 50))
    SeatFactory(session=tonight, user=mo)
    FollowUpFactory(group=seat.group, about=mo, cause="support")
    outside = UserFactory()
    booking(tonight, host=outside)

    page = as_person(outside).get("/today/")

    assert [one.session for one in page.context["tonight"]] == [tonight]
    assert page.context["later"] == []
    assert "You lead" in text(page)
    assert "Mo for the first time" not in text(page)
    assert "Open the group" not in text(page)
    assert str(earlier.public_id) not in text(page)


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


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"starts_in": -1, "ends_in": 9}, "You stand in for Tunde in Evenings until Thursday 3 December."),
        ({"starts_in": 0}, "You stand in for Tunde in Evenings."),
        ({"starts_in": 6, "ends_in": 9}, "From Monday 30 November you stand in for Tunde in Evenings."),
        ({"starts_in": 8}, ""),
    ],
)
@pytest.mark.usefixtures("tuesday")
def test_who_stands_in_reads_for_whom_and_until_when(as_person, days, words):
    seat = FacilitatorFactory(group__name="Evenings")
    tunde = FacilitatorFactory(group=seat.group, alias="Tunde")
    third = FacilitatorFactory(group=seat.group)
    ahead = {name: timezone.localdate() + timedelta(days=number) for name, number in days.items()}
    AwayFactory(seat=tunde, cover=seat, starts_on=ahead["starts_in"], ends_on=ahead.get("ends_in"))

    page = text(as_person(seat.user).get("/today/"))

    assert words in page
    assert ("stand in for" in page) is bool(words)
    assert "stand in for" not in text(as_person(third.user).get("/today/"))


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


def held(group, ended, **closing):
    """A session of which the roll was saved."""
    host = group.created_by
    session = SessionFactory(group=group, starts_in=-ended - timedelta(minutes=75))
    session.state, session.held_at, session.held_by = "held", timezone.now(), host
    session.save()
    if closing:
        Closing.objects.create(session=session, **closing)
    return session


@pytest.mark.usefixtures("tuesday")
def test_after_the_roll_how_it_went_is_left_to_do_for_two_days(as_person):
    seat = FacilitatorFactory()
    recent, _older = held(seat.group, 47 * HOUR), held(seat.group, 49 * HOUR)
    held(seat.group, HOUR, closed_by=seat.user)
    SessionFactory(group=seat.group, starts_in=-HOUR, state="cancelled", cancelled_at=timezone.now())

    page = as_person(seat.user).get("/today/")

    assert list(page.context["unmarked"]) == [recent]
    assert "Write down how it went" in text(page)
    assert "Close the session" not in text(page)
    assert f"/sessions/{recent.public_id}/close/" in page.content.decode()
    desk = as_person(seat.user).get(f"/groups/{seat.group.slug}/run/")
    assert list(desk.context["unmarked"]) == [recent]
    assert "Nobody has said yet who came" not in text(desk)
    assert "Who came is saved" in text(desk)


@pytest.mark.usefixtures("tuesday")
def test_two_people_owe_nobody_a_word_on_how_it_went(as_person):
    seat = FacilitatorFactory()
    held(seat.group, HOUR)
    facts = {"parent": FacilitatorFactory().group, "listed": False, "capacity": 1, "kind": "pair"}
    type(seat.group).objects.filter(pk=seat.group.pk).update(**facts)

    assert list(as_person(seat.user).get("/today/").context["unmarked"]) == []


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


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.usefixtures("tuesday")
def test_the_day_asks_the_same_for_one_and_for_thirty(as_person, rows, django_assert_num_queries):
    client = as_person(desk_of(rows).user)

    with django_assert_num_queries(TODAY_QUERIES):
        client.get("/today/")
