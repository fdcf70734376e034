"""Asks again, just before a message leaves, whether it still may: people leave, choose and move in between."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic

from django.db import transaction
from django.utils import timezone

from notices.channels import NOT_LISTED, Channel
from notices.mail import sender
from notices.models import Delivery, Notice
from notices.registry import Ids, Topic, names, topic
from notices.services.claiming import beside, get_ready
from notices.services.places import ALL, our_share
from people.models import User

log = logging.getLogger(__name__)

AHEAD = 200  # rows that are asked about at once
GOOD_FOR = 1.0  # seconds that an answer may be old


@dataclass
class Parcel:
    """A row of the outbox and what is known of it. `may` is None where it is asked while the row is held."""

    delivery: Delivery
    refused: str = ""
    may: bool | None = None
    found: Ids = field(default_factory=dict)

    @property
    def ids(self) -> Ids:
        """What its topic is given: what was told, and what was looked up for many at once."""
        return {**self.notice.ids, **self.found} if self.notice else {}

    @property
    def notice(self) -> Notice | None:
        return self.delivery.notice

    @property
    def is_discreet(self) -> bool:
        return self.notice is None or self.notice.user.discreet

    @property
    def shares(self) -> bool:
        """Whether it may stand in one mail with others. What failed once is tried alone, and so is what is urgent."""
        subject = self.subject
        fit = subject is not None and not subject.alone and not subject.essential
        return fit and not self.delivery.urgent and not self.delivery.tries

    @property
    def subject(self) -> Topic | None:
        """None for a letter to an address, and for a topic that nobody declared."""
        return topic(self.notice.topic) if self.notice and self.notice.topic in names() else None


class Round:
    """What a sender knows about the next messages: asked for all of them at once, and soon asked again."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.left, self.is_over, self.is_away = 0, False, False  # how many left; whether nothing more can, and why
        self.goes_on = False  # whether the transaction of the last one is still to be ended
        self.parcels: dict[int, Parcel] = {}
        self.asked_at = float("-inf")
        self._sender, self.share = "", ALL
        get_ready()

    @property
    def sender(self) -> str:
        self._sender = self._sender or sender()
        return self._sender

    def parcel(self, pk: int) -> Parcel:
        """The one with this id, which we hold, by answers that are a second old at most."""
        is_old = monotonic() - self.asked_at > GOOD_FOR
        if is_old:
            self.share = our_share()
        if is_old or pk not in self.parcels:
            self.asked_at, self._sender = monotonic(), ""
            self.parcels = self._ask(pk)
        return self.parcels[pk]

    def beside(self, parcel: Parcel) -> list[Parcel]:
        """What else waits for the same person and may share a mail with it."""
        if not parcel.shares or parcel.notice is None:
            return []
        user = parcel.notice.user_id
        others = (other for other in self.parcels.values() if other.notice and other.notice.user_id == user)
        return [other for other in others if other is not parcel and other.shares]

    def why_not(self, parcel: Parcel) -> str:
        """Why it may not leave any more, in a word; "" while it may."""
        notice, delivery = parcel.notice, parcel.delivery
        if notice is None:
            return "" if self.channel.may_go_to(delivery.address) else NOT_LISTED
        if not notice.user.is_active:
            return Delivery.Dropped.OVER
        if parcel.refused:
            return parcel.refused
        if not self.channel.may_go_to(notice.user.email):
            return NOT_LISTED
        return _why_not_now(topic(notice.topic), notice.user, parcel)

    def _ask(self, pk: int) -> dict[int, Parcel]:
        due = Delivery.objects.next_in(self.channel.name).of_share(*self.share)
        near = dict(due.values_list("pk", "notice__user")[:AHEAD])
        rows = {pk: None} | near
        if pk not in near:
            rows[pk] = Delivery.objects.filter(pk=pk).values_list("notice__user", flat=True).get()
        also = beside({user for user in rows.values() if user}, self.channel.name)
        found = Delivery.objects.filter(pk__in={*rows, *also}).select_related("notice__user").order_by("send_at", "pk")
        parcels = {delivery.pk: Parcel(delivery) for delivery in found}
        self._ask_people(parcels.values())
        _ask_topics(parcels.values())
        return parcels

    def _ask_people(self, parcels: Iterable[Parcel]) -> None:
        """Safe contact, what they switched off, addresses that do not work."""
        for area, group in _grouped(parcels, by_area=True).items():
            users = {parcel.notice.user_id for parcel in group if parcel.notice}
            refused = self.channel.refusals(users, area)
            for parcel in group:
                parcel.refused = refused.get(parcel.notice.user_id, "") if parcel.notice else ""


def _ask_topics(parcels: Iterable[Parcel]) -> None:
    for group in _grouped(parcels, by_area=False).values():
        try:
            with transaction.atomic():
                _ask_topic(group)
        except Exception as problem:  # noqa: BLE001  # each is asked for itself then, and fails for itself
            log.info("a topic could not answer for many at once (%s)", type(problem).__name__)


def _why_not_now(subject: Topic, user: User, parcel: Parcel) -> str:
    if subject.useful_until and subject.useful_until(parcel.ids, user) <= timezone.now():
        return Delivery.Dropped.LATE
    may = subject.may(user, parcel.ids) if parcel.may is None else parcel.may
    return "" if may else Delivery.Dropped.OVER


def _grouped(parcels: Iterable[Parcel], *, by_area: bool) -> dict[str, list[Parcel]]:
    """By what they can be asked about together: their area, or what exactly they tell."""
    groups: dict[str, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        subject, notice = parcel.subject, parcel.notice
        if subject and notice:
            area = "" if subject.essential else subject.area
            groups[area if by_area else f"{subject.name} {json.dumps(notice.ids, sort_keys=True)}"].append(parcel)
    return groups


def _ask_topic(parcels: list[Parcel]) -> None:
    """One question each for all who are told the same thing."""
    notice, subject = parcels[0].notice, parcels[0].subject
    assert notice is not None
    assert subject is not None
    users: list[User] = [parcel.notice.user for parcel in parcels if parcel.notice]
    may = subject.may_all(users, notice.ids) if subject.may_all else None
    found = subject.look_up(users, notice.ids) if subject.look_up else {}
    for parcel, user in zip(parcels, users, strict=True):
        parcel.may = None if may is None else user.pk in may
        parcel.found = found.get(user.pk, {})
