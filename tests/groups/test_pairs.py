"""How a pair ends, and how the two look back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.errors import PairOver
from groups.models import EndingReview, Group
from groups.policies import belongs, runs
from notes.services import write_note
from notices.models import Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from people.services import suspend_person
from tests.factories import AdminFactory, SeatFactory, SessionFactory, UserFactory
from tests.groups.two import coordinator, mentee, mentor, paired, programme, proposed, two_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    return programme()


def told(user):
    return sorted(Notice.objects.filter(user=user).values_list("topic", flat=True))


def ending_in(pair, days):
    today = timezone.localdate()
    days = {"starts_on": today - timedelta(weeks=9), "ends_on": today + timedelta(days=days)}
    Group.objects.filter(pk=pair.pk).update(**days)
    pair.refresh_from_db()


def test_nobody_but_the_two_ends_it(group):
    pair = paired(group)

    for stranger in (coordinator(group), AdminFactory(), UserFactory()):
        with pytest.raises(NotAllowed):
            services.end_pair(stranger, group=pair)
    with pytest.raises(NotAllowed):
        services.end_pair(group.memberships.mentors().get().user, group=proposed(group, *_others(group)))

    pair.refresh_from_db()
    assert pair.state == "open"


def _others(group):
    return mentor(group, alias="Kofi"), mentee(group, alias="Jun")


def test_a_mentee_asks_for_a_different_mentor_without_a_reason(group):
    pair = paired(group)
    half, other = two_of(pair)

    ended = [services.end_pair(other, group=pair, another=True) for _ in range(2)]

    assert {(row.state, row.ended_reason) for row in ended} == {("archived", "not_a_match")}
    assert (runs(half, pair), belongs(other, pair)) == (False, False)
    assert group.memberships.get(user=other).mentor_wanted_at is not None
    assert told(coordinator(group)) == ["mentor.wanted"]
    assert ("pair.ended" in told(half), "pair.ended" in told(other)) == (True, False)
    assert not AuditEntry.objects.filter(action="group.end").exclude(actor=None).exists()


def test_a_mentor_ends_it_and_nobody_is_asked_for_another(group):
    pair = paired(group)
    half, other = two_of(pair)

    ended = services.end_pair(half, group=pair, another=True)

    assert ended.ended_reason == "moved_on"
    assert group.memberships.get(user=other).mentor_wanted_at is None
    assert "pair.ended" in told(other)


def test_ending_ends_meetings_and_notes_at_once(group):
    pair = paired(group)
    half, other = two_of(pair)
    session = SessionFactory(group=pair)
    SeatFactory(session=session, user=other)

    services.end_pair(other, group=pair)

    session.refresh_from_db()
    assert session.state == "cancelled"
    with pytest.raises(NotAllowed):
        write_note(half, group=pair, words="too late")


@pytest.mark.parametrize("which", [0, 1])
def test_whoever_leaves_the_programme_leaves_the_pair(group, which):
    pair = paired(group)
    people = two_of(pair)

    services.leave_group(people[which], membership=group.memberships.get(user=people[which]))

    pair.refresh_from_db()
    assert (pair.state, pair.ended_reason) == ("archived", "moved_on")
    assert "pair.ended" in told(people[1 - which])
    assert not pair.memberships.open().exists()


def test_leaving_the_programme_ends_a_question_too(group):
    one, other = mentor(group), mentee(group)
    pair = proposed(group, one, other)

    services.leave_group(one.user, membership=one)

    pair.refresh_from_db()
    assert (pair.state, pair.memberships.get(user=other.user).state) == ("archived", "lapsed")


def test_a_seat_in_a_pair_is_not_left_alone(group):
    pair = paired(group)

    for user in two_of(pair):
        with pytest.raises(NotAllowed):
            services.leave_group(user, membership=pair.memberships.get(user=user))

    assert pair.memberships.belonging().count() == 2


@pytest.mark.parametrize("which", [0, 1])
def test_a_pair_ends_when_one_is_suspended(group, which):
    pair = paired(group)
    people = two_of(pair)

    suspend_person(AdminFactory(), person=people[which])

    pair.refresh_from_db()
    assert pair.state == "archived"
    assert "pair.ended" in told(people[1 - which])


def test_the_pairs_of_a_programme_end_with_it(group):
    pair = paired(group)
    question = proposed(group, *_others(group))

    services.archive_group(coordinator(group), group=group)

    assert set(Group.objects.filter(pk__in=[pair.pk, question.pk]).values_list("state", flat=True)) == {"archived"}
    assert not pair.memberships.open().exists()


def test_on_the_day_after_the_last_contact_closes(group):
    pair = paired(group)
    half, other = two_of(pair)
    ending_in(pair, 0)
    assert services.archive_due() == 0

    ending_in(pair, -2)
    assert (services.archive_due(), services.archive_due()) == (1, 0)

    pair.refresh_from_db()
    assert (pair.state, pair.ended_reason) == ("archived", "completed")
    assert (runs(half, pair), belongs(other, pair)) == (False, False)


# -- looking back -------------------------------------------------------------------------------
def test_three_weeks_before_both_are_asked_to_look_back_once(group):
    pair, later = paired(group), paired(group, *_others(group))
    ending_in(pair, 20)
    ending_in(later, 23)

    assert (services.remind_endings(), services.remind_endings()) == (2, 0)
    assert ["pair.ending" in told(user) for user in (*two_of(pair), *two_of(later))] == [True, True, False, False]

    ending_in(pair, 19)  # a change of the last day is a new one to look towards
    assert services.remind_endings() == 2


def test_a_review_is_ones_own_until_it_is_shared(group):
    pair = paired(group)
    half, other = two_of(pair)

    services.write_review(half, group=pair, answers={"did": "canary words"}, shared=False)
    assert b"canary" not in bytes(EndingReview.objects.get().words)
    assert services.own_review(half, group=pair) == ({"did": "canary words", "next": "", "others": ""}, False)
    assert services.read_shared_review(other, group=pair) == {}
    assert services.own_review(other, group=pair) == ({}, False)

    services.write_review(half, group=pair, answers={"did": "canary words"}, shared=True)
    assert services.read_shared_review(other, group=pair)["did"] == "canary words"
    assert AuditEntry.objects.get(action="pair.read-review").about == half


def test_nobody_else_reads_or_writes_a_review(group):
    pair = paired(group)
    services.write_review(two_of(pair)[0], group=pair, answers={"did": "x"}, shared=True)

    for stranger in (coordinator(group), AdminFactory(), UserFactory()):
        with pytest.raises(NotAllowed):
            services.read_shared_review(stranger, group=pair)
        with pytest.raises(NotAllowed):
            services.write_review(stranger, group=pair, answers={}, shared=True)


def test_after_the_end_one_still_reads_and_writes_no_more(group):
    pair = paired(group)
    half, other = two_of(pair)
    services.write_review(half, group=pair, answers={"next": "The sea."}, shared=True)
    services.end_pair(other, group=pair)

    assert services.own_review(half, group=pair)[0]["next"] == "The sea."
    assert services.read_shared_review(other, group=pair)["next"] == "The sea."
    with pytest.raises(PairOver):
        services.write_review(half, group=pair, answers={"next": "Write to me."}, shared=True)


def test_every_part_of_a_review_may_stay_empty(group):
    pair = paired(group)

    review = services.write_review(two_of(pair)[0], group=pair, answers={}, shared=True)

    assert review.words is None
    assert services.read_shared_review(two_of(pair)[1], group=pair) == {}
