"""Several senders in one task: each mail leaves once, one that breaks stops no other, and nothing is left open."""

import threading
from datetime import time
from smtplib import SMTP, SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from time import sleep

import pytest
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection

from notices import channels, services
from notices.channels import Away, Email, Letter
from notices.models import Delivery
from notices.services import checking, claiming, sending
from tests.factories import DeliveryFactory, OrganisationFactory

many = pytest.mark.django_db(transaction=True)
MIDNIGHT = time(0)  # no quiet hours: these tests run by night too


@pytest.fixture
def queue(subject, settings, monkeypatch):
    """So many due messages, and four senders for them."""
    monkeypatch.setattr(sending, "WORTH_IT", 1)
    settings.SENDERS = 4
    OrganisationFactory()
    return lambda number: DeliveryFactory.create_batch(
        number, notice__user__quiet_from=MIDNIGHT, notice__user__quiet_to=MIDNIGHT
    )


@pytest.fixture
def senders(monkeypatch):
    """The channels of a turn, once all of them are at work: the tests' own machine may be faster than a thread."""
    made, gate = [], threading.Barrier(4, timeout=30)

    class Watched(Email):
        def __init__(self):
            super().__init__()
            self.shut, self.opened, self.thread = 0, 0, threading.current_thread().name
            made.append(self)

        def open(self):
            self.opened += 1
            if self.opened == 1:
                gate.wait()
            self.breaks()
            super().open()

        def breaks(self):
            pass

        def close(self):
            super().close()
            self.shut += 1

    monkeypatch.setattr(channels, "CHANNELS", [channels.InApp, Watched])
    return made


def connections():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]


def states():
    return sorted(Delivery.objects.values_list("state", flat=True))


@many
def test_four_threads_send_each_mail_once_and_leave_nothing_open(queue, senders):
    queue(40)
    before = connections()

    assert services.send_due() == 40

    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 40
    assert states() == ["sent"] * 40
    assert len({sender.thread for sender in senders}) == 4
    assert all(sender.shut for sender in senders)
    assert connections() == before


@many
def test_canary_without_the_claim_threads_send_twice(queue, monkeypatch):
    monkeypatch.setattr(Email, "open", lambda self: sleep(0.02))
    monkeypatch.setattr(claiming, "NEXT", claiming.NEXT.replace("FOR UPDATE SKIP LOCKED", ""))
    queue(40)

    services.send_due()

    assert len(mail.outbox) > 40


@many
def test_one_broken_connection_holds_up_nobody(queue, senders, monkeypatch):
    def breaks(sender):
        if sender.thread == "sender_0":
            raise Away("ConnectionRefusedError")

    monkeypatch.setattr(channels.CHANNELS[1], "breaks", breaks)
    queue(40)

    assert services.send_due() >= 39
    assert services.send_one(checking.Round(Email())) in {None, 1}  # what the broken one held is free again
    assert states() == ["sent"] * 40
    assert set(Delivery.objects.values_list("tries", flat=True)) == {0}


@many
def test_a_sender_that_fails_stops_no_other_and_is_told(queue, monkeypatch):
    claim = sending.claim_next

    def fails(*about, **more):
        if threading.current_thread().name == "sender_0":
            raise ZeroDivisionError
        return claim(*about, **more)

    monkeypatch.setattr(sending, "claim_next", fails)
    queue(40)
    before = connections()

    with pytest.raises(ZeroDivisionError):
        services.send_due()

    assert states() == ["sent"] * 40
    assert connections() == before


@many
@pytest.mark.parametrize(("due", "threads"), [(0, 0), (24, 0), (25, 1), (60, 2), (200, 3)])
def test_few_messages_are_worth_no_thread(queue, monkeypatch, due, threads):
    monkeypatch.setattr(sending, "WORTH_IT", 25)
    queue(due)

    assert sending._helpers("email") == threads


@many
@pytest.mark.logs_errors
def test_what_breaks_in_a_row_takes_back_nothing_but_itself(queue, settings, monkeypatch):
    settings.SENDERS = 1
    third = queue(5)[2]
    letter = sending._letter

    def fails(known, parcel, with_it):
        if parcel.delivery.pk == third.pk:
            raise ValueError
        return letter(known, parcel, with_it)

    monkeypatch.setattr(sending, "_letter", fails)

    assert services.send_due() == 4
    assert states() == ["sent"] * 4 + ["waiting"]
    assert Delivery.objects.get(state="waiting", tries=1).pk == third.pk


@many
def test_the_last_of_a_row_stands_once_the_next_is_claimed(queue, settings, monkeypatch):
    """Whoever is killed while sending one has marked all that left before."""
    settings.SENDERS = 1
    queue(3)
    seen = []
    monkeypatch.setattr(Email, "send", lambda self, letter: seen.append(elsewhere(states)))

    assert services.send_due() == 3
    assert [found.count("sent") for found in seen] == [0, 1, 2]


def elsewhere(ask):
    """The answer that another connection gets."""
    found = []

    def work():
        found.append(ask())
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


# -- one go for the server --------------------------------------------------------------------------
class Line(SMTP):
    """A server that says what is written down here."""

    def __init__(self, replies, *, pipelining=True):
        super().__init__()
        self.replies, self.said = list(replies), []
        self.helo_resp = self.ehlo_resp = b"here"
        self.does_esmtp, self.esmtp_features = True, {"pipelining": ""} if pipelining else {}

    def send(self, s):
        self.said.append(s if isinstance(s, bytes) else s.encode())

    def getreply(self):
        return self.replies.pop(0), b"-"


def carry(line, raw=b"To: x\r\n\r\n.one\r\ntwo\r\n"):
    backend = EmailBackend()
    backend.connection = line
    Email(backend).send(Letter("wren@example.org", "-", "-", raw=raw))
    return line.said


ENVELOPE = b"MAIL FROM:<hello@localhost>\r\nRCPT TO:<wren@example.org>\r\nDATA\r\n"


def test_a_mail_is_said_in_two_goes():
    assert carry(Line([250, 250, 354, 250])) == [ENVELOPE, b"To: x\r\n\r\n..one\r\ntwo\r\n.\r\n"]


def test_a_server_that_takes_one_line_at_a_time_gets_one_line_at_a_time():
    said = carry(Line([250, 250, 354, 250], pipelining=False))

    assert b"".join(said).lower() == ENVELOPE.lower() + b"to: x\r\n\r\n..one\r\ntwo\r\n.\r\n"
    assert len(said) == 4


@pytest.mark.parametrize(
    ("replies", "problem", "said"),
    [
        ([550, 503, 503], SMTPSenderRefused, []),
        ([250, 550, 554], SMTPRecipientsRefused, []),
        ([250, 550, 354, 554], SMTPRecipientsRefused, [b".\r\n"]),
        ([250, 250, 451], SMTPDataError, []),
        ([250, 250, 354, 552], SMTPDataError, [b"To: x\r\n\r\n..one\r\ntwo\r\n.\r\n"]),
    ],
)
def test_what_the_server_refuses_is_not_sent(replies, problem, said):
    line = Line(replies)

    with pytest.raises(problem):
        carry(line)

    assert line.said == [ENVELOPE, *said]
    assert line.replies == []
