"""Asks whoever is due, in a process of its own: `python -m bench.mails.asker`.

Says that it is ready, and for each line it gets how many it asked and how many seconds of processor time that took:
its own and that of its process of the database.
"""

import os
import sys
import time
from pathlib import Path

import django
from django.db import connection


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peerhub.settings")
    django.setup()
    from checkins.services import asking  # noqa: PLC0415

    asking.wake = str  # calls nobody: the other one is at it already
    asking.ask_due()  # a worker has been at work long since
    print("ready", flush=True)
    for _line in sys.stdin:
        before = worked()
        asked = asking.ask_due()
        print(asked, worked() - before, flush=True)


def worked() -> float:
    """Seconds of processor time: ours, and of the process of the database that serves us."""
    assert connection.connection is not None
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
