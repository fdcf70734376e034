"""The front door, a member's own home, a facilitator's day and the desk of one group."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from notes.services import write_note
from tests.factories import (
    FacilitatorFactory,
    FollowUpFactory,
    MembershipFactory,
    RequestFactory,
    SeatFactory,
    SessionFactory,
)

TUESDAY_EVENING = datetime(2026, 11, 24, 18, 48, tzinfo=UTC)  # 12 minutes before seven in London


HOUR = timedelta(hours=1)

# The frame of a page asks for who is signed in, the tabs, the help lines and the organisation.
HOME_QUERIES = 15
TODAY_QUERIES = 18  # one for all groups and their agreements, one for those the reader stands in for; three for tonight
DESK_QUERIES = 15


def text(response):
    return " ".join(response.content.decode().split())


def desk_of(rows):
    seat = FacilitatorFactory()
    for _ in range(rows):
        member = MembershipFactory(group=seat.group)
        for starts_in in (HOUR, 48 * HOUR, -48 * HOUR):
            session = SessionFactory(group=seat.group, starts_in=starts_in)
            SeatFactory(session=session, user=member.user)
        roll = {"state": "held", "held_at": timezone.now(), "held_by": seat.user}
        SessionFactory(group=seat.group, starts_in=-24 * HOUR, **roll)
        RequestFactory(group=seat.group)
        FollowUpFactory(group=seat.group, about=member.user)
        write_note(seat.user, group=seat.group, words="x", member=member.user)
    return seat
