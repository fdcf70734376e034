"""What was told is gone before it left the house."""

from collections.abc import Iterable

from django.db import transaction

from notices.models import Delivery, Notice
from notices.services.claiming import drop
from notices.services.reading import now_read


@transaction.atomic
def withdraw(notices: Iterable[Notice]) -> int:
    """Whatever of these has not left stays here, and is no news in the app either. Returns how many mails stay.

    What has left is left alone: its reader may come because of it. One that is leaving now is waited for. Told
    again under a new key, its reader hears of it again.
    """
    waiting = Delivery.objects.filter(notice__in=[notice.pk for notice in notices], state=Delivery.State.WAITING)
    held = list(waiting.order_by("pk").select_for_update(of=("self",)).values_list("pk", "notice"))
    for delivery, _notice in held:
        drop(delivery, Delivery.Dropped.OVER)
    now_read(Notice.objects.filter(pk__in={notice for _delivery, notice in held}))
    return len(held)
