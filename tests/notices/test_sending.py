"""What is checked before a message leaves, what goes first, and what shares a mail."""

from dataclasses import replace
from datetime import time, timedelta
from smtplib import SMTPRecipientsRefused

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from notices import channels, registry, services
from notices.channels import Channel, Email
from notices.models import Delivery, MailTrouble, Notice, Preference
from notices.services import checking
from notices.services.checking import Round
from tests.factories import DeliveryFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = "2026-11-23 12:00:00+00:00"
AWAKE = {"quiet_from": time(0), "quiet_to": time(0)}  # day and night


@pytest.fixture(autouse=True)
def _by_day(organisation):
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def declare(subject, monkeypatch):
    """Topics of the tests like the first one, but for what is said."""

    def as_said(name="test", **changes):
        changed = replace(registry.topic("test"), name=name, **changes)
        monkeypatch.setitem(registry._topics, name, changed)

    return as_said


def tell(user, name="test", key="key", **ids):
    return services.tell([user], name, key, **ids)


def outcome():
    return list(Delivery.objects.order_by("pk").values_list("state", "dropped_for"))


# -- what is asked again ------------------------------------------------------------------------
def nothing_at_all(user):
    type(user).objects.update(no_mail=True)


def switched_off(user):
    Preference.objects.create(user=user, area="sessions", wanted=False)


def bounced(user):
    MailTrouble.objects.create(user=user, address=user.email, kind="bounced")


def suspended(user):
    type(user).objects.update(state="suspended", is_active=False)


@pytest.mark.parametrize(
    ("what", "why"),
    [(nothing_at_all, "not_asked"), (switched_off, "not_asked"), (bounced, "no_address"), (suspended, "over")],
)
def test_what_changed_meanwhile_holds_it_back_and_is_counted(declare, what, why):
    declare(area="sessions")
    user = UserFactory()
    tell(user)
    what(user)

    assert services.send_due() == 0
    assert (outcome(), mail.outbox) == ([("dropped", why)], [])
    assert Delivery.objects.let_go(timedelta(days=1)) == {why: 1}


def test_who_moved_to_another_address_is_written_to_there(declare):
    user = UserFactory()
    MailTrouble.objects.create(user=user, address="before@example.org", kind="bounced")
    tell(user)

    assert services.send_due() == 1
    assert mail.outbox[0].to == [user.email]


@pytest.mark.parametrize(("minutes", "state"), [(-1, ("dropped", "late")), (1, ("sent", ""))])
def test_what_comes_too_late_is_let_go(declare, minutes, state):
    declare(useful_until=lambda ids, user: timezone.now() + timedelta(minutes=minutes))
    tell(UserFactory())

    services.send_due()

    assert outcome() == [state]


def test_a_mail_server_away_for_a_day_loses_nothing_but_what_is_stale(declare):
    declare()
    declare("soon", useful_until=lambda ids, user: registry.EVER.fromisoformat(ids["at"]))
    user = UserFactory()
    tell(user, key="stays")
    tell(user, "soon", key="stale", at=(timezone.now() + timedelta(hours=1)).isoformat())
    away = Round(Email(Away()))

    for minutes in range(0, 24 * 60, 30):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            assert services.send_one(away) is None or minutes > 60
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert Delivery.objects.stuck(timedelta(minutes=15)).exists()
        services.send_due()
        assert Delivery.objects.let_go(timedelta(days=1)) == {"late": 1}

    assert sorted(outcome()) == [("dropped", "late"), ("sent", "")]
    assert set(Delivery.objects.values_list("tries", flat=True)) == {0}


class Away(EmailBackend):
    def open(self):
        raise ConnectionRefusedError


def test_many_who_are_told_the_same_are_asked_about_together(declare, subject):
    asked = []
    declare(may_all=lambda users, ids: asked.append(len(users)) or {user.pk for user in users} - subject)
    users = UserFactory.create_batch(5)
    services.tell(users, "test", "key")
    subject.add(users[2].pk)

    assert services.send_due() == 4
    assert asked == [5, 5]
    assert outcome() == [("sent", "")] * 2 + [("dropped", "over")] + [("sent", "")] * 2


