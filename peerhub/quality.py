"""What `python3 dev.py check` asks of the code before it may be called done."""

import argparse
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dev import WHOLE_SUITE
from peerhub.embedded import ThrowawayServices
from peerhub.embedded.folder import ROOT
from peerhub.supervisor import new_master_key

MANAGE = [sys.executable, "manage.py"]
DJANGOFMT = str(Path(sys.executable).parent / "djangofmt")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Step:
    """One question and the command that answers it."""

    name: str
    command: list[str]


ON_THE_CODE = [
    Step("lint", [sys.executable, "-m", "ruff", "check", "."]),
    Step("format", [sys.executable, "-m", "ruff", "format", "--check", "."]),
    Step("templates", [DJANGOFMT, "check", "templates"]),
    Step("types", [sys.executable, "-m", "mypy"]),
    Step("contracts", [sys.executable, "-c", LINT_IMPORTS]),
]
ON_SERVERS = [
    Step("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    Step("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]),
]
# mypy's plugin for Django reads the settings, but asks no server.
NO_SERVERS = {"DATABASE_URL": "postgres://nobody@localhost/none", "REDIS_URL": "redis://localhost"}


def check(*, fast: bool) -> int:
    """Returns the exit status. Stops at the first step that fails and shows what it said."""
    env = made_up_production()
    if not all(holds(step, NO_SERVERS | env) for step in ON_THE_CODE):
        return 1
    services = ThrowawayServices()
    try:
        services.start(env)
        if not all(holds(step, env) for step in ON_SERVERS):
            return 1
    finally:
        services.stop()
    return 0 if fast else subprocess.call([sys.executable, "-m", "pytest", *WHOLE_SUITE], cwd=ROOT)


def holds(step: Step, env: Mapping[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        step.command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    verdict = "fails" if done.returncode else "holds"
    print(f"{step.name:<12}{verdict}  {time.monotonic() - began:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def made_up_production() -> dict[str, str]:
    """An environment that production accepts. The servers' addresses are for the caller to add."""
    keep = {"PATH", "HOME", "LANG", "VIRTUAL_ENV", "SYSTEMROOT"}
    return {name: value for name, value in os.environ.items() if name in keep} | {
        "PEERHUB_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PEERHUB_MASTER_KEYS": new_master_key(),
        "SITE_URL": "https://groups.example.org",
        "EMAIL_URL": "smtp://mail.example.org:587?tls=1",
        "DEFAULT_FROM_EMAIL": "hello@example.org",
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 dev.py check", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="leave out the tests")
    return check(fast=parser.parse_args().fast)


if __name__ == "__main__":
    sys.exit(main())
