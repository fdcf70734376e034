"""What a group's page says of it, whoever reads."""

from datetime import date, time

import pytest
from django.utils import timezone

from groups.models import Area, Group, Term
from tests.factories import CrisisLineFactory, FacilitatorFactory, GroupFactory, MembershipFactory
from tests.groups.pages.world import at, meets, said

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_winter_day(time_machine):
    time_machine.move_to("2026-11-21T12:00:00Z", tick=True)


def page_of(client, **facts):
    Group.objects.update(**facts)
    return said(client.get(at("detail", Group.objects.get())))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"kind": "family"}, "For family and carers"),
        ({"kind": "programme"}, "Mentoring: people meet in twos"),
        (
            {"kind": "cohort", "starts_on": date(2026, 12, 2), "ends_on": date(2027, 2, 24)},
            "Starts on 2 December 2026, ends on 24 February 2027",
        ),
        ({"starts_on": date(2026, 11, 2), "ends_on": date(2027, 2, 24)}, "Began on 2 November 2026, ends on"),
        ({"starts_on": date(2026, 12, 2)}, "Starts on 2 December 2026"),
        ({"ends_on": date(2027, 2, 24)}, "Ends on 24 February 2027"),
        ({}, "Free"),
        ({"cost": "2 pounds a time"}, "Cost: 2 pounds a time"),
        ({"languages": ["en", "es"]}, "English, Español"),
        ({"access": ["captions", "step_free"]}, "Step-free"),
        ({"access_notes": "Tea and a quiet corner."}, "Tea and a quiet corner."),
        ({"intake": "request"}, "You ask to join, and a facilitator answers."),
        ({"intake": "open"}, "Anyone can come. Nobody has to say yes first."),
        ({"intake": "invitation"}, "People come to it by invitation."),
        ({"intake": "closed"}, "It takes nobody new at the moment."),
        ({"intake": "closed", "starts_on": date(2026, 12, 2)}, "You can ask until it starts on 2 December."),
        ({"kind": "cohort", "starts_on": date(2026, 11, 2)}, "It has begun, and those who began stay together."),
        ({"intake": "closed", "opens_again_on": date(2027, 1, 4)}, "It takes people again from 4 January 2027."),
        ({"allows_visits": True}, "You can come once and see, and decide after."),
        ({"offers_talk": True}, "They may offer a short talk first."),
        ({}, "No session is planned yet"),
        ({"kind": "programme"}, "The two of you choose when you meet"),
        ({"kind": "programme", "capacity": 8}, "People meet in twos"),
        ({"capacity": 8}, "Members keep their seat each week"),
    ],
    ids=str,
)
def test_the_page_says_what_holds(client, group, facts, words):
    assert words in page_of(client, **facts)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"intake": "closed", "opens_again_on": date(2026, 11, 20)}, "It takes people again"),
        ({"intake": "request", "opens_again_on": date(2027, 1, 4)}, "It takes people again"),
        ({"intake": "invitation", "allows_visits": True}, "You can come once"),
        ({"kind": "circle"}, "For family and carers"),
        ({"kind": "programme"}, "No session is planned yet"),
        ({"kind": "programme", "capacity": 8}, "Members keep their seat each week"),
        ({"intake": "closed", "capacity": 8}, "seats free"),
        ({"intake": "invitation", "capacity": 8}, "seats free"),
    ],
    ids=str,
)
def test_the_page_is_silent_about_what_does_not_hold(client, group, facts, words):
    assert words not in page_of(client, **facts)


def test_the_page_says_whom_it_is_for_what_about_where_and_who_runs_it(client, group, facilitator):
    group.terms.add(Term.objects.create(kind="topic", name="Low days"))
    group.terms.add(Term.objects.create(kind="audience", name="New parents"))
    group.area = Area.objects.create(name="Harbour side")
    group.save()
    facilitator.about = "Has lived with panic since university."
    facilitator.save()

    page = said(client.get(at("detail", group)))

    for words in ("Low days", "New parents", "Harbour side", "Has lived with panic since university."):
        assert words in page


def test_a_group_that_meets_does_not_say_that_nothing_is_planned(client, group):
    meets(group, date(2026, 11, 24), time(19))

    page = said(client.get(at("detail", group)))

    assert ("No session is planned yet" in page, "Tuesday 24 November" in page) == (False, True)


def test_whoever_was_part_of_a_group_that_has_ended_reads_so(as_person, group):
    place = MembershipFactory(group=group, alias="Wren")
    Group.objects.update(state="archived", archived_at=timezone.now())

    page = said(as_person(place.user).get(at("detail", group)))

    assert ("You were part of it" in page, "You belong here" in page) == (True, False)
    assert (page.count("This group has ended"), at("name", group) in page) == (1, False)


@pytest.mark.parametrize("again", [None, date(2027, 1, 4)])
def test_a_closed_door_says_when_it_opens_again(client, group, again):
    Group.objects.update(intake="closed", opens_again_on=again)

    page = said(client.get(at("ask", group)))

    assert ("It takes people again from 4 January 2027." in page) == (again is not None)
    assert "/groups/?room=on" in page


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_the_same_few_questions(client, organisation, django_assert_max_num_queries, number):
    CrisisLineFactory()
    group = GroupFactory()
    FacilitatorFactory.create_batch(number, group=group)
    for place in range(number):
        group.terms.add(Term.objects.create(kind="topic", name=f"Word {place}"))

    with django_assert_max_num_queries(12):
        client.get(at("detail", group))
