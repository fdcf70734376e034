"""The roll with guests, and only how many came, through the browser client."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from sessions.models import GroupSession, Guest, GuestSeat, Seat
from sessions.services import add_guest, keep_attendance, keep_headcount
from tests import factories
from tests.sessions.pages.world import stand, url, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(session):
    stand(session, None, starts_in=timedelta(minutes=-5))
    joined = timezone.now() - timedelta(days=9)
    return factories.MembershipFactory(group=session.group, alias="Ines", joined_at=joined)


def guest_page(guest):
    return reverse("sessions:guest", args=[guest.public_id])


def test_left_early_is_a_mark_like_the_others(session, facilitator, ines, as_person):
    client = as_person(facilitator)

    assert client.post(url("attendance", session), {f"came-{ines.public_id}": "left"}).status_code == 302

    page = words(client.get(url("attendance", session)))
    assert Seat.objects.get().came == "left"
    assert "Ines No answer Here Told us Away Left early" in page
    assert "1 of 1 marked" in page


def test_a_hint_stands_beside_the_name_and_not_on_paper(session, facilitator, ines, as_person):
    factories.SeatFactory(session=session, user=ines.user)

    page = as_person(facilitator).get(url("attendance", session)).content.decode()

    assert '<p class="small soft no-print">First time today</p>' in page


def test_somebody_else_came(session, facilitator, ines, as_person):
    client = as_person(facilitator)
    once = {"guest": " Ann ", "guest_often": "once", f"came-{ines.public_id}": "came"}

    for _click in range(2):
        assert client.post(url("attendance", session), once).status_code == 302
    assert client.post(url("attendance", session), {"guest": "Bo", "guest_often": "always"}).status_code == 302

    assert [*Guest.objects.order_by("called").values_list("called", "regular")] == [("Ann", False), ("Bo", True)]
    assert Seat.objects.get().came == "came"
    page = client.get(url("attendance", session))
    assert "1 member. 2 guests." in words(page)
    assert "Ann Guest, without an account. Came once" in words(page)
    assert "3 of 3 marked" in words(page)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ines", "ines is on the list. Mark them there, or write a name that differs"),
        ("ann@example.org", "Write a name without an e-mail address"),
        ("07700 900123", "Write a name without a phone number"),
    ],
)
def test_a_name_that_is_none_is_sent_back_with_the_marks(session, facilitator, ines, as_person, name, says):
    response = as_person(facilitator).post(
        url("attendance", session), {"guest": name, "guest_often": "once", f"came-{ines.public_id}": "left"}
    )

    assert response.status_code == 422
    assert words(response).count(says) == 2
    assert 'value="left" id="id_came' in response.content.decode().replace("checked ", "")
    assert f'value="{name}"' in response.content.decode()
    assert not Guest.objects.exists()
    assert not Seat.objects.exists()


def test_guests_are_marked_with_everybody(session, facilitator, ines, as_person):
    guest = add_guest(facilitator, session=session, called="Ann", regular=True)
    GuestSeat.objects.all().delete()

    as_person(facilitator).post(url("attendance", session), {"all": "here"})

    assert [*GuestSeat.objects.values_list("guest", "came")] == [(guest.pk, "came")]


def test_who_steps_in_marks_and_keeps_no_guest(session, ines, as_person):
    host = factories.UserFactory()
    factories.booking(session, host=host)
    client = as_person(host)

    page = client.get(url("attendance", session))
    assert "Every time" not in words(page)
    client.post(url("attendance", session), {"guest": "Ann", "guest_often": "always"})

    guest = Guest.objects.get()
    assert not guest.regular
    assert client.get(guest_page(guest)).status_code == 404


class TestHowMany:
    def test_a_number_without_names(self, session, facilitator, ines, as_person):
        client = as_person(facilitator)

        assert client.post(url("headcount", session), {"count": "12"}).status_code == 302

        assert GroupSession.objects.get().headcount == 12
        assert "12 people came, without names." in words(client.get(url("attendance", session)))

    @pytest.mark.parametrize("count", ["", "-1", "501", "many", "1.5", "9" * 30])
    def test_what_is_no_number_is_sent_back(self, session, facilitator, ines, as_person, count):
        response = as_person(facilitator).post(url("headcount", session), {"count": count})

        assert response.status_code == 422
        assert words(response).count("Write how many people came, from 0 to 500") == 2
        assert GroupSession.objects.get().headcount is None

    def test_names_go_only_after_a_tick(self, session, facilitator, ines, as_person):
        keep_attendance(facilitator, session=session, marks={ines.user_id: "came"})
        client = as_person(facilitator)

        asked = client.post(url("headcount", session), {"count": "3"})
        assert asked.status_code == 422
        assert "1 name is marked now. It goes, and does not come back." in words(asked)
        assert Seat.objects.get().came == "came"

        assert client.post(url("headcount", session), {"count": "3", "sure": "on"}).status_code == 302
        assert Seat.objects.get().came == ""

    def test_before_its_time_it_says_from_when(self, session, facilitator, as_person):
        response = as_person(facilitator).post(url("headcount", session), {"count": "3"})

        assert response.status_code == 409
        assert "You can say who came from" in words(response)

    def test_members_count_nobody(self, session, member, as_person):
        assert as_person(member).post(url("headcount", session), {"count": "3"}).status_code == 403

    def test_a_mark_takes_the_number_away(self, session, facilitator, ines, as_person):
        keep_headcount(facilitator, session=session, count=9)

        as_person(facilitator).post(url("attendance", session), {f"came-{ines.public_id}": "came"})

        assert GroupSession.objects.get().headcount is None


class TestOneGuest:
    @pytest.fixture
    def guest(self, session, facilitator, ines):
        return add_guest(facilitator, session=session, called="Ann")

    @pytest.mark.parametrize("who", ["member", "other facilitator", "admin"])
    def test_nobody_else_finds_them(self, guest, ines, as_person, who):
        person = {
            "member": lambda: ines.user,
            "other facilitator": lambda: factories.FacilitatorFactory().user,
            "admin": factories.AdminFactory,
        }[who]()
        client = as_person(person)

        assert client.get(guest_page(guest)).status_code == 404
        assert client.post(guest_page(guest), {"do": "forget"}).status_code == 404
        assert Guest.objects.get().called == "Ann"

    def test_every_time_and_no_longer(self, guest, facilitator, as_person):
        client = as_person(facilitator)

        client.post(guest_page(guest), {"do": "always"})
        assert "Stands on the list of every session." in words(client.get(guest_page(guest)))
        client.post(guest_page(guest), {"do": "once"})

        assert not Guest.objects.get().regular

    def test_forgotten_the_page_is_gone(self, guest, session, facilitator, as_person):
        client = as_person(facilitator)

        assert client.post(guest_page(guest), {"do": "forget"}).status_code == 302

        assert client.get(guest_page(guest)).status_code == 404
        assert client.post(guest_page(guest), {"do": "forget"}).status_code == 404
        page = words(client.get(url("attendance", session)))
        assert "A guest Guest, without an account" in page
        assert "Ann" not in page

    def test_anything_else_changes_nothing_much(self, guest, facilitator, as_person):
        assert as_person(facilitator).post(guest_page(guest), {"do": "sing"}).status_code == 302
        assert [*Guest.objects.values_list("called", "regular")] == [("Ann", False)]
