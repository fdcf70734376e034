"""How gunicorn serves PeerHub, in the demo and in production: `gunicorn --config python:peerhub.gunicorn`."""

import os
from pathlib import Path
from typing import Any

from django.db import connections
from gunicorn.glogging import Logger

from peerhub.reports import veiled

wsgi_app = "peerhub.wsgi:application"
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
# The application starts once, in the master: what keeps it from starting is said once, and then it ends.
preload_app = True
timeout = 30
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
MEMORY = Path("/dev/shm")  # noqa: S108
worker_tmp_dir = str(MEMORY) if MEMORY.is_dir() else None  # a heartbeat file on a slow disk can stall a worker
# Off in production: addresses carry signed links and say who read what. Never the sender's IP address.
accesslog = os.environ.get("WEB_ACCESS_LOG") or None
access_log_format = "%(m)s %(U)s %(s)s %(M)s ms"


class VeiledLogger(Logger):
    """Also where the log is on, it does not tell how to open a calendar, a check-in or an invitation."""

    def atoms(self, *asked: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(*asked)
        return atoms | {"U": veiled(atoms["U"] or "")}


logger_class = VeiledLogger


def when_ready(server: Any) -> None:
    """Workers open database connections of their own; the master's must not be shared by fork."""
    connections.close_all()
