"""Answering; the door."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry
from people.sealed import seal
from sessions.models import Seat, StandingSeat
from sessions.services import answer_seat, cancel_session
from tests import factories
from tests.sessions.pages.world import ROOM, stand, url, words

pytestmark = pytest.mark.django_db


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


# -- what is possible instead ------------------------------------------------------------------------
def in_line(session, *people):
    """Somebody else has the one seat, and these wait."""
    session.capacity = 1
    session.save()
    first = factories.MembershipFactory(group=session.group).user
    for person in (first, *people):
        answer_seat(person, session=session, going=True)
    return first


def test_taking_a_seat_that_went_on_says_what_is_possible_now(session, member, as_person):
    other = factories.MembershipFactory(group=session.group).user
    first = in_line(session, other, member)
    answer_seat(first, session=session, going=False)

    page = answer(as_person(member), session, "take")

    assert page.status_code == 409
    assert words(page).startswith('tabindex="-1"> This seat went to the next person in line')
    assert "You are 1st in line" in words(page)
    assert "Leave the waitlist" in words(page)


def test_answering_for_a_cancelled_session_shows_the_next_one(session, member, facilitator, as_person):
    cancel_session(facilitator, session=session)
    later = factories.SessionFactory(group=session.group, starts_in=timedelta(days=8))

    page = answer(as_person(member), session)

    assert page.status_code == 409
    assert f'href="{later.get_absolute_url()}"' in page.content.decode()
    assert "This session is not happening" in words(page)


@pytest.mark.parametrize(("has_a_seat", "words_of_it"), [(True, ", and your seat carries over."), (False, ".")])
def test_a_seat_carries_over_only_where_there_is_one(session, member, facilitator, as_person, has_a_seat, words_of_it):
    answer_seat(member, session=session, going=True)
    cancel_session(facilitator, session=session)
    factories.SessionFactory(group=session.group, starts_in=timedelta(hours=2))
    later = factories.SessionFactory(group=session.group, starts_in=timedelta(days=8))
    if has_a_seat:
        answer_seat(member, session=later, going=True)

    page = as_person(member).get(session.get_absolute_url()).content.decode()

    link = page.split(f'<a href="{later.get_absolute_url()}">')[1]
    assert link.split("</a>")[1].startswith(words_of_it + "</p>")


def test_the_groups_page_says_both_clocks_to_who_is_elsewhere(member, as_person):
    group = member.memberships.get().group
    starts = datetime(2027, 1, 12, 18, 30, tzinfo=UTC)
    factories.SessionFactory(group=group, starts_at=starts, local_time=starts.time(), local_date=starts.date())
    at_home = words(as_person(member).get(group.get_absolute_url()))
    member.time_zone = "Asia/Tokyo"
    member.save()

    away = words(as_person(member).get(group.get_absolute_url()))

    assert "For you:" not in at_home
    assert "6:30 to 7:45 pm For you: Wednesday 13 January, 3:30 am" in away


def test_a_seat_that_is_held_says_until_when_and_is_taken(session, member, as_person, time_machine):
    time_machine.move_to(session.starts_at - timedelta(hours=1), tick=False)
    answer_seat(in_line(session, member), session=session, going=False)
    client = as_person(member)

    page = client.get(session.get_absolute_url())

    assert "Offered to you A seat opened for you Held for you until it starts. Take the seat" in words(page)
    assert "A seat opened for you" in words(client.get("/sessions/"))
    assert answer(client, session, "take").status_code == 302
    assert "Your seat is kept" in words(client.get(session.get_absolute_url()))


def test_a_held_seat_names_its_end_on_the_readers_own_clock(member, as_person, time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False)
    member.time_zone = "Asia/Tokyo"
    member.save()
    session = factories.SessionFactory(group=member.memberships.get().group, starts_in=timedelta(hours=30))
    answer_seat(in_line(session, member), session=session, going=False)

    page = words(as_person(member).get(session.get_absolute_url()))

    assert "Held until tomorrow, 12:45 pm. After that it goes to the next person in line." in page
    assert "Monday 23 November, 3:00 am" in page
    assert "For the group: Sunday 22 November, 6:00 to 7:15 pm, London time." in page


# -- undo ------------------------------------------------------------------------------------------
def undo(client, session):
    return client.post(url("seat-undo", session))


def test_every_answer_can_be_undone_from_the_strip_that_says_it(session, member, as_person):
    client = as_person(member)
    answer(client, session)

    page = client.get(session.get_absolute_url())

    assert f'<form method="post" action="{url("seat-undo", session)}">' in page.content.decode()
    assert undo(client, session).status_code == 302
    assert "Undone. You have not answered yet" in words(client.get(session.get_absolute_url()))
    assert Seat.objects.get().answered_at is None


def test_undo_twice_or_of_nothing_is_a_kind_page(session, member, as_person):
    client = as_person(member)
    answer(client, session)
    undo(client, session)

    page = undo(client, session)

    assert page.status_code == 409
    assert "There is nothing to undo here now" in words(page)


def test_a_seat_that_is_held_for_the_next_cannot_be_had_back_by_undo(session, member, as_person):
    client = as_person(member)
    session.capacity = 1
    session.save()
    answer(client, session)
    client.get(session.get_absolute_url())
    answer_seat(factories.MembershipFactory(group=session.group).user, session=session, going=True)

    page = client.post(url("seat", session), {"answer": "declined"}, follow=True)

    assert "Thank you for saying. Your seat goes to the next person in line" in words(page)
    assert url("seat-undo", session) not in page.content.decode()


# -- every time ------------------------------------------------------------------------------------
@pytest.fixture
def weekly(session):
    series = factories.SeriesFactory(group=session.group)
    session.series, session.slot = series, session.local_date
    session.save()
    return session


def every(client, session, keep):
    return client.post(url("every-time", session), {"keep": keep}, follow=True)


def test_coming_every_week_is_asked_after_a_yes_and_can_be_taken_back(weekly, member, as_person):
    client = as_person(member)
    assert "Come every week" not in words(client.get(weekly.get_absolute_url()))
    answer(client, weekly)
    assert "Come every week" in words(client.get(weekly.get_absolute_url()))

    assert "Stop coming every week" in words(every(client, weekly, "yes"))
    answer(client, weekly, "declined")
    assert "Stop coming every week" in words(client.get(weekly.get_absolute_url()))

    page = every(client, weekly, "no")

    assert "You answer for each session by itself from now on" in words(page)
    assert "coming every week" not in words(page)


def test_having_stopped_coming_every_week_can_be_undone(weekly, member, as_person):
    client = as_person(member)
    answer(client, weekly)
    every(client, weekly, "yes")
    page = every(client, weekly, "no")
    assert f'action="{url("every-time-again", weekly)}"' in page.content.decode()
    assert not StandingSeat.objects.filter(ended_at=None).exists()

    back = client.post(url("every-time-again", weekly), {"next": weekly.get_absolute_url()}, follow=True)

    assert "You have a seat every time from now on, or a place in line" in words(back)
    assert "Stop coming every week" in words(back)
    assert StandingSeat.objects.get(ended_at=None).user == member


def test_who_left_meanwhile_cannot_undo_it_and_without_a_series_nothing_happens(weekly, member, as_person):
    client = as_person(member)
    member.memberships.update(state="left", ended_at=timezone.now())
    gone = client.post(url("every-time-again", weekly))
    assert (gone.status_code, "You are not in this group any more" in words(gone)) == (404, True)

    other = factories.MembershipFactory(group=weekly.group).user
    weekly.series = weekly.slot = None
    weekly.save()
    assert as_person(other).post(url("every-time-again", weekly))["Location"] == weekly.get_absolute_url()
    assert not StandingSeat.objects.exists()


def test_only_a_weekly_rule_says_every_week(weekly, member, as_person):
    weekly.series.interval = 2
    weekly.series.save()
    client = as_person(member)
    answer(client, weekly)

    assert "Come every time" in words(client.get(weekly.get_absolute_url()))


@pytest.mark.parametrize("who", ["visitor", "facilitator", "no series"])
def test_who_is_not_asked_to_come_every_time(weekly, member, facilitator, as_person, who):
    if who == "visitor":
        member = factories.MembershipFactory(group=weekly.group, state="visiting", joined_at=None).user
    elif who == "no series":
        weekly.series = weekly.slot = None
        weekly.save()
    client = as_person(facilitator if who == "facilitator" else member)
    answer(client, weekly)

    page = client.get(weekly.get_absolute_url())

    assert page.status_code == 200
    assert url("every-time", weekly) not in page.content.decode()
    every(client, weekly, "yes")
    assert not StandingSeat.objects.exists()


# -- kept for newcomers ----------------------------------------------------------------------------
def test_regulars_read_which_seats_wait_for_newcomers_and_until_when(session, member, as_person, time_machine):
    time_machine.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=False)
    group = session.group
    session = factories.SessionFactory(group=group, capacity=2, kept_for_new=2, starts_in=timedelta(days=4))
    before = factories.SessionFactory(group=group, starts_in=timedelta(days=-3))
    marked = {"came": "came", "marked_by": member, "marked_at": before.ends_at}
    factories.SeatFactory(session=before, user=member, **marked)
    newcomer = factories.MembershipFactory(group=group).user

    regular, first = (words(as_person(who).get(session.get_absolute_url())) for who in (member, newcomer))

    assert "No seat is free for you yet 2 seats wait for people who come for the first time." in regular
    assert "From Tuesday 24 November, 12:00 pm on they go down the line." in regular
    assert "Nobody has said yes yet. There are 2 seats." in first
    assert "Full" in words(as_person(member).get("/sessions/"))


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
