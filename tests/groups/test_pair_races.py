"""Pairs at the same moment: one mentor asked by many, two answers at once, an answer and a change of mind."""

from threading import Barrier

import pytest

from groups import services
from groups.models import Group, Membership
from groups.services import pairing
from people.models import AuditEntry
from tests.groups.at_once import at_once, kinds
from tests.groups.two import coordinator, mentee, mentor, paired, programme, proposed, two_of

pytestmark = pytest.mark.django_db(transaction=True)
CROWD, AT_MOST = 8, 2


@pytest.fixture
def crowd():
    group = programme(capacity=50)
    one = mentor(group, at_most=AT_MOST)
    asking = [mentee(group, alias=f"Mentee {number}") for number in range(CROWD)]
    return [lambda place=place: services.ask_mentor(place.user, group=group, mentor=one) for place in asking]


def test_many_who_ask_one_mentor_at_once_are_at_most_as_many_as_they_take(crowd):
    results = at_once(*crowd)

    assert kinds(results) == ["Group"] * AT_MOST + ["NoRoomForPair"] * (CROWD - AT_MOST)
    assert Group.objects.filter(kind="pair").count() == AT_MOST


def test_canary_without_the_lock_on_the_programme_it_takes_too_many(crowd, monkeypatch):
    counted = Barrier(CROWD)
    save = pairing.save_at_a_free_address

    def all_have_counted(pair):
        counted.wait(timeout=30)
        return save(pair)

    monkeypatch.setattr(pairing, "hold_group", lambda pk: Group.objects.get(pk=pk))
    monkeypatch.setattr(pairing, "save_at_a_free_address", all_have_counted)

    at_once(*crowd)

    assert Group.objects.filter(kind="pair").count() == CROWD


def test_one_mentee_proposed_to_two_mentors_at_once_has_one_question():
    group = programme()
    other, halves = mentee(group), [mentor(group, alias=name) for name in ("Ines", "Kofi")]
    actor = coordinator(group)

    results = at_once(
        *(lambda m=half: services.propose_pair(actor, group=group, mentor=m, mentee=other) for half in halves)
    )

    assert kinds(results) == ["AlreadyPaired", "Group"]
    assert Membership.objects.filter(user=other.user, group__kind="pair").count() == 1


def test_both_yeses_at_once_open_it_once():
    group = programme()
    pair = proposed(group, mentor(group), mentee(group))

    results = at_once(*(lambda u=user: services.answer_pair(u, group=pair, yes=True) for user in two_of(pair)))

    pair.refresh_from_db()
    assert (kinds(results), pair.state) == (["Group", "Group"], "open")
    assert AuditEntry.objects.filter(action="pair.open").count() == 1


def test_a_yes_and_a_no_at_once_are_no_pair():
    group = programme()
    pair = proposed(group, mentor(group), mentee(group))
    half, other = two_of(pair)

    results = at_once(
        lambda: services.answer_pair(half, group=pair, yes=True),
        lambda: services.answer_pair(other, group=pair, yes=False),
    )

    pair.refresh_from_db()
    assert kinds(results) in (["Group", "Group"], ["Group", "PairOver"])
    assert (pair.state, pair.memberships.open().count()) == ("archived", 0)


def test_ending_and_leaving_the_programme_at_once_end_it_once():
    pair = paired()
    half, other = two_of(pair)
    place = pair.parent.memberships.get(user=half)

    results = at_once(
        lambda: services.end_pair(other, group=pair, another=True),
        lambda: services.leave_group(half, membership=place),
    )

    pair.refresh_from_db()
    assert kinds(results) == ["Group", "Membership"]
    assert (pair.state, pair.memberships.open().count()) == ("archived", 0)
    assert AuditEntry.objects.filter(action="group.end").count() == 1


def test_two_versions_written_at_once_are_two_versions():
    from django.utils import timezone

    from tests.groups.two import WORDS

    pair = paired()
    today = timezone.localdate()

    results = at_once(
        *(
            lambda u=user: services.write_pair_agreement(
                u, group=pair, words=WORDS, starts_on=today, ends_on=pair.ends_on
            )
            for user in two_of(pair)
        )
    )

    assert kinds(results) == ["PairAgreement", "PairAgreement"]
    assert sorted(pair.pair_agreements.values_list("version", flat=True)) == [1, 2]
