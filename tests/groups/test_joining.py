"""Asking to join, taking it back and leaving."""

import pytest
from django.db import connection
from django.utils import timezone

from groups import services
from groups.errors import AgreementChanged, AlreadyAsked, AlreadyDecided, LastFacilitator, NameTaken, NotTakingPeople
from groups.models import Acceptance, Group, Membership
from groups.signals import member_left
from notices.models import Delivery, Notice
from people.models import AuditEntry, Consent
from people.policy import NotAllowed
from people.sealed import unseal
from tests.factories import (
    AcceptanceFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    HelloConsentFactory,
    MembershipFactory,
    RequestFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def group():
    group = GroupFactory()
    AgreementFactory(group=group)
    FacilitatorFactory(group=group, alias="Marisol")
    return group


def ask(user, group, **changes):
    return services.ask_to_join(user, **{"group": group, "agreement": group.agreement, "alias": "Wren"} | changes)


# -- asking ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "shut",
    [{"state": "draft", "opened_at": None}, {"state": "archived", "archived_at": timezone.now()}, {"intake": "closed"}],
    ids=["not open yet", "ended", "closed"],
)
def test_ask_refuses_a_group_that_takes_nobody(group, shut):
    for field, value in shut.items():
        setattr(group, field, value)
    group.save()

    with pytest.raises(NotTakingPeople):
        ask(UserFactory(), group)

    assert not Membership.objects.requested().exists()


def test_ask_tells_somebody_blocked_the_same_as_everybody_when_it_is_closed(group):
    seat = MembershipFactory(group=group, state="blocked", joined_at=None)
    with pytest.raises(NotTakingPeople) as told:
        ask(seat.user, group)

    Group.objects.update(intake="closed")
    with pytest.raises(NotTakingPeople) as told_all:
        ask(UserFactory(), group)

    assert str(told.value) == str(told_all.value)


def test_ask_refuses_somebody_suspended(group):
    user = UserFactory(state="suspended", is_active=False)

    with pytest.raises(NotTakingPeople):
        ask(user, group)


@pytest.mark.parametrize("state", ["requested", "waitlisted", "active"])
def test_ask_refuses_a_second_request(group, state):
    times = {"requested": {}, "waitlisted": {"queued_at": timezone.now()}, "active": {"joined_at": timezone.now()}}
    seat = RequestFactory(group=group, state=state, **times[state])

    with pytest.raises(AlreadyAsked):
        ask(seat.user, group)

    assert Membership.objects.filter(user=seat.user).count() == 1


def test_ask_refuses_a_version_that_holds_no_more(group):
    old = group.agreement
    AgreementFactory(group=group, version=2)

    with pytest.raises(AgreementChanged):
        ask(UserFactory(), group, agreement=old)


@pytest.mark.parametrize("alias", ["Marisol", "MARISOL"])
def test_ask_refuses_a_name_that_somebody_has(group, alias):
    with pytest.raises(NameTaken) as told:
        ask(UserFactory(), group, alias=alias)

    assert str(told.value) == "Somebody in this group has this name. Choose another"
    assert not Membership.objects.requested().exists()


def test_ask_keeps_what_was_said(group):
    user = UserFactory()

    asked = ask(user, group, pronouns="they", words="Evenings are hard.", by_mail=False, check_in=True)

    asked.refresh_from_db()
    assert (asked.state, asked.called, asked.by_mail) == ("requested", "Wren (they)", False)
    assert b"Evenings" not in bytes(asked.words)
    assert unseal(asked, "words", owner=user) == "Evenings are hard."
    assert list(Acceptance.objects.values_list("user", "agreement")) == [(user.pk, group.agreement.pk)]
    assert list(Consent.objects.values_list("user", "purpose", "version")) == [(user.pk, "checkins", "1")]
    done = AuditEntry.objects.filter(actor=user).order_by("pk").values_list("action", flat=True)
    assert list(done) == ["agreement.accept", "consent.give", "membership.ask"]


def test_ask_without_a_tick_gives_no_consent(group):
    ask(UserFactory(), group)

    assert not Consent.objects.exists()


@pytest.mark.parametrize(("hello", "kept"), [(None, []), (False, []), (True, [("hello", "1", "joining")])])
def test_ask_keeps_whether_somebody_may_say_hello(group, hello, kept):
    ask(UserFactory(), group, hello=hello)

    assert list(Consent.objects.values_list("purpose", "version", "channel")) == kept


@pytest.mark.parametrize(("hello", "stands"), [(None, True), (False, False)])
def test_ask_takes_a_hello_back_only_where_it_was_asked_about(group, hello, stands):
    user = HelloConsentFactory().user

    ask(user, group, hello=hello)

    assert user.consents.standing("hello").exists() is stands


