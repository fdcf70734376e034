"""The roll and calling off."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sessions.models import GroupSession, Seat
from tests import factories
from tests.sessions.pages.world import stand, url, words

pytestmark = pytest.mark.django_db


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
    assert words(response).count("Choose Here, Told us, Away or Left early for Ines") == 2


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
