"""Sending the week's question: one Celery task a member, django-post-office, and ours, into the same sink in one run.

What ours does besides, and they do not: it asks for each mail whether it may still leave, holds the row while it
sends, and marks each one by itself, so that whoever is killed loses nothing.
"""

import os
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery
from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from bench import Target, copies
from bench.processes import PATIENCE, begin, line, memory, process, servers, start
from peerhub.embedded.folder import ROOT

TASKS, MAILS, ROUNDS = 800, 3_000, 3  # of each, so often: the best counts
MANY = int(os.environ.get("BENCH_MAILS", "20000"))  # of issue 5: 100000, which takes a quarter of an hour here
SENDERS, OTHERS_THREADS = 2, 5  # our processes that send, and the threads of each of theirs: as each has them by itself
FIRST = 1_000_000
BY_TASKS, BY_POST_OFFICE, GROWTH = 10, 1.5, 1.05  # promised in issue 5
Measured = tuple[float, float]  # mails a second, and milliseconds of processor time a mail
PERSON = {"id": f"{FIRST} + n", "email": "'p' || n || '@example.org'", "quiet_from": "'00:00'", "quiet_to": "'00:00'"}
SEAT = {"id": f"{FIRST} + n", "user_id": f"{FIRST} + n", "alias": "'P' || n"}
ASKED = {"id": f"{FIRST} + n", "user_id": f"{FIRST} + n"}
OTHERS = """
INSERT INTO post_office_email (from_email, "to", cc, bcc, subject, message, html_message, status, priority, created,
    last_updated, backend_alias, number_of_retries, expires_at, message_id)
SELECT 'hello@example.org', 'p' || n || '@example.org', '', '', 'A message for you', %(text)s, %(html)s, 2, 2, now(),
    now(), '', 0, NULL, NULL FROM generate_series(1, %(many)s) AS n
"""


def run() -> Iterator[Target]:
    with process("bench.mails.sink") as sink:
        port = line(sink)
        with servers(EMAIL_URL=f"smtp://127.0.0.1:{port}", PEERHUB_SENDERS=str(SENDERS)):
            _fill(max(MANY, MAILS))
            yield from _targets(int(port))


def _targets(port: int) -> Iterator[Target]:
    with _post_office() as env:
        rounds = [_round(port, env) for _number in range(ROUNDS)]
    best = [max(measured) for measured in zip(*rounds, strict=True)]
    (tasks, _), (their_one, their_cpu), (their_two, _), (one, cpu), (two, _) = best
    print(f"mails a second: {tasks:,.0f} by a task each (2 processes), "
          f"{their_one:,.0f} and {their_two:,.0f} by django-post-office (1 and 2 processes, {OTHERS_THREADS} threads), "
          f"{one:,.0f} and {two:,.0f} by ours (1 and 2 processes)")  # fmt: skip
    print(
        f"processor time a mail, without the database: {their_cpu:.2f} ms by django-post-office, {cpu:.2f} ms by ours"
    )
    yield Target("ours by one task a member, 2 processes each", two / tasks, "times", at_least=BY_TASKS)
    if their_one:
        yield Target("ours by django-post-office, as each ships", two / their_one, "times", at_least=BY_POST_OFFICE)
    yield from _memory(port)


def _round(port: int, env: dict[str, str]) -> list[Measured]:
    """Each way once, one after the other: what else this machine does meets all of them alike."""
    return [
        (_by_tasks(port), 0.0),
        *((_by_post_office(port, processes, env) if env else (0.0, 0.0)) for processes in (1, 2)),
        *(_ours(port, processes) for processes in (1, 2)),
    ]


