"""The commands in dev.py, run as people run them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from bench import Target
from bench.__main__ import report
from peerhub.embedded.folder import ROOT, Folder, throwaway_folder
from peerhub.embedded.server import free_port
from peerhub.supervisor import OURS, Part

SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
TWO_TESTS = """
import pytest

@pytest.mark.browser
def test_in_a_browser(): ...

def test_without_one(): ...
"""


@pytest.fixture
def home():
    path = throwaway_folder().path
    yield path
    Folder(path).take().leave()
    shutil.rmtree(path)


def environment(**more):
    """The environment of somebody who just cloned the project: nothing of this test run's."""
    return {name: value for name, value in os.environ.items() if name not in (*OURS, *SERVERS)} | more


def dev(*arguments, **more):
    return subprocess.run(
        [sys.executable, "dev.py", *arguments],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
    )


# -- setting up ---------------------------------------------------------------------------------
def test_without_a_command_it_says_what_there_is():
    done = dev()

    assert done.returncode == 1
    assert "python3 dev.py demo" in done.stderr


def test_without_a_connection_it_says_so_in_one_sentence(tmp_path):
    done = dev("setup", PEERHUB_VENV=str(tmp_path / "a venv"), PIP_NO_INDEX="1", PIP_FIND_LINKS="")

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(
        "PeerHub could not fetch its libraries. Is this computer connected to the internet? ("
    )


# -- the demo -----------------------------------------------------------------------------------
def test_a_second_demo_is_refused(home):
    first = Folder(home).take()

    done = dev("demo", PEERHUB_HOME=str(home))

    assert done.returncode == 1
    assert done.stderr == f"PeerHub cannot start: it is already running, with its files in {home}.\n"
    first.leave()


def test_a_busy_port_is_refused_with_another_one(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = dev("demo", "--port", str(port), PEERHUB_HOME=str(home))

    assert done.returncode == 1
    assert done.stderr == (
        f"PeerHub cannot start: port {port} is taken. Choose another one: python3 dev.py demo --port {port + 1}\n"
    )


def test_fresh_does_not_touch_a_server_that_is_not_its_own(home):
    done = dev(
        "demo", "--fresh", "--port", str(free_port()), PEERHUB_HOME=str(home), DATABASE_URL="postgres://theirs/db"
    )

    assert done.returncode == 1
    assert done.stderr == (
        "PeerHub cannot start: --fresh starts over on servers of its own, and DATABASE_URL names another one.\n"
    )


def test_a_demo_that_was_stopped_half_made_starts_over(home):
    folder = Folder(home).take()
    folder.replace("seed", "begun")
    (home / "postgres").write_text("half a database")
    folder.leave()

    done = dev("demo", "--port", str(free_port()), PEERHUB_HOME=str(home), REDIS_URL="nonsense")

    assert "REDIS_URL must look like redis://" in done.stdout
    assert (home / "postgres").is_dir()


def test_the_demo_opens_its_door_and_closes_it_cleanly(home):
    port, log = free_port(), home / "log"
    with log.open("w") as output:
        demo = subprocess.Popen(
            [sys.executable, "dev.py", "demo", "--port", str(port)],
            cwd=ROOT, env=environment(PEERHUB_HOME=str(home)), stdout=output, stderr=output,
        )  # fmt: skip
    try:
        wait_for(lambda: "Ctrl-C stops everything" in log.read_text() or demo.poll() is not None, seconds=240)
        with urllib.request.urlopen(f"http://localhost:{port}/") as answer:
            front = answer.status
        beside = dev("manage", "check", PEERHUB_HOME=str(home))
    finally:  # also where the machine was too slow: a demo of ours must not stay
        demo.send_signal(signal.SIGINT)
        status = demo.wait(60)

    assert status == 0
    assert front == 200
    assert (beside.returncode, beside.stderr) == (0, "")
    assert log.read_text().endswith("Stopped. The data is kept for the next start.\n")
    assert not (home / "processes").exists()
    assert not (home / "environment.json").exists()


def test_a_part_that_ends_says_why():
    part = Part("beat", ["-c", "print('no broker'); raise SystemExit(3)"], dict(os.environ))
    part.process.wait()

    assert str(part.ended()) == "beat ended with status 3. Its last words:\n  no broker"


def wait_for(there, seconds=90):
    deadline = time.monotonic() + seconds
    while not there() and time.monotonic() < deadline:
        time.sleep(0.1)


# -- the tests ----------------------------------------------------------------------------------
def run_two_tests(folder, *options, **more):
    (folder / "test_two.py").write_text(TWO_TESTS)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "peerhub.pytest_services", "-p", "no:django", "-c"]
    return subprocess.run(
        [*command, folder / "pytest.ini", *options, folder],
        cwd=ROOT, env={**os.environ, "PEERHUB_REQUIRE_BROWSER": "0", **more},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_missing_browser_is_counted_at_the_end(tmp_path):
    done = run_two_tests(tmp_path, "-n", "1", PEERHUB_CHROMIUM="/nowhere/chromium")

    *_, told, closing = done.stdout.splitlines()
    assert done.returncode == 0
    assert told == (
        "1 browser test did not run: Chromium was not found. "
        "Get one with `apt install chromium`, or name one in PEERHUB_CHROMIUM."
    )
    assert "1 passed, 1 skipped" in closing


def test_missing_browser_is_a_failure_where_it_is_required(tmp_path):
    done = run_two_tests(tmp_path, PEERHUB_CHROMIUM="/nowhere/chromium", PEERHUB_REQUIRE_BROWSER="1")

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "PEERHUB_REQUIRE_BROWSER is set, but Chromium was not found." in done.stderr


# -- the benchmarks -------------------------------------------------------------------------------
def test_a_benchmark_fails_when_one_target_misses(capsys):
    status = report([Target("first page", 21.5, "s", at_most=20), Target("mails", 40, "a second", at_least=30)])

    assert status == 1
    assert capsys.readouterr().out.splitlines() == [
        "first page: 21.5 s (target at most 20 s) misses",
        "mails: 40 a second (target at least 30 a second) holds",
        "1 of 2 targets hold",
    ]


def test_a_benchmark_that_measured_nothing_fails(capsys):
    assert report([]) == 1
    assert capsys.readouterr().out == "0 of 0 targets hold\n"
