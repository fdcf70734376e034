"""Names and words as long as they can be, on the smallest phone: they break, and no page goes sideways."""

import pytest

from tests.factories import (
    AdminFactory,
    AgreementFactory,
    AreaFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    TermFactory,
    UserFactory,
)
from tests.journeys.conftest import MONDAY_MORNING
from tests.pairs import mentee, mentor

pytestmark = pytest.mark.browser

LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwe"
PLACE = "Rindfleischetikettierungsüberwachungsaufgabenhaus"
ALIAS = "Wolfeschlegelsteinhausenbergerdorff"


@pytest.fixture
def reader(site, clock):
    """Somebody in a group and in a programme, where every word is long."""
    OrganisationFactory(crisis_confirmed_at=MONDAY_MORNING, crisis_confirmed_by=AdminFactory())
    area, reader = AreaFactory(name=LONG[:40]), UserFactory()
    facts = {"purpose": f"{LONG}: {PLACE}.", "format": "in_person", "place": PLACE, "area": area, "cost": PLACE}
    for slug, kind in (("long-meadow", "circle"), ("wide-river", "programme")):
        group = GroupFactory(slug=slug, name=f"{LONG} {slug}", kind=kind, access_notes=LONG, **facts)
        group.terms.add(TermFactory(name=f"{LONG[:30]}{kind}"[:40]))
        AgreementFactory(group=group)
        FacilitatorFactory(group=group, alias=ALIAS, about=PLACE, hours=LONG)
    MembershipFactory(group=group.__class__.objects.get(slug="long-meadow"), user=reader, alias=f"W{ALIAS}")
    mentor(group, alias=f"M{ALIAS}", shows=PLACE)
    mentee(group, user=reader, alias=f"W{ALIAS}")
    return reader


@pytest.mark.parametrize(
    "address",
    [
        "/groups/",
        "/groups/mine/",
        "/groups/long-meadow/",
        "/groups/long-meadow/members/",
        "/groups/long-meadow/leave/",
        "/groups/wide-river/",
        "/mentoring/",
        "/mentoring/wide-river/mentors/",
    ],
)
def test_long_words_break_on_the_smallest_phone(somebody, reader, address):
    visitor = somebody(signed_in=reader)
    visitor.opens(address)

    visitor.fits_a_small_phone()
    visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")

    visitor.sees_no_sideways_scroll()
    visitor.sees(LONG[:12] if "wide-river/mentors" not in address else ALIAS)
