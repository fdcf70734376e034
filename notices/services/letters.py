"""Mail to an address, which may be nobody's: an invitation, a sign-in code."""

from django.db import transaction

from notices.models import Delivery
from notices.wake import wake
from people.sealed import seal


@transaction.atomic
def send_to_address(address: str, body: str) -> Delivery:
    """Queue a mail to somebody who may have no account. It goes before the others: somebody waits for it.

    The body stands sealed until it is sent and is erased then. Queued whether or not the address is
    known, so that the time an answer takes tells nothing (T9).
    """
    delivery = Delivery(address=address, urgent=True)
    seal(delivery, "body", body, owner=delivery)
    delivery.save()
    wake("notices.tasks.send_due")
    return delivery


@transaction.atomic
def send_nothing(address: str, body: str) -> Delivery:
    """Do the same work as `send_to_address` and send nothing: the answer to an address we do not know (T9).

    The body is not kept, so there is nothing that its key could open.
    """
    delivery = Delivery(address=address, urgent=True)
    seal(delivery, "body", body, owner=delivery)
    delivery.address, delivery.body, delivery.state = "", None, Delivery.State.DROPPED
    delivery.save()
    wake("notices.tasks.send_due")
    return delivery
