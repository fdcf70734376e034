"""Servers for a benchmark, and processes of its own that say something on one line."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import django
import psutil
from django.core.management import call_command
from django.db import connection

from peerhub.embedded import ThrowawayServices
from peerhub.embedded.folder import ROOT
from peerhub.pytest_services import prepare

PATIENCE = 600
CACHE = psutil.virtual_memory().total // 4  # bytes: what docs/running.md gives the database of a large organisation


@contextmanager
def servers(**settings: str) -> Iterator[None]:
    """PostgreSQL with a quarter of this machine's memory, and Valkey; Django with `settings` as its environment."""
    services = ThrowawayServices({"shared_buffers": f"{CACHE // 2**20}MB"})
    prepare(services.folder.path)
    os.environ |= settings
    services.start(os.environ)
    try:
        django.setup()
        call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        services.stop()


def start(module: str, *more: str, env: Mapping[str, str] | None = None, out: int = subprocess.PIPE) -> Any:
    """`python -m module …`, whose lines can be read and to which lines can be written."""
    line = [sys.executable, "-W", "ignore", "-m", module, *more]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(line, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=out, stderr=quiet, text=True)  # noqa: S603


@contextmanager
def process(module: str, *more: str, env: Mapping[str, str] | None = None, out: int = subprocess.PIPE) -> Iterator[Any]:
    """The same, ended when it is needed no more."""
    started = start(module, *more, env=env, out=out)
    try:
        yield started
    finally:
        started.terminate()
        started.wait(PATIENCE)


def line(of: Any) -> str:
    return str(of.stdout.readline()).strip()


def wait_until_ready(processes: Iterable[Any]) -> None:
    for one in processes:
        assert line(one) == "ready"


def go(processes: Iterable[Any]) -> None:
    for one in processes:
        one.stdin.write("go\n")
        one.stdin.flush()


def begin(processes: Sequence[Any]) -> None:
    """All of them, once each has started."""
    wait_until_ready(processes)
    go(processes)


def memory(of: Any) -> int:
    """Bytes it holds; 0 once it has ended."""
    try:
        return int(psutil.Process(of.pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
