"""The two ways to a page, a walk by names and a sort of what matches: each finds the same groups in the same order."""

import pytest
from django.utils import timezone

from groups.finding import LOOKED_AT
from groups.models import Group
from tests import factories as make

pytestmark = pytest.mark.django_db
SIZE = 5


def pages_of(found, **how):
    """All groups that are found, as somebody meets them who goes on and on."""
    met, after = [], None
    while True:
        keys = found.page(SIZE + 1, after=after, **how)
        met += keys[:SIZE]
        if len(keys) <= SIZE:
            return met
        after = Group.objects.get(pk=keys[SIZE - 1])


@pytest.fixture
def areas():
    return [make.AreaFactory(), make.AreaFactory(), make.AreaFactory()]


@pytest.fixture
def groups(areas):
    """Forty listed groups in three areas and in none, with names in both cases; every third one speaks of grief."""
    made = []
    for number in range(40):
        name = f"{'aB'[number % 2]}{number * 7 % 40:02}"
        purpose = "Grief." if number % 3 == 0 else "Calm."
        made.append(make.GroupFactory(name=name, purpose=purpose, area=[*areas, None][number % 4]))
    make.GroupFactory(name="a hidden one", purpose="Grief.", listed=False)
    return made


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("words", ["", "grief", "nothing"])
def test_both_ways_lead_past_every_group_by_name(groups, words, few):
    wanted = [group for group in groups if words in {"", group.purpose.lower().strip(".")}]

    met = pages_of(Group.objects.listed().about(words), few=few)

    assert met == [group.pk for group in sorted(wanted, key=lambda group: (group.name.lower(), group.pk))]


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("words", ["", "grief"])
def test_both_ways_lead_past_every_group_area_after_area(groups, areas, words, few):
    order = [areas[2].pk, areas[0].pk, areas[1].pk, None]
    wanted = [group for group in groups if words in {"", group.purpose.lower().strip(".")}]

    met = pages_of(Group.objects.listed().about(words), areas=order[:3], few=few)

    nearest = sorted(wanted, key=lambda group: (order.index(group.area_id), group.name.lower(), group.pk))
    assert met == [group.pk for group in nearest]


@pytest.mark.parametrize("few", [False, True])
def test_other_conditions_hold_on_both_ways(groups, few):
    for group in groups[::2]:
        make.MembershipFactory(group=group)
    Group.objects.update(capacity=1)

    met = pages_of(Group.objects.listed().about("calm").with_counts().with_room().exclude(pk=groups[1].pk), few=few)

    assert set(met) == {group.pk for group in groups[1::2] if group.purpose == "Calm."} - {groups[1].pk}


@pytest.mark.parametrize("near", [False, True])
def test_what_stands_beyond_the_walk_is_found(areas, near):
    """However many groups the walk has passed: two of the first by name match, and the last thirty."""
    creator, some = make.UserFactory(), LOOKED_AT + 50
    speak = {3, 7, *range(LOOKED_AT + 20, some)}
    made = Group.objects.bulk_create(
        Group(name=f"N{number:05}", slug=f"n-{number}", purpose="Grief." if number in speak else "Calm.",
              state="open", created_by=creator, area=areas[0], opened_at=timezone.now())
        for number in range(some)
    )  # fmt: skip

    met = pages_of(Group.objects.listed().about("grief"), areas=[areas[0].pk] if near else [])

    assert met == [group.pk for group in (made[3], made[7], *made[LOOKED_AT + 20 :])]


def test_an_area_that_came_meanwhile_is_no_trouble(groups, areas):
    """The group shown last is in an area that the list of areas does not know yet."""
    met = Group.objects.listed().page(SIZE, after=groups[0], areas=[areas[1].pk])

    assert len(met) == SIZE
