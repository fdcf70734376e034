"""How one reader stands to one session: which of the cards of design 10 the page shows, with its facts."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from groups.models import Membership
from people.models import User
from people.words import zone_words
from sessions.models import GroupSession, Seat, StandingSeat
from sessions.services.lines import KEPT_UNTIL, Seating, seatings_of


@dataclass(frozen=True)
class Standing:
    """One question or one action, and never a dead end. `kind` names the card."""

    reader: User
    session: GroupSession
    membership: Membership | None  # nobody of the group: they lead this one session
    seat: Seat | None
    place: int  # in the line, 0 for nobody who waits
    next: GroupSession | None
    visit: GroupSession | None = None  # of somebody who comes once to see: the session they chose
    is_booked: bool = False  # leads this one, or helps to
    seating: Seating | None = None  # where seats are kept for people who come the first time
    every: StandingSeat | None = None  # comes every time
    carries_over: bool = False  # this one is cancelled, and they have a seat in the next one, too

    @property
    def kind(self) -> str:
        """The first of these that is true."""
        cards = {
            "cancelled": self.session.is_cancelled,
            "over": self.session.is_over,
            "lead": self.leads_it,
            "open": self.is_going and self.door_is_open,
            "going": self.is_going,
            "begun": self.session.has_begun,
            "offered": self.is_offered,
            "waiting": self.place > 0,
            "visit": self.visit is not None and self.visit != self.session,
            "full": self.is_full,
        }
        return next((card for card, holds in cards.items() if holds), "free")

    @property
    def card(self) -> str:
        """The template of the card at the top of the page."""
        return f"sessions/cards/{self.kind}.html"

    @property
    def runs_it(self) -> bool:
        return self.membership is not None and self.membership.runs_it

    @property
    def leads_it(self) -> bool:
        """Runs the group, or is booked for this one session alone."""
        return self.runs_it or self.is_booked

    @property
    def is_going(self) -> bool:
        return self.seat is not None and self.seat.state == Seat.State.GOING

    @property
    def is_offered(self) -> bool:
        until = self.seat.offered_until if self.seat else None
        return until is not None and until > timezone.now()

    @property
    def ran_out(self) -> bool:
        """A seat was held for them, and its time was over."""
        seat = self.seat
        return seat is not None and (seat.ran_out or (seat.state == Seat.State.OFFERED and not self.is_offered))

    @property
    def said_no(self) -> bool:
        return self.seat is not None and self.seat.said_no

    @property
    def is_full(self) -> bool:
        """New people stand in line: no seat is left for the reader, or somebody waits already."""
        capacity = self.session.capacity
        if self.seating is not None:
            return not self.seating.has_one_for(self.reader.pk)
        return capacity is not None and (self.session.going >= capacity or self.session.waiting > 0)

    @property
    def free(self) -> int | None:
        """Seats that the reader could have."""
        if self.seating is not None:
            return max(0, (self.seating.free or 0) - self.kept)
        capacity = self.session.capacity
        return None if capacity is None else max(0, capacity - self.session.going)

    @property
    def kept(self) -> int:
        """Free seats that are not for the reader, who came before, but for people who come the first time."""
        if self.seating is None or self.reader.pk in self.seating.new:
            return 0
        return min(self.seating.kept, self.seating.free or 0)

    @property
    def kept_until(self) -> datetime:
        return self.session.starts_at - KEPT_UNTIL

    @property
    def may_come_every_time(self) -> bool:
        """Whether to ask: a member, not on a break, of a group that goes on meeting by this rule."""
        place, series = self.membership, self.session.series
        if place is None or series is None or self.every or self.leads_it:
            return False
        return place.state == Membership.State.ACTIVE and place.role == Membership.Role.MEMBER and not series.ended_at

    @property
    def weekly(self) -> bool:
        series = self.session.series
        return series is not None and series.interval == 1 and series.nth is None

    @property
    def meets_online(self) -> bool:
        return self.session.group.format != "in_person"

    @property
    def door_is_open(self) -> bool:
        if not self.meets_online:
            return False
        return self.session.door_is_open_to_facilitators if self.leads_it else self.session.door_is_open

    @property
    def door_opens_at(self) -> datetime:
        return self.session.opens_to_facilitators_at if self.leads_it else self.session.opens_at

    @property
    def minutes_in(self) -> int:
        """How long ago it began, 0 before."""
        return max(0, int((timezone.now() - self.session.starts_at).total_seconds() // 60))

    @property
    def zone(self) -> str:
        """Whose clock the page shows: the reader's, called by the group's name where both agree."""
        session = self.session
        return zone_words(timezone.get_current_timezone_name() if session.group_clock else session.time_zone)


def standing_of(reader: User, session: GroupSession) -> Standing:
    """`session` comes from `visible_to()` and `with_counts()`: the reader belongs to its group, comes once to see,
    or leads this one from outside and knows of no other.
    """
    membership = Membership.objects.coming().filter(user=reader, group=session.group_id).first()
    seat = Seat.objects.filter(session=session, user=reader).first()
    waits = seat is not None and seat.state == Seat.State.WAITING
    place = session.seats.in_line().filter(queue__lte=seat.queue).count() if seat and waits else 0
    after = max(timezone.now(), session.starts_at)
    later = GroupSession.objects.filter(group=session.group_id, starts_at__gt=after)
    following = later.scheduled().upcoming().first() if membership else None
    is_booked = membership is None or session.bookings.in_hand().filter(host=reader).exists()
    return Standing(
        reader,
        session,
        membership,
        seat,
        place,
        following,
        _chosen(membership),
        is_booked,
        seating=seatings_of([session], reader.pk).get(session.pk),
        every=StandingSeat.objects.open().filter(user=reader, series=session.series_id).first(),
        carries_over=_carries_over(session, seat, following),
    )


def _carries_over(session: GroupSession, seat: Seat | None, following: GroupSession | None) -> bool:
    """They kept a seat in a session that was cancelled, and they have one in the next."""
    if not session.is_cancelled or following is None or seat is None or seat.state != Seat.State.GOING:
        return False
    return following.seats.filter(user=seat.user_id, state=Seat.State.GOING).exists()


def rows_of(reader: User, sessions: list[GroupSession]) -> list[Standing]:
    """The same for a whole list, in two queries and one for each visit.

    The place in the line is left to the session's own page.
    """
    held = Membership.objects.coming().filter(user=reader, group__in={session.group_id for session in sessions})
    memberships = {membership.group_id: membership for membership in held}
    seats = {seat.session_id: seat for seat in Seat.objects.filter(user=reader, session__in=sessions)}
    seatings = seatings_of(sessions, reader.pk)
    chosen = {row.group_id: _chosen(row) for row in memberships.values()}
    return [
        Standing(
            reader,
            session,
            place,
            seat,
            int(_waits(seat)),
            None,
            chosen.get(session.group_id),
            place is None,
            seatings.get(session.pk),
        )
        for session, seat, place in (
            (session, seats.get(session.pk), memberships.get(session.group_id)) for session in sessions
        )
    ]


def _chosen(membership: Membership | None) -> GroupSession | None:
    """The session that somebody has chosen who comes once to see."""
    if membership is None or membership.state != Membership.State.VISITING:
        return None
    seat = Seat.objects.of_visit(membership).select_related("session").first()
    return seat.session if seat else None


def _waits(seat: Seat | None) -> bool:
    return seat is not None and seat.state == Seat.State.WAITING
