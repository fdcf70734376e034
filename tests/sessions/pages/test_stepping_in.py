"""Who steps in from outside has one evening: what its pages tell them before, during and after it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.services import put_out
from people.policy import can
from sessions.models import CoverCall, GroupSession
from sessions.services import add_stand_in, ask_cover, take_cover
from tests import factories
from tests.sessions.pages.world import stand, url

pytestmark = pytest.mark.django_db
PLACE = "12 Harbour Lane"


@pytest.fixture
def outside(session):
    """Somebody who stepped in: they run another group, and stand on the list of this one."""
    person = factories.FacilitatorFactory().user
    session.group.stand_ins.create(user=person, added_by=person)
    factories.booking(session, host=person)
    return person


def belongs(session, alias, *, seat=True):
    joined = timezone.now() - timedelta(days=30)
    place = factories.MembershipFactory(group=session.group, alias=alias, joined_at=joined)
    if seat:
        factories.SeatFactory(session=session, user=place.user)
    return place


def test_names_are_on_no_list_before_the_evening(session, outside, as_person):
    belongs(session, "Ines")

    early = as_person(outside).get(url("attendance", session))
    assert early.status_code == 200
    assert "Ines" not in early.content.decode()

    stand(session, None, starts_in=timedelta(minutes=10))
    assert "Ines" in as_person(outside).get(url("attendance", session)).content.decode()


def test_a_round_offers_those_who_come_and_never_the_list_of_members(session, outside, facilitator, as_person):
    stand(session, None, starts_in=timedelta(minutes=-5))
    belongs(session, "Ines")
    kofi = belongs(session, "Kofi", seat=False)
    at = {"do": "put", "who": str(kofi.public_id)}
    client = as_person(outside)
    for count in range(2):
        client.post(url("run-sheet", session), {"do": "forward", "count": count})

    page = client.get(url("run-sheet", session)).content.decode()
    assert "Ines" in page
    assert "Kofi" not in page
    assert client.post(url("run-sheet", session), at | {"count": 2}).status_code == 422

    assert "Kofi" in as_person(facilitator).get(url("run-sheet", session)).content.decode()
    assert as_person(facilitator).post(url("run-sheet", session), at | {"count": 2}).status_code == 302
    assert "Kofi" in client.get(url("run-sheet", session)).content.decode()  # who came after all is in the round


def test_who_was_away_before_is_not_said_to_them_on_closing(session, outside, facilitator, as_person):
    ines = belongs(session, "Ines")
    for days in (7, 14):
        before = factories.SessionFactory(group=session.group, starts_in=-timedelta(days=days))
        GroupSession.objects.filter(pk=before.pk).update(state="held", held_at=timezone.now(), held_by=facilitator)
        away = {"came": "away", "marked_by": facilitator, "marked_at": timezone.now()}
        factories.SeatFactory(session=before, user=ines.user, state="declined", **away)
    factories.SeatFactory(
        session=factories.SessionFactory(group=session.group, starts_in=-timedelta(days=21)), user=ines.user,
        came="came", marked_by=facilitator, marked_at=timezone.now(),
    )  # fmt: skip
    stand(session, None, starts_in=timedelta(hours=-2))
    address = reverse("home:close", args=[session.public_id])

    assert "Missed the last 2" in as_person(facilitator).get(address).content.decode()
    page = as_person(outside).get(address).content.decode()
    assert "Ines" in page
    assert "Missed" not in page


@pytest.mark.parametrize("name", ["home:run-sheet-print", "home:help-card-of", "sessions:detail"])
@pytest.mark.parametrize("booked", [True, False], ids=["in a room", "in a place of its own"])
def test_a_hidden_place_is_told_when_the_door_opens(session, outside, facilitator, as_person, name, booked):
    group = session.group
    group.format, group.hides_place, group.place = "in_person", True, "" if booked else PLACE
    group.save()
    if booked:
        factories.booking(session, room=factories.RoomFactory(name="Attic", address=PLACE))
    address = reverse(name, args=[session.public_id])

    assert PLACE not in as_person(outside).get(address).content.decode()

    stand(session, None, starts_in=timedelta(minutes=30))
    assert PLACE in as_person(outside).get(address).content.decode()


def test_a_call_of_long_ago_tells_nothing_to_who_runs_the_group_no_more(session, facilitator, as_person):
    asked = factories.FacilitatorFactory(group=session.group)
    factories.booking(session, host=asked.user)
    call = ask_cover(asked.user, session=session)
    take_cover(facilitator, call=call)
    address = reverse("sessions:cover-call", args=[call.public_id])
    assert as_person(asked.user).get(address).status_code == 200

    asked.state, asked.ended_at = "left", timezone.now()
    asked.save()

    assert as_person(asked.user).get(address).status_code == 404
    assert not CoverCall.objects.visible_to(asked.user).exists()


@pytest.mark.parametrize(  # who only asks is declined, and not removed
    ("state", "block"), [("active", True), ("active", False), ("requested", True)]
)
def test_who_was_put_out_of_the_group_steps_in_there_no_more(session, outside, facilitator, as_person, block, state):
    inside = {"joined_at": timezone.now()} if state == "active" else {"joined_at": None}
    place = factories.MembershipFactory(group=session.group, user=outside, state=state, **inside)

    put_out(facilitator, membership=place, why="safety", block=block)

    assert not can(outside, "session.lead", session)
    assert as_person(outside).get(url("detail", session)).status_code == 404
    host = factories.FacilitatorFactory(group=session.group).user
    factories.booking(session, host=host, duty="co")
    assert not can(outside, "cover.take", ask_cover(host, session=session))


def test_who_was_removed_once_can_be_asked_anew(session, facilitator):
    place = factories.MembershipFactory(group=session.group, user=factories.FacilitatorFactory().user)
    put_out(facilitator, membership=place, why="safety", block=False)

    add_stand_in(facilitator, group=session.group, person=place.user)

    assert session.group.stand_ins.able().get().user == place.user


def test_where_nobody_is_left_who_could_promise_nothing_can_be_promised(session, outside, as_person):
    ines = belongs(session, "Ines")
    stand(session, None, starts_in=timedelta(hours=-2))
    promised = {"promises-TOTAL_FORMS": "1", "promises-INITIAL_FORMS": "0", "promises-0-by": str(timezone.localdate())}

    address = reverse("home:close", args=[session.public_id])
    answer = as_person(outside).post(address, {"by": "names", "promises-0-who": str(ines.public_id), **promised})

    assert answer.status_code == 422
