"""Questions about what people were told."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, F, Min, Q
from django.utils import timezone

if TYPE_CHECKING:
    from notices.models import Delivery, MailTrouble, Notice
    from people.models import User

TRIED_LONG = 4  # tries, the first of them 21 minutes before the last


class NoticeQuerySet(models.QuerySet["Notice"]):
    """What stands in a person's list of notices."""

    def visible_to(self, user: "User") -> "NoticeQuerySet":
        return self.filter(user=user)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def newest(self) -> "NoticeQuerySet":
        return self.order_by("-created_at", "-pk")

    def how_many(self, most: int) -> int:
        """Counted up to `most` and no further."""
        return self.order_by()[:most].count()


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """The outbox."""

    def due(self) -> "DeliveryQuerySet":
        return self.filter(state="waiting", send_at__lte=timezone.now())

    def next_in(self, channel: str) -> "DeliveryQuerySet":
        """In the order in which they leave: what is urgent before all others."""
        return self.due().filter(channel=channel).order_by("-urgent", "send_at", "pk")

    def of_share(self, of: int, rest: int) -> "DeliveryQuerySet":
        """What is urgent, and of the others those that are left to one of several who send at once."""
        return self.alias(rest=F("pk") % of).filter(Q(urgent=True) | Q(rest=rest))

    def stuck(self, since: timedelta) -> "DeliveryQuerySet":
        """Due for so long that nobody can be sending them; tried for as long in vain; or waiting for the morning
        because they did not leave in time.
        """
        held_up = Q(send_at__lt=timezone.now() - since) | Q(trouble=self.model.HELD_UP) | Q(tries__gte=TRIED_LONG)
        return self.filter(held_up, state="waiting")

    def oldest_made(self) -> datetime | None:
        found: datetime | None = self.aggregate(oldest=Min("notice__created_at"))["oldest"]
        return found

    def parked(self) -> "DeliveryQuerySet":
        return self.filter(state="parked")

    def oldest_due(self) -> datetime | None:
        found: datetime | None = self.due().aggregate(oldest=Min("send_at"))["oldest"]
        return found

    def let_go(self, within: timedelta) -> dict[str, int]:
        """How many were due within this time and were dropped, by why."""
        rows = self.filter(state="dropped", send_at__gte=timezone.now() - within).order_by()
        return dict(rows.values_list("dropped_for").annotate(number=Count("pk")))


class MailTroubleQuerySet(models.QuerySet["MailTrouble"]):
    """Addresses that do not work."""

    def present(self) -> "MailTroubleQuerySet":
        """Of people who still have that address."""
        return self.filter(address=F("user__email"), user__is_active=True)

    def visible_to(self, user: "User") -> "MailTroubleQuerySet":
        """All of them to admins, to everybody else their own."""
        return self.present() if user.is_admin else self.present().filter(user=user)
