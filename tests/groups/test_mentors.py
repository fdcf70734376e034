"""Who is a mentor, and what people show of themselves."""

import pytest

from groups import services
from groups.errors import AlreadyPaired, GroupFull, NotTakingPeople
from groups.models import Membership, PairProfile
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.factories import AdminFactory, FacilitatorFactory, MembershipFactory, RequestFactory, UserFactory
from tests.groups.line import in_line, stands
from tests.groups.two import coordinator, mentee, mentor, paired, programme, proposed, two_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return programme()


def test_only_a_coordinator_of_the_programme_makes_mentors(group):
    place = mentee(group)
    elsewhere = FacilitatorFactory(group=programme(name="Another")).user

    for actor in (place.user, AdminFactory(), elsewhere, mentor(group).user):
        with pytest.raises(NotAllowed):
            services.make_mentor(actor, membership=place)
    circle = FacilitatorFactory()
    with pytest.raises(NotAllowed):
        services.make_mentor(circle.user, membership=MembershipFactory(group=circle.group))

    place.refresh_from_db()
    assert place.role == "member"


def test_a_mentor_is_made_and_unmade(group):
    place, actor = mentee(group), coordinator(group)
    services.want_mentor(place.user, group=group)

    made = [services.make_mentor(actor, membership=place) for _ in range(2)]
    assert {(row.role, row.mentor_wanted_at) for row in made} == {("mentor", None)}
    assert PairProfile.objects.filter(membership=place).count() == 1

    unmade = [services.make_mentee(actor, membership=place) for _ in range(2)]
    assert {row.role for row in unmade} == {"member"}
    assert AuditEntry.objects.filter(action__startswith="mentor.", actor=actor).count() == 2


def test_the_place_of_somebody_who_becomes_a_mentor_is_offered_to_the_first_in_line(group):
    place = mentee(group)
    group.capacity = 1
    group.save()
    in_line(group, "Noor", "Vesna")

    for _ in range(2):
        services.make_mentor(coordinator(group), membership=place)

    assert {name: state for name, state in stands(group).items() if name in {"Noor", "Vesna"}} == {
        "Noor": "invited",
        "Vesna": "waitlisted",
    }


def test_who_asks_or_runs_it_is_no_mentor(group):
    for place in (RequestFactory(group=group), FacilitatorFactory(group=group)):
        with pytest.raises(NotTakingPeople):
            services.make_mentor(coordinator(group), membership=place)


def test_whoever_has_a_mentor_or_a_mentee_stays_what_they_are(group):
    pair = paired(group)
    half, other = (group.memberships.get(user=user) for user in two_of(pair))

    with pytest.raises(AlreadyPaired):
        services.make_mentor(coordinator(group), membership=other)
    with pytest.raises(AlreadyPaired):
        services.make_mentee(coordinator(group), membership=half)


def test_a_mentor_becomes_no_member_where_every_place_is_taken(group):
    place = mentor(group)
    group.capacity = 1
    group.save()
    mentee(group)

    with pytest.raises(GroupFull):
        services.make_mentee(coordinator(group), membership=place)


def test_a_profile_is_sealed_and_its_own(group):
    place = mentee(group, shows="canary words")

    assert b"canary" not in bytes(place.profile.shows)
    assert services.own_profile(place.user, membership=place)[1] == "canary words"
    for other in (coordinator(group), AdminFactory(), mentor(group).user):
        with pytest.raises(NotAllowed):
            services.own_profile(other, membership=place)
        with pytest.raises(NotAllowed):
            services.save_profile(other, membership=place, shows="x")
    seat = group.memberships.facilitators().get()
    with pytest.raises(NotAllowed):
        services.save_profile(seat.user, membership=seat, shows="x")


def test_a_mentee_sets_nothing_that_is_a_mentors(group):
    place = mentee(group)

    profile = services.save_profile(place.user, membership=place, shows="", is_open=False, at_most=9)

    assert (profile.is_open, profile.at_most, profile.shows) == (True, 2, None)


def test_mentees_see_mentors_who_can_be_asked_and_nobody_else_does(group):
    free = mentor(group)
    mentor(group, alias="Shut", is_open=False)
    mentor(group, alias="Silent", shows="")
    full = mentor(group, alias="Full", at_most=1)
    paired(group, full, mentee(group, alias="Jun"))
    mentor(programme(name="Another"), alias="Elsewhere")
    place = mentee(group)

    assert services.mentors_to_choose(place.user, group=group) == [(free, "I like the sea.")]
    assert not AuditEntry.objects.filter(about=free.user).exclude(actor=free.user).filter(action="pair.read").exists()
    for other in (free.user, coordinator(group), AdminFactory(), UserFactory()):
        with pytest.raises(NotAllowed):
            services.mentors_to_choose(other, group=group)


def test_the_words_of_somebody_whose_key_is_gone_leave_the_others_readable(group):
    from people.sealed import destroy_key

    gone, here, place = mentor(group, alias="A"), mentor(group, alias="B"), mentee(group)
    destroy_key(gone.user)

    assert [words for _, words in services.mentors_to_choose(place.user, group=group)] == ["", "I like the sea."]
    assert here.alias == "B"


@pytest.mark.parametrize("many", [1, 30])
def test_looking_at_mentors_costs_the_same_for_all(group, django_assert_num_queries, many):
    for number in range(many):
        mentor(group, alias=f"Mentor {number}")
    place = mentee(group)

    with django_assert_num_queries(3):
        assert len(services.mentors_to_choose(place.user, group=group)) == many


def test_the_other_half_is_read_once_asked_and_that_is_on_record(group):
    one, other = mentor(group), mentee(group)
    pair = proposed(group, one, other)

    assert services.read_other_half(one.user, group=pair)[1] == "I sleep badly."
    assert services.read_other_half(other.user, group=pair)[1] == "I like the sea."
    read = AuditEntry.objects.filter(action="pair.read").order_by("pk").values_list("actor", "about")
    assert list(read) == [(one.user.pk, other.user.pk), (other.user.pk, one.user.pk)]


def test_nobody_else_reads_a_half_and_no_half_after_the_answers(group):
    one, other = mentor(group), mentee(group)
    pair = proposed(group, one, other)

    for stranger in (coordinator(group), AdminFactory(), mentee(group, alias="Jun").user):
        with pytest.raises(NotAllowed):
            services.read_other_half(stranger, group=pair)
    services.answer_pair(other.user, group=pair, yes=False)
    pair.refresh_from_db()
    for half in (one, other):
        with pytest.raises(NotAllowed):
            services.read_other_half(half.user, group=pair)


def test_somebody_without_words_leaves_nothing_on_record(group):
    one, other = mentor(group), mentee(group, shows="")
    pair = proposed(group, one, other)

    seat, words = services.read_other_half(one.user, group=pair)

    assert (seat, words) == (Membership.objects.get(group=pair, user=other.user), "")
    assert not AuditEntry.objects.filter(action="pair.read").exists()
