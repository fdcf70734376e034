"""Visits that are over: somebody came once to see, and decides now."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from groups.models import Membership
from groups.services import end_visit
from sessions.models import Seat
from sessions.querysets import HERE, SeatQuerySet

ROLL_KEPT_WITHIN = timedelta(hours=24)  # until then a roll that nobody kept may still say that they did not come


def end_visits() -> int:
    """End the visits whose session is over, each in a transaction of its own. Returns how many.

    Once the roll says that they came, else a day after the end. A session that was cancelled, or that
    they did not come to, leaves them their visit. Safe to run twice and late.
    """
    visits = Membership.objects.filter(state=Membership.State.VISITING).filter(Exists(_seats_that_are_over()))
    return sum(end_visit(None, membership=visit).came_once for visit in visits.order_by("pk"))


def _seats_that_are_over() -> SeatQuerySet:
    now = timezone.now()
    since = Coalesce(OuterRef("decided_at"), OuterRef("created_at"))
    seats = Seat.objects.filter(user=OuterRef("user"), session__group=OuterRef("group"), state=Seat.State.GOING)
    over = seats.filter(session__ends_at__gt=since, session__ends_at__lte=now).exclude(session__state="cancelled")
    return over.filter(Q(came__in=HERE) | Q(came="", session__ends_at__lte=now - ROLL_KEPT_WITHIN))
