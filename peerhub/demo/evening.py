"""The next session of the demo, as those who lead it find it: some of the things to look at are looked at."""

from groups.models import Membership
from people.models import User
from sessions.models import GroupSession, Tick
from sessions.services import answer_seat, clashes, keep_checks, leaders_of, set_hosts

DONE = [Tick.Item.LINK.value, Tick.Item.QUIET.value, Tick.Item.HELP.value, Tick.Item.PEOPLE.value]


def make_evening(session: GroupSession, people: dict[str, User]) -> None:
    """Once for each session: what somebody has changed in it since stays."""
    if session.ticks.exists():
        return
    lead, second = people["Marisol"], people["Tunde A."]
    taken = clashes([(session.starts_at, session.ends_at)], lead=lead, co=second)
    if not taken and not leaders_of(session):
        set_hosts(lead, session=session, lead=lead, co=second, room=None)
    _come(session)
    keep_checks(lead, session=session, ticked=DONE, shown=[])


def _come(session: GroupSession) -> None:
    """Most of the group, so that a round is one."""
    if session.has_begun:
        return
    belong = session.group.memberships.members().filter(state=Membership.State.ACTIVE).by_name()
    for seat in belong[:6]:
        answer_seat(seat.user, session=session, going=True)
