"""Changing this one and all after it, or all: rows keep their keys, and everything stands or falls together."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from notices.models import Notice
from sessions import services
from sessions.models import GroupSession, Series
from tests import factories
from tests.sessions.changing.world import NOW, TUESDAY, change, days, nth

pytestmark = pytest.mark.django_db


# -- this one and all after it ---------------------------------------------------------------------
def test_this_and_following_is_handed_over_row_by_row(facilitator, series):
    before = {row.pk: row for row in GroupSession.objects.all()}

    change(facilitator, nth(series, 2), scope="following", local_date=date(2027, 1, 20), local_time=time(18, 30))

    new = Series.objects.get(continues=series)
    after = list(GroupSession.objects.order_by("pk"))
    assert [row.pk for row in after] == sorted(before)
    assert {row.pk: row.public_id for row in after} == {pk: row.public_id for pk, row in before.items()}
    assert [row.series_id for row in after] == [series.pk] * 2 + [new.pk] * 10
    assert [row.slot for row in after[2:]] == [date(2027, 1, 20) + timedelta(weeks=n) for n in range(10)]
    assert {(row.local_time, row.moved_from) for row in after[2:]} == {(time(18, 30), None)}
    assert [row.sequence for row in after] == [0] * 2 + [1] * 10
    series.refresh_from_db()
    assert (series.ends_on, series.ended_at) == (date(2027, 1, 18), None)
    assert (new.starts_on, new.ends_on, new.lead) == (date(2027, 1, 20), date(2027, 3, 24), facilitator)


def test_nothing_is_made_twice_after_it(facilitator, series, time_machine):
    change(facilitator, nth(series, 2), scope="following", local_date=date(2027, 1, 20))

    time_machine.move_to(NOW + timedelta(weeks=10), tick=False)
    assert services.keep_ahead() == 0


def test_the_first_and_following_ends_the_old_series_at_once(facilitator, series):
    change(facilitator, nth(series, 0), scope="following", local_time=time(20))

    series.refresh_from_db()
    assert (series.ended_at, series.ends_on) == (NOW, date(2027, 3, 23))
    assert GroupSession.objects.filter(series=series).count() == 0


def test_standing_seats_go_with_it(facilitator, series, group):
    member = factories.MembershipFactory(group=group).user
    services.come_every_time(member, series=series)

    change(facilitator, nth(series, 2), scope="following", ends_on=date(2027, 4, 6))

    new = Series.objects.get(continues=series)
    assert list(new.standing_seats.open().values_list("user", flat=True)) == [member.pk]
    assert not series.standing_seats.open().exists()
    assert member.seats.filter(state="going").count() == GroupSession.objects.count()


def test_each_person_hears_once_of_all_that_moved(facilitator, series, group):
    member = factories.MembershipFactory(group=group).user
    for number in (1, 3, 4):
        factories.SeatFactory(session=nth(series, number), user=member)

    change(facilitator, nth(series, 2), scope="following", local_time=time(18))

    assert [(note.user, note.topic, len(note.ids["all"])) for note in Notice.objects.all()] == [
        (member, "session.moved", 2)
    ]


def test_what_was_moved_or_cancelled_by_hand_stays_so(facilitator, series):
    change(facilitator, nth(series, 4), local_date=date(2027, 2, 4), local_time=time(10))
    services.cancel_session(facilitator, session=nth(series, 5))

    change(facilitator, nth(series, 2), scope="following", local_date=date(2027, 1, 20))

    moved, cancelled = nth(series, 4), nth(series, 5)
    assert (moved.local_date, moved.local_time, moved.slot) == (date(2027, 2, 4), time(10), date(2027, 2, 3))
    assert (cancelled.state, cancelled.slot) == ("cancelled", date(2027, 2, 10))
    assert services.keep_ahead() == 0


def test_surplus_rows_are_cancelled_and_told_and_the_others_stay_where_they_are(facilitator, series, group):
    member = factories.MembershipFactory(group=group).user
    for number in (3, 5):
        factories.SeatFactory(session=nth(series, number), user=member)

    change(facilitator, nth(series, 2), scope="following", interval=2)

    assert [row.state[0] for row in GroupSession.objects.order_by("pk")] == list("sss" + "cs" * 4 + "c")
    assert set(GroupSession.objects.filter(state="scheduled").values_list("sequence", flat=True)) == {0}
    assert GroupSession.objects.count() == 12
    assert [(note.topic, len(note.ids["all"])) for note in Notice.objects.filter(user=member)] == [
        ("session.cancelled", 2)
    ]


def test_a_denser_rhythm_adds_dates_between(facilitator, group):
    plan = {"starts_on": TUESDAY, "starts_at": time(19), "minutes": 75, "interval": 2, "count": 4, "lead": facilitator}
    series = services.create_series(facilitator, group=group, **plan)

    change(facilitator, nth(series, 0), scope="all", interval=1)

    assert days() == [TUESDAY + timedelta(weeks=n) for n in range(7)]
    assert {row.bookings.get().host for row in GroupSession.objects.all()} == {facilitator}


def test_back_to_every_week_brings_back_what_the_change_had_cancelled_but_not_what_somebody_had(
    facilitator, series, time_machine
):
    services.cancel_session(facilitator, session=nth(series, 3))
    time_machine.shift(timedelta(seconds=1))
    change(facilitator, nth(series, 2), scope="following", interval=2)
    assert GroupSession.objects.filter(state="cancelled").count() == 5

    change(facilitator, nth(series, 2), scope="following", interval=1, ends_on=date(2027, 3, 23))

    assert GroupSession.objects.count() == 12
    assert [row.pk for row in GroupSession.objects.filter(state="cancelled")] == [nth(series, 3).pk]
    assert len(set(days())) == 12


def test_from_every_week_to_every_month(facilitator, series):
    change(facilitator, nth(series, 1), scope="all", interval=1, nth=2)

    standing = GroupSession.objects.filter(state="scheduled").order_by("local_date")
    assert [row.local_date for row in standing] == [date(2027, 1, 12), date(2027, 2, 9), date(2027, 3, 9)]
    assert set(standing.values_list("sequence", flat=True)) == {0}


def test_a_monthly_evening_keeps_its_week_when_the_day_changes(facilitator, group):
    plan = {"starts_on": date(2027, 1, 12), "starts_at": time(19), "minutes": 75, "interval": 1, "nth": 2, "count": 4}
    series = services.create_series(facilitator, group=group, **plan)
    keys = list(GroupSession.objects.order_by("pk").values_list("pk", flat=True))

    change(facilitator, nth(series, 1), scope="all", local_date=date(2027, 2, 10), nth=2)

    assert days() == [date(2027, 1, 13), date(2027, 2, 10), date(2027, 3, 10), date(2027, 4, 14)]
    assert list(GroupSession.objects.order_by("pk").values_list("pk", flat=True)) == keys


def test_skipped_dates_stay_skipped(facilitator, group):
    plan = {"starts_on": TUESDAY, "starts_at": time(19), "minutes": 75, "count": 4, "skips": [date(2027, 1, 19)]}
    series = services.create_series(facilitator, group=group, **plan)

    change(facilitator, nth(series, 0), scope="following", local_date=date(2027, 1, 7))

    assert days() == [date(2027, 1, 7), date(2027, 1, 14), date(2027, 1, 28), date(2027, 2, 4)]


# -- all -------------------------------------------------------------------------------------------
def test_all_are_those_that_have_not_begun_also_moved_ones(facilitator, series, time_machine):
    change(facilitator, nth(series, 6), local_date=date(2027, 2, 18))
    time_machine.move_to(datetime(2027, 1, 13, tzinfo=UTC), tick=False)

    change(facilitator, nth(series, 4), scope="all", local_date=date(2027, 2, 4))

    assert days() == [TUESDAY, date(2027, 1, 12)] + [date(2027, 1, 21) + timedelta(weeks=n) for n in range(10)]
    assert not GroupSession.objects.exclude(moved_from=None).exists()


def test_seats_for_all_leave_moved_ones_where_they_are(facilitator, series):
    change(facilitator, nth(series, 6), local_date=date(2027, 2, 18))

    change(facilitator, nth(series, 4), scope="all", capacity=6)

    assert nth(series, 6).local_date == date(2027, 2, 18)
    assert set(GroupSession.objects.values_list("capacity", flat=True)) == {6}


def test_all_refuses_when_the_next_one_would_lie_in_the_past(facilitator, series, time_machine):
    time_machine.move_to(datetime(2027, 1, 12, 8, tzinfo=UTC), tick=False)

    with pytest.raises(services.TimeHasPassed, match="Monday 11 January"):
        change(facilitator, nth(series, 4), scope="all", local_date=date(2027, 2, 1))


def test_a_session_that_was_moved_shows_the_others_the_way(facilitator, series):
    change(facilitator, nth(series, 2), local_date=date(2027, 1, 21))

    change(facilitator, nth(series, 2), scope="following")

    assert days()[2:] == [date(2027, 1, 21) + timedelta(weeks=n) for n in range(10)]
