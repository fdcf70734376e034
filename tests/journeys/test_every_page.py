"""Every page that people come to, at the width of a phone and of a desk, in light and in dark."""

import re
from urllib.parse import urlsplit

import pytest

from peerhub.management.commands.seed_demo import make_everything, open_a_door
from people.models import User
from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

ROLES = {
    "visitor": ("", "/"),
    "new member": ("saoirse@demo.example", "/home/"),
    "member": ("wren@demo.example", "/home/"),
    "facilitator": ("marisol@demo.example", "/today/"),
    "safety lead": ("priya@demo.example", "/follow-up/"),
    "admin": ("amal@demo.example", "/manage/"),
}
MOST = 100  # kinds of page a role
ELSEWHERE = re.compile(r"^/(accounts/logout|static)/|/join/$|[.](ics|csv)$")  # these lead out, or are no pages
ALIKE = re.compile(r"^/(privacy|safety-online|accessibility|about|how-it-works|help|accounts|resources)/")  # for all
ONE_OF_MANY = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/groups/)(?!mine/)[a-z]+-[a-z0-9-]+|(?<=/resources/)[a-z0-9-]+"
)
LINKS = "links => links.map(link => link.href)"


def kind_of(address):
    """The page's pattern: of the many sessions, groups and places one stands for all."""
    return ONE_OF_MANY.sub("…", urlsplit(address).path)


@pytest.fixture
def demo(site):
    make_everything()
    open_a_door()


def test_every_page_of_the_main_job_is_in_order_on_a_phone(demo, somebody):
    walked = walk_as(["member", "facilitator"], somebody, looks=looks_on_a_phone)

    assert {role: sorted(kinds) for role, kinds in walked.items() if len(kinds) < 20} == {}


@pytest.mark.nightly
def test_every_page_is_in_order(demo, somebody):
    """Six minutes of a browser: too long for every run."""
    walked = walk_as(ROLES, somebody, looks=looks_both_ways)

    assert {role: sorted(kinds) for role, kinds in walked.items() if len(kinds) < 8} == {}
    assert len(set().union(*walked.values())) > 50


def walk_as(roles, somebody, looks):
    walked = {}
    for role in roles:
        email, start = ROLES[role]
        known = {kind for kinds in walked.values() for kind in kinds if ALIKE.match(kind)}
        user = User.objects.get(email=email) if email else None
        walked[role] = walk(somebody(signed_in=user), start, known, looks)
    return walked


def walk(visitor, start, known, looks):
    """Look at every page that the links lead to, once of each kind. Returns the kinds."""
    waiting, seen = [start], {kind_of(start)}
    while waiting and len(seen) <= MOST:
        looks(visitor, waiting.pop(0))
        for link in visitor.page.locator("a[href]").evaluate_all(LINKS):
            kind = kind_of(link)
            if link.startswith(visitor.site) and kind not in seen | known and not ELSEWHERE.search(kind):
                seen.add(kind)
                waiting.append(urlsplit(link).path)
    assert not waiting, f"more than {MOST} kinds of page: {waiting}"
    return seen


def looks_on_a_phone(visitor, address):
    """In light, and on the smallest one."""
    visitor.turns_to(PHONE, "light")
    visitor.opens(address)
    visitor.fits_a_small_phone()


def looks_both_ways(visitor, address):
    """On a phone, and on a desk in dark."""
    looks_on_a_phone(visitor, address)
    visitor.turns_to(DESK, "dark")
    visitor.looks()
