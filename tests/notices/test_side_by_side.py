"""Several processes that send at once: each mail leaves once, one that breaks stops no other, and not all may begin.

Threads stand for the processes here, as each has a connection of its own; real ones are killed in tests/faults.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import time
from smtplib import SMTP, SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from time import sleep

import pytest
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, transaction

from notices import channels, services
from notices.channels import Away, Email, Letter
from notices.models import Delivery
from notices.services import checking, claiming, places, sending
from tests.factories import DeliveryFactory, OrganisationFactory

many = pytest.mark.django_db(transaction=True)
MIDNIGHT = time(0)  # no quiet hours: these tests run by night too
FOUR = 4


@pytest.fixture
def woken(monkeypatch):
    """The tasks that others were called with."""
    calls = []
    monkeypatch.setattr(sending, "wake", calls.append)
    return calls


@pytest.fixture
def queue(subject, settings, woken):
    """So many due messages, and room for four who send."""
    settings.SENDERS = FOUR
    OrganisationFactory()
    return lambda number: DeliveryFactory.create_batch(
        number, notice__user__quiet_from=MIDNIGHT, notice__user__quiet_to=MIDNIGHT
    )


@pytest.fixture
def senders(monkeypatch):
    """The channels of those who send, once all of them are at work."""
    made, gate = [], threading.Barrier(FOUR, timeout=30)

    class Watched(Email):
        def __init__(self):
            super().__init__()
            self.opened = 0
            made.append(self)

        def open(self):
            self.opened += 1
            if self.opened == 1:
                gate.wait()
            self.breaks()
            super().open()

        def breaks(self):
            pass

    monkeypatch.setattr(channels, "CHANNELS", [channels.InApp, Watched])
    return made


def at_once(number=FOUR):
    """What each of so many got back, or what broke it."""
    with ThreadPoolExecutor(number) as threads:
        work = [threads.submit(one_task) for _ in range(number)]
        return [done.exception() or done.result() for done in work]


def one_task():
    try:
        return services.send_due()
    finally:
        connection.close()


def places_taken():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [places.OURS],
        )
        return cursor.fetchone()[0]


def states():
    return sorted(Delivery.objects.values_list("state", flat=True))


@many
def test_four_at_once_send_each_mail_once_and_leave_no_place_taken(queue, senders):
    queue(40)

    assert sum(at_once()) == 40

    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 40
    assert states() == ["sent"] * 40
    assert len(senders) == FOUR
    assert places_taken() == 0


@many
def test_canary_without_the_claim_mails_leave_twice(queue, monkeypatch):
    monkeypatch.setattr(Email, "open", lambda self: sleep(0.02))
    monkeypatch.setattr(claiming, "NEXT", claiming.NEXT.replace("FOR UPDATE SKIP LOCKED", ""))
    queue(40)

    at_once()

    assert len(mail.outbox) > 40


@many
def test_a_fifth_finds_no_place_and_goes_away(queue, senders, monkeypatch):
    """What piles up in the broker while much is due comes to nothing."""
    refused = []

    def breaks(sender):
        if sender is senders[0] and not refused:
            refused.append(elsewhere(services.send_due))

    monkeypatch.setattr(channels.CHANNELS[1], "breaks", breaks)
    queue(40)

    assert sum(at_once()) == 40
    assert refused == [0]


@many
def test_who_sends_beside_others_looks_at_other_messages(queue, settings, monkeypatch):
    """Asking about the same ones twice would be for nothing. What is urgent is everybody's."""
    queue(40)
    with places.a_place() as is_ours:
        assert is_ours
        shares = elsewhere(shares_with_a_place), places.our_share()
    due = Delivery.objects.next_in("email")
    halves = [set(due.of_share(*share).values_list("pk", flat=True)) for share in shares]

    assert shares == (places.Share(2, 1), places.Share(1, 0))
    assert halves[1] == {row.pk for row in due}
    assert halves[0] == {row.pk for row in due if row.pk % 2 == 1}

    Delivery.objects.filter(pk=min(halves[1] - halves[0])).update(urgent=True)
    assert due.of_share(2, 1).count() == len(halves[0]) + 1


