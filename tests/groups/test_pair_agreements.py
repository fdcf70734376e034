"""What two people agree to, in versions that need both (R71)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.errors import AgreementChanged, AlreadyExtended, PairDates, PairOver
from groups.models import PairAgreement
from people.policy import NotAllowed
from tests.factories import AdminFactory, UserFactory
from tests.groups.two import WORDS, coordinator, mentee, mentor, paired, programme, proposed, two_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return paired()


def day(days):
    return timezone.localdate() + timedelta(days=days)


def write(user, pair, ends=70, **words):
    return services.write_pair_agreement(user, group=pair, words=WORDS | words, starts_on=day(0), ends_on=day(ends))


def agree(pair, ends=70, **words):
    half, other = two_of(pair)
    row = write(half, pair, ends, **words)
    services.accept_pair_agreement(other, group=pair, version=row.version)
    pair.refresh_from_db()
    return row


def longer(pair, ends):
    half, other = two_of(pair)
    row = services.extend_pair(half, group=pair, ends_on=day(ends))
    services.accept_pair_agreement(other, group=pair, version=row.version)
    pair.refresh_from_db()


def test_only_the_two_write_and_say_yes(pair):
    write(two_of(pair)[0], pair)

    for stranger in (coordinator(pair.parent), AdminFactory(), UserFactory()):
        with pytest.raises(NotAllowed):
            write(stranger, pair)
        with pytest.raises(NotAllowed):
            services.accept_pair_agreement(stranger, group=pair, version=1)
        with pytest.raises(NotAllowed):
            services.extend_pair(stranger, group=pair, ends_on=day(100))

    assert services.holding(pair) is None


def test_it_holds_with_the_yes_of_both_and_sets_the_end(pair):
    half, other = two_of(pair)
    row = write(half, pair)
    assert services.accept_pair_agreement(half, group=pair, version=1).holds_since is None  # twice one yes is one

    held = services.accept_pair_agreement(other, group=pair, version=1)

    pair.refresh_from_db()
    assert (held.holds_since is None, pair.ends_on, services.waiting(pair)) == (False, day(70), None)
    assert services.holding(pair).words == WORDS
    assert b"Quay" not in bytes(row.words)


def test_a_change_is_a_new_version_and_the_old_one_holds_meanwhile(pair):
    agree(pair)
    half, other = two_of(pair)

    write(other, pair, 60, place="The library")

    assert services.holding(pair).words["place"] == "Quay café"
    assert services.waiting(pair).words["place"] == "The library"
    services.accept_pair_agreement(half, group=pair, version=2)
    assert services.holding(pair).words["place"] == "The library"


def test_yes_goes_to_the_version_that_was_read(pair):
    half, other = two_of(pair)
    write(half, pair)
    write(half, pair, place="Elsewhere")

    for version in (0, 1, 3):
        with pytest.raises(AgreementChanged):
            services.accept_pair_agreement(other, group=pair, version=version)


@pytest.mark.parametrize(("starts", "ends"), [(0, 0), (5, 1), (-20, -1), (0, 26 * 7 + 1)])
def test_days_that_do_not_fit_are_refused(pair, starts, ends):
    with pytest.raises(PairDates):
        services.write_pair_agreement(
            two_of(pair)[0], group=pair, words=WORDS, starts_on=day(starts), ends_on=day(ends)
        )


def test_a_change_does_not_push_the_end_back(pair):
    agree(pair, 70)

    with pytest.raises(PairDates):
        write(two_of(pair)[1], pair, 71)


def test_a_pair_is_made_longer_once_by_decision_of_both(pair):
    agree(pair, 70)
    half, other = two_of(pair)
    services.extend_pair(other, group=pair, ends_on=day(100))
    pair.refresh_from_db()
    assert pair.ends_on == day(70)

    services.accept_pair_agreement(half, group=pair, version=2)
    pair.refresh_from_db()
    assert (pair.ends_on, services.holding(pair).words) == (day(100), WORDS)

    for user in (half, other):
        with pytest.raises(AlreadyExtended):
            services.extend_pair(user, group=pair, ends_on=day(120))
    with pytest.raises(PairDates):
        write(half, pair, 101)


@pytest.mark.parametrize("ends", [69, 70, 70 + 12 * 7 + 1])
def test_an_extension_is_later_and_at_most_twelve_weeks(pair, ends):
    agree(pair, 70)

    with pytest.raises(PairDates):
        services.extend_pair(two_of(pair)[0], group=pair, ends_on=day(ends))


def test_twelve_weeks_more_are_fine_even_where_nothing_was_written(pair):
    longer(pair, 12 * 7 * 2)

    assert pair.ends_on == day(12 * 7 * 2)


def test_an_end_that_has_passed_is_not_agreed_to(pair):
    half, other = two_of(pair)
    write(half, pair)
    PairAgreement.objects.update(starts_on=day(-9), ends_on=day(-2))

    with pytest.raises(PairDates):
        services.accept_pair_agreement(other, group=pair, version=1)


def test_before_and_after_the_pair_there_is_nothing_to_agree(pair):
    half, other = two_of(pair)
    services.end_pair(half, group=pair)
    group = programme(name="Another")
    question = proposed(group, mentor(group), mentee(group))

    for user, asked in ((half, pair), (other, pair), *((user, question) for user in two_of(question))):
        with pytest.raises(PairOver):
            write(user, asked)
