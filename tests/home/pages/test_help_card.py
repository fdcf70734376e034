"""The help card, one tap away from every evening, and the run sheet on paper."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import factories
from tests.home.pages.world import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "no_second_step")]
CARD = "/help-card/"
OF_SESSION = ["home:help-card-of", "home:run-sheet-print"]


@pytest.fixture
def session():
    return factories.SessionFactory(
        group__format="in_person", group__place="St Anne's Hall", group__name="Evenings", starts_in=timedelta(minutes=9)
    )


@pytest.fixture
def host(session):
    return factories.FacilitatorFactory(group=session.group, alias="Marisol").user


def at(name, session):
    return reverse(name, args=[session.public_id])


def main(response):
    return text(response).split('<main id="main"')[1].split("</main>")[0]


def lines(admin):
    confirmed = {"confirmed_by": admin, "confirmed_at": "2026-11-01T00:00Z"}
    factories.CrisisLineFactory(name="Emergency", number="999", emergency=True, **confirmed)
    factories.CrisisLineFactory(name="Samaritans", number="116 123", words="Samaritans. At any hour", **confirmed)
    factories.CrisisLineFactory(name="Not yet", number="0800 000", confirmed_at=None, confirmed_by=None)


def test_the_card_is_for_those_who_help_and_no_secret_from_others(as_person):
    member, visitor = factories.MembershipFactory().user, factories.UserFactory()
    over = factories.SessionFactory(starts_in=-timedelta(days=1))
    stepped_in = factories.UserFactory()
    factories.booking(over, host=stepped_in)

    assert [as_person(one).get(CARD).status_code for one in (member, visitor, stepped_in)] == [403, 403, 403]


@pytest.mark.parametrize(
    "make",
    [
        lambda: factories.FacilitatorFactory().user,
        factories.SafetyLeadFactory,
        factories.AdminFactory,
        lambda: factories.booking(factories.SessionFactory(), host=factories.UserFactory()).host,
    ],
    ids=["facilitator", "safety lead", "admin", "steps in tomorrow"],
)
def test_the_card_works_without_a_session(as_person, make):
    page = main(as_person(make()).get(CARD))

    assert "Call your local emergency number" in page.replace("call", "Call")
    assert "ask where they are" in page


@pytest.mark.parametrize("name", OF_SESSION)
def test_the_pages_of_a_session_are_for_those_who_lead_it(session, as_person, name):
    member = factories.MembershipFactory(group=session.group).user
    elsewhere = factories.FacilitatorFactory().user

    asked = [as_person(one).get(at(name, session)).status_code for one in (member, elsewhere, factories.AdminFactory())]

    assert asked == [403, 404, 404]


def test_the_card_says_whom_to_call_and_where_one_is(session, host, as_person, organisation):
    lines(factories.AdminFactory())
    factories.SafetyLeadFactory(display_name="Priya")
    organisation.contact = "0117 496 0101"
    organisation.save()
    factories.booking(session, host=host)
    tunde = factories.FacilitatorFactory(group=session.group, alias="Tunde").user
    factories.booking(session, host=tunde, duty="co")
    room = factories.RoomFactory(name="Room 2", address="14 Harbour Lane, BS1 4QA")
    factories.booking(session, room=room)

    page = main(as_person(host).get(at("home:help-card-of", session)))

    said = ["Danger now: call 999.", "tel:999", "tel:116123", "Tell Priya.", "tel:01174960101"]
    said += ["You are at Room 2, 14 Harbour Lane, BS1 4QA.", "Talk it over with Tunde tonight."]
    assert [words for words in said if words not in page] == []
    assert "0800 000" not in page
    assert page.index("Stay calm") < page.index("Ask plainly") < page.index("999") < page.index("116123")


def test_paper_holds_no_name_of_a_member_of_those_who_lead_or_of_the_group(session, host, as_person, organisation):
    lines(factories.AdminFactory())
    organisation.contact = "Ring 0117 496 0101"
    organisation.save()
    person = factories.MembershipFactory(group=session.group, alias="canary-alias").user
    factories.SeatFactory(session=session, user=person)
    factories.booking(session, host=host)
    session.group.memberships.filter(user=host).update(duty="Marisol works in a school.")
    session.plan = "canary-plan of canary-alias"
    session.save()
    factories.AgreementFactory(group=session.group)

    response = as_person(host).get(at("home:run-sheet-print", session))

    page = main(response)
    assert [word for word in ("canary", "Marisol", "Evenings") if word in page] == []
    assert "canary" not in text(response)
    said = ["Agreement", "Call 999", "St Anne&#x27;s Hall", "Ring 0117 496 0101", "How many came", "Closing round"]
    assert [words for words in said if words not in page] == []
    assert session.group.agreement.sections[0]["promise"] in page


def test_paper_before_the_organisation_gave_anything(session, host, as_person):
    session.group.format = "online"
    session.group.save()

    page = main(as_person(host).get(at("home:run-sheet-print", session)))

    assert "Call your local emergency number." in page
    assert "Ask where they are." in page
    assert "Camera on or off" in page
    assert "where the door, the water" not in page.lower()
