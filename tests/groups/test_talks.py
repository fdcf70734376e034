"""A short welcome talk: offered, answered, held."""

from datetime import timedelta

import pytest
from django.utils import timezone

from groups import services
from groups.errors import AlreadyDecided, BadTime, NoTalks, TalkChanged
from groups.models import Group, Membership, WelcomeTalk
from notices.models import Delivery, Notice
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.factories import AdminFactory, FacilitatorFactory, MembershipFactory, RequestFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def facilitator():
    return FacilitatorFactory(alias="Marisol", group__offers_talk=True)


@pytest.fixture
def asked(facilitator):
    return RequestFactory(group=facilitator.group, alias="Wren")


@pytest.fixture
def soon():
    return timezone.now() + timedelta(days=2)


def offer(who, asked, at, **more):
    return services.offer_talk(who.user, membership=asked, at=at, how="By phone", **more)


# -- offering ------------------------------------------------------------------------------------------
def test_nobody_offers_but_a_facilitator_of_that_group(asked, soon):
    for stranger in (MembershipFactory(group=asked.group), FacilitatorFactory(), asked, MembershipFactory()):
        with pytest.raises(NotAllowed):
            offer(stranger, asked, soon)
    with pytest.raises(NotAllowed):
        services.offer_talk(AdminFactory(), membership=asked, at=soon, how="By phone")

    assert not WelcomeTalk.objects.exists()


def test_a_group_without_talks_offers_none(facilitator, asked, soon):
    Group.objects.update(offers_talk=False)

    with pytest.raises(NoTalks):
        offer(facilitator, asked, soon)


@pytest.mark.parametrize("at", [timedelta(0), timedelta(days=-1)])
def test_a_time_that_is_over_is_refused(facilitator, asked, at):
    with pytest.raises(BadTime) as told:
        offer(facilitator, asked, timezone.now() + at)

    assert str(told.value) == "Choose a time that is still to come"


def test_a_request_that_was_answered_meanwhile_gets_no_offer(facilitator, asked, soon):
    seen = Membership.objects.get(pk=asked.pk)
    services.accept_request(facilitator.user, membership=asked)

    with pytest.raises(AlreadyDecided):
        offer(facilitator, seen, soon)


def test_two_who_offer_are_told_of_each_other(facilitator, asked, soon):
    other = FacilitatorFactory(group=facilitator.group)
    first = offer(facilitator, asked, soon)

    with pytest.raises(TalkChanged):
        offer(other, asked, soon + timedelta(hours=1))

    again = offer(other, asked, soon + timedelta(hours=1), seen=first.at)
    assert (WelcomeTalk.objects.count(), again.offered_by) == (1, other.user)


def test_the_offer_is_sealed_and_told(facilitator, asked, soon):
    talk = offer(facilitator, asked, soon)

    talk.refresh_from_db()
    assert b"phone" not in bytes(talk.how)
    assert (talk.state, talk.at) == ("offered", soon)
    assert list(Notice.objects.values_list("user", "topic")) == [(asked.user_id, "talk.offered")]
    assert AuditEntry.objects.get().action == "membership.talk"


def test_who_wanted_no_mail_gets_none(facilitator, asked, soon):
    Membership.objects.filter(pk=asked.pk).update(by_mail=False)

    offer(facilitator, asked, soon)

    assert (Notice.objects.count(), Delivery.objects.count()) == (1, 0)


@pytest.mark.parametrize("state", ["declined", "held"])
def test_after_a_no_or_after_the_talk_there_is_no_other(facilitator, asked, soon, state):
    offer(facilitator, asked, soon)
    WelcomeTalk.objects.update(state=state)

    with pytest.raises(NoTalks):
        offer(facilitator, asked, soon + timedelta(days=1), seen=soon)


# -- answering ------------------------------------------------------------------------------------------
def test_nobody_answers_for_somebody_else(facilitator, asked, soon):
    offer(facilitator, asked, soon)

    for stranger in (facilitator.user, UserFactory()):
        with pytest.raises(NotAllowed):
            services.answer_talk(stranger, membership=asked, yes=True, seen=soon)


def test_without_an_offer_there_is_nothing_to_answer(asked, soon):
    with pytest.raises(AlreadyDecided):
        services.answer_talk(asked.user, membership=asked, yes=True, seen=soon)