def test_an_answer_for_many_is_a_second_old_at_most(declare, subject, monkeypatch):
    monkeypatch.setattr(checking, "GOOD_FOR", -1.0)
    asked = []
    declare(may_all=lambda users, ids: asked.append(len(users)) or {user.pk for user in users})
    services.tell(UserFactory.create_batch(3), "test", "key")

    services.send_due()

    assert asked == [3, 3, 2, 1]


# -- a test system writes to nobody ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("listed", "address", "leaves"),
    [
        (["wren@example.org"], "wren@example.org", True),
        (["example.org"], "wren@example.org", True),
        (["@example.org"], "wren@example.org", True),
        (["example.org"], "wren@not-example.org", False),
        (["example.org"], "wren@mail.example.org", False),
        (["other@example.org"], "wren@example.org", False),
        ([], "wren@example.org", False),
    ],
)
def test_outside_production_mail_leaves_for_listed_addresses_alone(declare, settings, listed, address, leaves):
    settings.EMAIL_TO_EVERYBODY, settings.EMAIL_ALLOWLIST = False, listed
    tell(UserFactory(email=address))
    services.send_to_address(address, "words")

    services.send_due()

    assert outcome() == [("sent", "") if leaves else ("dropped", "not_listed")] * 2
    assert not Delivery.objects.exclude(body=None, address="").exists()


# -- what goes first --------------------------------------------------------------------------------
def test_what_is_urgent_goes_before_what_waits_longest(declare):
    declare()
    declare("alarm", essential=True)
    tell(UserFactory(email="news@example.org"))
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        tell(UserFactory(email="alarm@example.org"), "alarm")
        services.send_to_address("code@example.org", "words")
        tell(UserFactory(email="later@example.org"))
        services.send_due()

    assert [message.to[0].split("@")[0] for message in mail.outbox] == ["alarm", "code", "news", "later"]


class Refuses(EmailBackend):
    """A server that has no such receiver, and takes everybody else's mail."""

    def send_messages(self, messages):
        if messages[0].to == ["gone@example.org"]:
            raise SMTPRecipientsRefused({})
        return super().send_messages(messages)


def test_one_receiver_who_always_fails_holds_up_nobody(declare):
    users = [UserFactory(email="gone@example.org", **AWAKE), *UserFactory.create_batch(3)]
    services.tell(users, "test", "key")
    known = Round(Email(Refuses()))

    for hours in range(0, 20, 2):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            while services.send_one(known) is not None:
                pass

    assert [state for state, _ in outcome()] == ["parked", "sent", "sent", "sent"]
    assert len(mail.outbox) == 3


class Breaks(EmailBackend):
    """A provider that is asked over the web, and cannot be reached."""

    def send_messages(self, messages):
        raise TimeoutError


def test_what_fails_on_the_way_is_never_set_aside(declare):
    tell(UserFactory(**AWAKE))
    known = Round(Email(Breaks()))

    for hours in range(8):
        with time_machine.travel(timezone.now() + timedelta(hours=2 * hours + 0.1), tick=False):
            services.send_one(known)

    assert (outcome(), Delivery.objects.get().tries) == ([("waiting", "")], 8)


# -- several in one mail ------------------------------------------------------------------------------
def several(user, number=3):
    for one in range(number):
        tell(user, key=f"key {one}")


def test_several_that_are_due_are_one_mail_that_says_nothing(declare):
    user = UserFactory()
    several(user)
    tell(UserFactory())

    assert services.send_due() == 4

    (together, single), first = mail.outbox, Delivery.objects.order_by("pk")[0]
    assert (together.subject, together.to) == ("A message for you", [user.email])
    assert " ".join(together.body.split()) == "There are several messages for you: http://localhost:8000/notices/"
    assert "A seat" not in together.message().as_string()
    assert list(Delivery.objects.order_by("pk").values_list("state", "carried_by")) == [
        ("sent", None), ("sent", first.pk), ("sent", first.pk), ("sent", None),
    ]  # fmt: skip
    assert together.extra_headers["Message-ID"] == services.mail_for(first).extra_headers["Message-ID"]
    assert "several" not in single.body


