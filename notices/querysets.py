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
NEWEST = 1000  # messages among which those that were tried last are looked for
TRIED, READERS = 5, 3  # so many in a row, for so many people, are no fault of a single address


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
        """Due for so long that nobody can be sending them; tried for as long on a way that is broken; or waiting for
        the morning because they did not leave in time. What single addresses refuse is none of it.
        """
        in_vain = Q(tries__gte=TRIED_LONG)
        if not self.all_are_refused():
            in_vain &= Q(trouble__startswith=self.model.WAY)
        held_up = Q(send_at__lt=timezone.now() - since) | Q(trouble=self.model.HELD_UP) | in_vain
        return self.filter(held_up, state="waiting")

    def tried_again(self) -> "DeliveryQuerySet":
        """Not taken at the first try: each waits for its next."""
        return self.filter(state="waiting", tries__gt=0)

    def all_are_refused(self) -> bool:
        """Whether the newest that were tried were refused, each of them and for several people."""
        newest = self.order_by("-pk").values("pk")[:NEWEST]
        tried = self.filter(Q(state="sent") | Q(state__in=["waiting", "parked"], tries__gt=0), pk__in=newest)
        last = list(tried.order_by("-pk").values_list("state", "notice__user", "address")[:TRIED])
        readers = {(user, address) for _state, user, address in last}
        return len(last) == TRIED and len(readers) >= READERS and all(state != "sent" for state, *_whose in last)

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
