"""A saved page never fails because the broker is away."""

from time import monotonic

import pytest
from celery import current_app
from django.db import transaction

from notices.models import Notice
from notices.wake import wake
from tests.factories import NoticeFactory


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_is_swallowed(monkeypatch):
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(current_app.conf, "broker_read_url", "redis://127.0.0.1:1/0", raising=False)
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0", raising=False)
    current_app.pool.force_close_all()

    started = monotonic()
    with transaction.atomic():
        NoticeFactory()
        wake("notices.tasks.send_due")

    assert Notice.objects.count() == 1
    assert monotonic() - started < 1  # nobody waits for a broker that is away


@pytest.mark.django_db(transaction=True)
def test_nothing_is_woken_by_what_was_rolled_back(monkeypatch):
    woken = []
    monkeypatch.setattr("notices.wake._send", woken.append)

    with transaction.atomic():
        wake("notices.tasks.send_due")
        transaction.set_rollback(True)

    assert woken == []
