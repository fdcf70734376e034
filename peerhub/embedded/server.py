"""What PostgreSQL and Valkey have in common when we start and stop them ourselves."""

import os
import random
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from peerhub.embedded.folder import PATIENCE, Folder
from peerhub.environment import Trouble

PORTS = range(20_000, 30_000)  # below the ports that outgoing connections are given


class Server:
    """One server process, on a port of 127.0.0.1 that its folder remembers."""

    name = ""
    stop_signal = signal.SIGTERM
    process: subprocess.Popen[bytes]

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.log = folder.path / f"{self.name}.log"

    def start(self) -> None:
        """Start on the remembered port and return when it answers."""
        self.port = self._remembered_port()
        self.launch()

    def restart(self, tries: int = 5) -> None:
        """Start again on the same port. A killed PostgreSQL needs a moment until its processes are gone."""
        for _ in range(tries - 1):
            with suppress(Trouble):
                self.launch()
                return
            time.sleep(1)
        self.launch()

    def launch(self) -> None:
        raise NotImplementedError

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if not self.has_ended():
            self.process.terminate() if os.name == "nt" else self.process.send_signal(self.stop_signal)

    def wait_until_stopped(self) -> None:
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def spawn(self, command: list[Path | str], **options: Any) -> None:
        """Start the process in a session of its own: Ctrl-C reaches the launcher, which stops it in order."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **options)
        self.folder.note(self.process.pid)

    def wait_until(self, ready: Any, seconds: int = 30) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if self.has_ended():
                raise Trouble(f"{self.name} ended with status {self.process.returncode}. {self.last_words()}")
            if time.monotonic() > deadline:
                raise Trouble(f"{self.name} was not ready after {seconds} s. {self.last_words()}")
            time.sleep(0.03)

    def last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "Its last words:\n" + "\n".join(lines[-8:])

    def _remembered_port(self) -> int:
        """The same port as last time where it is free, so that the address stays the same."""
        port = int(self.folder.keep(f"{self.name} port", lambda: str(free_port())))
        if not is_free(port):
            port = free_port()
            self.folder.replace(f"{self.name} port", str(port))
        return port


def free_port() -> int:
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name != "nt":  # there it would let two servers share a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
