"""The roll: who came, who told us, who was away."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Membership
from groups.services import ask_fit
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions.models import GroupSession, Seat
from sessions.services.seats import lock_session
from sessions.words import when_words

SESSIONS_BEFORE_FIT = 3
VISITS = [Membership.State.VISITING.value, Membership.State.VISITED.value]


class TooEarly(Refused):
    """Nobody can have come yet."""


class NotOnTheRoll(Refused):
    """Somebody who neither belongs nor had a seat."""


@dataclass(frozen=True)
class RollLine:
    """One person on the roll: the name in this group, whether it is a visit, what they answered, what was marked."""

    user_id: int
    key: UUID
    name: str
    has_left: bool
    visits: bool
    seat: Seat | None

    @property
    def came(self) -> str:
        return self.seat.came if self.seat else ""

    @property
    def said(self) -> str:
        """What the person answered, in two words."""
        if self.has_left:
            return _("Left the group")
        if self.visits:
            return _("Visiting: comes once to see")
        if self.seat is None or self.seat.answered_at is None:
            return _("No answer")
        return {"going": _("Said yes"), "declined": _("Said no")}.get(self.seat.state, _("Was in line"))


def roll_of(session: GroupSession) -> list[RollLine]:
    """Members by name: those who belonged by the end of the session, and who had a seat and left since, or visited."""
    seats = {seat.user_id: seat for seat in session.seats.all()}
    found: dict[int, RollLine] = {}
    belonged, visited = Q(joined_at__isnull=False), Q(state__in=VISITS) | Q(state="requested", decided_at__isnull=False)
    people = Membership.objects.filter(belonged | visited, group=session.group_id, role=Membership.Role.MEMBER)
    for membership in people.order_by("created_at", "pk"):  # who came back counts as now
        seat = seats.get(membership.user_id)
        if _is_on_the_roll(membership, session, seat):
            found[membership.user_id] = RollLine(
                membership.user_id,
                membership.public_id,
                membership.called,
                has_left=membership.joined_at is not None and not membership.belongs,
                visits=membership.joined_at is None,
                seat=seat,
            )
    return sorted(found.values(), key=lambda line: line.name.casefold())


@transaction.atomic
def keep_attendance(actor: User, *, session: GroupSession, marks: Mapping[int, str]) -> GroupSession:
    """Write down who came: `marks` by the person's key is "came", "apologies", "away" or "" (nothing said).

    Who is not in `marks` stays as they are. Saved after the end it also says that the session was held.
    A mark never moves a seat. Raises NotAllowed, TooEarly, NotOnTheRoll.
    """
    session = lock_session(session)
    ensure(actor, "attendance.keep", session)
    _ensure_can_be_marked(session)
    if not set(marks) <= {line.user_id for line in roll_of(session)}:
        raise NotOnTheRoll(_("Somebody on this list is not in the group. Open the page again"))
    _write(actor, session, marks)
    if session.is_over and session.state == GroupSession.State.SCHEDULED:
        session.state = GroupSession.State.HELD
        session.held_at, session.held_by = timezone.now(), actor
        session.save()
    audit.record(actor, "attendance.keep", session)
    ask_fit(group=session.group, people=_came_often(session))
    return session


def _came_often(session: GroupSession) -> list[int]:
    """Those who came to this session, and with it to three of the group or more."""
    here = session.seats.filter(came=Seat.Came.CAME).values("user")
    came = Seat.objects.filter(session__group=session.group_id, came=Seat.Came.CAME, user__in=here)
    often = came.order_by().values("user").annotate(times=Count("pk")).filter(times__gte=SESSIONS_BEFORE_FIT)
    return list(often.values_list("user", flat=True))


def _is_on_the_roll(membership: Membership, session: GroupSession, seat: Seat | None) -> bool:
    had_seat = seat is not None and (seat.state == Seat.State.GOING or bool(seat.came))
    if membership.joined_at is None:
        return had_seat and (membership.decided_at or membership.created_at) < session.ends_at
    return had_seat or (membership.belongs and membership.joined_at < session.ends_at)


def _ensure_can_be_marked(session: GroupSession) -> None:
    if session.is_cancelled:
        raise TooEarly(_("This session is cancelled, so nobody came"))
    if not session.can_be_marked:
        raise TooEarly(_("You can say who came from %(when)s on") % {"when": when_words(session.opens_at)})


def _write(actor: User, session: GroupSession, marks: Mapping[int, str]) -> None:
    """One statement for all. Who has no seat yet gets a row without an answer."""
    now = timezone.now()
    rows = [
        Seat(
            session=session,
            user_id=user_id,
            state=Seat.State.DECLINED,
            answered_at=None,
            came=came,
            marked_by=actor,
            marked_at=now,
        )
        for user_id, came in sorted(marks.items())
    ]
    Seat.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "user"],
        update_fields=["came", "marked_by", "marked_at"],
    )
