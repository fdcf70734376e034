"""/follow-up/: who needs a word."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.models import FollowUp
from checkins.services import say_more
from people.models import AuditEntry
from tests.checkins.conftest import CANARY, MONDAY
from tests.factories import (
    AdminFactory,
    AwayFactory,
    DutyFactory,
    FacilitatorFactory,
    FollowUpFactory,
    MembershipFactory,
    SafetyLeadFactory,
    answer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_marisol(as_person, marisol):
    return as_person(marisol)


@pytest.fixture
def followup(answered, group, marisol):
    """Wren would like Marisol or Tunde to write, and shared the words with them."""
    DutyFactory(group=group, reader=marisol)
    say_more(answered.user, checkin=answered, support="write", words=CANARY, share="facilitators", group=group)
    return FollowUp.objects.get()


def page_of(followup, verb=""):
    return f"/follow-up/{followup.public_id}/{verb}"


# -- who may not ------------------------------------------------------------------------------
def test_signed_out_one_is_asked_to_sign_in(client, followup):
    for path in ("/follow-up/", page_of(followup), "/follow-up/new/"):
        assert client.get(path)["Location"].startswith("/accounts/login/")


def test_members_and_admins_have_no_such_pages(followup, group, as_person, wren):
    for user in (wren, MembershipFactory(group=group).user, AdminFactory()):
        client = as_person(user)
        assert [client.get(path).status_code for path in ("/follow-up/", "/follow-up/new/")] == [404, 404]
        assert client.get(page_of(followup)).status_code == 404


def test_a_facilitator_of_another_group_finds_nothing_of_it(followup, as_person):
    client = as_person(FacilitatorFactory().user)

    assert "Wren" not in client.get("/follow-up/?show=all").content.decode()
    assert client.get(page_of(followup)).status_code == 404
    for verb in ("take/", "done/", "hand-back/", "reopen/"):
        assert client.post(page_of(followup, verb), {"outcome": "wrote"}).status_code == 404
    followup.refresh_from_db()
    assert (followup.state, followup.seen_at) == ("open", None)


def test_a_safety_lead_sees_that_somebody_waits_but_no_word(followup, as_person):
    client = as_person(SafetyLeadFactory())

    assert "Wren" in client.get("/follow-up/").content.decode()
    page = client.get(page_of(followup)).content.decode()
    assert CANARY not in page
    assert "The answer itself is private" in page
    assert not AuditEntry.objects.filter(action="checkin.read").exists()


def test_looking_at_the_acting_addresses_does_nothing(followup, client_of_marisol):
    for verb in ("take/", "done/", "hand-back/", "reopen/"):
        assert client_of_marisol.get(page_of(followup, verb)).status_code == 405


# -- the list ---------------------------------------------------------------------------------
def test_the_list_says_who_why_and_by_when_and_no_word(followup, client_of_marisol):
    page = client_of_marisol.get("/follow-up/").content.decode()

    for words in ("Wren", "Would like you to write, not call.", "Tuesday 24 November, 12:00 pm", "Nobody yet"):
        assert words in page
    assert CANARY not in page


def test_mine_everyones_and_done(group, wren, marisol, tunde, client_of_marisol):
    def named(name, **more):
        person = MembershipFactory(group=group, alias=name).user
        FollowUpFactory(about=person, group=group, **more)

    named("Kofi", state="taken", owner=marisol)
    named("Leila", state="taken", owner=tunde)
    named("Mo")
    named("Jun", state="done", outcome="met", owner=tunde, closed_at=timezone.now(), closed_by=tunde)

    def shown(show):
        page = client_of_marisol.get(f"/follow-up/?show={show}").content.decode()
        return [name for name in ("Kofi", "Leila", "Mo", "Jun") if f'/">{name}</a></h2>' in page]

    assert [shown(show) for show in ("mine", "all", "done", "nonsense")] == [
        ["Kofi", "Mo"],
        ["Kofi", "Leila", "Mo"],
        ["Jun"],
        ["Kofi", "Mo"],
    ]


def test_nobody_right_now(client_of_marisol):
    page = client_of_marisol.get("/follow-up/").content.decode()

    assert "Nobody, right now" in page
    assert "Nothing this month" in client_of_marisol.get("/follow-up/?show=done").content.decode()


def test_what_was_shared_without_a_wish_is_named_but_not_shown(answered, group, client_of_marisol):
    answered.mood, answered.share, answered.group = 4, "facilitators", group
    answered.save()
    answer(answered, CANARY)

    page = client_of_marisol.get("/follow-up/").content.decode()
    assert f"/check-in/{answered.public_id}/" in page
    assert CANARY not in page


def test_who_stands_on_the_list_is_not_named_a_second_time(followup, client_of_marisol):
    assert "Shared with you lately" not in client_of_marisol.get("/follow-up/").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("show", ["mine", "all", "done"])
def test_the_list_costs_the_same_for_one_and_for_thirty(
    rows, show, group, marisol, as_person, django_assert_num_queries
):
    for _n in range(rows):
        member = MembershipFactory(group=group)
        FollowUpFactory(about=member.user, group=group)
        closed = {"state": "done", "outcome": "met", "closed_at": timezone.now(), "closed_by": marisol}
        FollowUpFactory(about=member.user, group=group, owner=marisol, **closed)
    client = as_person(marisol)
    client.get("/follow-up/")

    with django_assert_num_queries(QUERIES[show]):
        assert client.get(f"/follow-up/?show={show}").status_code == 200


QUERIES = {"mine": 14, "all": 14, "done": 12}  # who could have it instead is asked on its own page


# -- one of them ------------------------------------------------------------------------------
def test_opening_it_is_seen_and_the_reading_is_recorded(followup, client_of_marisol, marisol, wren):
    page = client_of_marisol.get(page_of(followup)).content.decode()

    assert CANARY in page
    followup.refresh_from_db()
    assert followup.seen_at
    done = AuditEntry.objects.filter(actor=marisol).order_by("pk").values_list("action", "about")
    assert list(done) == [("followup.see", wren.pk), ("checkin.read", wren.pk)]


def test_with_only_me_the_wish_is_there_and_no_word(answered, group, client_of_marisol):
    say_more(answered.user, checkin=answered, support="call", words=CANARY, share="me", group=group, reach="0113 9")

    page = client_of_marisol.get(page_of(FollowUp.objects.get())).content.decode()
    assert CANARY not in page
    assert "very hard" not in page
    assert "The answer itself is private" in page
    assert not AuditEntry.objects.filter(action="checkin.read").exists()


def test_taking_it_being_in_touch_and_undo(followup, client_of_marisol, marisol):
    client_of_marisol.post(page_of(followup, "take/"))
    followup.refresh_from_db()
    assert (followup.state, followup.owner) == ("taken", marisol)

    client_of_marisol.post(page_of(followup, "done/"), {"outcome": "wrote"})
    followup.refresh_from_db()
    assert (followup.state, followup.outcome, followup.closed_by) == ("done", "wrote", marisol)
    page = client_of_marisol.get("/follow-up/").content.decode()
    assert "Marked as done: you were in touch with Wren." in page
    assert "Undo" not in client_of_marisol.get("/follow-up/").content.decode()

    client_of_marisol.post(page_of(followup, "reopen/"))
    followup.refresh_from_db()
    assert (followup.state, followup.owner) == ("taken", marisol)


def test_done_needs_how(followup, client_of_marisol):
    response = client_of_marisol.post(page_of(followup, "done/"), {})

    assert response.status_code == 422
    assert "Say how you got in touch" in response.content.decode()
    followup.refresh_from_db()
    assert followup.state == "open"


def test_the_second_one_is_told_kindly(followup, client_of_marisol, as_person, tunde):
    as_person(tunde).post(page_of(followup, "take/"))

    response = client_of_marisol.post(page_of(followup, "take/"), follow=True)
    assert "Somebody else has just taken this." in response.content.decode()
    page = client_of_marisol.get(page_of(followup)).content.decode()
    assert "Tunde has this." in page
    assert "been in touch</button>" not in page

    as_person(tunde).post(page_of(followup, "done/"), {"outcome": "met"})
    response = client_of_marisol.post(page_of(followup, "done/"), {"outcome": "wrote"}, follow=True)
    assert "Somebody has been in touch already" in response.content.decode()


def test_handing_it_back(followup, client_of_marisol):
    client_of_marisol.post(page_of(followup, "take/"))
    client_of_marisol.post(page_of(followup, "hand-back/"))

    followup.refresh_from_db()
    assert (followup.state, followup.owner) == ("open", None)


def test_nobody_is_shown_an_address(followup, client_of_marisol, wren):
    """Who wants to be written to is written to in here (R63)."""
    client_of_marisol.post(page_of(followup, "take/"))

    page = client_of_marisol.get(page_of(followup)).content.decode()
    assert "Write to Wren" in page
    assert wren.email not in page
    assert "mailto:" not in page


def test_the_number_to_ring_is_there_for_the_one_who_rings(answered, group, client_of_marisol, as_person, tunde):
    say_more(answered.user, checkin=answered, support="call", words="", share="me", group=group, reach="0113 9")
    followup = FollowUp.objects.get()
    assert "0113 9" not in client_of_marisol.get(page_of(followup)).content.decode()

    client_of_marisol.post(page_of(followup, "take/"))
    assert "tel:0113 9" in client_of_marisol.get(page_of(followup)).content.decode()
    assert "0113 9" not in as_person(tunde).get(page_of(followup)).content.decode()


# -- by hand ----------------------------------------------------------------------------------
def test_adding_someone(client_of_marisol, group, wren, marisol):
    membership = wren.memberships.get()
    page = client_of_marisol.get("/follow-up/new/").content.decode()
    assert "Wren, Evenings with anxiety" in page
    assert "Marisol," not in page

    data = {"member": str(membership.public_id), "by": "2026-11-25"}
    assert client_of_marisol.post("/follow-up/new/", data)["Location"] == "/follow-up/"
    assert FollowUp.objects.values_list("about", "owner", "cause").get() == (wren.pk, marisol.pk, "hand")


def test_adding_needs_somebody_of_ones_own_group_and_a_day(client_of_marisol, group):
    stranger = MembershipFactory()
    data = {"member": str(stranger.public_id), "by": "2026-11-01"}

    response = client_of_marisol.post("/follow-up/new/", data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose somebody from the list" in page
    assert "Choose a day from today on" in page
    assert not FollowUp.objects.exists()


def test_what_is_due_today_can_still_be_added(client_of_marisol, wren):
    data = {"member": str(wren.memberships.get().public_id), "by": "2026-11-23"}
    client_of_marisol.post("/follow-up/new/", data)

    assert MONDAY < FollowUp.objects.get().due_at < MONDAY + timedelta(days=1)


def test_who_stands_in_reads_that_somebody_is_away_and_takes_over_with_one_tap(
    followup, group, as_person, tunde, marisol
):
    seats = {seat.user_id: seat for seat in group.memberships.all()}
    as_person(tunde).post(page_of(followup, "take/"))
    browser = as_person(marisol)
    assert "Wren" not in browser.get("/follow-up/").content.decode()
    AwayFactory(seat=seats[tunde.pk], cover=seats[marisol.pk], ends_on=(MONDAY + timedelta(days=9)).date())

    for path in ("/follow-up/", page_of(followup), "/today/", f"/groups/{group.slug}/run/"):
        assert "Tunde has it and is away until Wednesday 2 December" in browser.get(path).content.decode()
    for path in ("/follow-up/", page_of(followup)):
        assert page_of(followup, "take/") in browser.get(path).content.decode()

    browser.post(page_of(followup, "take/"))
    assert "It is yours." in browser.get(page_of(followup)).content.decode()
