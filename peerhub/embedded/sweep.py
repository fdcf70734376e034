"""Ends throwaway servers whose owner was killed: a process that waits for the owner's end of a pipe to close."""

import shutil
import subprocess
import sys
from pathlib import Path

from peerhub.embedded.folder import ROOT, Folder

# Imports us only when there is something to sweep: most owners clean up themselves.
WAIT = """
import sys
from pathlib import Path

sys.stdin.read()
if Path(sys.argv[1]).exists():
    from peerhub.embedded.sweep import sweep

    sweep(Path(sys.argv[1]))
"""


class Sweeper:
    """Waits beside the owner of a throwaway folder and cleans up when the owner cannot."""

    def __init__(self, folder: Folder) -> None:
        command = [sys.executable, "-c", WAIT, str(folder.path)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True
        )

    def dismiss(self) -> None:
        self.process.communicate()


def sweep(path: Path) -> None:
    Folder(path).end_leftovers()
    shutil.rmtree(path, ignore_errors=True)
