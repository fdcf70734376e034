"""The mail server is away or busy for a day, and some receivers never answer: nothing is lost, nobody waits."""

from datetime import timedelta

import pytest
import time_machine

from notices.models import Delivery
from tests.factories import AdminFactory, DeliveryFactory, MembershipFactory, SeatFactory, SessionFactory
from tests.faults.crew import MONDAY
from tests.faults.people import make_due, people_who_will_be_due

pytestmark = pytest.mark.django_db(transaction=True)
WAIT, SET_ASIDE = "Messages that wait to be sent", "Messages that could not be sent"
TRIES = [timedelta(minutes=minutes) for minutes in (0, 2, 8, 24, 85)]  # after each back-off
BUSY = "451 4.3.2 try again later"


@pytest.fixture(autouse=True)
def _one_step(settings):
    settings.STAFF_MFA_REQUIRED = False


def minutes(number):
    return MONDAY + timedelta(minutes=number)


def overview(as_person, at):
    """What admins see on their overview then."""
    with time_machine.travel(at, tick=False):
        return as_person(AdminFactory()).get("/manage/").content.decode()


def pages_of_mail(as_person, at):
    with time_machine.travel(at, tick=False):
        return as_person(AdminFactory()).get("/manage/mail/").content.decode()


def states():
    return dict(Delivery.objects.order_by("pk").values_list("notice__user__email", "state"))


def an_evening(crew):
    """Questions, news, and a reminder of a session that begins in half an hour."""
    people = people_who_will_be_due(12)
    make_due(people)
    with time_machine.travel(MONDAY, tick=False):
        session = SessionFactory(starts_in=timedelta(minutes=30))
        seat = SeatFactory(session=session, answered_at=MONDAY - timedelta(days=2))
        MembershipFactory(group=session.group, user=seat.user)
    crew.do("ask", "remind", ["tell", "fault.plain", [user.pk for user in people], "news"], at=MONDAY)
    assert Delivery.objects.filter(state="waiting").count() == 25
    return people


def a_day_without(crew, step=60):
    """The clock ticks on; nothing leaves."""
    for minute in range(5, 24 * 60, step):
        crew.do("send", at=minutes(minute))


def check_all_came(people, sink):
    assert {to for to, count in sink.readers.items() if count == 2} == {user.email for user in people}
    assert len(sink.mails) == 24, "a mail is lost or came twice"


def on_the_next_day(crew):
    for minute in range(24 * 60, 26 * 60, 10):
        crew.do("send", at=minutes(minute))


def test_a_day_without_a_mail_server(crew, sink, as_person):
    people = an_evening(crew)
    sink.stop()
    crew.do("send", at=minutes(1))
    assert WAIT not in overview(as_person, minutes(14))
    assert WAIT in overview(as_person, minutes(16))
    a_day_without(crew)
    assert set(Delivery.objects.values_list("state", "tries")) == {("waiting", 0), ("dropped", 0)}

    sink.start()
    on_the_next_day(crew)
    check_all_came(people, sink)
    assert list(Delivery.objects.exclude(state="sent").values_list("notice__topic", "dropped_for")) == [
        ("session.soon", "late")
    ]
    assert "came too late to be of use" in pages_of_mail(as_person, minutes(23 * 60))
    assert WAIT not in overview(as_person, minutes(26 * 60))


def test_a_day_with_a_busy_mail_server(crew, sink):
    people = an_evening(crew)
    sink.busy = BUSY
    a_day_without(crew)

    sink.busy = ""
    on_the_next_day(crew)
    check_all_came(people, sink)


@pytest.mark.parametrize(
    ("mistake", "how"),
    [("an_absent_server_counts_as_a_try", "away"), ("no_patience_with_a_busy_server", "busy")],
)
def test_the_canary_mail_that_is_given_up_is_found(crew, sink, mistake, how):
    crew.mistakes = [mistake]
    people = an_evening(crew)
    if how == "away":
        sink.stop()
    sink.busy = BUSY
    a_day_without(crew, step=120)

    sink.busy = ""
    sink.start()
    on_the_next_day(crew)
    with pytest.raises(AssertionError):
        check_all_came(people, sink)


def test_receivers_who_always_fail_hold_up_nobody(crew, sink, as_person):
    people = people_who_will_be_due(23)
    gone, later, hangs, *others = [user.email for user in people]
    sink.says, sink.hangs = {gone: "550 5.1.1 nobody here", later: BUSY}, {hangs}
    crew.do(["tell", "fault.plain", [user.pk for user in people], "news"], "send", at=MONDAY)
    assert set(sink.readers) == set(others)

    for after in TRIES[1:]:
        crew.do("send", at=MONDAY + after)
    assert {email: state for email, state in states().items() if state != "sent"} == {
        gone: "parked", later: "waiting", hangs: "waiting",
    }  # fmt: skip
    assert SET_ASIDE in overview(as_person, minutes(90))

    sink.says, sink.hangs = {}, set()
    crew.do("send", at=minutes(200))
    assert sink.readers == dict.fromkeys([*others, later, hangs], 1)


def test_receivers_who_are_busy_for_days_are_set_aside(crew, sink):
    (user,) = people_who_will_be_due(1)
    sink.says = {user.email: BUSY}
    crew.do(["tell", "fault.plain", [user.pk], "news"], at=MONDAY)
    Delivery.objects.update(tries=28)

    for hours in (1, 3):
        assert states() == {user.email: "waiting"}
        crew.do("send", at=minutes(60 * hours))
    assert states() == {user.email: "parked"}


POISON = ["fault.may", "fault.link", "fault.line", "fault.header", "fault.until", "fault.nobody-declared-it"]


def poisoned(crew):
    """Each kind of message that breaks, before twenty that do not."""
    people = people_who_will_be_due(20)
    awake = {"notice__user__discreet": False, "send_at": MONDAY - timedelta(hours=1)}
    for topic in [*POISON, "fault.all"]:
        DeliveryFactory(notice__topic=topic, notice__user__email=f"{topic}@example.org", **awake)
    crew.do(["tell", "fault.plain", [user.pk for user in people], "news"], at=MONDAY)
    return [user.email for user in people]


@pytest.mark.logs_errors
def test_messages_that_break_break_alone(crew, sink, as_person):
    others = poisoned(crew)
    crew.do("send")
    assert sink.readers == dict.fromkeys([*others, "fault.all@example.org"], 1)

    for after in TRIES[1:]:
        crew.do("send", at=MONDAY + after + timedelta(minutes=1))
    assert {email for email, state in states().items() if state == "parked"} == {
        f"{name}@example.org" for name in POISON
    }
    assert not Delivery.objects.filter(state="waiting").exists()
    assert f"{SET_ASIDE}: 6" in overview(as_person, minutes(90))
    assert "everybody@example.org" not in str(sink.mails)


@pytest.mark.logs_errors
def test_the_canary_where_nothing_is_caught_others_wait(crew, sink):
    crew.mistakes = ["one_breaks_all"]
    poisoned(crew)
    crew.end(crew.start("send"))
    assert sink.readers == {}
