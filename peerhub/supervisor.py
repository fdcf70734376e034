"""The whole of PeerHub on one computer: `python3 dev.py demo`, and `manage` for commands beside it.

Imports no Django: the servers must stand before the settings are read, so everything that reads
them is a child process.
"""

import argparse
import base64
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from types import FrameType

from peerhub.embedded import Services
from peerhub.embedded.folder import PATIENCE, ROOT, Folder, Occupied, demo_folder, write_private
from peerhub.embedded.server import is_free
from peerhub.environment import Trouble

WEB_SECONDS = 60  # how long the first answer may take before we call it a failure
WORKER_SECONDS = 8  # how long the logins wait until the worker has done what the seed asked, to stand below its log
OURS = (
    "PEERHUB_ENV",
    "SECRET_KEY",
    "PEERHUB_MASTER_KEYS",
    "SITE_URL",
    "EMAIL_URL",
    "PEERHUB_EMAIL_ALLOWLIST",
    "EMAIL_REPORTS",
    "CRISIS_LINES_FILE",
)
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Ended(Exception):
    """A part ended that should have gone on."""


class Part:
    """One child process whose log is relayed line by line, under its name."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], *, quiet: bool = False) -> None:
        self.name = name
        self.lines: deque[str] = deque(maxlen=200)
        self.spoke_at = time.monotonic()
        self.quiet = quiet
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=env, start_new_session=True,
            text=True, encoding="utf-8", errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.relay = threading.Thread(target=self._relay, daemon=True)
        self.relay.start()

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def has_settled(self) -> bool:
        """Whether a Celery worker greeted and then had nothing more to do for a second."""
        return any(line.endswith("ready.") for line in list(self.lines)) and time.monotonic() > self.spoke_at + 1

    def ended(self) -> Ended:
        self.relay.join(2)
        last = "".join(f"\n  {line}" for line in list(self.lines)[-12:])
        return Ended(f"{self.name} ended with status {self.process.returncode}. Its last words:{last}")

    def stop(self) -> None:
        """Wait for what was asked to end; end it with all its children when it does not."""
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill() if os.name == "nt" else os.killpg(self.process.pid, signal.SIGKILL)
        self.relay.join(2)

    def _relay(self) -> None:
        assert self.process.stdout
        with self.process.stdout as log:
            for line in log:
                self.lines.append(line.rstrip())
                self.spoke_at = time.monotonic()
                if not self.quiet:
                    say(f"{self.name:>8} | {line.rstrip()}")


class Demo:
    """Servers, web, worker and beat, with demo data, until somebody says stop or one of them ends."""

    def __init__(self, folder: Folder, port: int) -> None:
        self.folder = folder
        self.port = port
        self.services = Services(folder)
        self.env = environment(folder, port)
        self.parts: list[Part] = []

    def run(self) -> int:
        """Returns the exit status: 0 when somebody stopped it, 1 when it stopped by itself."""
        reason = ""
        try:
            self._start()
            self._watch()
        except KeyboardInterrupt:
            say("\nStopping.")
        except Ended as end:
            reason = f"\nPeerHub stopped: {end}"
        except Trouble as trouble:
            reason = f"\n{trouble}"
        finally:
            self._stop()
        say(reason or "Stopped. The data is kept for the next start.")
        return 1 if reason else 0

    def _start(self) -> None:
        say("Starting PostgreSQL and Valkey.")
        self.services.start(self.env)
        write_private(self.folder.path / "environment.json", json.dumps(self.env))
        say("Making the tables and the demo data.")
        self._finish("migrate", ["manage.py", "migrate", "--verbosity=0"])
        commands = programs(self.folder, self.port)
        self._begin("web", commands["web"])  # needs the tables only, and takes its time
        seed = self._seed()
        worker, _ = (self._begin(name, commands[name]) for name in ("worker", "beat"))
        if not self._wait_until(lambda: answers(self.port), WEB_SECONDS):
            raise Ended(f"the web did not answer within {WEB_SECONDS} s.")
        self._wait_until(worker.has_settled, WORKER_SECONDS)
        say("\n".join(["", *seed.lines, "", f"PeerHub: {self.env['SITE_URL']}/", *self._hints()]))

    def _seed(self) -> Part:
        """Remembers that it began: half made data of a stopped start is good for nothing."""
        if self.folder.recall("seed") != "done":
            self.folder.replace("seed", "begun")
        seed = self._finish("seed", ["manage.py", "seed_demo", "--skip-checks"], quiet=True)
        self.folder.replace("seed", "done")
        return seed

    def _hints(self) -> list[str]:
        return [f"Its mail: {self.env['SITE_URL']}/demo/mailbox/", "Ctrl-C stops everything. The data is kept.", ""]

    def _begin(self, name: str, command: list[str], *, quiet: bool = False) -> Part:
        part = Part(name, command, self.env, quiet=quiet)
        self.parts.append(part)
        self.folder.note(part.process.pid)
        return part

    def _finish(self, name: str, command: list[str], *, quiet: bool = False) -> Part:
        """Run a part that ends by itself."""
        part = self._begin(name, command, quiet=quiet)
        status = part.process.wait()
        part.relay.join()
        self.parts.remove(part)
        if status:
            raise part.ended()
        return part

    def _wait_until(self, ready: Callable[[], bool], seconds: int) -> bool:
        deadline = time.monotonic() + seconds
        while not ready():
            self._look()
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def _watch(self) -> None:
        while True:
            self._look()
            time.sleep(0.3)

    def _look(self) -> None:
        for sentence in self.services.bring_back():
            say(f"  server | {sentence}")
        for part in self.parts:
            if part.has_ended():
                raise part.ended()

    def _stop(self) -> None:
        ignore_signals()  # impatience must not leave anything running
        (self.folder.path / "environment.json").unlink(missing_ok=True)
        for part in self.parts:
            if not part.has_ended():
                part.process.terminate()
        for part in self.parts:
            part.stop()
        self.services.stop()


def programs(folder: Folder, port: int) -> dict[str, list[str]]:
    """What runs for as long as the demo does."""
    windows = os.name == "nt"
    web = ["-m", "gunicorn", "--config", "python:peerhub.gunicorn"]
    celery = ["-W", "ignore:You're running the worker", "-m", "celery", "--app", "peerhub", "--quiet"]
    pool = ["--pool", "solo"] if windows else ["--concurrency", "2"]
    schedule = str(folder.path / "beat")
    return {
        "web": ["manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"] if windows else web,
        "worker": [*celery, "worker", "--loglevel", "info", "--without-gossip", "--without-mingle", *pool],
        "beat": [*celery, "beat", "--loglevel", "info", "--pidfile=", "--schedule", schedule],
    }


def environment(folder: Folder, port: int) -> dict[str, str]:
    """The demo's settings. Its keys are made once and kept: without them its data could not be read."""
    env = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in OURS}
    mail = folder.path / "mail"
    mail.mkdir(mode=0o700, exist_ok=True)
    return {"STAFF_MFA_REQUIRED": "0", "WEB_ACCESS_LOG": "-"} | env | {
        "PEERHUB_ENV": "demo",
        "SECRET_KEY": folder.keep("secret key", lambda: secrets.token_urlsafe(50)),
        "PEERHUB_MASTER_KEYS": folder.keep("master keys", new_master_key),
        "SITE_URL": f"http://localhost:{port}",
        "WEB_BIND": f"127.0.0.1:{port}",
        "EMAIL_URL": mail.as_uri(),
        "CRISIS_LINES_FILE": str(folder.path / "crisis-lines.json"),
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip


def new_master_key() -> str:
    return f"1:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


def answers(port: int) -> bool:
    """Whether the web says that it is alive."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def demo(port: int, *, fresh: bool) -> int:
    folder = demo_folder().take()
    if not is_free(port):
        raise Trouble(f"port {port} is taken. Choose another one: python3 dev.py demo --port {port + 1}")
    theirs = os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE")
    if fresh and theirs:
        raise Trouble("--fresh starts over on servers of its own, and DATABASE_URL names another one.")
    if fresh or (folder.recall("seed") == "begun" and not theirs):
        folder.empty()
    return Demo(folder, port).run()


def manage(arguments: list[str]) -> int:
    """A management command against the demo's servers; they are started for it when the demo is not running."""
    folder = demo_folder()
    try:
        folder.take()
    except Occupied:
        return _manage(arguments, _environment_of_the_running_demo(folder.path))
    services, env = Services(folder), environment(folder, 8000)
    try:
        services.start(env)
        return _manage(arguments, env)
    finally:
        services.stop()


def _manage(arguments: list[str], env: dict[str, str]) -> int:
    child = subprocess.Popen([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # Ctrl-C reached the command, too: it decides
            continue


def _environment_of_the_running_demo(path: Path) -> dict[str, str]:
    try:
        env: dict[str, str] = json.loads((path / "environment.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Trouble("the demo is just starting or stopping. Try again in a moment.") from None
    return env


def say(line: str) -> None:
    try:
        sys.stdout.write(f"{line}\n")  # in one piece: several parts speak at once
        sys.stdout.flush()
    except OSError:  # the terminal is gone; so will we be, in order
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def stop_on_signals() -> None:
    """Every way of asking us to stop is Ctrl-C, once. SIGINT too: a shell starts `cmd &` with it ignored."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise KeyboardInterrupt

    for each in SIGNALS:
        if each == signal.SIGINT or signal.getsignal(each) != signal.SIG_IGN:  # nohup means it
            signal.signal(each, stop)


def ignore_signals() -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["manage"]:
        return manage(arguments[1:])
    parser = argparse.ArgumentParser(prog="python3 dev.py demo", description="PeerHub with demo data.")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--fresh", action="store_true", help="forget the demo's data and start over")
    options = parser.parse_args(arguments[1:])
    stop_on_signals()
    return demo(options.port, fresh=options.fresh)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
