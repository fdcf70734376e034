"""Answering; the door."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import AuditEntry
from people.sealed import seal
from sessions.models import Seat
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
