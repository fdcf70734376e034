"""The roll: who came, who told us, who was away, who left early. Or how many there were, and no names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Membership
from groups.policies import runs
from groups.services import ask_fit
from people import audit
from people.errors import Refused
from people.models import User
from people.policy import ensure
from sessions import signals
from sessions.models import GroupSession, Guest, GuestSeat, Seat
from sessions.querysets import HERE
from sessions.services.seats import lock_session
from sessions.words import when_words

SESSIONS_BEFORE_FIT = 3
MOST_HEADS = 500
VISITS = [Membership.State.VISITING.value, Membership.State.VISITED.value]


class TooEarly(Refused):
    """Nobody can have come yet."""


class NotOnTheRoll(Refused):
    """Somebody who neither belongs nor had a seat."""


class TooManyHeads(Refused):
    """No room holds so many."""


@dataclass(frozen=True)
class RollLine:
    """One person on the roll: the name in this group, whether it is a visit, what they answered, what was marked.

    A guest has no `user_id`: nobody with an account, but a name that those who run the group keep.
    """

    user_id: int | None
    key: UUID
    name: str = field(repr=False)
    has_left: bool = False
    visits: bool = False
    seat: Seat | None = None
    guest: Guest | None = None
    guest_came: str = ""

    @property
    def came(self) -> str:
        return self.seat.came if self.seat else self.guest_came

    @property
    def is_expected(self) -> bool:
        return self.seat is not None and self.seat.state == Seat.State.GOING

    @property
    def said(self) -> str:
        """What the person answered, in two words."""
        if self.guest is not None:
            return _("Guest, without an account")
        if self.has_left:
            return _("Left the group")
        if self.visits:
            return _("Visiting: comes once to see")
        if self.seat is None or self.seat.answered_at is None:
            return _("No answer")
        return {"going": _("Said yes"), "declined": _("Said no")}.get(self.seat.state, _("Was in line"))


def roll_of(session: GroupSession) -> list[RollLine]:
    """Members by name, then guests.

    Members are those who belonged by the end of the session, who had a seat and left since, or visited.
    Guests are the regular ones, and those who came to this session.
    """
    by_name = [sorted(part, key=lambda line: line.name.casefold()) for part in (_members(session), _guests(session))]
    return by_name[0] + by_name[1]


def roll_for(reader: User, session: GroupSession) -> list[RollLine]:
    """What somebody who leads it may see of the roll: all of it for those who run the group.

    Who steps in from outside sees those who said that they come, or were marked, and never the members list.
    """
    roll = roll_of(session)
    return roll if runs(reader, session.group) else [line for line in roll if line.came or line.is_expected]


def prefill(roll: Iterable[RollLine]) -> dict[UUID, str]:
    """What the answers say of those who are not marked: yes is "came", no is "apologies". No answer says nothing.

    Only what a form begins with: nobody is marked by it.
    """
    said = {Seat.State.GOING.value: Seat.Came.CAME.value, Seat.State.DECLINED.value: Seat.Came.APOLOGIES.value}
    seats = {line.key: line.seat for line in roll if line.seat and not line.came and line.seat.answered_at}
    return {key: said[seat.state] for key, seat in seats.items() if seat.state in said}


@transaction.atomic
def keep_attendance(
    actor: User,
    *,
    session: GroupSession,
    marks: Mapping[int, str] | None = None,
    guests: Mapping[int, str] | None = None,
    headcount: int | None = None,
) -> GroupSession:
    """Write down who came: `marks` by the person's key is a value of Seat.Came, or "" (nothing said).

    `guests` is the same by the guest's key. Who is in neither stays as they are. A `headcount` instead
    erases every mark there was: how many came, and no names. Saved after the end it also says that the
    session was held. A mark never moves a seat. Raises NotAllowed, TooEarly, NotOnTheRoll, TooManyHeads.
    """
    session = lock_session(session)
    ensure(actor, "attendance.keep", session)
    ensure_can_be_marked(session)
    if headcount is None:
        _keep_names(actor, session, marks or {}, guests or {})
    else:
        _keep_count(session, headcount)
    if session.is_over and session.state == GroupSession.State.SCHEDULED:
        session.state = GroupSession.State.HELD
        session.held_at, session.held_by = timezone.now(), actor
    session.save()
    audit.record(actor, "attendance.keep", session, reason="" if headcount is None else "count")
    ask_fit(group=session.group, people=_came_often(session))
    signals.roll_kept.send(GroupSession, session=session, actor=actor)
    return session


def keep_headcount(actor: User, *, session: GroupSession, count: int) -> GroupSession:
    """Write down how many came, and forget who. Raises NotAllowed, TooEarly, TooManyHeads."""
    return keep_attendance(actor, session=session, headcount=count)


def _members(session: GroupSession) -> Iterable[RollLine]:
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
    return found.values()


def _guests(session: GroupSession) -> Iterable[RollLine]:
    for guest in Guest.objects.on_the_roll_of(session):
        yield RollLine(None, guest.public_id, guest.called or _("A guest"), guest=guest, guest_came=guest.came)


def _keep_names(actor: User, session: GroupSession, marks: Mapping[int, str], guests: Mapping[int, str]) -> None:
    roll = roll_for(actor, session)
    people, others = {line.user_id for line in roll}, {line.guest.pk for line in roll if line.guest}
    if not (set(marks) <= people and set(guests) <= others):
        raise NotOnTheRoll(_("Somebody on this list is not in the group. Open the page again"))
    _write(actor, session, marks)
    _write_guests(actor, session, guests)
    if any(marks.values()) or any(guests.values()):
        session.headcount = None


def _keep_count(session: GroupSession, count: int) -> None:
    if not 0 <= count <= MOST_HEADS:
        raise TooManyHeads(_("Write how many people came, from 0 to %(most)s") % {"most": MOST_HEADS})
    session.seats.exclude(came="").update(came="", marked_by=None, marked_at=None)
    session.guest_seats.all().delete()
    session.headcount = count


def _came_often(session: GroupSession) -> list[int]:
    """Those who came to this session, and with it to three of the group or more."""
    here = session.seats.filter(came__in=HERE).values("user")
    came = Seat.objects.filter(session__group=session.group_id, came__in=HERE, user__in=here)
    often = came.order_by().values("user").annotate(times=Count("pk")).filter(times__gte=SESSIONS_BEFORE_FIT)
    return list(often.values_list("user", flat=True))


def _is_on_the_roll(membership: Membership, session: GroupSession, seat: Seat | None) -> bool:
    had_seat = seat is not None and (seat.state == Seat.State.GOING or bool(seat.came))
    if membership.joined_at is None:
        return had_seat and (membership.decided_at or membership.created_at) < session.ends_at
    return had_seat or (membership.belongs and membership.joined_at < session.ends_at)


def ensure_can_be_marked(session: GroupSession) -> None:
    """Raises TooEarly."""
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


def _write_guests(actor: User, session: GroupSession, marks: Mapping[int, str]) -> None:
    """Nothing said of a guest is no row."""
    session.guest_seats.filter(guest__in=[guest for guest, came in marks.items() if not came]).delete()
    now = timezone.now()
    rows = [
        GuestSeat(session=session, guest_id=guest, came=came, marked_by=actor, marked_at=now)
        for guest, came in sorted(marks.items())
        if came
    ]
    GuestSeat.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["session", "guest"],
        update_fields=["came", "marked_by", "marked_at"],
    )