def test_yes_to_a_time_that_changed_meanwhile_is_no_yes(facilitator, asked, soon):
    offer(facilitator, asked, soon)
    offer(facilitator, asked, soon + timedelta(hours=1), seen=soon)

    with pytest.raises(TalkChanged):
        services.answer_talk(asked.user, membership=asked, yes=True, seen=soon)


def test_a_time_that_is_over_is_not_answered(facilitator, asked, soon):
    offer(facilitator, asked, soon)
    past = timezone.now() - timedelta(minutes=1)
    WelcomeTalk.objects.update(at=past)

    with pytest.raises(BadTime):
        services.answer_talk(asked.user, membership=asked, yes=True, seen=past)


@pytest.mark.parametrize(("yes", "state"), [(True, "agreed"), (False, "declined")])
def test_either_answer_leaves_the_request_as_it_was(facilitator, asked, soon, yes, state):
    offer(facilitator, asked, soon)

    for _click in (1, 2):
        services.answer_talk(asked.user, membership=asked, yes=yes, seen=soon)

    asked.refresh_from_db()
    assert (asked.state, WelcomeTalk.objects.get().state) == ("requested", state)
    told = Notice.objects.filter(topic="talk.answered").values_list("user", flat=True)
    assert list(told) == [facilitator.user_id]


# -- having talked ----------------------------------------------------------------------------------------
def test_only_a_facilitator_says_that_they_talked(asked, facilitator, soon):
    offer(facilitator, asked, soon)

    for stranger in (asked.user, UserFactory()):
        with pytest.raises(NotAllowed):
            services.mark_talk_held(stranger, membership=asked)


def test_nobody_has_talked_before_its_time_or_after_a_no(facilitator, asked, soon):
    with pytest.raises(NoTalks):
        services.mark_talk_held(facilitator.user, membership=asked)
    offer(facilitator, asked, soon)
    with pytest.raises(BadTime):
        services.mark_talk_held(facilitator.user, membership=asked)
    WelcomeTalk.objects.update(state="declined", at=timezone.now())
    with pytest.raises(NoTalks):
        services.mark_talk_held(facilitator.user, membership=asked)


def test_they_have_talked(facilitator, asked, soon):
    offer(facilitator, asked, soon)
    WelcomeTalk.objects.update(at=timezone.now())

    for _click in (1, 2):
        services.mark_talk_held(facilitator.user, membership=asked)

    assert WelcomeTalk.objects.get().state == "held"
    assert AuditEntry.objects.filter(action="membership.talk_held").count() == 1


# -- how ----------------------------------------------------------------------------------------------------
def test_how_they_talk_is_for_the_two_and_those_who_run_the_group(facilitator, asked, soon):
    talk = offer(facilitator, asked, soon)

    for stranger in (AdminFactory(), MembershipFactory(group=asked.group).user, FacilitatorFactory().user):
        with pytest.raises(NotAllowed):
            services.read_talk(stranger, talk=talk)

    assert services.read_talk(asked.user, talk=talk) == "By phone"
    assert services.read_talk(facilitator.user, talk=talk) == "By phone"
    assert not AuditEntry.objects.filter(action="membership.talk_read").exists()


def test_a_colleague_who_reads_it_leaves_an_entry(facilitator, asked, soon):
    talk = offer(facilitator, asked, soon)
    colleague = FacilitatorFactory(group=facilitator.group).user

    assert services.read_talk(colleague, talk=talk) == "By phone"
    assert AuditEntry.objects.get(action="membership.talk_read").about == asked.user


def test_how_they_talk_is_erased_with_the_request(facilitator, asked, soon):
    offer(facilitator, asked, soon)

    services.withdraw_request(asked.user, membership=asked)

    assert WelcomeTalk.objects.get().how is None


def test_how_they_talk_is_erased_ninety_days_after_the_answer(facilitator, asked, soon):
    offer(facilitator, asked, soon)
    services.decline_request(facilitator.user, membership=asked)
    Membership.objects.filter(pk=asked.pk).update(ended_at=timezone.now() - timedelta(days=91))

    assert (services.forget_words(), services.forget_words()) == (1, 0)
    assert WelcomeTalk.objects.get().how is None
