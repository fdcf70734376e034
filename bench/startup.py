"""How long somebody waits for the demo: the libraries are there, the data may be."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import Target
from peerhub.embedded.folder import ROOT, base, is_root
from peerhub.embedded.server import free_port

LIMIT = 20  # seconds, promised in the README


def run() -> Iterator[Target]:
    with tempfile.TemporaryDirectory(dir=base() if is_root() else None) as home:
        Path(home).chmod(0o711)
        yield Target("first page of a fresh demo", _seconds(home), "s", at_most=LIMIT)
        yield Target("first page of a kept demo", _seconds(home), "s", at_most=LIMIT)


def _seconds(home: str) -> float:
    """From the command to the printed address: the web answers, and the logins work."""
    began = time.monotonic()
    demo = subprocess.Popen(  # noqa: S603
        [sys.executable, "dev.py", "demo", "--port", str(free_port())],
        cwd=ROOT, env=os.environ | {"PEERHUB_HOME": home}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert demo.stdout
    if not any(line.startswith("PeerHub: http") for line in demo.stdout):
        raise SystemExit(f"the demo ended with status {demo.wait()}")
    waited = time.monotonic() - began
    demo.terminate()
    demo.communicate()
    return waited
