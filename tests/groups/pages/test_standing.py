"""The part of somebody who runs a group: words, days away, stepping down, and the end of every right."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.services import open_followup
from groups.models import Away, Membership
from groups.services import take_group_from
from notes.services import write_note
from people.services import suspend_person
from tests.factories import (
    AdminFactory,
    AwayFactory,
    FacilitatorFactory,
    MembershipFactory,
    RequestFactory,
    SessionFactory,
    UserFactory,
)
from tests.groups.pages.world import at, said

pytestmark = pytest.mark.django_db
PAGES = ["me", "away", "step-down"]


@pytest.fixture
def tunde(group):
    return FacilitatorFactory(group=group, alias="Tunde")


def in_days(number):
    return timezone.localdate() + timedelta(days=number)


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_are_for_those_who_run_it(client, as_person, group, page):
    assert client.get(at(page, group)).url.startswith("/accounts/login/")
    for stranger in (UserFactory(), MembershipFactory(group=group).user, AdminFactory(), FacilitatorFactory().user):
        assert as_person(stranger).get(at(page, group)).status_code == 404


def test_what_somebody_says_of_themself_stands_on_the_groups_page(as_person, client, group, facilitator):
    sent = {"about": "Has lived with panic.", "duty": "", "hours": "Monday to Thursday, 10 to 4"}

    as_person(facilitator.user).post(at("me", group), sent)

    page = said(client.get(at("detail", group)))
    assert ("Has lived with panic." in page, "Answers: Monday to Thursday, 10 to 4" in page) == (True, True)


@pytest.mark.parametrize(
    ("field", "words"),
    [("about", "Write to me@example.org"), ("about", "x" * 301), ("duty", "x" * 201), ("hours", "x" * 81)],
)
def test_what_does_not_belong_there_is_refused_and_nothing_is_lost(as_person, group, facilitator, field, words):
    sent = {"about": "Came as a member.", "duty": "", "hours": "Mondays"} | {field: words}

    response = as_person(facilitator.user).post(at("me", group), sent)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert response.context["form"]["hours"].value() == sent["hours"]


# -- days away --------------------------------------------------------------------------------------
def test_members_read_who_is_away_and_who_is_there(as_person, client, group, facilitator, tunde):
    member, last = MembershipFactory(group=group), in_days(9)
    sent = {"starts_on": str(in_days(0)), "ends_on": str(last), "cover": str(tunde.public_id)}

    assert as_person(facilitator.user).post(at("away", group), sent).url == at("me", group)

    words = f"Marisol is taking some time off until {last.day} {last:%B}. Tunde is your contact till then."
    assert words in said(as_person(member.user).get(at("detail", group)))
    assert words in said(as_person(member.user).get("/home/"))
    for outsider in (client, as_person(UserFactory()), as_person(RequestFactory(group=group).user)):
        assert "time off" not in said(outsider.get(at("detail", group)))


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (8, None, ""),
        (8, 9, ""),
        (7, None, "From {first}, Marisol takes some time off. Tunde is your contact meanwhile."),
        (1, 5, "From {first} to {last}, Marisol takes some time off. Tunde is your contact meanwhile."),
        (3, 3, "On {first}, Marisol takes the day off. Tunde is your contact meanwhile."),
        (0, None, "Marisol is taking some time off. Tunde is your contact meanwhile."),
    ],
)
def test_members_read_a_week_ahead_that_somebody_will_be_away(as_person, group, facilitator, tunde, first, last, words):
    ends_on = None if last is None else in_days(last)
    AwayFactory(seat=facilitator, cover=tunde, starts_on=in_days(first), ends_on=ends_on)

    page = " ".join(said(as_person(MembershipFactory(group=group).user).get(at("detail", group))).split())

    days = {name: f"{day:%A} {day.day} {day:%B}" for name, day in (("first", in_days(first)), ("last", ends_on)) if day}
    assert words.format(**days) in page
    assert ("time off" in page or "day off" in page) is bool(words)


def test_who_stopped_running_it_is_neither_away_nor_there(as_person, group, facilitator, tunde):
    member = as_person(MembershipFactory(group=group).user)
    AwayFactory(seat=facilitator, cover=tunde)
    Membership.objects.filter(pk=tunde.pk).update(state="left", ended_at=timezone.now())
    assert "Tunde is your contact" not in said(member.get(at("detail", group)))

    Membership.objects.filter(pk=facilitator.pk).update(state="left", ended_at=timezone.now())

    assert "time off" not in said(member.get(at("detail", group)))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"starts_on": ""}, "starts_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"starts_on": -3}, "starts_on"),
        ({"starts_on": 5, "ends_on": 4}, "ends_on"),
        ({"starts_on": 5, "ends_on": "later"}, "ends_on"),
        ({"starts_on": 5, "cover": "nobody"}, "cover"),
    ],
)
def test_days_that_make_no_sense_are_said_at_their_field(as_person, group, facilitator, tunde, sent, field):
    days = {name: str(in_days(value)) if isinstance(value, int) else value for name, value in sent.items()}

    response = as_person(facilitator.user).post(at("away", group), days)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert not Away.objects.exists()


def test_days_that_touch_and_a_stand_in_who_is_away_are_said_kindly(as_person, group, facilitator, tunde):
    AwayFactory(seat=tunde, starts_on=in_days(5), ends_on=in_days(6))
    browser = as_person(facilitator.user)
    sent = {"starts_on": str(in_days(5)), "cover": str(tunde.public_id)}

    assert "Tunde is away on some of these days." in said(browser.post(at("away", group), sent))
    AwayFactory(seat=facilitator, starts_on=in_days(4), ends_on=in_days(6))
    assert "You are away on some of these days already." in said(browser.post(at("away", group), sent))


def test_who_is_alone_is_warned_and_may_go(as_person, group, facilitator):
    browser = as_person(facilitator.user)
    assert "Nobody else is there" in said(browser.get(at("away", group)))

    response = browser.post(at("away", group), {"starts_on": str(in_days(0))}, follow=True)

    assert "admins see that you are away" in said(response)
    assert "1 group has nobody there at the moment" in said(as_person(AdminFactory()).get("/manage/"))


def test_being_back_is_one_tap_and_nobody_elses(as_person, group, facilitator, tunde):
    away = AwayFactory(seat=facilitator)
    url = at("away-end", group, away.public_id)
    assert as_person(tunde.user).post(url).status_code == 404

    assert as_person(facilitator.user).post(url).url == at("me", group)
    assert not Away.objects.on(timezone.localdate()).exists()


# -- stepping down ----------------------------------------------------------------------------------
def test_the_only_one_reads_who_can_help(as_person, group, facilitator):
    browser = as_person(facilitator.user)

    assert "An admin can give it to somebody else" in said(browser.get(at("step-down", group)))
    refused = browser.post(at("step-down", group), {"then": "leave"})
    assert (refused.status_code, "Nobody else runs this group." in said(refused)) == (422, True)


def test_somebody_who_says_nothing_is_asked(as_person, group, facilitator, tunde):
    response = as_person(facilitator.user).post(at("step-down", group))

    assert "Say whether you stay as a member or leave" in said(response)


@pytest.mark.parametrize("way", ["stay", "leave", "taken", "suspended", "leave page"])
def test_every_right_ends_with_the_next_click(as_person, group, facilitator, tunde, way):
    """Desk, notes, attendance, follow-ups, requests, settings, proposals: gone for them, there for the other."""
    browser, other = as_person(facilitator.user), as_person(tunde.user)
    pages = [*rights(group, facilitator), *(at(page, group) for page in PAGES)]
    assert [url for url in pages if browser.get(url).status_code != 200] == []

    stop(browser, group, facilitator, way)

    assert [url for url in pages if browser.get(url).status_code not in {302, 403, 404}] == []
    assert [url for url in pages if other.get(url).status_code != 200] == []


def rights(group, seat):
    member = MembershipFactory(group=group, alias="Leila")
    note = write_note(seat.user, group=group, words="Kept", member=member.user)
    session = SessionFactory(group=group, starts_in=timedelta(minutes=-5))
    asked = RequestFactory(group=group)
    word = open_followup(seat.user, about=member.user, group=group, due_at=timezone.now() + timedelta(days=1))
    return [
        f"/groups/{group.slug}/run/",
        f"/groups/{group.slug}/run/notes/",
        f"/groups/{group.slug}/run/notes/{note.public_id}/",
        f"/groups/{group.slug}/run/requests/{asked.public_id}/",
        f"/sessions/{session.public_id}/attendance/",
        at("settings", group),
        at("agreement-edit", group),
        at("proposals", group),
        f"/follow-up/{word.public_id}/",
    ]


def stop(browser, group, seat, way):
    if way in {"stay", "leave"}:
        browser.post(at("step-down", group), {"then": way})
    elif way == "leave page":
        browser.post(at("leave", group), {"then": "leave"})
    elif way == "suspended":
        suspend_person(AdminFactory(), person=seat.user)
    else:
        take_group_from(AdminFactory(), seat=seat)
