"""Who hears that a session moved, meets elsewhere, is cancelled or is on again; when, and how often."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail

from groups.services import change_group
from notices.models import Delivery, Notice
from notices.registry import topic
from notices.services import send_due
from people.models import User
from sessions.services import telling
from tests import factories as make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVENING = datetime(2026, 12, 1, 19, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 23, tzinfo=UTC)
QUIET_END = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(time_machine, organisation):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def session():
    return make.SessionFactory(starts_at=EVENING)


def member(session, *, seat="going", **person):
    """Somebody of the group whose mail is open, with a seat in this state; without one where it is None."""
    user = make.UserFactory(discreet=False, time_zone="Europe/London", **person)
    make.MembershipFactory(group=session.group, user=user)
    if seat:
        queue = {"waiting": 1, "offered": 2}.get(seat)
        until = session.starts_at if seat == "offered" else None
        make.SeatFactory(session=session, user=user, state=seat, queue=queue, offered_until=until)
    return user


def move(session, by=timedelta(hours=2)):
    """As whoever moves one does: save it, then tell."""
    before = session.starts_at
    session.starts_at, session.ends_at = before + by, session.ends_at + by
    session.save()
    telling.tell_all_moved([session])


def cancel(session, **how):
    session.state, session.cancelled_at = "cancelled", NOON
    session.save()
    telling.tell_cancelled(session, **how)


def put_back(session):
    session.state, session.cancelled_at = "scheduled", None
    session.save()
    telling.tell_put_back(session)


def told(name):
    return set(Notice.objects.filter(topic=name).values_list("user", flat=True))


def lines():
    return [topic(notice.topic).line(notice.ids, notice.user) for notice in Notice.objects.order_by("pk")]


def send_at():
    return Delivery.objects.latest("pk").send_at


TELLS = [
    ("session.moved", lambda session: telling.tell_all_moved([session])),
    ("session.place", telling.tell_place),
    ("session.cancelled", cancel),
    ("session.back", telling.tell_put_back),
]


@pytest.mark.parametrize(("name", "tell"), TELLS)
def test_nobody_hears_whom_it_does_not_concern(session, name, tell):
    member(session, seat=None)
    member(session, seat="declined")
    left = member(session)
    left.memberships.update(state="left", ended_at=NOON)
    member(session, state="suspended", is_active=False)
    member(make.SessionFactory(starts_at=EVENING))

    tell(session)

    assert not Notice.objects.exists()


@pytest.mark.parametrize(("name", "tell"), TELLS)
def test_everybody_hears_who_keeps_a_seat_or_waits_or_is_there_as_a_host(session, name, tell):
    people = [member(session, seat=state) for state in ("going", "waiting", "offered")]
    outside, inside = make.UserFactory(), make.FacilitatorFactory(group=session.group).user
    make.FacilitatorFactory(group=session.group)
    make.booking(session, host=outside)
    make.booking(session, host=inside, duty="co")

    tell(session)

    assert told(name) == {user.pk for user in [*people, outside, inside]}


def test_where_nobody_is_booked_all_who_run_it_hear(session):
    facilitators = [make.FacilitatorFactory(group=session.group).user for _ in range(2)]

    telling.tell_place(session)

    assert told("session.place") == {user.pk for user in facilitators}


def test_who_did_it_knows(session):
    colleague, by = (make.FacilitatorFactory(group=session.group).user for _ in range(2))

    telling.tell_place(session, by=by)

    assert told("session.place") == {colleague.pk}


def test_who_comes_every_time_hears_but_not_of_the_date_they_said_no_to():
    series = make.SeriesFactory()
    dates = [EVENING, EVENING + timedelta(days=7)]
    sessions = [
        make.SessionFactory(group=series.group, series=series, slot=at.date(), local_date=at.date(), starts_at=at)
        for at in dates
    ]
    person = member(sessions[0], seat="declined")
    series.standing_seats.create(user=person)
    gone = member(sessions[0], seat=None)
    series.standing_seats.create(user=gone, ended_at=NOON)

    telling.tell_all_places(sessions)

    assert told("session.place") == {person.pk}
    assert lines() == ["In another place: Tuesday 8 December, 7:00 pm"]


def test_a_move_is_told_with_the_new_time_on_the_readers_own_clock(session):
    person = member(session)
    person.time_zone, person.quiet_from, person.quiet_to = "Asia/Tokyo", time(0), time(0)  # never quiet
    person.save()

    move(session)
    send_due()

    assert lines() == ["Moved, to Wednesday 2 December, 6:00 am"]
    assert mail.outbox[0].body.startswith("Moved, to Wednesday 2 December, 6:00 am\n")
    assert session.group.name not in mail.outbox[0].body


def test_many_dates_at_once_are_one_message(session):
    person = member(session)
    later = make.SessionFactory(group=session.group, starts_at=EVENING + timedelta(days=7))
    make.SeatFactory(session=later, user=person)
    once = member(later)

    telling.tell_all_moved([later, session])

    assert sorted(lines()) == [
        "Moved, to Tuesday 8 December, 7:00 pm",
        "Moved: 2 dates, the first now on Tuesday 1 December, 7:00 pm",
    ]
    assert told("session.moved") == {person.pk, once.pk}


def test_what_was_moved_again_is_mailed_once(session):
    member(session)
    move(session)
    move(session)

    assert send_due() == 1
    assert mail.outbox[0].body.startswith("Moved, to Tuesday 1 December, 11:00 pm\n")
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["dropped", "sent"]


def test_moved_there_back_and_there_again_is_told_each_time(session, time_machine):
    member(session)
    for hours, by in enumerate((2, -2, 2)):
        time_machine.move_to(NOON + timedelta(hours=hours), tick=False)
        move(session, timedelta(hours=by))
        assert send_due() == 1


def test_of_many_dates_the_mail_says_those_that_still_hold(session):
    person = member(session)
    later = make.SessionFactory(group=session.group, starts_at=EVENING + timedelta(days=7))
    make.SeatFactory(session=later, user=person)
    telling.tell_all_places([session, later])
    session.state, session.cancelled_at = "cancelled", NOON
    session.save()

    send_due()

    assert mail.outbox[0].body.startswith("In another place: Tuesday 8 December, 7:00 pm\n")


@pytest.mark.parametrize(("name", "tell"), TELLS)
def test_at_night_it_waits_for_the_morning(session, time_machine, name, tell):
    time_machine.move_to(NIGHT, tick=False)
    member(session)

    tell(session)

    assert send_at() == QUIET_END
    assert send_due() == 0


@pytest.mark.parametrize(
    ("starts_in", "leaves_in"),
    [
        (timedelta(days=2), QUIET_END - NIGHT),
        (timedelta(hours=12, seconds=1), timedelta(seconds=1)),
        (timedelta(hours=12), timedelta(0)),
        (timedelta(minutes=30), timedelta(0)),
    ],
)
def test_a_cancellation_wakes_people_up_from_twelve_hours_before_on(time_machine, starts_in, leaves_in):
    time_machine.move_to(NIGHT, tick=False)
    session = make.SessionFactory(starts_at=NIGHT + starts_in)
    member(session)

    cancel(session)

    assert send_at() == NIGHT + leaves_in
    assert send_due() == (leaves_in == timedelta(0))
    time_machine.move_to(NIGHT + leaves_in, tick=False)
    assert send_due() == (leaves_in > timedelta(0))


@pytest.mark.parametrize("starts_in", [timedelta(hours=11), timedelta(hours=13)])
def test_what_can_be_undone_waits_a_little_unless_it_is_near(starts_in):
    session = make.SessionFactory(starts_at=NOON + starts_in)
    member(session)

    cancel(session, after=timedelta(minutes=15))

    assert send_at() == (NOON if starts_in < timedelta(hours=12) else NOON + timedelta(minutes=15))


def test_undone_in_time_nobody_is_sent_anything(session, time_machine):
    person = member(session)
    cancel(session, after=timedelta(minutes=15))

    put_back(session)
    time_machine.move_to(NOON + timedelta(hours=1), tick=False)

    assert (send_due(), mail.outbox) == (0, [])
    assert told("session.back") == {person.pk}
    assert lines()[-1] == "It is on after all: Tuesday 1 December, 7:00 pm"


def test_undone_later_they_are_told_by_mail_as_well(session):
    member(session)
    cancel(session)
    assert send_due() == 1

    put_back(session)

    assert send_due() == 1
    assert mail.outbox[1].body.startswith("It is on after all: Tuesday 1 December, 7:00 pm\n")


def test_of_a_series_put_back_in_part_the_rest_is_still_told_to_be_cancelled(session):
    person = member(session)
    later = make.SessionFactory(group=session.group, starts_at=EVENING + timedelta(days=7))
    make.SeatFactory(session=later, user=person)
    for one in (session, later):
        one.state, one.cancelled_at = "cancelled", NOON
        one.save()
    telling.tell_all_cancelled([session, later])

    put_back(session)
    send_due()

    assert [message.body.split("\n")[0] for message in mail.outbox] == ["Cancelled: Tuesday 8 December, 7:00 pm"]


@pytest.mark.parametrize("change", ["left", "gave it back"])
def test_who_is_not_concerned_any_more_gets_no_mail(session, change):
    person = member(session)
    telling.tell_place(session)
    if change == "left":
        person.memberships.update(state="left", ended_at=NOON)
    else:
        person.seats.update(state="declined")

    assert send_due() == 0


@pytest.mark.parametrize(("field", "value"), [("place", "Harbour House"), ("format", "hybrid")])
def test_a_group_that_meets_elsewhere_tells_those_who_come(session, field, value):
    person, admin = member(session), make.AdminFactory()
    alone = make.SessionFactory(group=session.group, starts_at=EVENING + timedelta(days=7))
    make.booking(alone, room=make.RoomFactory())
    member(alone)
    past = make.SessionFactory(group=session.group, starts_at=NOON - timedelta(days=7))
    member(past)

    change_group(admin, group=session.group, **{field: value})

    assert told("session.place") == {person.pk}


def test_a_group_that_changes_its_words_tells_nobody(session):
    member(session)

    change_group(make.AdminFactory(), group=session.group, purpose="Other words", hides_place=True)

    assert not Notice.objects.exists()


def test_what_is_told_of_many_costs_no_more_for_each_date(session, django_assert_max_num_queries):
    person = member(session)
    sessions = [session]
    for week in range(1, 13):
        one = make.SessionFactory(group=session.group, starts_at=EVENING + timedelta(weeks=week))
        make.SeatFactory(session=one, user=person)
        sessions.append(one)
    person = User.objects.get(pk=person.pk)

    with django_assert_max_num_queries(16):
        telling.tell_all_moved(sessions)
    assert Notice.objects.count() == 1