def test_who_opted_out_of_discreet_mode_reads_each_line_with_its_link(declare):
    several(UserFactory(discreet=False), 2)

    services.send_due()

    text, html = mail.outbox[0].body, mail.outbox[0].alternatives[0].content
    assert text.count("A seat is free\nhttp://localhost:8000/home/") == 2
    assert html.count("A seat is free<br>") == html.count('href="http://localhost:8000/home/"') == 2


def test_what_stands_alone_or_is_urgent_or_failed_before_leaves_by_itself(declare):
    declare()
    declare("question", alone=True)
    declare("alarm", essential=True)
    user = UserFactory()
    tell(user)
    tell(user, "question")
    tell(user, "alarm", key="alarm")
    NoticeFactory(user=user, key="question")
    DeliveryFactory(notice=NoticeFactory(user=user), tries=1)
    Delivery.objects.update(send_at=timezone.now())

    services.send_due()

    assert len(mail.outbox) == Delivery.objects.count() == Delivery.objects.filter(carried_by=None).count()


def test_of_several_those_that_may_not_leave_are_let_go_of(declare, subject):
    declare()
    declare("over", may=lambda user, ids: False)
    user = UserFactory()
    several(user, 2)
    DeliveryFactory(notice=NoticeFactory(user=user, topic="over"))

    services.send_due()

    assert (len(mail.outbox), outcome()) == (1, [("sent", ""), ("sent", ""), ("dropped", "over")])


def fails(*_):
    raise ValueError


@pytest.mark.logs_errors
@pytest.mark.parametrize(("discreet", "change"), [(True, "may"), (False, "line")])
def test_a_poisoned_message_among_several_breaks_alone(declare, discreet, change):
    declare()
    user = UserFactory(discreet=discreet, **AWAKE)
    several(user, 2)
    declare("poison", **{change: fails}, template="no such template")
    DeliveryFactory(notice=NoticeFactory(user=user, topic="poison"), send_at=timezone.now() + timedelta(seconds=1))

    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        services.send_due()
    for hours in range(1, 12):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            services.send_due()

    assert len(mail.outbox) == 1
    assert [state for state, _ in outcome()] == ["sent", "sent", "parked"]


@pytest.mark.logs_errors
def test_a_topic_that_cannot_answer_for_many_is_asked_for_each(declare):
    declare(may_all=fails, may=lambda user, ids: True)
    DeliveryFactory.create_batch(3)

    assert services.send_due() == 3


# -- another channel ------------------------------------------------------------------------------------
class Pigeon(Channel):
    name, label = "pigeon", "By pigeon"
    flown = []

    def send(self, letter):
        self.flown.append((letter.to, letter.subject))


def test_a_channel_is_a_class_in_a_list(declare, monkeypatch):
    monkeypatch.setattr(channels, "CHANNELS", [*channels.CHANNELS, Pigeon])
    user, off = UserFactory(email="wren@example.org"), UserFactory(email="off@example.org")
    declare(area="sessions")
    Preference.objects.create(user=off, area="sessions", channel="pigeon", wanted=False)

    services.tell([user, off], "test", "key")
    services.send_due()

    assert Pigeon.flown == [("wren@example.org", "A message for you")]
    assert [message.to[0] for message in mail.outbox] == ["wren@example.org", "off@example.org"]
    assert ("pigeon", "By pigeon") in Delivery._meta.get_field("channel").flatchoices
    assert Delivery.objects.filter(channel="pigeon", state="sent").count() == 1


def test_in_the_app_nothing_is_carried():
    assert [channel.name for channel in channels.carriers()] == ["email"]


# -- how much it costs ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("people", "questions"), [(1, 23), (30, 110)])
def test_each_mail_more_costs_one_claim_and_nothing_else(declare, django_assert_num_queries, people, questions):
    declare(area="sessions", may_all=lambda users, ids: {user.pk for user in users})
    services.tell(UserFactory.create_batch(people), "test", "key")

    with django_assert_num_queries(questions):
        assert services.send_due() == people


def test_a_sender_has_its_turn_and_then_others_have_theirs(declare, monkeypatch):
    woken = []
    monkeypatch.setattr("notices.services.sending.TURN", 0.0)
    monkeypatch.setattr("notices.services.sending.wake", woken.append)
    tell(UserFactory())

    assert services.send_due() == 0
    assert woken == ["notices.tasks.send_due"]
    assert Notice.objects.exists()
