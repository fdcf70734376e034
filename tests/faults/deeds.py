"""What a forked worker does, the steps at which it can be killed, and the mistakes that must be found.

Runs in a process of its own. The product knows nothing of this: steps are heard from outside.
"""

import os
import signal
from collections import Counter
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep, time
from uuid import uuid4

from celery import current_app
from django.conf import settings
from django.db import close_old_connections, connection
from django.template.loader import get_template
from django.test import Client
from django.utils import timezone

import checkins.tasks
import notices.tasks
import sessions.tasks
from checkins.models import CheckIn
from checkins.services import asking
from notices import mail, registry, services
from notices.channels import Email
from notices.services import claiming, sending
from people.models import User

# A step: this was just said to the database, or the transaction in which it was said has ended.
SAID = {
    "the due are claimed": "WITH due AS MATERIALIZED",
    "rows are made": "INSERT INTO checkins_checkin",
    "rhythms have moved on": "UPDATE checkins_rhythm",
    "the untold are claimed": '"told_at" IS NULL',
    "notices are made": "INSERT INTO notices_notice",
    "mails are queued": "INSERT INTO notices_delivery",
    "rows are marked as told": 'UPDATE "checkins_checkin"',
    "a mail is claimed and marked": "UPDATE notices_delivery AS row SET state = 'sent'",
}
ENDED = {
    "the rows stand": SAID["rows are made"],
    "the mails stand": SAID["mails are queued"],
    "the mark of a mail stands": SAID["a mail is claimed and marked"],
}
# A step: this was just done. `open` is asked before each mail and connects at the first.
TAKEN = "the server has taken it"
DONE = {"connected": "open", TAKEN: "send"}
# In the order in which a worker comes to them; what stands, stands for the next one as well.
STEPS = [
    "the due are claimed",
    "rows are made",
    "rhythms have moved on",
    "the rows stand",
    "the untold are claimed",
    "notices are made",
    "mails are queued",
    "rows are marked as told",
    "the mails stand",
    "a mail is claimed and marked",
    "connected",
    TAKEN,
    "the mark of a mail stands",
]


class Killer:
    """kill -9 at the n-th time that a step is reached."""

    def __init__(self, step, left):
        self.left, self.heard_it, self.words = left, False, ENDED.get(step) or SAID.get(step)
        if self.words:
            connection.execute_wrappers.append(self.hear)
        if step in SAID:
            self.hear_of = self.strike
        elif step in ENDED:
            self.hear_of = self.note
            follow(connection, "commit", lambda: self.heard_it and self.strike())
        elif step:
            follow(Email, DONE[step], self.strike)

    def hear(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if self.words in sql:
            self.hear_of()
        return result

    def note(self):
        self.heard_it = True

    def strike(self):
        self.left, self.heard_it = self.left - 1, False
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def follow(thing, name, then):
    """After each call of this, also do that."""
    before = getattr(thing, name)

    def both(*args, **more):
        result = before(*args, **more)
        then()
        return result

    setattr(thing, name, both)


# -- work ---------------------------------------------------------------------------------------
def ask():
    return checkins.tasks.ask_due()


def send():
    return notices.tasks.send_due()


def remind():
    return sessions.tasks.remind()


def tell(topic, users, key):
    """Tell these people about something of the tests."""
    return len(services.tell(User.objects.filter(pk__in=users), topic, key))


def pages(visits):
    """Visit each and count the answers by status. `visits`: session key, address, what is posted or None."""
    counts = Counter()
    for key, address, posted in visits:
        client = Client(raise_request_exception=False, SERVER_NAME=settings.SITE_HOST)
        if key:
            client.cookies["sessionid"] = key
        answer = client.get(address) if posted is None else client.post(address, posted)
        counts[answer.status_code] += 1
        if answer.status_code >= 500:
            counts[f"{answer.status_code} {address}"] += 1
    return dict(counts)


def look(key, address, seen, seconds):
    """Look at a page again and again, as a web process that goes on whatever happens; write each answer down."""
    client = Client(raise_request_exception=False, SERVER_NAME=settings.SITE_HOST)
    client.cookies["sessionid"] = key
    end = monotonic() + seconds
    statuses = []
    while monotonic() < end and not (503 in statuses and statuses[-3:] == [200] * 3):
        close_old_connections()  # as at the beginning of each request; the test client leaves it out
        statuses.append(client.get(address).status_code)
        with Path(seen).open("a") as lines:
            lines.write(f"{statuses[-1]} {time()}\n")
        sleep(0.1)


def broker(url):
    """From now on tasks are sent there."""
    current_app.conf.broker_url = settings.CELERY_BROKER_URL = url


DEEDS = {"ask": ask, "send": send, "remind": remind, "pages": pages, "broker": broker, "tell": tell, "look": look}


# -- topics that break, for mails that must not hold up others ------------------------------------
def _raises(*_args):
    raise RuntimeError("poison")


def warm_up():
    """What a worker has read and made before its first task, so that each of many does not do it again."""
    User.objects.none()
    for name in ("notices/mail/discreet.txt", "notices/mail/discreet.html", "500.html"):
        get_template(name)
    with suppress(Exception):
        current_app.connection_for_write().default_channel  # noqa: B018  # imports what talks to the broker


def declare_topics():
    def topic(name, **changes):
        plain = {"may": lambda user, ids: True, "line": lambda ids, user: "A line", "link": lambda ids, user: "/home/"}
        registry.declare(registry.Topic(name=name, template="notices/mail/discreet", **plain | changes))

    topic("fault.plain")
    topic("fault.may", may=_raises)
    topic("fault.link", link=_raises)
    topic("fault.line", line=_raises, context=_raises)
    topic("fault.header", subject=lambda ids, user: "one\nBcc: everybody@example.org", link=_raises)
    topic("fault.until", useful_until=_raises)
    topic("fault.all", may_all=_raises)


# -- mistakes: with each of them a test must go red ----------------------------------------------
def mark_before_sending():
    """The mark stands before the mail has left."""
    follow(sending, "claim_next", _end_transaction)


def _end_transaction():
    connection.connection.commit()


def another_identity_each_time():
    mail.message_id = lambda delivery: f"<{uuid4()}@example.org>"


def mark_before_telling():
    tell = asking.tell

    def marked_first(*args, **more):
        CheckIn.objects.filter(told_at=None).update(told_at=timezone.now())
        _end_transaction()
        return tell(*args, **more)

    asking.tell = marked_first


def claim_without_a_lock():
    claiming.NEXT = claiming.NEXT.replace("FOR UPDATE SKIP LOCKED", "")


def an_absent_server_counts_as_a_try():
    Email.open = lambda self: None
    sending._is_of_the_line = lambda problem: False


def one_breaks_all():
    """What breaks is not caught."""

    def carry(known):
        claimed = sending.claim_next(known.channel.name)
        return None if claimed is None else sending._carry(known, known.parcel(claimed.pk))

    sending._carry_next = carry


def no_patience_with_a_busy_server():
    sending.PATIENCE = sending.TRIES


MISTAKES = {
    deed.__name__: deed
    for deed in (
        mark_before_sending,
        another_identity_each_time,
        mark_before_telling,
        claim_without_a_lock,
        an_absent_server_counts_as_a_try,
        one_breaks_all,
        no_patience_with_a_busy_server,
    )
}
