#!/usr/bin/env python3
"""Everything you do with PeerHub from a bare checkout. Needs nothing but Python.

python3 dev.py demo [--port 8000] [--fresh]   the whole app with demo data, on servers of its own
python3 dev.py test [pytest arguments]        the whole test suite, on throwaway servers
python3 dev.py check [--fast]                 lint, format, types, contracts, migrations, tests
python3 dev.py manage COMMAND ...             a management command against the demo's data
python3 dev.py bench NAME                     one benchmark against its targets
python3 dev.py setup                          only the libraries, in .venv (or in PEERHUB_VENV)
"""

import sys

if not (3, 11) <= sys.version_info < (3, 14):
    sys.exit(f"PeerHub needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.")

import hashlib
import importlib.util
import os
import platform
import subprocess
import tomllib
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("PEERHUB_VENV") or ROOT / ".venv").absolute()
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
UV = BIN / ("uv.exe" if os.name == "nt" else "uv")
STAMP = VENV / ".peerhub-setup"
COMMANDS = {
    "demo": ["-m", "peerhub.supervisor", "demo"],
    "test": ["-m", "pytest"],
    "check": ["-m", "peerhub.quality"],
    "manage": ["-m", "peerhub.supervisor", "manage"],
    "bench": ["-m", "bench"],
}
# One process more than processors: some tests wait for a browser or a worker while the others reckon. `loadgroup`
# hands them out one by one, where `load` gives each process a part of all to begin with.
WHOLE_SUITE = ["-n", str(min((os.cpu_count() or 1) + 1, 4)), "--dist", "loadgroup"]


def main() -> None:
    command, rest = (sys.argv[1:2] or ["help"])[0], sys.argv[2:]
    if command != "setup" and command not in COMMANDS:
        sys.exit(__doc__)
    set_up()
    if command != "setup":
        become([*COMMANDS[command], *(rest or (WHOLE_SUITE if command == "test" else []))])


def set_up() -> None:
    """Make the virtual environment hold exactly what the lock says; at once when it does already."""
    if is_set_up():
        return
    try:
        VENV.parent.mkdir(parents=True, exist_ok=True)
        with alone(VENV.with_name(VENV.name + ".lock")):
            if not is_set_up():
                print(f"Setting up PeerHub's libraries in {VENV}. This happens once.", flush=True)
                make_venv()
                install_the_lock()
                STAMP.write_text(wanted(), encoding="utf-8")
    except OSError as problem:
        sys.exit(f"PeerHub could not write its libraries to {VENV}: {problem.strerror or problem}.")
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start goes on with the set-up.")


def become(arguments: list[str]) -> None:
    """Go on as the virtual environment's Python, so that signals reach the real thing."""
    os.chdir(ROOT)
    line = [str(PYTHON), *arguments]
    if os.name == "nt":
        sys.exit(subprocess.call(line))
    os.execv(line[0], line)  # noqa: S606


def is_set_up() -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted()


def wanted() -> str:
    lock = hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()
    return f"python {platform.python_version()}\nuv.lock {lock}\n"


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One set-up at a time; a second one waits for the first."""
    try:
        import fcntl  # noqa: PLC0415  # not on Windows
    except ImportError:
        yield
        return
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work; waiting for it.", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_venv() -> None:
    """A virtual environment of this Python with uv in it; one of another Python or half a one is replaced."""
    config = VENV / "pyvenv.cfg"
    made_by = config.read_text(encoding="utf-8").splitlines() if config.exists() else []
    if PYTHON.exists() and UV.exists() and f"version = {platform.python_version()}" in made_by:
        return
    has_pip = importlib.util.find_spec("pip") is not None  # then a second one would only cost time
    try:
        venv.create(VENV, with_pip=not has_pip, clear=True, symlinks=os.name != "nt")
    except (subprocess.CalledProcessError, ImportError):
        sys.exit("Python's venv module is not complete here. On Debian and Ubuntu: apt install python3-venv")
    install_uv([sys.executable, "-m", "pip", "--python", str(PYTHON)] if has_pip else [str(PYTHON), "-m", "pip"])


def install_uv(pip: list[str]) -> None:
    """uv brings the rest; its own version and hashes stand in the lock, too."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    uv = next(package for package in lock["package"] if package["name"] == "uv")
    hashes = " ".join(f"--hash={wheel['hash']}" for wheel in uv["wheels"])
    requirement = VENV / "uv.txt"
    requirement.write_text(f"uv=={uv['version']} {hashes}\n", encoding="utf-8")
    quiet = ["--quiet", "--no-input", "--retries=2", "--disable-pip-version-check"]
    fetch([*pip, "install", *quiet, "--only-binary=:all:", "--require-hashes", "-r", str(requirement)])


def install_the_lock() -> None:
    fetch([str(UV), "sync", "--quiet", "--frozen", "--inexact", "--group", "dev", "--python", str(PYTHON)])


def fetch(command: list[str]) -> None:
    env = os.environ | {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never"}
    env.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        why = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1].strip()
        sys.exit(f"PeerHub could not fetch its libraries. Is this computer connected to the internet? ({why})")


if __name__ == "__main__":
    main()
