"""The embedded servers: who may do what there, and what happens when something is killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from peerhub.embedded import MANY_DEATHS, Services
from peerhub.embedded.folder import ROOT, Folder, Occupied, throwaway_folder
from peerhub.environment import Trouble

START = """
import sys, time
from pathlib import Path
from peerhub.embedded import Services, ThrowawayServices
from peerhub.embedded.folder import Folder
services = Services(Folder(Path(sys.argv[1])).take()) if sys.argv[1:] else ThrowawayServices()
env = {}
services.start(env)
print(services.folder.path, env["DATABASE_OWNER_URL"], *(s.process.pid for s in services.servers), flush=True)
time.sleep(600)
"""
POWERS = """
SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication
FROM pg_roles WHERE rolcanlogin ORDER BY rolname
"""


@pytest.fixture
def path():
    path = throwaway_folder().path
    yield path
    Folder(path).take().leave()
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def servers():
    services, env = Services(throwaway_folder().take()), {}
    services.start(env)
    yield services, env
    services.stop()
    shutil.rmtree(services.folder.path)


def start_and_kill(*arguments):
    """Start servers in a process of their own and kill it outright. Returns what it had printed."""
    owner = subprocess.Popen([sys.executable, "-c", START, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    words = owner.stdout.readline().split()
    if arguments:
        with psycopg.connect(words[1]) as database:
            database.execute("CREATE TABLE kept AS SELECT 7 AS number")
    owner.kill()
    owner.wait()
    owner.stdout.close()
    return words[0], words[1], [int(pid) for pid in words[2:]]


def is_running(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_nobody_but_the_launcher_gets_power(servers):
    _, env = servers

    with psycopg.connect(env["DATABASE_URL"]) as database:
        user, powers = database.execute("SELECT current_user").fetchone(), database.execute(POWERS).fetchall()

    assert user == ("peerhub_app",)
    assert powers == [
        ("peerhub_app", False, False, False, False, False),
        ("peerhub_owner", False, False, True, False, False),
        ("postgres", True, True, True, True, True),
    ]


def test_the_app_cannot_make_a_table(servers):
    _, env = servers

    with psycopg.connect(env["DATABASE_URL"]) as database, pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute("CREATE TABLE mine (id int)")


def test_the_database_sorts_the_same_everywhere(servers):
    _, env = servers

    with psycopg.connect(env["DATABASE_URL"]) as database:
        provider = database.execute("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'peerhub'")

        assert provider.fetchone() == ("b", "C.UTF-8")


def test_passwords_are_for_our_eyes_only(servers):
    services, _ = servers

    assert (services.folder.path / "kept.json").stat().st_mode & 0o777 == 0o600
    assert (services.folder.path / "postgres").stat().st_mode & 0o777 == 0o700


def test_the_log_of_a_refused_row_has_none_of_its_words(servers):
    services, env = servers
    with psycopg.connect(env["DATABASE_OWNER_URL"], autocommit=True) as database:
        database.execute("CREATE TABLE words (text text CONSTRAINT words_are_short CHECK (length(text) < 3))")

        with pytest.raises(psycopg.errors.CheckViolation):
            database.execute("INSERT INTO words VALUES (%s)", ["a heavy heart"])

    log = (services.folder.path / "postgres.log").read_text()
    assert "words_are_short" in log
    assert "heart" not in log


def test_a_killed_server_comes_back_with_its_data_at_the_same_address(servers):
    services, env = servers
    with psycopg.connect(env["DATABASE_OWNER_URL"]) as database:
        database.execute("CREATE TABLE survivors AS SELECT 7 AS number")
    for server in services.servers:
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()

    sentences = services.bring_back()

    assert sentences == [
        f"{server.name} ended with status -9 and was brought back on port {server.port}" for server in services.servers
    ]
    with psycopg.connect(env["DATABASE_OWNER_URL"]) as database:
        assert database.execute("SELECT number FROM survivors").fetchall() == [(7,)]
    with redis.Redis.from_url(env["REDIS_URL"]) as broker:
        assert broker.ping() is True


def test_a_server_that_keeps_dying_is_given_up(path):
    services = Services(Folder(path).take())
    services.start({"DATABASE_URL": "postgres://theirs/db"})
    (valkey,) = services.servers
    for _ in range(MANY_DEATHS):
        valkey.process.kill()
        valkey.process.wait()
        services.bring_back()
    valkey.process.kill()
    valkey.process.wait()

    with pytest.raises(Trouble, match="valkey keeps ending"):
        services.bring_back()
    services.stop()


def test_a_second_start_is_refused(path):
    holder = Folder(path).take()

    with pytest.raises(Occupied) as refusal:
        Folder(path).take()

    assert str(refusal.value) == f"PeerHub cannot start: it is already running, with its files in {path}."
    holder.leave()


def test_after_a_killed_start_the_next_one_ends_the_orphans_and_keeps_the_data(path):
    _, url, orphans = start_and_kill(str(path))
    assert [is_running(pid) for pid in orphans] == [True, True]

    services, env = Services(Folder(path).take()), {}
    services.start(env)

    assert [is_running(pid) for pid in orphans] == [False, False]
    assert env["DATABASE_OWNER_URL"] == url
    with psycopg.connect(url) as database:
        assert database.execute("SELECT number FROM kept").fetchall() == [(7,)]
    services.stop()


def test_throwaway_servers_go_when_their_owner_is_killed():
    folder, _, orphans = start_and_kill()
    folder = Path(folder)

    deadline = time.monotonic() + 20
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.1)

    assert not folder.exists()
    assert [is_running(pid) for pid in orphans] == [False, False]


def test_servers_that_the_environment_names_are_left_alone(path):
    services, env = Services(Folder(path).take()), {"DATABASE_URL": "postgres://theirs/db", "REDIS_URL_FILE": "/theirs"}

    services.start(env)

    assert services.servers == []
    assert env == {"DATABASE_URL": "postgres://theirs/db", "REDIS_URL_FILE": "/theirs"}
    services.stop()
