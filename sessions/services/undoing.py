"""Taking back the answer that somebody gave a moment ago."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from people import audit
from people.errors import Refused
from people.models import User
from sessions.models import GroupSession, Seat, Series, StandingSeat
from sessions.services.lines import seating_of
from sessions.services.offers import held_until
from sessions.services.seats import fill, hold_seat, set_answer, unsay, wait_at_the_end
from sessions.services.standing import come_every_time

WITHIN = timedelta(minutes=15)
State = Seat.State


class TooLateToUndo(Refused):
    """Others may have counted on it since."""


@dataclass(frozen=True)
class Was:
    """What somebody had said before they answered anew. `at` is when they did."""

    state: str
    queue: int | None
    standing: bool
    said: bool
    at: float

    @classmethod
    def of(cls, seat: Seat | None) -> "Was":
        now = timezone.now().timestamp()
        if seat is None:
            return cls(State.DECLINED, None, standing=False, said=False, at=now)
        return cls(seat.state, seat.queue, standing=seat.standing, said=seat.answered_at is not None, at=now)

    @property
    def holds(self) -> bool:
        return self.state != State.DECLINED

    @property
    def plain(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def undo_answer(user: User, *, session: GroupSession, was: Was) -> Seat:
    """Put back what stood before, as far as nobody else has the seat by now. Else they wait in line.

    Raises TooLateToUndo, and what `answer_seat` raises.
    """
    session, seat = hold_seat(user, session, going=was.holds)
    if timezone.now() - datetime.fromtimestamp(was.at, tz=timezone.now().tzinfo) > WITHIN:
        raise TooLateToUndo(_("This was a while ago. You can answer anew on the session’s page"))
    if was.holds:
        _hold_again(seat, was)
    elif was.said:
        set_answer(seat, State.DECLINED)
    else:
        unsay(seat)
    audit.record(user, "seat.undo", session, reason=seat.state)
    fill(session)
    seat.refresh_from_db()
    return seat


@transaction.atomic
def undo_stopping(user: User, *, series: Series) -> StandingSeat:
    """Come every time again, after having stopped a moment ago: in the old place for sessions that are made later.

    What went to others meanwhile stays theirs, so in sessions that stand already it can be a place in line.
    Later it is a new yes. Raises what `come_every_time` raises.
    """
    seat = come_every_time(user, series=series)
    before = series.standing_seats.filter(user=user, ended_at__gt=timezone.now() - WITHIN).order_by("since").first()
    if before is not None and before.since < seat.since:
        seat.since = before.since
        seat.save(update_fields=["since"])
    return seat


def _hold_again(seat: Seat, was: Was) -> None:
    """Whoever waited has their old place, which nobody else was given; a seat is theirs while it is free."""
    seating = seating_of(seat.session, asks=seat.user_id)
    if was.state == State.WAITING and was.queue == seat.queue:
        set_answer(seat, State.WAITING)
    elif was.state == State.WAITING or not seating.has_one_for(seat.user_id, queue=was.queue or 0):
        wait_at_the_end(seat, seating)
    elif was.state == State.OFFERED:
        seat.state, seat.offered_until = State.OFFERED, held_until(seat.user, seat.session)
    else:
        set_answer(seat, State.GOING)
    seat.standing = was.standing
    seat.save()