def _memory(port: int) -> Iterator[Target]:
    """What a sender holds after a tenth of many mails, after half of them and after all."""
    _queue(MANY)
    marks, held, now = [MANY * 9 // 10, MANY // 2, 0], [], 0
    with process("bench.mails.sender", "ours") as sender:
        begin([sender])
        while sender.poll() is None:
            now = memory(sender) or now
            while marks and _waiting() <= marks[0]:
                held.append(now)
                marks.pop(0)
            time.sleep(0.5)
    came, seconds = _count(port)
    assert came == MANY, f"{came:,} mails and not {MANY:,}"
    words = ", ".join(f"{size / 2**20:.1f}" for size in (*held, now)[:3])
    print(
        f"{MANY:,} mails in {seconds:.0f} s by one process, which held {words} MB after a tenth, half and all of them"
    )
    yield Target(f"memory after {MANY:,} mails by that after a tenth of them", now / held[0], "times", at_most=GROWTH)


# -- who sends --------------------------------------------------------------------------------
def _by_tasks(port: int) -> float:
    week = str(apps.get_model("checkins", "CheckIn").objects.latest("pk").week)
    sender = Celery(broker=os.environ["REDIS_URL"])
    for number in range(TASKS):
        sender.send_task("bench.mails.each.ask", [FIRST + 1 + number, week])
    with process("celery", "-A", "bench.mails.each", "worker", "-c", "2", "-l", "warning", out=subprocess.DEVNULL):
        while (came := _peek(port)) < TASKS:
            time.sleep(0.2)
        assert came == TASKS, f"{came:,} mails"
    return _rate(port, TASKS)


@contextmanager
def _post_office() -> Iterator[dict[str, str]]:
    """The environment in which django-post-office is found. Empty where it cannot be installed."""
    with tempfile.TemporaryDirectory() as place:
        env = os.environ | {"PYTHONPATH": place, "DJANGO_SETTINGS_MODULE": "bench.mails.post_office"}
        if _install(place):
            manage = [sys.executable, "-W", "ignore", "manage.py", "migrate", "post_office", "-v", "0"]
            subprocess.run(manage, cwd=ROOT, env=env, check=True)  # noqa: S603
            yield env
        else:
            print("django-post-office could not be installed here: it is left out")
            yield {}


def _by_post_office(port: int, processes: int, env: dict[str, str]) -> Measured:
    letter = _letter()
    with import_string("peerhub.roles.as_owner")(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE post_office_email CASCADE")
        cursor.execute(OTHERS, {"text": letter.text, "html": letter.html, "many": MAILS})
    with process("bench.mails.sender", "post_office", str(processes), env=env) as other:
        begin([other])
        seconds = float(line(other))
    return _rate(port, MAILS), seconds / MAILS * 1000


def _install(place: str) -> bool:
    uv = [sys.executable, "-m", "uv"]
    chosen = subprocess.run(  # noqa: S603
        [*uv, "export", "--quiet", "--frozen", "--only-group", "bench", "--no-hashes"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    into = [*uv, "pip", "install", "--quiet", "--no-deps", "--target", place, "-r", "-"]
    return subprocess.run(into, input=chosen.stdout, text=True, check=False).returncode == 0  # noqa: S603


def _ours(port: int, processes: int) -> Measured:
    _queue(MAILS)
    senders = [start("bench.mails.sender", "ours") for _ in range(processes)]
    begin(senders)
    seconds = sum(float(line(sender)) for sender in senders)
    for sender in senders:
        sender.wait(PATIENCE)
    return _rate(port, MAILS), seconds / MAILS * 1000


# -- the sink -----------------------------------------------------------------------------------
def _rate(port: int, mails: int) -> float:
    came, seconds = _count(port)
    assert came == mails, f"{came:,} mails and not {mails:,}"
    return came / seconds


def _count(port: int) -> tuple[int, float]:
    with smtplib.SMTP("127.0.0.1", port) as line:
        _code, words = line.docmd("COUNT")
    came, seconds = words.split()
    return int(came), float(seconds)


def _peek(port: int) -> int:
    with smtplib.SMTP("127.0.0.1", port) as line:
        return int(line.docmd("PEEK")[1])


# -- the people -------------------------------------------------------------------------------------
def _fill(people: int) -> None:
    """One person in a group who was asked how the week was, and as many copies as there are mails."""
    user, group, asked = (apps.get_model(name) for name in ("people.User", "groups.Group", "checkins.CheckIn"))
    now = timezone.now()
    person = user.objects.create_user(email="first@example.org")
    names = {"slug": "first", "name": "First", "purpose": "-"}
    made = group.objects.create(**names, state="open", opened_at=now, created_by=person)
    made.memberships.create(user=person, alias="P", state="active", joined_at=now)
    monday = import_string("people.local_time.monday")(now.date())
    asked.objects.create(user=person, week=monday, prompt="-", asked_at=now, told_at=now)
    apps.get_model("people.Organisation").objects.get_or_create(pk=1)
    numbers = f"generate_series(1, {people}) AS n"
    for model, own in ((user, PERSON), (type(made.memberships.first()), SEAT), (asked, ASKED)):
        table = model._meta.db_table
        _run(f"ALTER TABLE {table} DISABLE TRIGGER USER", copies(model, numbers, own),
             f"ALTER TABLE {table} ENABLE TRIGGER USER")  # fmt: skip


def _queue(mails: int) -> None:
    """As the clock does: everybody is told, a thousand at a time."""
    user, tell = apps.get_model("people.User"), import_string("notices.services.tell")
    week = apps.get_model("checkins.CheckIn").objects.latest("pk").week.isoformat()
    _run("TRUNCATE notices_notice, notices_delivery")
    for first in range(FIRST + 1, FIRST + 1 + mails, 1000):
        users = user.objects.filter(pk__range=(first, min(first + 999, FIRST + mails))).order_by("pk")
        tell(list(users), "checkin.ask", f"check-in {week}", week=week)
    assert _waiting() == mails
    _run()


def _waiting() -> int:
    return int(apps.get_model("notices.Delivery").objects.filter(state="waiting").count())


def _letter() -> Any:
    """The same words as ours."""
    _queue(1)
    delivery = apps.get_model("notices.Delivery").objects.select_related("notice__user").get()
    return import_string("notices.mail.letter_for")(delivery)


def _run(*commands: str) -> None:
    """As the owner, with fresh statistics afterwards."""
    with import_string("peerhub.roles.as_owner")(), connection.cursor() as cursor:
        for command in commands:
            cursor.execute(command)
        cursor.execute("VACUUM ANALYZE")
