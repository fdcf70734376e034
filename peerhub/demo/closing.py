"""An evening that was closed: what stays of it, and what somebody said they would do."""

from datetime import timedelta

from django.utils import timezone

from groups.models import Group
from home.services import Promise, close_session
from people.models import User


def close_last(group: Group, lead: User, people: dict[str, User]) -> None:
    """The last session that was held. The one after it is left to close, so that the page can be tried."""
    session = group.sessions.filter(state="held").latest("starts_at")
    due = timezone.now() + timedelta(days=2)
    close_session(
        lead,
        session=session,
        roll={"marks": {}},
        promises=[Promise(people["Mo"], lead, due, f"demo {session.public_id}", "First time. Ask how it was.")],
        win="Two people swapped walking routes.",
        tool="Five things you can see",
        themes=["sleep", "alone"],
        talked="now",
    )
