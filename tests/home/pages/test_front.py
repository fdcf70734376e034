"""The front door."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    AdminFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    SafetyLeadFactory,
    SeatFactory,
    SessionFactory,
    UserFactory,
)
from tests.home.pages.world import HOUR, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "no_second_step")]


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
