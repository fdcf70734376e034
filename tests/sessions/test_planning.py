"""From a rule to rows, once and for ever."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from people.models import AuditEntry
from people.policy import NotAllowed
from sessions.models import GroupSession, Series
from sessions.services import (
    AlreadyMeets,
    TooManyDates,
    UnknownZone,
    ahead,
    cancel_session,
    create_series,
    keep_ahead,
)
from sessions.tasks import keep_ahead as keep_ahead_task
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TUESDAYS = {"starts_on": date(2027, 1, 5), "starts_at": time(19), "minutes": 75}


@pytest.fixture(autouse=True)
def _clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def facilitator():
    return factories.FacilitatorFactory().user


@pytest.fixture
def group(facilitator):
    return facilitator.memberships.get().group


@pytest.mark.parametrize("who", ["member", "admin", "paused facilitator", "stranger"])
def test_only_who_runs_the_group_plans(group, who):
    person = {
        "member": lambda: factories.MembershipFactory(group=group).user,
        "admin": factories.AdminFactory,
        "paused facilitator": lambda: factories.FacilitatorFactory(group=group, state="paused").user,
        "stranger": factories.UserFactory,
    }[who]()

    with pytest.raises(NotAllowed):
        create_series(person, group=group, **TUESDAYS, count=2)

    assert not Series.objects.exists()


@pytest.mark.parametrize("state", ["draft", "archived"])
def test_a_group_that_is_not_open_plans_nothing(facilitator, group, state):
    group.state, group.archived_at = state, timezone.now() if state == "archived" else None
    group.save()

    with pytest.raises(NotAllowed):
        create_series(facilitator, group=group, **TUESDAYS, count=2)


def test_twelve_weeks(facilitator, group):
    series = create_series(facilitator, group=group, **TUESDAYS, count=12, capacity=10, plan="A round")

    made = list(series.sessions.order_by("slot"))
    assert [session.slot for session in made] == [date(2027, 1, 5) + timedelta(weeks=n) for n in range(12)]
    assert {session.starts_at.hour for session in made} == {19}
    assert {(s.capacity, s.plan, s.minutes, s.time_zone) for s in made} == {(10, "A round", 75, "Europe/London")}
    assert series.ends_on == date(2027, 3, 23)
    assert list(AuditEntry.objects.values_list("action", "object_id")) == [("series.create", str(series.public_id))]


def test_just_once(facilitator, group):
    session = create_series(facilitator, group=group, **TUESDAYS, interval=None)

    assert (session.series, session.slot, session.ends_at) == (None, None, datetime(2027, 1, 5, 20, 15, tzinfo=UTC))
    assert GroupSession.objects.count() == 1


@pytest.mark.parametrize("length", [{"count": 0}, {"count": 401}, {"ends_on": date(2050, 1, 1)}])
def test_too_few_or_too_many_dates_are_refused(facilitator, group, length):
    with pytest.raises(TooManyDates):
        create_series(facilitator, group=group, **TUESDAYS, **length)

    assert not Series.objects.exists()


def test_four_hundred_dates_are_the_most(facilitator, group):
    series = create_series(facilitator, group=group, **TUESDAYS, count=400)

    assert series.sessions.count() == 14


def test_the_same_form_sent_twice_gives_what_stands(facilitator, group):
    made_as = uuid4()
    first = create_series(facilitator, group=group, **TUESDAYS, count=12, made_as=made_as)

    again = create_series(facilitator, group=group, **TUESDAYS, count=12, made_as=made_as)

    assert again == first
    assert (Series.objects.count(), GroupSession.objects.count()) == (1, 12)


def test_the_same_form_for_one_session_sent_twice_gives_what_stands(facilitator, group):
    made_as = uuid4()
    first = create_series(facilitator, group=group, **TUESDAYS, interval=0, made_as=made_as)

    assert create_series(facilitator, group=group, **TUESDAYS, interval=0, made_as=made_as) == first
    assert GroupSession.objects.count() == 1


def test_a_form_of_another_group_is_refused(facilitator, group):
    other = factories.FacilitatorFactory()
    series = create_series(other.user, group=other.group, **TUESDAYS, count=2)

    with pytest.raises(NotAllowed):
        create_series(facilitator, group=group, **TUESDAYS, count=2, made_as=series.public_id)


def test_a_group_does_not_meet_twice_at_once(facilitator, group):
    create_series(facilitator, group=group, **TUESDAYS, count=3)

    with pytest.raises(AlreadyMeets) as refused:
        create_series(facilitator, group=group, **TUESDAYS | {"starts_at": time(20)}, count=3)

    assert str(refused.value) == "The group already meets then: Tuesday 5 January, 7:00 pm"
    assert Series.objects.count() == 1


def test_touching_cancelled_and_other_groups_sessions_do_not_stand_in_the_way(facilitator, group):
    series = create_series(facilitator, group=group, **TUESDAYS, count=1)
    create_series(facilitator, group=group, **TUESDAYS | {"starts_at": time(20, 15)}, count=1)
    cancel_session(facilitator, session=series.sessions.get())
    create_series(facilitator, group=group, **TUESDAYS, count=1)
    other = factories.FacilitatorFactory()
    create_series(other.user, group=other.group, **TUESDAYS, count=1)

    assert Series.objects.count() == 4


def test_dates_of_another_series_that_have_no_row_yet_stand_in_the_way_too(facilitator, group):
    create_series(facilitator, group=group, **TUESDAYS, ends_on=date(2027, 7, 6), skips=[date(2027, 6, 29)])
    far = {"starts_on": date(2027, 6, 1), "starts_at": time(20), "minutes": 60}

    with pytest.raises(AlreadyMeets) as refused:
        create_series(facilitator, group=group, **far, count=2)

    assert str(refused.value) == "The group already meets then: Tuesday 1 June, 7:00 pm"
    for free in (date(2027, 6, 29), date(2027, 7, 13)):
        assert create_series(facilitator, group=group, **far | {"starts_on": free}, interval=0)


# -- the nightly walk ---------------------------------------------------------------------------
def test_keep_ahead_moves_the_horizon_and_is_idempotent(facilitator, group, time_machine):
    series = create_series(facilitator, group=group, **TUESDAYS)
    assert (series.sessions.count(), keep_ahead()) == (14, 0)

    time_machine.move_to(datetime(2027, 1, 20, 2, tzinfo=UTC))

    assert (keep_ahead(), keep_ahead_task(), series.sessions.count()) == (2, 0, 16)
    assert series.sessions.order_by("-slot").first().slot == date(2027, 4, 20)
    walked = AuditEntry.objects.filter(action="series.keep-ahead").values_list("actor", "reason")
    assert list(walked) == [(None, "2")]


def test_what_was_cancelled_is_never_made_again(facilitator, group):
    series = create_series(facilitator, group=group, **TUESDAYS)
    cancel_session(facilitator, session=series.sessions.get(slot=date(2027, 1, 12)))

    assert keep_ahead() == 0
    assert list(series.sessions.filter(slot=date(2027, 1, 12)).values_list("state", flat=True)) == ["cancelled"]


def test_a_session_that_moved_keeps_its_slot(facilitator, group):
    series = create_series(facilitator, group=group, **TUESDAYS)
    moved = series.sessions.get(slot=date(2027, 1, 12))
    moved.local_date = date(2027, 1, 13)
    moved.set_clock()
    moved.save()

    assert keep_ahead() == 0


def test_keep_ahead_makes_nothing_past_and_nothing_after_the_end(facilitator, group, time_machine):
    series = create_series(facilitator, group=group, **TUESDAYS, ends_on=date(2027, 6, 1))
    time_machine.move_to(datetime(2027, 5, 20, tzinfo=UTC))

    assert keep_ahead() == 2
    slots = series.sessions.order_by("slot").values_list("slot", flat=True)
    assert list(slots)[-3:] == [date(2027, 4, 6), date(2027, 5, 25), date(2027, 6, 1)]


def test_keep_ahead_adds_nothing_after_the_day_on_which_the_group_ends(facilitator, group, time_machine):
    series = create_series(facilitator, group=group, **TUESDAYS)
    group.ends_on = date(2027, 4, 13)
    group.save()
    time_machine.move_to(datetime(2027, 1, 20, tzinfo=UTC))

    keep_ahead()

    assert max(series.sessions.values_list("slot", flat=True)) <= date(2027, 4, 13)


@pytest.mark.logs_errors
def test_a_series_that_breaks_keeps_no_other_from_going_on(facilitator, group, time_machine, caplog, monkeypatch):
    bad = create_series(facilitator, group=group, **TUESDAYS)
    others = []
    for _ in range(4):
        place = factories.FacilitatorFactory()
        others.append(create_series(place.user, group=place.group, **TUESDAYS))
    real = ahead.slot_of

    def slot_of(series, day):
        if series.pk == bad.pk:
            raise ValueError("A walk by the sea")
        return real(series, day)

    monkeypatch.setattr(ahead, "slot_of", slot_of)
    time_machine.move_to(datetime(2027, 1, 20, tzinfo=UTC))

    made = keep_ahead()

    new = [series.sessions.count() - bad.sessions.count() for series in others]
    assert (made, min(new) > 0, len(set(new))) == (sum(new), True, 1)
    assert f"series {bad.pk} was not kept ahead (ValueError)" in caplog.text
    assert "A walk by the sea" not in caplog.text
    assert AuditEntry.objects.get(action="series.not-kept").reason == "1"


def test_a_database_that_is_away_is_no_broken_series(facilitator, group, monkeypatch):
    create_series(facilitator, group=group, **TUESDAYS)
    monkeypatch.setattr(ahead, "_missing", refuse)
    with pytest.raises(OperationalError):
        keep_ahead()
    assert not AuditEntry.objects.filter(action="series.not-kept").exists()


def refuse(*_args, **_facts):
    raise OperationalError("away")


@pytest.mark.logs_errors
def test_a_clock_that_nobody_knows_keeps_no_other_series_from_going_on(facilitator, group, time_machine, caplog):
    create_series(facilitator, group=group, **TUESDAYS)
    other = factories.FacilitatorFactory()
    series = create_series(other.user, group=other.group, **TUESDAYS)
    group.series.update(time_zone="Europe/Atlantis")
    time_machine.move_to(datetime(2027, 1, 20, tzinfo=UTC))

    assert keep_ahead() == series.sessions.count() - 14 > 0

    assert "time zone that nobody knows" in caplog.text


@pytest.mark.parametrize("stop", ["ended", "archived"])
def test_keep_ahead_leaves_ended_series_and_groups_alone(facilitator, group, time_machine, stop):
    series = create_series(facilitator, group=group, **TUESDAYS)
    if stop == "ended":
        Series.objects.update(ended_at=timezone.now())
    else:
        group.state, group.archived_at = "archived", timezone.now()
        group.save()
    time_machine.move_to(datetime(2027, 1, 20, tzinfo=UTC))

    assert (keep_ahead(), series.sessions.count()) == (0, 14)


@pytest.mark.parametrize(
    ("zone", "first", "expected"),
    [
        ("Europe/London", date(2027, 3, 23), ["23 Mar 19:00", "30 Mar 18:00"]),
        ("America/New_York", date(2027, 3, 9), ["10 Mar 00:00", "16 Mar 23:00"]),
        ("Australia/Lord_Howe", date(2027, 3, 30), ["30 Mar 08:00", "06 Apr 08:30"]),
        ("Pacific/Apia", date(2027, 3, 30), ["30 Mar 06:00", "06 Apr 06:00"]),
    ],
)
def test_rows_keep_the_wall_clock_over_a_change(facilitator, group, zone, first, expected):
    group.time_zone = zone
    group.save()

    series = create_series(facilitator, group=group, **TUESDAYS | {"starts_on": first}, count=2)

    made = list(series.sessions.order_by("slot"))
    assert [session.starts_at.strftime("%d %b %H:%M") for session in made] == expected
    assert [(s.local_time, s.starts_at.astimezone(s.zone).time()) for s in made] == [(time(19), time(19))] * 2
    assert {s.ends_at - s.starts_at for s in made} == {timedelta(minutes=75)}


# -- months, skipped days -----------------------------------------------------------------------
def test_a_month_at_a_time_with_a_holiday(facilitator, group):
    second = TUESDAYS | {"starts_on": date(2027, 1, 12)}
    series = create_series(facilitator, group=group, **second, nth=2, skips=[date(2027, 2, 9)], count=3)

    assert (series.nth, series.interval, series.skips) == (2, 1, [date(2027, 2, 9)])
    assert series.ends_on == date(2027, 4, 13)
    slots = list(series.sessions.order_by("slot").values_list("slot", flat=True))
    assert slots == [date(2027, 1, 12), date(2027, 3, 9), date(2027, 4, 13)]


def test_the_night_goes_on_by_month_and_jumps_over_what_is_skipped(facilitator, group, time_machine):
    last = TUESDAYS | {"starts_on": date(2027, 1, 26)}
    series = create_series(facilitator, group=group, **last, nth=-1, skips=[date(2027, 5, 25)])
    time_machine.move_to(datetime(2027, 4, 1, tzinfo=UTC))

    assert (keep_ahead(), keep_ahead()) == (1, 0)
    slots = list(series.sessions.order_by("slot").values_list("slot", flat=True))
    assert slots == [date(2027, 1, 26), date(2027, 2, 23), date(2027, 3, 30), date(2027, 4, 27), date(2027, 6, 29)]


def test_a_series_of_skipped_days_alone_is_none(facilitator, group):
    both = [date(2027, 1, 5), date(2027, 1, 12)]

    with pytest.raises(TooManyDates) as refused:
        create_series(facilitator, group=group, **TUESDAYS, ends_on=date(2027, 1, 12), skips=both)

    assert str(refused.value) == "That makes no session, because every date is skipped"
    assert not Series.objects.exists()


def test_a_clock_that_nobody_knows_is_refused_in_words(facilitator, group):
    type(group).objects.update(time_zone="Mars/Olympus")

    with pytest.raises(UnknownZone) as refused:
        create_series(facilitator, group=group, **TUESDAYS, count=2)

    assert "Mars/Olympus" in str(refused.value)
