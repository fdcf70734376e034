"""Several senders at once: each mail leaves once."""

import threading
from datetime import time

import pytest
from django.core import mail
from django.db import connection

from notices import services
from notices.models import Delivery
from notices.services import claiming
from tests.factories import DeliveryFactory, OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)
MIDNIGHT = time(0)  # no quiet hours: these tests run by night too


def race(times, work):
    """Run `work` in real threads with real connections, started together."""
    gate = threading.Barrier(times)

    def one():
        try:
            gate.wait()
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_four_senders_send_each_mail_once(subject):
    OrganisationFactory()
    DeliveryFactory.create_batch(40, notice__user__quiet_from=MIDNIGHT, notice__user__quiet_to=MIDNIGHT)

    race(4, services.send_due)

    assert len(mail.outbox) == 40
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_canary_without_the_claim_mails_leave_twice(subject, monkeypatch):
    OrganisationFactory()
    DeliveryFactory.create_batch(40, notice__user__quiet_from=MIDNIGHT, notice__user__quiet_to=MIDNIGHT)
    monkeypatch.setattr(claiming, "NEXT", claiming.NEXT.replace("FOR UPDATE SKIP LOCKED", ""))

    race(4, services.send_due)

    assert len(mail.outbox) > 40
