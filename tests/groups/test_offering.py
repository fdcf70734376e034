"""A free place is offered to the first in line, and every answer is fine."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time

import pytest
import time_machine
from django.utils import timezone

from groups import services
from groups.errors import AgreementChanged, OfferGone, OfferRunOut
from groups.models import WelcomeTalk
from notices.models import Delivery, Notice
from people.local_time import is_quiet
from people.models import AuditEntry
from people.policy import NotAllowed
from tests.factories import (
    AcceptanceFactory,
    AdminFactory,
    AgreementFactory,
    FacilitatorFactory,
    GroupFactory,
    MembershipFactory,
    OfferFactory,
    RequestFactory,
    UserFactory,
    WaitingFactory,
)
from tests.groups.line import in_line, stands, told

pytestmark = pytest.mark.django_db
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)  # a Monday in winter: London shows the same time
GONE = timedelta(seconds=-1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group():
    """Two places, one of them taken."""
    group = GroupFactory(capacity=2)
    MembershipFactory(group=group)
    return group


# -- who is asked -----------------------------------------------------------------------------
def test_nobody_is_asked_where_nothing_is_free(group):
    MembershipFactory(group=group)
    in_line(group, "Ann")

    assert services.offer_free_places(group) == []
    assert stands(group) == {"Ann": "waitlisted"}


def test_nobody_is_asked_where_nobody_waits(group):
    RequestFactory(group=group)

    assert services.offer_free_places(group) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "draft", "opened_at": None},
        {"state": "archived", "archived_at": NOON},
        {"kind": "cohort", "starts_on": date(2027, 3, 1)},
        {"intake": "closed", "starts_on": date(2027, 2, 1)},
    ],
)
def test_nobody_is_asked_where_nobody_may_come_any_more(facts):
    group = GroupFactory(**facts)
    in_line(group, "Ann")

    assert services.offer_free_places(group) == []
    assert stands(group) == {"Ann": "waitlisted"}


@pytest.mark.parametrize(
    "facts",
    [
        {"intake": "closed"},
        {"intake": "invitation"},
        {"kind": "cohort", "starts_on": date(2027, 3, 2)},
        {"starts_on": date(2027, 2, 1)},
    ],
)
def test_who_is_in_line_is_asked_also_where_nobody_new_is_taken(facts):
    group = GroupFactory(**facts)
    in_line(group, "Ann")

    services.offer_free_places(group)

    assert stands(group) == {"Ann": "invited"}


def test_the_first_in_line_is_asked_and_nobody_else(group):
    in_line(group, "Ann", "Bo", "Cy")

    (offered,) = services.offer_free_places(group)

    assert (offered.alias, stands(group)) == ("Ann", {"Ann": "invited", "Bo": "waitlisted", "Cy": "waitlisted"})
    entry = AuditEntry.objects.get(action="membership.offer")
    assert (entry.actor, entry.about) == (None, offered.user)


def test_as_many_are_asked_as_places_are_free(group):
    group.capacity = 4
    group.save()
    in_line(group, "Ann", "Bo", "Cy", "Di")

    services.offer_free_places(group)

    assert stands(group) == {"Ann": "invited", "Bo": "invited", "Cy": "invited", "Di": "waitlisted"}


def test_everybody_is_asked_where_places_are_not_counted():
    group = GroupFactory(capacity=None)
    in_line(group, "Ann", "Bo")

    services.offer_free_places(group)

    assert stands(group) == {"Ann": "invited", "Bo": "invited"}


def test_a_place_that_is_held_is_not_free(group):
    in_line(group, "Ann", "Bo")
    services.offer_free_places(group)

    assert services.offer_free_places(group) == []
    assert (stands(group), group.is_full) == ({"Ann": "invited", "Bo": "waitlisted"}, True)
    assert Notice.objects.count() == 1


def test_fewer_places_than_people_take_no_offer_back_and_make_none(group):
    in_line(group, "Ann", "Bo")
    services.offer_free_places(group)
    group.capacity = 1
    group.save()

    assert services.offer_free_places(group) == []
    assert stands(group) == {"Ann": "invited", "Bo": "waitlisted"}


def test_somebody_suspended_keeps_their_place_in_line_and_is_not_asked(group):
    ann, _bo = in_line(group, "Ann", "Bo")
    ann.user.move_to("suspended")
    ann.user.save()

    services.offer_free_places(group)

    assert stands(group) == {"Ann": "waitlisted", "Bo": "invited"}


# -- until when -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "hours", "zone", "until"),
    [
        (NOON, 48, "Europe/London", NOON + timedelta(hours=48)),
        (NOON, 12, "Europe/London", datetime(2027, 3, 2, 8, tzinfo=UTC)),  # midnight is quiet: it ends with the night
        (NOON + timedelta(hours=10), 48, "Europe/London", datetime(2027, 3, 4, 8, tzinfo=UTC)),  # told at eight
        (NOON + timedelta(hours=10), 12, "Europe/London", datetime(2027, 3, 3, 8, tzinfo=UTC)),  # never as it is told
        (NOON, 48, "America/Los_Angeles", datetime(2027, 3, 3, 16, tzinfo=UTC)),  # four in the morning there
        (NOON, 48, "Asia/Kolkata", NOON + timedelta(hours=48)),
        (datetime(2027, 3, 26, 12, tzinfo=UTC), 36, "Europe/London", datetime(2027, 3, 28, 7, tzinfo=UTC)),  # in spring
    ],
)
def test_the_hours_run_from_when_they_can_be_told_and_end_by_day(clock, now, hours, zone, until):
    clock.move_to(now)
    group = GroupFactory(offer_hours=hours)
    in_line(group, "Ann", user__time_zone=zone)

    (offered,) = services.offer_free_places(group)

    assert offered.offered_until == until


@pytest.mark.parametrize("hour", range(24))
def test_it_never_ends_in_quiet_hours_whenever_it_began(clock, hour):
    clock.move_to(NOON + timedelta(hours=hour, minutes=17))
    group = GroupFactory(offer_hours=13)
    in_line(group, "Ann", user__quiet_from=clock_time(22, 30), user__quiet_to=clock_time(9, 15))

    (offered,) = services.offer_free_places(group)

    end = offered.offered_until.astimezone(offered.user.zone).time()
    assert not is_quiet(end, clock_time(22, 30), clock_time(9, 15))
    assert offered.offered_until >= timezone.now() + timedelta(hours=13)


def test_they_are_told_once_by_mail_after_the_night(clock, group):
    clock.move_to(NOON + timedelta(hours=10))
    (ann,) = in_line(group, "Ann")

    services.offer_free_places(group)
    services.offer_free_places(group)

    assert told(ann.user) == ["place.offered"]
    assert Delivery.objects.get().send_at == datetime(2027, 3, 2, 8, tzinfo=UTC)


def test_who_asked_for_nothing_to_be_sent_is_told_here_alone(group):
    (ann,) = in_line(group, "Ann", by_mail=False)

    services.offer_free_places(group)

    assert (told(ann.user), Delivery.objects.count()) == (["place.offered"], 0)


def test_each_offer_is_told(clock, group):
    (ann,) = in_line(group, "Ann")
    for _again in range(3):
        services.offer_free_places(group)
        clock.shift(timedelta(seconds=1))
        services.pass_offer(ann.user, membership=ann, keep_in_line=True)
        clock.shift(timedelta(seconds=1))

    assert told(ann.user) == ["place.offered"] * 3


# -- taking it --------------------------------------------------------------------------------
@pytest.fixture
def offer(group):
    return OfferFactory(group=group, alias="Ann")


def test_nobody_takes_the_place_of_another(offer):
    facilitator = FacilitatorFactory(group=offer.group)
    for stranger in (UserFactory(), AdminFactory(), facilitator.user):
        with pytest.raises(NotAllowed):
            services.accept_offer(stranger, membership=offer)
        with pytest.raises(NotAllowed):
            services.pass_offer(stranger, membership=offer, keep_in_line=False)
        with pytest.raises(NotAllowed):
            services.wait_again(stranger, membership=offer)

    assert stands(offer.group)["Ann"] == "invited"


def test_taking_the_place(offer):
    row = services.accept_offer(offer.user, membership=offer)

    assert (row.state, row.joined_at, row.offered_until) == ("active", NOON, None)
    entry = AuditEntry.objects.get(action="membership.take_place")
    assert (entry.actor, entry.about) == (offer.user, offer.user)


def test_the_second_click_changes_nothing(offer):
    for _click in range(2):
        row = services.accept_offer(offer.user, membership=offer)

    assert (row.state, AuditEntry.objects.filter(action="membership.take_place").count()) == ("active", 1)


def test_a_place_whose_time_is_over_is_not_taken(clock, offer):
    clock.move_to(offer.offered_until)

    with pytest.raises(OfferRunOut, match="goes to the next person"):
        services.accept_offer(offer.user, membership=offer)
    assert stands(offer.group) == {"Ann": "invited"}


def test_the_last_second_is_in_time(clock, offer):
    clock.move_to(offer.offered_until + GONE)

    assert services.accept_offer(offer.user, membership=offer).state == "active"


@pytest.mark.parametrize("state", ["requested", "waitlisted"])
def test_no_place_is_taken_that_nobody_offered(group, state):
    seat = WaitingFactory(group=group, state=state)

    with pytest.raises(OfferGone):
        services.accept_offer(seat.user, membership=seat)
    with pytest.raises(OfferGone):
        services.pass_offer(seat.user, membership=seat, keep_in_line=False)


def test_an_invitation_without_a_place_held_is_no_offer(group):
    seat = OfferFactory(group=group, offered_until=None)

    with pytest.raises(OfferGone):
        services.accept_offer(seat.user, membership=seat)


def test_no_place_is_taken_in_a_group_that_ended(offer):
    group = offer.group
    group.state, group.archived_at = "archived", NOON
    group.save()

    with pytest.raises(OfferGone, match="has ended"):
        services.accept_offer(offer.user, membership=offer)


def test_what_was_agreed_meanwhile_is_asked_for_first(offer):
    agreement = AgreementFactory(group=offer.group)
    old = AgreementFactory()
    for read in (None, old):
        with pytest.raises(AgreementChanged):
            services.accept_offer(offer.user, membership=offer, agreement=read)

    assert services.accept_offer(offer.user, membership=offer, agreement=agreement).state == "active"
    assert agreement.acceptances.get().user == offer.user


def test_who_agreed_already_is_not_asked_again(offer):
    AcceptanceFactory(agreement=AgreementFactory(group=offer.group), user=offer.user)

    assert services.accept_offer(offer.user, membership=offer).state == "active"


def test_an_offer_stands_when_there_are_fewer_places(offer):
    offer.group.capacity = 1
    offer.group.save()

    assert services.accept_offer(offer.user, membership=offer).state == "active"


def test_taking_the_place_instead_of_another_leaves_that_one(offer):
    old = MembershipFactory(group=GroupFactory(capacity=1), user=offer.user)
    in_line(old.group, "Bo")
    offer.instead_of = old
    offer.save()

    services.accept_offer(offer.user, membership=offer)

    old.refresh_from_db()
    assert (old.state, stands(old.group)) == ("left", {"Bo": "invited"})


# -- letting it go ----------------------------------------------------------------------------
def test_not_this_time_goes_to_the_end_of_the_line_and_on_to_the_next(offer):
    in_line(offer.group, "Bo", "Cy")

    row = services.pass_offer(offer.user, membership=offer, keep_in_line=True)

    assert (row.state, row.queued_at, row.offers_lapsed) == ("waitlisted", NOON, 0)
    assert stands(offer.group) == {"Ann": "waitlisted", "Bo": "invited", "Cy": "waitlisted"}
    assert [seat.alias for seat in offer.group.memberships.in_line()] == ["Cy", "Ann"]


def test_take_me_off_closes_it_and_goes_on_to_the_next(offer):
    in_line(offer.group, "Bo")
    offer.words, offer.instead_of = b"sealed", MembershipFactory(user=offer.user)
    offer.save()
    WelcomeTalk.objects.create(membership=offer, at=NOON, offered_by=UserFactory(), how=b"sealed")

    row = services.pass_offer(offer.user, membership=offer, keep_in_line=False)

    assert (row.state, row.ended_at, row.words, row.instead_of) == ("left", NOON, None, None)
    assert WelcomeTalk.objects.get().how is None
    assert offer.user.memberships.belonging().count() == 1
    assert stands(offer.group) == {"Ann": "left", "Bo": "invited"}


@pytest.mark.parametrize("keep", [True, False])
def test_the_same_answer_twice_is_one(offer, keep):
    for _click in range(2):
        services.pass_offer(offer.user, membership=offer, keep_in_line=keep)

    assert AuditEntry.objects.filter(action="membership.pass_place").count() == 1


def test_nobody_is_offered_at_once_what_they_just_let_go(offer):
    services.pass_offer(offer.user, membership=offer, keep_in_line=True)

    assert (stands(offer.group), told(offer.user)) == ({"Ann": "waitlisted"}, [])


def test_letting_go_late_is_as_good_an_answer(clock, offer):
    clock.move_to(offer.offered_until + timedelta(days=1))

    row = services.pass_offer(offer.user, membership=offer, keep_in_line=True)

    assert (row.state, row.offers_lapsed) == ("waitlisted", 0)
