"""Cancelling one session or a series, and putting one back: keys, seats and calendar entries stay."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from notices.models import Delivery, Notice
from people.policy import NotAllowed
from sessions import services
from sessions.models import GroupSession, Series
from sessions.services import AlreadyMeets, DoubleBooked
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TUESDAY = date(2027, 1, 5)


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def facilitator():
    return factories.FacilitatorFactory(alias="Marisol").user


@pytest.fixture
def group(facilitator):
    return facilitator.memberships.get().group


@pytest.fixture
def member(group):
    return factories.MembershipFactory(group=group).user


@pytest.fixture
def series(facilitator, group):
    plan = {"starts_on": TUESDAY, "starts_at": time(19), "minutes": 75, "count": 6, "capacity": 10}
    return services.create_series(facilitator, group=group, lead=facilitator, **plan)


def nth(series, number):
    return GroupSession.objects.select_related("series", "group").order_by("pk")[number]


def states():
    return "".join(row.state[0] for row in GroupSession.objects.order_by("pk"))


@pytest.fixture
def cancelled(facilitator, series):
    return services.cancel_session(facilitator, session=nth(series, 1))


# -- putting back ----------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["member", "admin", "paused facilitator", "stranger"])
def test_only_who_runs_the_group_puts_back_and_cancels_a_series(cancelled, series, group, who):
    person = {
        "member": lambda: factories.MembershipFactory(group=group).user,
        "admin": factories.AdminFactory,
        "paused facilitator": lambda: factories.FacilitatorFactory(group=group, state="paused").user,
        "stranger": factories.UserFactory,
    }[who]()

    with pytest.raises(NotAllowed):
        services.put_back(person, session=cancelled)
    with pytest.raises(NotAllowed):
        services.cancel_series(person, series=series)

    assert states() == "scssss"


def test_it_comes_back_as_it_was(facilitator, series, member):
    factories.SeatFactory(session=nth(series, 1), user=member)
    before = nth(series, 1)
    services.cancel_session(facilitator, session=before)

    services.put_back(facilitator, session=before)

    after = nth(series, 1)
    assert (after.public_id, after.starts_at, after.state) == (before.public_id, before.starts_at, "scheduled")
    assert (after.cancelled_at, after.cancelled_by, after.sequence) == (None, None, 2)
    assert after.seats.get().state == "going"
    assert after.bookings.get().live


def test_twice_is_harmless(facilitator, cancelled):
    for _again in range(2):
        services.put_back(facilitator, session=cancelled)

    cancelled.refresh_from_db()
    assert (cancelled.sequence, Notice.objects.filter(topic="session.back").count()) == (2, 0)


def test_what_would_have_begun_is_not_put_back(facilitator, cancelled, time_machine):
    time_machine.move_to(cancelled.starts_at, tick=False)

    with pytest.raises(services.TooLateToPutBack, match="would have begun"):
        services.put_back(facilitator, session=cancelled)


def test_an_ended_group_gets_nothing_back(facilitator, cancelled, group):
    group.state, group.archived_at = "archived", NOW
    group.save()

    with pytest.raises(services.TooLateToPutBack, match="has ended"):
        services.put_back(facilitator, session=cancelled)


def test_where_the_group_meets_meanwhile_nothing_comes_back(facilitator, cancelled, group):
    plan = {"starts_on": cancelled.local_date, "starts_at": time(20), "minutes": 60, "interval": 0}
    services.create_series(facilitator, group=group, **plan)

    with pytest.raises(AlreadyMeets):
        services.put_back(facilitator, session=cancelled)


def test_who_is_wanted_elsewhere_by_now_is_named_and_can_be_left_out(facilitator, cancelled):
    room = factories.RoomFactory()
    factories.booking(cancelled, room=room)
    factories.booking(factories.SessionFactory(starts_at=cancelled.starts_at), host=facilitator)

    with pytest.raises(DoubleBooked, match="Marisol leads another session then: Tuesday 12 January, 7:00 pm"):
        services.put_back(facilitator, session=cancelled)
    services.put_back(facilitator, session=cancelled, without_hosts=True)

    assert [row.room for row in cancelled.bookings.all()] == [room]
    assert not GroupSession.objects.filter(state="cancelled").exists()


def test_the_mail_waits_and_never_leaves_when_it_is_undone(facilitator, series, member):
    factories.SeatFactory(session=nth(series, 1), user=member)
    services.cancel_session(facilitator, session=nth(series, 1))
    assert Delivery.objects.get().send_at == NOW + timedelta(minutes=15)

    services.put_back(facilitator, session=nth(series, 1))

    assert not Delivery.objects.exclude(notice__topic="session.cancelled").exists()


def test_who_was_told_hears_that_it_is_on_again(facilitator, series, member, time_machine):
    factories.SeatFactory(session=nth(series, 1), user=member)
    services.cancel_session(facilitator, session=nth(series, 1))
    Delivery.objects.update(state="sent", sent_at=NOW)
    time_machine.shift(timedelta(hours=1))

    services.put_back(facilitator, session=nth(series, 1))

    assert list(Delivery.objects.filter(state="waiting").values_list("notice__topic", "notice__user")) == [
        ("session.back", member.pk)
    ]


def test_somebody_who_meanwhile_comes_every_time_has_a_seat(facilitator, cancelled, member, series):
    services.come_every_time(member, series=series)
    assert not cancelled.seats.exists()

    services.put_back(facilitator, session=cancelled)

    assert cancelled.seats.get().user == member


# -- a series ------------------------------------------------------------------------------------
def test_a_series_ends_with_all_that_has_not_begun(facilitator, series, member, time_machine):
    for number in range(6):
        factories.SeatFactory(session=nth(series, number), user=member)
    time_machine.move_to(nth(series, 1).starts_at, tick=False)

    gone = services.cancel_series(facilitator, series=series)

    assert (len(gone), states()) == (4, "sscccc")
    series.refresh_from_db()
    assert series.ended_at is not None
    assert [(note.topic, len(note.ids["all"])) for note in Notice.objects.all()] == [("session.cancelled", 4)]
    assert services.keep_ahead() == 0


def test_from_one_date_on(facilitator, series, time_machine):
    services.cancel_series(facilitator, series=series, since=nth(series, 2).slot)

    series.refresh_from_db()
    assert (states(), series.ended_at, series.ends_on) == ("sscccc", None, date(2027, 1, 18))


def test_the_same_twice_tells_nobody_again(facilitator, series, member):
    factories.SeatFactory(session=nth(series, 1), user=member)
    for _again in range(2):
        services.cancel_series(facilitator, series=series)

    assert Notice.objects.count() == 1
    assert set(GroupSession.objects.values_list("sequence", flat=True)) == {1}


def test_one_of_a_cancelled_series_can_come_back(facilitator, series):
    services.cancel_series(facilitator, series=series)

    services.put_back(facilitator, session=nth(series, 3))

    assert states() == "cccscc"
    assert Series.objects.get().ended_at is not None
