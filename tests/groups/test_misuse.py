"""What somebody who means harm may try with the ordinary ways: asking again and again, after a no, and after a yes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.errors import AlreadyDecided, AskedOften, NoRoomForPair
from groups.models import Membership, WelcomeTalk
from groups.services.joining import ASKS_A_DAY
from notices.models import Delivery
from tests.factories import FacilitatorFactory, GroupFactory, RequestFactory, UserFactory
from tests.groups.two import coordinator, mentee, mentor, paired, programme, proposed

pytestmark = pytest.mark.django_db

SOON = timedelta(days=2)


def mails(user, topic):
    return Delivery.objects.filter(notice__user=user, notice__topic=topic).count()


# -- asking again and again -----------------------------------------------------------------------------
def ask(user, group):
    return services.ask_to_join(user, group=group, agreement=None, alias="Wren")


def test_asking_and_taking_back_has_an_end_for_one_day():
    facilitator, user = FacilitatorFactory(), UserFactory()
    for _time in range(ASKS_A_DAY):
        services.withdraw_request(user, membership=ask(user, facilitator.group))

    with pytest.raises(AskedOften):
        ask(user, facilitator.group)

    assert mails(facilitator.user, "request.made") == ASKS_A_DAY
    assert ask(user, FacilitatorFactory().group).state == "requested"  # another group is another matter


def test_coming_and_leaving_has_an_end_for_one_day():
    group, user = FacilitatorFactory(group__intake="open").group, UserFactory()
    for _time in range(ASKS_A_DAY):
        services.leave_group(user, membership=ask(user, group))

    with pytest.raises(AskedOften):
        ask(user, group)


def test_the_next_day_somebody_may_ask_again():
    group, user = FacilitatorFactory().group, UserFactory()
    for _time in range(ASKS_A_DAY):
        services.withdraw_request(user, membership=ask(user, group))
    Membership.objects.filter(user=user).update(created_at=timezone.now() - timedelta(days=1))

    assert ask(user, group).state == "requested"


def test_looking_for_a_mentor_on_and_off_tells_the_coordinators_once_a_day():
    group = programme()
    other = mentee(group)

    for wanted in (True, False) * 3:
        services.want_mentor(other.user, group=group, wanted=wanted)

    assert mails(coordinator(group), "mentor.wanted") == 1


# -- a mentor who said no -------------------------------------------------------------------------------
def _no(group, one, other):
    services.answer_pair(one.user, group=services.ask_mentor(other.user, group=group, mentor=one), yes=False)


def _taken_back(group, one, other):
    services.answer_pair(other.user, group=services.ask_mentor(other.user, group=group, mentor=one), yes=False)


def _over(group, one, other):
    services.end_pair(one.user, group=paired(group, one, other))


@pytest.mark.parametrize("before", [_no, _taken_back, _over])
def test_nobody_asks_the_same_mentor_again_but_a_coordinator_may_propose(before):
    group = programme()
    one, other = mentor(group), mentee(group)
    before(group, one, other)

    with pytest.raises(NoRoomForPair):
        services.ask_mentor(other.user, group=group, mentor=one)

    assert services.mentors_to_choose(other.user, group=group) == []
    assert [place for place, _words in services.mentors_to_choose(mentee(group, alias="Jun").user, group=group)] == [
        one
    ]
    assert proposed(group, one, other).state == "draft"


# -- talks ----------------------------------------------------------------------------------------------
@pytest.fixture
def asked():
    return RequestFactory(group=GroupFactory(offers_talk=True))


@pytest.fixture
def facilitator(asked):
    return FacilitatorFactory(group=asked.group).user


def test_a_no_to_a_talk_stays_a_no(asked, facilitator):
    at = timezone.now() + SOON
    services.offer_talk(facilitator, membership=asked, at=at, how="By phone")
    services.answer_talk(asked.user, membership=asked, yes=True, seen=at)
    for _click in (1, 2):
        services.answer_talk(asked.user, membership=asked, yes=False, seen=at)

    with pytest.raises(AlreadyDecided):
        services.answer_talk(asked.user, membership=asked, yes=True, seen=at)

    assert mails(facilitator, "talk.answered") == 2


def test_one_time_after_another_is_not_one_mail_after_another(asked, facilitator):
    at = timezone.now() + SOON
    services.offer_talk(facilitator, membership=asked, at=at, how="By phone")
    for minutes in range(1, 5):
        seen, at = at, at + timedelta(minutes=minutes)
        services.offer_talk(facilitator, membership=asked, at=at, how="By phone", seen=seen)

    assert (mails(asked.user, "talk.offered"), WelcomeTalk.objects.get().at) == (1, at)


def test_another_time_after_a_yes_is_told_at_once(asked, facilitator):
    at = timezone.now() + SOON
    services.offer_talk(facilitator, membership=asked, at=at, how="By phone")
    services.answer_talk(asked.user, membership=asked, yes=True, seen=at)

    services.offer_talk(facilitator, membership=asked, at=at + SOON, how="By phone", seen=at)

    assert mails(asked.user, "talk.offered") == 2
