"""Makes a due task prompt. Rows say what is due; this only shortens the wait until the next tick."""

import logging

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)


def wake(task: str) -> None:
    """After the commit, ask a worker to run `task` now. A broker that is away is only noted."""
    transaction.on_commit(lambda: _send(task), robust=True)


def _send(task: str) -> None:
    try:
        current_app.send_task(task, retry=False)
    except Exception as problem:  # noqa: BLE001  # a saved page must not fail because the broker is away
        log.info("the broker is away (%s); %s waits for the next tick", type(problem).__name__, task)
