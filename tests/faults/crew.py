"""The tests' side of the forge: gives orders, waits, kills."""

import itertools
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from django.conf import settings

MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)  # when the people of these tests are asked
KILLED, WELL = -signal.SIGKILL, 0


class Crew:
    """Workers of this run's database. Each order comes a second after the one before, from Monday on."""

    def __init__(self, env, folder):
        self.folder = folder
        self.log = folder / "workers.log"
        self.numbers = itertools.count()
        with self.log.open("w") as lines:
            self.forge = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.forge"],
                cwd=settings.BASE_DIR, env=os.environ | env, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=lines,
            )  # fmt: skip
        assert self._answer() == {"ready": True}
        self.begin()

    def begin(self):
        """It is Monday again, and nobody makes mistakes."""
        self.now, self.mistakes, self.read = MONDAY, [], self.log.stat().st_size
        self.results = {}

    def start(self, *deeds, step="", nth=1, at=None):
        """Begin to work at this moment. Returns the process id."""
        self.now = at or self.now + timedelta(seconds=1)
        result = self.folder / f"{next(self.numbers)}.json"
        order = {"at": self.now.isoformat(), "step": step, "nth": nth, "mistakes": self.mistakes, "result": str(result)}
        listed = [[deed] if isinstance(deed, str) else deed for deed in deeds]
        pid = self._ask(order | {"deeds": listed})["pid"]
        self.results[pid] = result
        return pid

    def end(self, pid):
        """Wait for it. Returns how it ended."""
        return self._ask({"wait": pid})["status"]

    def do(self, *deeds, **how):
        """Work and be done. Returns what each deed gave back."""
        pid = self.start(*deeds, **how)
        assert self.end(pid) == WELL, self.words()[-3000:]
        return json.loads(self.results[pid].read_text())

    def words(self):
        """What the workers have logged since the test began."""
        return self.log.read_bytes()[self.read :].decode()

    def stop(self):
        self.forge.stdin.close()
        self.forge.wait(10)
        self.forge.stdout.close()

    def _ask(self, words):
        self.forge.stdin.write(json.dumps(words) + "\n")
        self.forge.stdin.flush()
        return self._answer()

    def _answer(self):
        line = self.forge.stdout.readline()
        assert line, self.log.read_text()[-3000:]
        return json.loads(line)
