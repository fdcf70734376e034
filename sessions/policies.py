"""Who may plan a session, take a seat in it, go through its door and say who came."""

from groups.models import Group, Membership
from groups.policies import has_agreed, runs
from people.models import User
from people.policies import is_self
from people.policy import Rule
from sessions.models import GroupSession, Seat


def _plans(user: User, group: Group) -> bool:
    return group.state == Group.State.OPEN and runs(user, group)


def _takes_seat(user: User, session: GroupSession) -> bool:
    """Who comes once to see was let in before the session was over."""
    place = Membership.objects.coming().filter(user=user, group=session.group).first()
    return place is not None and (place.belongs or (place.decided_at or place.created_at) < session.ends_at)


def _runs_session(user: User, session: GroupSession) -> bool:
    return runs(user, session.group)


def _enters(user: User, session: GroupSession) -> bool:
    """A seat, a place or a visit, and an affirmed agreement; facilitators need no seat (R17, R85)."""
    if not has_agreed(user, session.group):
        return False
    if runs(user, session.group):
        return session.door_is_open_to_facilitators
    comes = Membership.objects.coming().filter(user=user, group=session.group).exclude(state=Membership.State.PAUSED)
    return session.door_is_open and comes.exists() and session.seats.filter(user=user, state=Seat.State.GOING).exists()


RULES: dict[str, Rule] = {
    "series.create": _plans,
    "seat.answer": _takes_seat,
    "session.enter": _enters,
    "session.cancel": _runs_session,
    "attendance.keep": _runs_session,
    "calendar.keep": is_self,
}