def test_ask_tells_the_facilitators_and_nobody_else(group):
    MembershipFactory(group=group)
    FacilitatorFactory()

    ask(UserFactory(), group)

    told = [(n.user.memberships.get().alias, n.topic) for n in Notice.objects.all()]
    assert told == [("Marisol", "request.made")]


def test_ask_is_possible_when_the_group_is_full(group):
    group.capacity = 1
    group.save()
    MembershipFactory(group=group)

    assert ask(UserFactory(), group).state == "requested"


def test_ask_after_leaving_starts_anew(group):
    seat = MembershipFactory(group=group, state="left", ended_at=timezone.now(), alias="Wren")
    AcceptanceFactory(agreement=group.agreement, user=seat.user)

    assert ask(seat.user, group).state == "requested"
    assert Acceptance.objects.filter(user=seat.user).count() == 1


def test_a_notice_of_a_request_that_was_taken_back_is_not_sent(group):
    asked = ask(UserFactory(), group)
    services.withdraw_request(asked.user, membership=asked)
    from notices.registry import topic

    notice = Notice.objects.get()

    assert topic(notice.topic).may(notice.user, notice.ids) is False


# -- taking it back ---------------------------------------------------------------------------------
def test_withdraw_refuses_a_stranger(group):
    asked = RequestFactory(group=group)

    for stranger in (UserFactory(), group.memberships.facilitators().get().user):
        with pytest.raises(NotAllowed):
            services.withdraw_request(stranger, membership=asked)

    asked.refresh_from_db()
    assert asked.state == "requested"


def test_withdraw_refuses_somebody_who_was_let_in_meanwhile(group):
    seat = MembershipFactory(group=group)

    with pytest.raises(AlreadyDecided):
        services.withdraw_request(seat.user, membership=seat)


def test_withdraw_erases_what_was_written(group):
    asked = ask(UserFactory(), group, words="Evenings are hard.")

    services.withdraw_request(asked.user, membership=asked)
    services.withdraw_request(asked.user, membership=asked)

    asked.refresh_from_db()
    assert (asked.state, asked.words, asked.ended_at is not None) == ("left", None, True)
    assert AuditEntry.objects.filter(action="membership.withdraw").count() == 1


# -- leaving ----------------------------------------------------------------------------------------
def test_leave_refuses_a_stranger_and_somebody_who_only_asked(group):
    seat, asked = MembershipFactory(group=group), RequestFactory(group=group)

    for user, membership in [(UserFactory(), seat), (asked.user, seat), (asked.user, asked)]:
        with pytest.raises(NotAllowed):
            services.leave_group(user, membership=membership)

    assert group.memberships.open().count() == 3


def test_leave_twice_is_leaving_once(group):
    seat = MembershipFactory(group=group)

    states = [services.leave_group(seat.user, membership=seat).state for _ in range(2)]

    assert states == ["left", "left"]
    assert AuditEntry.objects.filter(action="membership.leave").count() == 1


def test_leave_counts_nobody_who_was_suspended_as_a_facilitator(group):
    seat = group.memberships.facilitators().get()
    FacilitatorFactory(group=group, user=UserFactory(state="suspended", is_active=False))

    with pytest.raises(LastFacilitator):
        services.leave_group(seat.user, membership=seat)


def test_leave_refuses_the_last_facilitator(group):
    seat = group.memberships.facilitators().get()

    with pytest.raises(LastFacilitator) as told:
        services.leave_group(seat.user, membership=seat)

    assert str(told.value).startswith("You are the only facilitator.")
    seat.refresh_from_db()
    assert seat.state == "active"


def test_one_of_two_facilitators_may_leave(group):
    seat = FacilitatorFactory(group=group)

    assert services.leave_group(seat.user, membership=seat).state == "left"


@pytest.mark.parametrize("state", ["active", "paused"])
def test_leave_closes_the_place_and_says_so(group, state):
    seat, heard = MembershipFactory(group=group, state=state), []

    def listen(membership, **kwargs):
        heard.append((membership.pk, connection.in_atomic_block))

    member_left.connect(listen)
    try:
        services.leave_group(seat.user, membership=seat)
    finally:
        member_left.disconnect(listen)

    seat.refresh_from_db()
    assert (seat.state, seat.ended_at is not None, heard) == ("left", True, [(seat.pk, True)])
    assert AuditEntry.objects.get(action="membership.leave").actor == seat.user


# -- how the answer comes -----------------------------------------------------------------------------
@pytest.mark.parametrize("by_mail", [True, False])
def test_the_answer_is_mailed_only_to_those_who_asked_for_that(group, by_mail):
    asked, facilitator = RequestFactory(group=group, by_mail=by_mail), group.memberships.facilitators().get()

    services.accept_request(facilitator.user, membership=asked)

    assert Notice.objects.filter(user=asked.user, topic="request.answered").count() == 1
    assert Delivery.objects.filter(notice__user=asked.user).exists() is by_mail
