"""The ways to a page and to a count: whichever is the cheapest, each finds the same groups in the same order."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from groups import finding
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


# -- how many there are, and by which looks that is learned ---------------------------------------
LOOKS = {"some": "some_groups", "an eighth": "an_eighth", "all": "SELECT COUNT(*)", "sorted": "|| ''"}


@pytest.fixture
def short_looks(monkeypatch):
    """Forty groups are to these looks what a hundred thousand are to the real ones."""

    def to(some):
        monkeypatch.setattr(finding, "NEXT", 2)
        monkeypatch.setattr(finding, "SOME", some)
        monkeypatch.setattr(finding, "AN_EIGHTH", 4)

    return to


@pytest.mark.parametrize(
    ("words", "some", "looks"),
    [
        ("", 4, ["some"]),
        ("", 3, ["some", "an eighth"]),
        ("grief", 3, ["some", "an eighth", "all", "sorted"]),
        ("nothing", 3, ["some", "an eighth", "all", "sorted"]),
        ("grief", 99, ["some", "sorted"]),
    ],
)
def test_no_more_is_looked_at_than_it_takes(groups, short_looks, words, some, looks):
    """The first ones say that more than three match; one in eight does; only all do; there are no others than some."""
    short_looks(some)

    with CaptureQueriesContext(connection) as asked:
        Group.objects.listed().about(words).page_and_count(SIZE, 3)

    said = "".join(query["sql"] for query in asked)
    assert [look for look, sign in LOOKS.items() if sign in said] == looks


@pytest.mark.parametrize(("enough", "sorts"), [(4, False), (5, True)])
def test_what_an_eighth_holds_few_of_is_sorted_at_once(groups, short_looks, monkeypatch, enough, sorts):
    """Five of forty: more than three in all, and a page of them might be long in coming."""
    short_looks(3)
    monkeypatch.setattr(finding, "AN_EIGHTH", enough)

    with CaptureQueriesContext(connection) as asked:
        _keys, count = Group.objects.listed().page_and_count(SIZE, 3)

    assert count == 4
    assert (LOOKS["sorted"] in "".join(query["sql"] for query in asked)) is sorts


@pytest.mark.parametrize("some", [3, 4, 99])
@pytest.mark.parametrize("near", [False, True])
@pytest.mark.parametrize("words", ["", "grief", "calm", "nothing"])
@pytest.mark.parametrize("most", [3, 14])
def test_every_look_leads_to_the_same_pages_and_the_same_count(groups, areas, short_looks, some, near, words, most):
    short_looks(some)
    order = [areas[2].pk, areas[0].pk, areas[1].pk] if near else []
    found = Group.objects.listed().about(words)
    expected = pages_of(found, areas=order, few=True)

    met, counts, after = [], set(), None
    for _page in range(1 + len(expected) // SIZE):
        keys, count = found.page_and_count(SIZE + 1, most, after=after, areas=order)
        met, counts = met + keys[:SIZE], counts | {count}
        after = Group.objects.filter(pk__in=keys[SIZE - 1 : SIZE]).first()

    assert (met, counts) == (expected, {min(most + 1, len(expected))})


@pytest.mark.parametrize("some", [3, 99])
def test_what_stands_beside_the_index_counts_too(groups, short_looks, some):
    short_looks(some)
    for group in groups[::2]:
        make.MembershipFactory(group=group)
    Group.objects.update(capacity=1)
    free = Group.objects.listed().about("calm").with_counts().with_room().exclude(pk=groups[1].pk)
    expected = {group.pk for group in groups[1::2] if group.purpose == "Calm."} - {groups[1].pk}

    keys, count = free.page_and_count(40, 30)

    assert (set(keys), count) == (expected, len(expected))


# -- the words that begin so ----------------------------------------------------------------------
def kept_words():
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM groups_word")
        return [word for (word,) in cursor]


def asked_for(words):
    """What the index is asked for, and the groups that a question by beginnings alone finds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT groups_asked_in_full(%s)::text", [words])
        (full,) = cursor.fetchone()
        cursor.execute("SELECT id FROM groups_group WHERE listed AND search @@ groups_asked(%s)", [words])
        return full, {pk for (pk,) in cursor}


@pytest.mark.parametrize("number", [20, 21])
def test_a_beginning_becomes_the_words_that_begin_so_while_they_are_few(number):
    for count in range(number):
        make.GroupFactory(purpose=f"Zu{count:02}x")

    full, _found = asked_for("zu")

    assert ("'zu00x'" in full, "'zu':*" in full) == ((True, False) if number == 20 else (False, True))
    assert Group.objects.listed().about("zu").count() == number
    assert Group.objects.listed().about("zu calm").count() == 0


@pytest.mark.parametrize(
    "words",
    ["anx", "anxiety", "anxious nights", "niño", "nino", "niños", "тре", "n", "o", "the", "rock roll", "1", "4you",
     "wor", "worry", "worries worry", "zither", "anx zither", "ﷺ", "今", "今日は", "x" * 80],
)  # fmt: skip
def test_whole_words_find_what_beginnings_do(words):
    for purpose in ("Anxiety at night.", "Anxious? Niños!", "A niño, los ninos.", "Тревога", "Worried, worrying: worry",
                    "The 1st and the 4you", "Rock 'n' roll", "O'Neill and Noël", "今日は元気", "ﷺ"):  # fmt: skip
        make.GroupFactory(purpose=purpose)

    _full, by_beginnings = asked_for(words)

    assert set(Group.objects.listed().about(words).values_list("pk", flat=True)) == by_beginnings


def test_only_words_of_groups_that_the_directory_shows_are_kept_and_once():
    group = make.GroupFactory(purpose="Shownword.", languages=["es"])
    hidden = make.GroupFactory(purpose="Hiddenword shownword.", listed=False)
    draft = make.GroupFactory(purpose="Draftword.", state="draft", opened_at=None)

    assert [kept_words().count(word) for word in ("shownword", "hiddenword", "draftword")] == [1, 0, 0]
    assert [word for word in kept_words() if word.startswith(":")] == []

    Group.objects.filter(pk=hidden.pk).update(listed=True)
    Group.objects.filter(pk=draft.pk).update(state="open", opened_at=timezone.now())
    Group.objects.filter(pk=group.pk).update(purpose="Laterword.")

    assert [kept_words().count(word) for word in ("shownword", "hiddenword", "draftword", "laterword")] == [1] * 4
    assert [Group.objects.listed().about(words).count() for words in ("hidd", "draft", "late", "shown")] == [1] * 4
