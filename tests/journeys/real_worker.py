"""A Celery worker and a mail server of their own, for the tests that want real ones."""

import os
import socket
import subprocess
import sys
import time
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from aiosmtpd.controller import Controller
from celery import Celery
from django.conf import settings
from django.db import connection

PATIENCE = 30  # seconds until we give a worker up


class Sink:
    """Keeps every message as it came over the wire."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):
        self.messages.append((envelope.rcpt_tos, envelope.content))
        return "250 kept"


@pytest.fixture
def smtp():
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        sink.port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    yield sink
    controller.stop()


def own_database(url):
    """The address of this run's test database, with the role that `url` names."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path="/" + quote(connection.settings_dict["NAME"])))


def own_broker():
    """A numbered Valkey database of our own: other workers of the suite do not take our tasks."""
    number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    return urlunsplit(urlsplit(settings.CELERY_BROKER_URL)._replace(path=f"/{number}"))


@pytest.fixture
def worker(smtp, tmp_path):
    """`ask(task)` sends a task by name to a worker process of its own."""
    env = os.environ | {
        "DATABASE_URL": own_database(os.environ["DATABASE_URL"]),
        "REDIS_URL": own_broker(),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}",
    }
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "peerhub", "worker", "--pool", "solo", "-l", "info"]
    with log.open("w") as lines:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=lines, stderr=lines)
    app = Celery(broker=own_broker())
    yield app.send_task
    process.terminate()
    process.wait(PATIENCE)
    text = log.read_text()
    assert "Traceback" not in text, text[-3000:]
    assert "canary" not in text


def until(done):
    """Look again and again until it is so."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := done():
            return found
        time.sleep(0.1)
    pytest.fail("the worker did not do it in time")
