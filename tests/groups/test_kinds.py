"""What a group is may be changed, but nobody finds themself in another thing; a pair stays a pair."""

from datetime import timedelta

import pytest
from django.urls import get_resolver
from django.utils import timezone

from groups import services
from groups.errors import AddressTaken, KindStays
from groups.models import Area, Group, Membership, Term
from groups.words import RESERVED
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.factories import (
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def pair(programme=None, **fields):
    programme = programme or GroupFactory(kind="programme")
    return GroupFactory(kind="pair", parent=programme, capacity=1, listed=False, **fields)


def change(group, **changes):
    return services.change_group(AdminFactory(), group=group, **changes)


# -- kinds ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["circle", "family", "cohort", "programme"])
@pytest.mark.parametrize("other", ["circle", "family", "cohort", "programme"])
def test_a_draft_may_become_any_kind_but_a_pair(kind, other):
    group = GroupFactory(state="draft", opened_at=None, kind=kind, starts_on=TODAY)

    assert change(group, kind=other).kind == other


@pytest.mark.parametrize(
    ("kind", "other", "fine"),
    [
        ("circle", "family", True),
        ("family", "cohort", True),
        ("cohort", "circle", True),
        ("circle", "programme", False),
        ("programme", "circle", False),
        ("programme", "cohort", False),
    ],
)
def test_an_open_group_stays_what_people_came_to(kind, other, fine):
    group = GroupFactory(kind=kind, starts_on=TODAY + timedelta(days=40))

    if not fine:
        with pytest.raises(KindStays, match="stays what it is"):
            change(group, kind=other)
    else:
        change(group, kind=other)

    group.refresh_from_db()
    assert group.kind == (other if fine else kind)


def test_a_course_that_has_begun_stays_a_course():
    group = GroupFactory(kind="cohort", starts_on=TODAY - timedelta(days=2))

    with pytest.raises(KindStays, match="has begun"):
        change(group, kind="circle")


def test_what_has_ended_stays_what_it_was():
    with pytest.raises(KindStays):
        change(GroupFactory(state="archived"), kind="family")


@pytest.mark.parametrize("state", ["open", "archived"])
def test_a_programme_with_pairs_stays_a_programme_even_as_a_draft(state):
    programme = GroupFactory(kind="programme", state="draft", opened_at=None)
    pair(programme, state=state)

    with pytest.raises(KindStays, match="People mentor here"):
        change(programme, kind="circle")


def test_a_programme_with_mentors_stays_a_programme():
    programme = GroupFactory(kind="programme", state="draft", opened_at=None)
    MembershipFactory(group=programme, role="mentor")

    with pytest.raises(KindStays, match="People mentor here"):
        change(programme, kind="circle")


def test_no_group_becomes_a_pair_and_none_is_made_as_one():
    group = GroupFactory(state="draft", opened_at=None)

    with pytest.raises(KindStays):
        change(group, kind="pair")
    with pytest.raises(KindStays):
        services.create_group(AdminFactory(), name="Two", purpose="For two.", kind="pair")

    assert not Group.objects.filter(kind="pair").exists()


@pytest.mark.parametrize("runs", [True, False])
@pytest.mark.parametrize(
    "act",
    [
        lambda actor, group: services.change_group(actor, group=group, name="Ours"),
        lambda actor, group: services.change_group(actor, group=group, kind="circle"),
        lambda actor, group: services.open_group(actor, group=group),
        lambda actor, group: services.publish_agreement(actor, group=group, sections=[]),
        lambda actor, group: services.appoint_facilitator(actor, group=group, person=UserFactory()),
    ],
)
def test_a_pair_is_changed_by_nothing_that_changes_groups(act, runs):
    two = pair(state="draft", opened_at=None)
    mentor = FacilitatorFactory(group=two).user

    with pytest.raises(NotAllowed):
        act(mentor if runs else AdminFactory(), two)

    two.refresh_from_db()
    assert (two.kind, two.state, two.memberships.count(), two.agreement) == ("pair", "draft", 1, None)


# -- the record ------------------------------------------------------------------------------------------
def test_the_record_names_what_really_changed():
    group = GroupFactory(name="Evenings", languages=["en", "es"], access=["captions", "camera"])
    term = Term.objects.create(kind="topic", name="Worry")

    change(group, name="Evenings", languages=["es", "en"], access=["camera", "captions"], cost="2 pounds", terms=[term])
    change(group, name="Evenings", cost="2 pounds", terms=[term])

    assert [entry.reason for entry in AuditEntry.objects.filter(action="group.change")] == ["cost, terms"]
    assert list(group.terms.all()) == [term]


def test_a_new_group_is_made_with_everything_at_once():
    topic, who = Term.objects.create(kind="topic", name="Worry"), Term.objects.create(kind="audience", name="Parents")
    area = Area.objects.create(name="Harbour side")

    group = services.create_group(
        AdminFactory(),
        name="Six weeks",
        purpose="For new parents.",
        kind="cohort",
        starts_on=TODAY,
        area=area,
        terms=[topic, who],
        slug="calm-quay",
    )

    assert (group.slug, group.kind, group.area, set(group.terms.all())) == ("calm-quay", "cohort", area, {topic, who})


# -- the address -----------------------------------------------------------------------------------------
def test_an_address_is_changed_and_a_taken_one_refused():
    group, other = GroupFactory(slug="quiet-harbour"), GroupFactory(slug="slow-tide")

    assert change(group, slug="calm-quay").slug == "calm-quay"
    with pytest.raises(AddressTaken, match="Another group"):
        change(other, slug="calm-quay")
    with pytest.raises(AddressTaken):
        services.create_group(AdminFactory(), name="New", purpose="For anyone.", slug="calm-quay")


@pytest.mark.parametrize("slug", sorted(RESERVED))
def test_an_address_of_ours_is_refused(slug):
    with pytest.raises(AddressTaken, match="A page of ours"):
        change(GroupFactory(), slug=slug)
    with pytest.raises(AddressTaken):
        services.create_group(AdminFactory(), name="New", purpose="For anyone.", slug=slug)


def test_every_page_of_ours_beside_groups_is_reserved():
    ours = {
        str(pattern.pattern).split("/")[1]
        for included in get_resolver().url_patterns
        for pattern in getattr(included, "url_patterns", [])
        if str(pattern.pattern).startswith("groups/") and not str(pattern.pattern).startswith("groups/<")
    }

    assert {word for word in ours if word and "." not in word} <= RESERVED


# -- places ----------------------------------------------------------------------------------------------
def test_fewer_places_remove_nobody_and_more_are_offered_to_those_who_wait():
    group = GroupFactory(capacity=3)
    AgreementFactory(group=group)
    MembershipFactory.create_batch(3, group=group)
    waits = MembershipFactory(group=group, state="waitlisted", joined_at=None, queued_at=timezone.now())

    change(group, capacity=1)
    assert (group.memberships.members().count(), Membership.objects.offered().count()) == (3, 0)

    change(group, capacity=4)
    assert Membership.objects.offered().get() == waits
