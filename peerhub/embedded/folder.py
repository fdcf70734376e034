"""The folder in which one set of servers lives: its lock, what it keeps, the processes it started."""

import hashlib
import json
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from peerhub.environment import Trouble

try:
    import fcntl
except ImportError:  # Windows: nobody keeps a second start away there
    fcntl = None  # type: ignore[assignment]

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 15  # seconds a process has to end on its own


class Occupied(Trouble):
    """Another start is at work in this folder."""


class Folder:
    """Where one set of servers lives. Only one start at a time may hold it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self) -> "Folder":
        """Make the folder ours and end what a killed start left behind. Raises Occupied."""
        own(self.path)
        self._lock = (self.path / "lock").open("a+")
        try:
            if fcntl:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Occupied(f"it is already running, with its files in {self.path}.") from None
        self.end_leftovers()
        return self

    def empty(self) -> None:
        """Start over: everything goes but the lock that we hold."""
        for entry in self.path.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()

    def leave(self) -> None:
        (self.path / "processes").unlink(missing_ok=True)
        self._lock.close()

    # -- what is kept from one start to the next: passwords, keys, ports -----------------------

    def keep(self, name: str, make: Callable[[], str]) -> str:
        """The value kept under `name`; made now when there is none."""
        kept = self._kept()
        if name not in kept:
            kept[name] = make()
            self._write(kept)
        return kept[name]

    def recall(self, name: str) -> str | None:
        return self._kept().get(name)

    def replace(self, name: str, value: str) -> None:
        self._write(self._kept() | {name: value})

    def _kept(self) -> dict[str, str]:
        try:
            kept: dict[str, str] = json.loads((self.path / "kept.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return kept

    def _write(self, kept: dict[str, str]) -> None:
        write_private(self.path / "kept.json", json.dumps(kept, indent=1))

    # -- which processes are ours ----------------------------------------------------------------

    def note(self, pid: int) -> None:
        """Write a process down, so that the next start can end it if this one is killed outright."""
        with (self.path / "processes").open("a", encoding="utf-8") as file:
            file.write(f"{pid} {psutil.Process(pid).create_time()}\n")

    def end_leftovers(self) -> None:
        noted = self.path / "processes"
        lines = noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
        end([process for line in lines for process in _family(line)])
        noted.unlink(missing_ok=True)


def demo_folder() -> Folder:
    """The demo's own folder; PEERHUB_HOME may move it."""
    moved = os.environ.get("PEERHUB_HOME")
    return Folder(Path(moved).absolute() if moved else base() / "demo")


def throwaway_folder() -> Folder:
    parent = base() if is_root() else Path(tempfile.gettempdir())
    return Folder(own(parent / f"peerhub-{secrets.token_hex(6)}"))


def base() -> Path:
    """Where folders stand. PostgreSQL refuses root, and root's own places are closed to others."""
    if not is_root():
        return ROOT / ".local"
    tag = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
    return own(Path("/var/tmp") / f"peerhub-root-{tag}")  # noqa: S108  # own() refuses a foreign one


def own(path: Path) -> Path:
    """Make `path`, which the servers' account may pass but not list; refuse one that somebody else made."""
    try:
        if not path.exists():
            path.mkdir(parents=True)
            path.chmod(0o711 if is_root() else 0o700)
        owner = path.lstat().st_uid
    except OSError as problem:
        raise Trouble(f"it cannot keep its files in {path} ({problem.strerror}).") from None
    if hasattr(os, "geteuid") and owner != os.geteuid():
        raise Trouble(f"{path} belongs to another account.")
    return path


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(0o600)
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def end(processes: list[psutil.Process]) -> None:
    """Ask each to end, wait, and end for good those that do not."""
    for process in processes:
        _ask(process)
    deadline = time.monotonic() + PATIENCE
    while any(_is_alive(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in processes:
        if _is_alive(process):
            process.kill()


def _family(line: str) -> list[psutil.Process]:
    """The noted process and its children, if that number is still the same process."""
    try:
        pid, created = line.split()
        process = psutil.Process(int(pid))
        if abs(process.create_time() - float(created)) < 1:
            return [process, *process.children(recursive=True)]
    except (ValueError, psutil.Error):
        pass
    return []


def _ask(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every connection to leave.
        process.terminate() if os.name == "nt" else process.send_signal(signal.SIGINT)


def _is_alive(process: psutil.Process) -> bool:
    """Whether it still does anything: in a container without an init, ended orphans stay as zombies."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
