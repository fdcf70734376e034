"""Questions about what people were told."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from notices.models import Delivery, Notice
    from people.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    """What stands in a person's list of notices."""

    def visible_to(self, user: "User") -> "NoticeQuerySet":
        return self.filter(user=user)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """The outbox."""

    def due(self) -> "DeliveryQuerySet":
        return self.filter(state="waiting", send_at__lte=timezone.now())
