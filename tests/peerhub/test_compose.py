"""docker-compose.yml without Docker: its shape, and each of its commands under production settings."""

import os
import re
import shutil
import subprocess
import sys
import time

import psycopg
import pytest
import yaml

from docker import prepare
from peerhub.embedded import Services
from peerhub.embedded.folder import ROOT, throwaway_folder
from peerhub.embedded.postgres import PostgreSQL, binaries
from peerhub.embedded.server import free_port

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = ("migrate", "web", "worker", "beat")


class Bare(PostgreSQL):
    """A cluster in which nobody has made our roles yet."""

    def _make_roles(self):
        pass


@pytest.fixture(scope="module")
def folder():
    folder = throwaway_folder().take()
    yield folder
    folder.leave()
    shutil.rmtree(folder.path)


# -- its shape ------------------------------------------------------------------------------------
def test_every_service_is_locked_down():
    for name, service in COMPOSE["services"].items():
        assert (name, service["read_only"], service["cap_drop"]) == (name, True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "healthcheck" in service


def test_nobody_but_the_proxy_beside_it_reaches_in():
    ports = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}

    assert ports == {"web": ["127.0.0.1:8000:8000"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [COMPOSE["services"][name]["networks"] for name in ("db", "broker")] == [["inside"], ["inside"]]


def test_only_the_migration_gets_the_owner_of_the_tables():
    holders = [name for name, service in COMPOSE["services"].items() if "database_owner_url" in service["secrets"]]

    assert holders == ["migrate"]


def test_every_secret_is_made_and_given_as_a_file():
    made = {name: {"file": f"docker/secrets/{name}"} for name in prepare.contents("memory://")}

    assert COMPOSE["secrets"] == made


def test_whatever_can_be_set_can_be_set_here():
    rows = (line for line in (ROOT / "docs" / "running.md").read_text().splitlines() if line.startswith("| `"))
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]{3,})`", row.split("|")[1])}
    named = COMPOSE["services"]["web"]["environment"].keys() | COMPOSE["services"]["migrate"]["environment"].keys()
    given = named | {name.removesuffix("_FILE") for name in named}

    assert len(documented) > 20
    assert documented - given == {"ALLOWED_HOSTS", "WEB_BIND"}  # the site's own host, and the place behind the proxy


def test_secrets_are_made_once_and_stay_in_a_closed_folder(tmp_path):
    prepare.write(tmp_path / "secrets", {"secret_key": "words"})

    with pytest.raises(FileExistsError):
        prepare.write(tmp_path / "secrets", {"secret_key": "others"})
    assert (tmp_path / "secrets" / "secret_key").read_text() == "words"
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("there", ["docker/secrets/secret_key", ".env"])
def test_preparing_changes_nothing_where_somebody_prepared_before(tmp_path, monkeypatch, there):
    monkeypatch.setattr(prepare, "FOLDER", tmp_path / "docker")
    (tmp_path / there).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "docker").mkdir(exist_ok=True)
    (tmp_path / there).write_text("theirs")

    with pytest.raises(SystemExit, match=r"is there already\. Nothing was changed"):
        prepare.main(["https://groups.example.org", "hello@example.org", "memory://"])

    assert [path.read_text() for path in tmp_path.rglob("*") if path.is_file()] == ["theirs"]


# -- its commands ---------------------------------------------------------------------------------
def test_its_commands_do_their_work_under_production_settings(tmp_path):
    services, servers = Services(throwaway_folder().take()), {}
    services.start(servers)
    secrets = prepare.contents("smtp://mail.example.org:587?tls=1") | {
        "database_url": servers["DATABASE_URL"],
        "database_owner_url": servers["DATABASE_OWNER_URL"],
        "redis_url": servers["REDIS_URL"],
    }
    prepare.write(tmp_path / "secrets", secrets)
    running = {}
    try:
        migration = start("migrate", tmp_path)
        assert migration.wait(60) == 0, log(tmp_path, "migrate")
        running = {name: start(name, tmp_path) for name in ("web", "worker", "beat")}

        assert [name for name in running if not becomes_healthy(name, running[name], tmp_path)] == []
    finally:
        for process in running.values():
            process.terminate()
        ended = {name: process.wait(30) for name, process in running.items()}
        services.stop()
        shutil.rmtree(services.folder.path)
    assert ended == {"web": 0, "worker": 0, "beat": 0}


def start(name, folder):
    """Run a service's own command with its own environment; only places of this computer are put in."""
    program, *arguments = (place(word, folder) for word in COMPOSE["services"][name]["command"])
    module = [] if program == "python" else ["-m", program]
    with (folder / f"{name}.log").open("w") as output:
        return subprocess.Popen(
            [sys.executable, *module, *arguments],
            cwd=ROOT, env=environment(name, folder), stdout=output, stderr=output,
        )  # fmt: skip


def environment(name, folder):
    named = COMPOSE["services"][name]["environment"]
    given = {key: place(value, folder) for key, value in named.items() if value is not None}
    (folder / "port").exists() or (folder / "port").write_text(str(free_port()))
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        **given,
        "SITE_URL": "https://groups.example.org",
        "DEFAULT_FROM_EMAIL": "hello@example.org",
        "WEB_BIND": f"127.0.0.1:{(folder / 'port').read_text()}",
        "PYTHONUNBUFFERED": "1",
    }


def place(word, folder):
    return word.replace("/run/secrets", str(folder / "secrets")).replace("/var/lib/peerhub", str(folder))


def log(folder, name):
    return (folder / f"{name}.log").read_text()


def becomes_healthy(name, process, folder, seconds=40):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if SIGNS[name](folder):
            return True
        time.sleep(0.2)
    return False


def the_web_answers(folder):
    check = COMPOSE["services"]["web"]["healthcheck"]["test"]
    assert check[:2] == ["CMD", "python"]
    line = [sys.executable, *check[2:]]
    return subprocess.run(line, cwd=ROOT, env=environment("web", folder), check=False).returncode == 0


def the_worker_is_ready(folder):
    return "ready." in log(folder, "worker")


def beat_wrote_its_schedule(folder):
    check = COMPOSE["services"]["beat"]["healthcheck"]["test"]
    return subprocess.run(["sh", "-c", place(check[1], folder)], check=False).returncode == 0


SIGNS = {"web": the_web_answers, "worker": the_worker_is_ready, "beat": beat_wrote_its_schedule}


# -- the two roles --------------------------------------------------------------------------------
def test_the_database_starts_with_an_owner_and_a_role_without_power(folder):
    server = Bare(folder, durable=False)
    server.start()
    prepare.write(folder.path / "secrets", {"database_owner_password": "own", "database_app_password": "app"})
    superuser = {"PGPASSWORD": server._password("postgres"), "PGHOST": "127.0.0.1", "PGPORT": str(server.port)}

    made = subprocess.run(
        [ROOT / "docker" / "make-roles.sh"],
        env={"PATH": f"{binaries()}:{os.environ['PATH']}", "POSTGRES_USER": "postgres", **superuser,
             "SECRETS": str(folder.path / "secrets")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    assert roles(f"postgres://peerhub_app:app@127.0.0.1:{server.port}/peerhub") == [
        ("peerhub_app", False, False, False, False),
        ("peerhub_owner", False, False, False, False),
    ]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgres://peerhub_app:wrong@127.0.0.1:{server.port}/peerhub")
    server.ask_to_stop()
    server.wait_until_stopped()


def test_the_database_takes_the_settings_it_is_given(folder):
    given = dict(part.split("=", 1) for part in COMPOSE["services"]["db"]["command"][2::2])
    given["shared_buffers"] = re.fullmatch(r"\$\{POSTGRES_SHARED_BUFFERS:-(\w+)\}", given["shared_buffers"])[1]
    server = PostgreSQL(folder, given, durable=False)
    server.start()
    try:
        with psycopg.connect(server.url("peerhub_app")) as database:
            assert {name: database.execute(f"SHOW {name}").fetchone()[0] for name in given} == given
    finally:
        server.ask_to_stop()
        server.wait_until_stopped()


def roles(url):
    with psycopg.connect(url) as database:
        return database.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
            " FROM pg_roles WHERE rolname LIKE 'peerhub%' ORDER BY rolname"
        ).fetchall()
