"""A process that forks a worker for each order it reads, as Celery's pool does: in milliseconds instead of seconds.

Each worker has its own connections to the database and the mail server, and is a process that can be killed outright.
"""

import json
import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import django
import time_machine


def prepare():
    """Read all that a worker reads before its first task; no connection is open when it forks."""
    django.setup()
    from django.conf import settings
    from django.db import connection

    for name in ("peerhub.celery", "peerhub.urls"):
        import_module(name)
    deeds = import_module("tests.faults.deeds")
    settings.EMAIL_TIMEOUT = 1
    deeds.declare_topics()
    deeds.warm_up()
    connection.close()
    return deeds


def work(deeds, order):
    with time_machine.travel(order["at"], tick=True):
        for mistake in order["mistakes"]:
            deeds.MISTAKES[mistake]()
        deeds.Killer(order["step"], order["nth"])
        return [deeds.DEEDS[deed](*values) for deed, *values in order["deeds"]]


def fork(deeds, order):
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        Path(order["result"]).write_text(json.dumps(work(deeds, order)))
        status = 0
    except BaseException:  # noqa: BLE001  # whatever it is, the tests read it in the log
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def main():
    deeds = prepare()
    answer({"ready": True})
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _pid, status = os.waitpid(order["wait"], 0)
            answer({"status": os.waitstatus_to_exitcode(status)})
        else:
            answer({"pid": fork(deeds, order)})


def answer(words):
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