def shares_with_a_place():
    with places.a_place():
        return places.our_share()


@many
def test_nothing_is_left_to_a_sender_who_is_gone(queue, monkeypatch):
    """Alone again, we take theirs as well, at once."""
    monkeypatch.setattr(checking, "our_share", lambda: places.Share(2, 1))
    queue(9)

    assert services.send_due() == 9


@many
def test_one_broken_connection_holds_up_nobody(queue, senders, monkeypatch):
    def breaks(sender):
        if sender is senders[0]:
            raise Away("ConnectionRefusedError")

    monkeypatch.setattr(channels.CHANNELS[1], "breaks", breaks)
    queue(40)

    assert sum(at_once()) >= 39
    assert services.send_one(checking.Round(Email())) in {None, 1}  # what the broken one held is free again
    assert states() == ["sent"] * 40
    assert set(Delivery.objects.values_list("tries", flat=True)) == {0}


@many
def test_a_sender_that_fails_stops_no_other_and_is_told(queue, senders, monkeypatch):
    """A fault of ours is no reason to be silent, and leaves no place taken."""
    claim, failed, one_by_one = sending.claim_next, [], threading.Lock()

    def fails(*about, **more):
        with one_by_one:  # two may come here at once
            if not failed:
                failed.append(threading.current_thread())
        if failed[0] is threading.current_thread():
            raise ZeroDivisionError
        return claim(*about, **more)

    monkeypatch.setattr(sending, "claim_next", fails)
    monkeypatch.setattr(channels.CHANNELS[1], "open", Email.open)
    queue(40)

    results = at_once()

    assert [type(one) for one in results].count(ZeroDivisionError) == 1
    assert states() == ["sent"] * 40
    assert places_taken() == 0


@many
@pytest.mark.parametrize(("due", "places_there", "calls"), [(0, 2, 0), (24, 2, 0), (25, 2, 1), (60, 2, 1), (60, 1, 0)])
def test_another_is_called_where_much_is_due(queue, settings, woken, due, places_there, calls):
    settings.SENDERS = places_there
    queue(due)

    assert services.send_due() == due
    assert woken == ["notices.tasks.send_due"] * calls


@many
def test_what_came_while_the_last_place_was_taken_does_not_wait(queue, settings, woken, monkeypatch):
    """Its own task found no place, and who held it had looked for the last time."""
    settings.SENDERS = 1
    claim = sending.claim_next

    def looks_and_then_one_comes(*about, **more):
        found = claim(*about, **more)
        if found is None:
            monkeypatch.setattr(sending, "claim_next", claim)
            elsewhere(lambda: queue(1))
            assert elsewhere(services.send_due) == 0
        return found

    monkeypatch.setattr(sending, "claim_next", looks_and_then_one_comes)

    assert services.send_due() == 0
    assert woken == ["notices.tasks.send_due"]
    assert services.send_due() == 1


@many
def test_what_another_holds_calls_nobody(queue, settings, woken):
    """Whoever is called would find nothing, and call the next."""
    settings.SENDERS = 1
    held = queue(1)[0]

    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=held.pk)
        sent = elsewhere(services.send_due)

    assert (sent, woken) == (0, [])


@many
def test_where_the_server_is_away_the_clock_is_waited_for(queue, settings, woken, monkeypatch):
    def away(channel):
        raise Away("ConnectionRefusedError")

    monkeypatch.setattr(Email, "open", away)
    queue(3)

    assert services.send_due() == 0
    assert (states(), woken) == (["waiting"] * 3, [])


@many
def test_a_turn_ends_and_the_rest_follows_at_once(queue, settings, woken, monkeypatch):
    settings.SENDERS = 1
    monkeypatch.setattr(sending, "TURN", 0.0)
    queue(3)

    assert services.send_due() == 0
    assert woken == ["notices.tasks.send_due"]


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
