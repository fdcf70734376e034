"""What people look for and did not find: theirs alone and the admins', one open of each kind, told once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.errors import AlreadyDecided, NothingToSuggest
from groups.models import Wish
from groups.services import (
    answer_wish,
    archive_group,
    end_long_waits,
    forget_wishes,
    make_wish,
    open_group,
    own_wish_words,
    read_wish,
    reopen_group,
    take_back_wish,
    tell_waiting,
)
from notices.models import Delivery, Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    AreaFactory,
    CrisisLineFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OrganisationFactory,
    TermFactory,
    UserFactory,
    WishFactory,
)

pytestmark = pytest.mark.django_db


# -- whose they are -------------------------------------------------------------------------------
def test_nobody_else_takes_a_wish_back_or_reads_its_words():
    wish = make_wish(UserFactory(), kind="suggest", words="Evenings are hard.")

    for other in (UserFactory(), AdminFactory(), FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            take_back_wish(other, wish=wish)
        with pytest.raises(NotAllowed):
            own_wish_words(other, wish=wish)

    assert own_wish_words(wish.user, wish=wish) == "Evenings are hard."


def test_only_admins_read_and_answer_and_each_reading_is_recorded():
    wish = make_wish(UserFactory(), kind="suggest", words="Evenings are hard.")
    for other in (UserFactory(), wish.user, FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            read_wish(other, wish=wish)
        with pytest.raises(NotAllowed):
            answer_wish(other, wish=wish)
    admin = AdminFactory()

    assert read_wish(admin, wish=wish) == "Evenings are hard."
    entry = AuditEntry.objects.get(action="wish.read")
    assert (entry.actor, entry.about, entry.reason) == (admin, wish.user, "")


def test_the_words_stand_sealed():
    wish = make_wish(UserFactory(), kind="start", words="canary")

    assert b"canary" not in bytes(wish.words)
    assert not AuditEntry.objects.filter(reason__contains="canary").exists()


def test_a_wish_without_words_leaves_no_reading_in_the_record():
    assert read_wish(AdminFactory(), wish=WishFactory()) == ""
    assert not AuditEntry.objects.filter(action="wish.read").exists()


def test_somebody_suspended_wishes_nothing():
    with pytest.raises(NotAllowed):
        make_wish(UserFactory(state="suspended", is_active=False), kind="wait")

    assert not Wish.objects.exists()


# -- one of a kind ----------------------------------------------------------------------------------
def test_a_second_wish_of_a_kind_changes_the_first_and_keeps_its_day():
    person, term = UserFactory(), TermFactory()
    first = make_wish(person, kind="wait", words="one")

    second = make_wish(person, kind="wait", term=term, way="online", words="")
    other = make_wish(person, kind="suggest")

    assert (second.pk, second.created_at, second.term, second.format, second.words) == (
        first.pk, first.created_at, term, "online", None
    )  # fmt: skip
    assert other.pk != first.pk


def test_the_database_keeps_one_open_wish_of_a_kind():
    wish = WishFactory()

    with pytest.raises(IntegrityError, match="wish_one_open"), transaction.atomic():
        WishFactory(user=wish.user)
    with pytest.raises(IntegrityError, match="wish_kind"), transaction.atomic():
        WishFactory(kind="moon")


def test_taking_back_erases_the_words_and_twice_is_harmless():
    wish = make_wish(UserFactory(), kind="wait", words="one")

    take_back_wish(wish.user, wish=wish)
    again = take_back_wish(wish.user, wish=wish)

    assert (again.words, again.ended_at is not None) == (None, True)
    assert AuditEntry.objects.filter(action="wish.take_back").count() == 1
    assert make_wish(wish.user, kind="wait").pk != wish.pk


# -- answers ------------------------------------------------------------------------------------------
def test_a_suggestion_reaches_the_person_and_names_no_group_outside():
    wish, group, admin = WishFactory(kind="suggest"), GroupFactory(), AdminFactory()

    answer_wish(admin, wish=wish, suggestion=group)

    wish.refresh_from_db()
    assert (wish.suggestion, wish.answered_by, wish.is_open) == (group, admin, False)
    told = Notice.objects.get(topic="wish.answered")
    assert (told.user, told.ids) == (wish.user, {"wish": str(wish.public_id)})
    assert Delivery.objects.filter(notice=told).exists()


def test_having_read_it_is_an_answer_but_not_to_somebody_who_waits():
    asked, waits, admin = WishFactory(kind="suggest"), WishFactory(kind="wait"), AdminFactory()

    answer_wish(admin, wish=asked)
    with pytest.raises(NothingToSuggest):
        answer_wish(admin, wish=waits)

    assert list(Wish.objects.open()) == [waits]


@pytest.mark.parametrize("facts", [{"listed": False}, {"state": "draft"}, {"state": "archived"}])
def test_nobody_is_sent_to_a_group_they_cannot_find(facts):
    wish = WishFactory(kind="suggest")

    with pytest.raises(NothingToSuggest):
        answer_wish(AdminFactory(), wish=wish, suggestion=GroupFactory(**facts))

    assert Wish.objects.open().get() == wish


def test_of_two_answers_the_first_stands():
    wish, group = WishFactory(kind="suggest"), GroupFactory()
    answer_wish(AdminFactory(), wish=wish, suggestion=group)

    with pytest.raises(AlreadyDecided):
        answer_wish(AdminFactory(), wish=wish)

    wish.refresh_from_db()
    assert wish.suggestion == group


def test_a_wish_taken_back_is_answered_by_nobody():
    wish = WishFactory(kind="suggest", ended_at=timezone.now())

    with pytest.raises(AlreadyDecided):
        answer_wish(AdminFactory(), wish=wish)

    assert not Notice.objects.exists()


# -- something opens ------------------------------------------------------------------------------------
@pytest.fixture
def draft():
    """A group that may open."""
    CrisisLineFactory()
    OrganisationFactory(crisis_confirmed_at=timezone.now(), crisis_confirmed_by=AdminFactory())
    group = GroupFactory(state="draft", opened_at=None)
    AgreementFactory(group=group)
    FacilitatorFactory(group=group)
    return group


def test_opening_a_group_tells_each_who_waits_once(draft):
    admin, wish = AdminFactory(), make_wish(UserFactory(), kind="wait")
    make_wish(UserFactory(), kind="suggest")

    open_group(admin, group=draft)
    open_group(admin, group=draft)
    tell_waiting(draft)

    wish.refresh_from_db()
    told = Notice.objects.get(topic="group.fits")
    assert (told.user, wish.suggestion, wish.told_at is not None, wish.is_open) == (wish.user, draft, True, True)


def test_a_group_that_opens_again_tells_those_who_came_to_wait_meanwhile(draft):
    admin = AdminFactory()
    open_group(admin, group=draft)
    draft.refresh_from_db()
    archive_group(admin, group=draft)
    wish = WishFactory()

    reopen_group(admin, group=draft)

    assert Notice.objects.get(topic="group.fits").user == wish.user


def test_somebody_who_asks_again_is_told_of_the_next_group():
    person, first, second = UserFactory(), GroupFactory(), GroupFactory()
    make_wish(person, kind="wait")
    tell_waiting(first)

    assert tell_waiting(second) == 0
    make_wish(person, kind="wait")
    assert tell_waiting(second) == 1
    assert Notice.objects.filter(topic="group.fits", user=person).count() == 2


@pytest.mark.parametrize(
    "facts", [{"listed": False}, {"intake": "invitation"}, {"intake": "closed"}, {"state": "draft"}]
)
def test_nobody_is_told_of_a_group_that_they_could_not_ask(facts):
    WishFactory()

    assert tell_waiting(GroupFactory(**facts)) == 0
    assert not Notice.objects.exists()


def test_those_who_are_in_it_already_or_look_no_further_are_not_told():
    group = GroupFactory()
    WishFactory(user=MembershipFactory(group=group).user)
    WishFactory(user=MembershipFactory(group=group, state="blocked", joined_at=None).user)
    WishFactory(ended_at=timezone.now())
    WishFactory(user=UserFactory(state="suspended", is_active=False))
    WishFactory(answered_at=timezone.now())

    assert tell_waiting(group) == 0


def test_what_fits_is_the_topic_the_way_and_the_area_where_people_go_there():
    north, south, grief, worry = AreaFactory(), AreaFactory(), TermFactory(), TermFactory()
    group = GroupFactory(format="in_person", area=north)
    group.terms.add(grief)
    fitting = [
        WishFactory(),
        WishFactory(term=grief, area=north, format="in_person"),
        WishFactory(term=grief),
        WishFactory(area=north),
    ]
    for not_this in ({"term": worry}, {"area": south}, {"format": "online"}, {"term": grief, "area": south}):
        WishFactory(**not_this)

    assert list(Wish.objects.waiting().fitting(group).order_by("pk")) == fitting


def test_online_it_matters_to_nobody_where_a_group_is():
    area = AreaFactory()
    either, there = WishFactory(area=area), WishFactory(area=area, format="in_person")
    online, hybrid = GroupFactory(format="online"), GroupFactory(format="hybrid", area=area)

    assert list(Wish.objects.fitting(online)) == [either]
    assert list(Wish.objects.fitting(hybrid).order_by("pk")) == [either, there]
    assert list(Wish.objects.fitting(GroupFactory(format="hybrid"))) == [either]


# -- forgetting -------------------------------------------------------------------------------------------
def test_words_are_erased_three_months_after_the_answer():
    long_ago, lately = timezone.now() - timedelta(days=91), timezone.now() - timedelta(days=89)
    wishes = [make_wish(UserFactory(), kind="wait", words="one") for _ in range(4)]
    for wish, facts in zip(
        wishes, [{"answered_at": long_ago}, {"told_at": long_ago}, {"answered_at": lately}, {}], strict=True
    ):
        Wish.objects.filter(pk=wish.pk).update(**facts)

    assert (forget_wishes(), forget_wishes()) == (2, 0)
    assert list(Wish.objects.exclude(words=None).order_by("pk")) == wishes[2:]


def test_after_a_year_somebody_who_waits_is_told_that_nothing_came():
    year_ago = timezone.now() - timedelta(days=366)
    told_of_one = {"told_at": timezone.now(), "suggestion": GroupFactory()}
    waits, heard = [make_wish(UserFactory(), kind="wait", words="one") for _ in range(2)]
    asks, later = make_wish(UserFactory(), kind="suggest", words="one"), make_wish(UserFactory(), kind="wait")
    Wish.objects.exclude(pk=later.pk).update(created_at=year_ago)
    Wish.objects.filter(pk=heard.pk).update(**told_of_one)

    assert (end_long_waits(), end_long_waits()) == (2, 0)

    assert set(Wish.objects.open()) == {asks, later}
    assert not Wish.objects.filter(pk__in=[waits.pk, heard.pk]).exclude(words=None).exists()
    assert [notice.user for notice in Notice.objects.filter(topic="wish.ended")] == [waits.user]
