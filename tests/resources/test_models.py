"""What must never be false about places and help lines."""

from datetime import timedelta

import pytest
from django.utils import timezone

from resources.models import CrisisLine, Resource
from tests.catalogue import refused_by
from tests.factories import CrisisLineFactory, ResourceFactory

pytestmark = pytest.mark.django_db


def change(thing, **fields):
    type(thing).objects.filter(pk=thing.pk).update(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("resource_published_is_checked", {"checked_on": None}),
        ("resource_published_is_checked", {"checked_by": None}),
        ("resource_published_is_reachable", {"phone": ""}),
        ("resource_kind", {"kind": "magic"}),
        ("resource_cost", {"cost": "a lot"}),
    ],
)
def test_a_place_in_the_directory_is_checked_and_reachable(name, fields):
    place = ResourceFactory()

    with refused_by(name):
        change(place, **fields)


def test_two_places_never_share_a_name():
    ResourceFactory(name="Night Kitchen")

    with refused_by("resource_name_ci"):
        ResourceFactory(name="NIGHT KITCHEN")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("crisisline_channel", {"channel": "fax"}),
        ("crisisline_reachable", {"number": ""}),
        ("crisisline_reachable", {"channel": "web"}),
        ("crisisline_confirmed_by_whom", {"confirmed_by": None}),
        ("crisisline_elsewhere_says_where", {"elsewhere": True}),
    ],
)
def test_a_help_line_can_be_reached_and_says_who_confirmed_it(name, fields):
    line = CrisisLineFactory()

    with refused_by(name):
        change(line, **fields)


def test_a_help_line_never_replaces_itself():
    line = CrisisLineFactory()

    with refused_by("crisisline_replaces_another"):
        change(line, replaces=line)


def test_a_help_line_has_one_change_waiting():
    line = CrisisLineFactory()
    CrisisLineFactory(replaces=line, confirmed_at=None, confirmed_by=None)

    with refused_by("crisisline_one_draft"):
        CrisisLineFactory(replaces=line, confirmed_at=None, confirmed_by=None)


def test_a_place_may_be_out_of_date_after_six_months():
    today = timezone.localdate()

    assert not Resource(checked_on=None).is_stale
    assert not Resource(checked_on=today - timedelta(days=182)).is_stale
    assert Resource(checked_on=today - timedelta(days=183)).is_stale


@pytest.mark.parametrize(
    ("fields", "href", "label"),
    [
        ({"channel": "call", "number": "116 123"}, "tel:116123", "Call 116 123"),
        ({"channel": "text", "number": "85 258"}, "sms:85258", "Text 85 258"),
        ({"channel": "call", "number": "+44 (0)117"}, "tel:+440117", "Call +44 (0)117"),
        ({"channel": "web", "url": "https://chat.example.org", "name": "Chat"}, "https://chat.example.org", "Chat"),
    ],
)
def test_a_line_opens_the_telephone_the_messages_or_a_page(fields, href, label):
    line = CrisisLine(**fields)

    assert (line.href, str(line.label)) == (href, label)


def test_the_stamp_follows_what_people_read_and_nothing_else():
    line = CrisisLineFactory.build(confirmed_by=None)
    before = line.stamp

    line.position = 7
    assert line.stamp == before
    line.words = "Samaritans. Free, day and night"
    assert line.stamp != before


def test_only_confirmed_lines_stand_and_danger_comes_first():
    talk = CrisisLineFactory(position=1)
    danger = CrisisLineFactory(position=9, name="Emergency", number="999", emergency=True)
    abroad = CrisisLineFactory(elsewhere=True, country="Ireland")
    CrisisLineFactory(confirmed_at=None, confirmed_by=None)
    CrisisLineFactory(retired_at=timezone.now())

    assert list(CrisisLine.objects.confirmed()) == [danger, talk]
    assert list(CrisisLine.objects.elsewhere()) == [abroad]
