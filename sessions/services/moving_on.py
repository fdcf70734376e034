"""Lines that move by the clock: offers that run out, and seats that were kept for newcomers until now."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from people import audit
from sessions.models import GroupSession, Seat
from sessions.services.lines import KEPT_UNTIL
from sessions.services.offers import say_it_went_on
from sessions.services.seats import fill, set_unanswered

BATCH = 500


def move_lines_on() -> int:
    """Let offers go whose time is over, and open the seats that wait for newcomers no longer.

    Each session in a transaction of its own; one that somebody holds right now waits for the next time.
    Returns how many offers ended. Safe to run twice and late.
    """
    begun = timezone.now()
    late = Seat.objects.run_out(begun).order_by().values_list("session_id", flat=True).distinct()[:BATCH]
    opened = GroupSession.objects.opened_to_all(begun, KEPT_UNTIL).values_list("pk", flat=True)[:BATCH]
    return sum(_move_on(pk, begun) for pk in sorted({*late, *opened}))


@transaction.atomic
def _move_on(pk: int, begun: datetime) -> int:
    session = GroupSession.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=pk).first()
    if session is None:
        return 0
    late = list(session.seats.run_out(begun).select_related("user").order_by("queue"))
    for seat in late:
        _end_offer(session, seat)
    to_next = len(fill(session)) >= len(late)
    for seat in late:
        if not session.is_cancelled and not session.has_begun:
            say_it_went_on(seat, to_next=to_next)
    return len(late)


def _end_offer(session: GroupSession, seat: Seat) -> None:
    """They have said nothing, so they are asked again, and their old place stays on the row: the page says why.

    While a session is cancelled nobody could answer: they wait in their place, in case it is put back.
    """
    set_unanswered(seat, Seat.State.WAITING if session.is_cancelled else Seat.State.DECLINED)
    audit.record(None, "seat.run_out", session, about=seat.user)
