"""When something flagged that nobody has looked at goes on to the next people (T13)."""

from checkins.models import FollowUp


def plan_escalations(followup: FollowUp) -> None:
    """Write down when it goes on, each time it opens; in the caller's transaction."""


def drop_escalations(followup: FollowUp) -> None:
    """Somebody looked, has it, or it is over; in the caller's transaction."""
