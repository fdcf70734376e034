"""Many people book, step in and take back at once, over real connections."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from time import sleep

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from notices.models import Notice
from peerhub.roles import as_owner
from people.models import User
from sessions.models import Booking, CoverCall, GroupSession
from sessions.services import (
    CallIsClosed,
    DoubleBooked,
    ask_cover,
    ask_others,
    book,
    cover,
    hosting,
    run_out_calls,
    take_cover,
    withdraw_cover,
)
from tests import factories
from tests.sessions.test_races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _organisation():
    factories.OrganisationFactory()


def call_with(count):
    """A call, and people who may take it."""
    session = factories.SessionFactory()
    asker = factories.FacilitatorFactory(group=session.group).user
    factories.booking(session, host=asker)
    people = [factories.FacilitatorFactory(group=session.group).user for _ in range(count)]
    return ask_cover(asker, session=session), people


def overdue(call):
    near = timezone.now() + timedelta(hours=1)
    GroupSession.objects.update(starts_at=near, ends_at=near + timedelta(hours=1))
    CoverCall.objects.update(until=timezone.now(), asked_at=timezone.now() - timedelta(days=1))
    call.refresh_from_db()
    return call


def many_sessions(count):
    first = factories.SessionFactory()
    return [factories.SessionFactory(starts_at=first.starts_at, group=first.group) for _ in range(count)]


@pytest.mark.parametrize("kind", ["lead", "room"])
def test_one_of_many_has_the_host_or_the_room(kind):
    who = factories.UserFactory() if kind == "lead" else factories.RoomFactory()

    done = all_at_once([lambda one=one: book([one], **{kind: who}) for one in many_sessions(40)])

    assert (done.count(None), {type(no) for no in done if no}) == (1, {DoubleBooked})
    assert Booking.objects.count() == 1


@contextmanager
def without(constraint):
    """As if the database had no such rule."""
    with as_owner(), connection.schema_editor() as editor:
        editor.remove_constraint(Booking, constraint)
    try:
        yield
    finally:
        Booking.objects.all().delete()
        with as_owner(), connection.schema_editor() as editor:
            editor.add_constraint(Booking, constraint)


def test_the_canary_without_the_constraint_books_many():
    """Proof that the test above can fail: a look before the leap, and nothing that refuses it."""
    host, sessions = factories.UserFactory(), many_sessions(20)

    @transaction.atomic
    def look_and_leap(session):
        near = Booking.objects.overlapping(session.starts_at, session.ends_at)
        if not near.filter(host=host).exists():
            factories.booking(session, host=host)

    rule = next(one for one in Booking._meta.constraints if one.name == "booking_host_free")
    with without(rule):
        all_at_once([lambda one=one: look_and_leap(one) for one in sessions])
        booked = Booking.objects.count()

    assert booked > 1


def test_two_series_onto_one_host_from_two_sides_never_wait_in_a_circle():
    people = [factories.UserFactory() for _ in range(2)]
    ways = [(people[0], people[1]), (people[1], people[0])] * 10
    pairs = [(session, *way) for session, way in zip(many_sessions(20), ways, strict=True)]

    done = all_at_once([lambda s=s, a=a, b=b: book([s], lead=a, co=b) for s, a, b in pairs])

    assert (done.count(None), {type(no) for no in done if no}) == (1, {DoubleBooked})


HELD = "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid IN"
# of our database: other processes test on the same server
WAITING = """(
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)"""


def _held_by_who_waits():
    with connection.cursor() as cursor:
        cursor.execute(f"{HELD} {WAITING}")
        return [key for (key,) in cursor.fetchall()]


def test_the_lower_key_is_held_first_whoever_is_named_first():
    """Somebody has the middle one of three: who wants all has the lower one by then, and not yet the upper one."""
    low, middle, high = (User(pk=key) for key in (1, 64, 256))

    def hold(people):
        with transaction.atomic():
            hosting._hold([], people, [])
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            hosting._hold([], [middle], [])
            waits = pool.submit(hold, [high, middle, low])
            held = _held_by_who_waits()
            while not held and not waits.done():
                held = _held_by_who_waits()
        waits.result(timeout=10)

    assert held == [low.pk]


def test_one_of_two_takes_it_and_the_other_is_told_kindly():
    for _round in range(5):
        call, people = call_with(4)

        done = all_at_once([lambda who=who, call=call: take_cover(who, call=call) for who in people])

        won = [one for one in done if isinstance(one, CoverCall)]
        assert (len(won), {type(no) for no in done if no not in won}) == (1, {CallIsClosed})
        assert call.session.bookings.get().host == won[0].taken_by


def test_the_canary_without_the_lock_breaks(monkeypatch):
    """Without it two go on as if it were open, and the second meets the database where words should be."""
    monkeypatch.setattr(cover, "_hold", lambda call: CoverCall.objects.select_related("session").get(pk=call.pk))
    monkeypatch.setattr(hosting, "_hold", lambda *_: None)
    done = []
    for _round in range(5):
        call, people = call_with(6)
        done += all_at_once([lambda who=who, call=call: take_cover(who, call=call) for who in people])

    assert any(isinstance(one, IntegrityError) for one in done)


def test_taking_and_taking_back_end_in_one_of_the_two():
    for _round in range(10):
        call, people = call_with(1)

        all_at_once(
            [
                lambda call=call: withdraw_cover(call.asked_by, call=call),
                lambda call=call, who=people[0]: take_cover(who, call=call),
            ]
        )

        call.refresh_from_db()
        leads = call.session.bookings.get().host
        assert (call.state, leads) in {("taken", people[0]), ("withdrawn", call.asked_by)}


def test_taking_and_the_cut_off_end_in_one_of_the_two():
    for _round in range(10):
        call, people = call_with(1)
        overdue(call)

        all_at_once([run_out_calls, lambda call=call, who=people[0]: take_cover(who, call=call)])

        call.refresh_from_db()
        session = GroupSession.objects.get(pk=call.session_id)
        assert (call.state, session.state, session.bookings.exists()) in {
            ("taken", "scheduled", True),
            ("passed", "cancelled", False),
        }
        GroupSession.objects.filter(pk=session.pk).update(state="cancelled", cancelled_at=timezone.now())
        CoverCall.objects.filter(state="open").update(state="passed", closed_at=timezone.now())


def waits_for_the_second_one():
    """A call of which only the second one knows, the others' turn being now, and the two who may take it."""
    session = factories.SessionFactory()
    lead, second, third = (factories.FacilitatorFactory(group=session.group).user for _ in range(3))
    factories.booking(session, host=lead)
    factories.booking(session, host=second, duty="co")
    call = ask_cover(lead, session=session)
    CoverCall.objects.filter(pk=call.pk).update(others_at=timezone.now())
    return call, second, third


def asked_too_late(rounds):
    """How often the others were asked for what the second one had taken already."""
    late = 0
    for _round in range(rounds):
        call, second, third = waits_for_the_second_one()
        all_at_once([ask_others, lambda call=call, who=second: take_cover(who, call=call), ask_others])
        call.refresh_from_db()
        assert (call.state, call.taken_by) == ("taken", second)
        assert call.others_asked_at or not Notice.objects.filter(topic="cover.asked", user=third).exists()
        late += bool(call.others_asked_at and call.others_asked_at > call.closed_at)
        GroupSession.objects.filter(pk=call.session_id).update(state="cancelled", cancelled_at=timezone.now())
    return late


def test_nobody_else_is_asked_for_what_the_second_one_takes_meanwhile():
    assert asked_too_late(10) == 0


def test_the_canary_asks_for_what_is_taken_where_nothing_is_held(monkeypatch):
    real = cover._ask_others
    monkeypatch.setattr(cover, "_hold", lambda call: CoverCall.objects.select_related("session").get(pk=call.pk))
    monkeypatch.setattr(cover, "_ask_others", lambda call, now: (sleep(0.2), real(call, timezone.now()))[1])
    assert asked_too_late(3) > 0
