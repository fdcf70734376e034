"""Hears from groups what frees a seat, and what ends all meetings."""

from typing import Any

from groups.models import Group, Membership
from groups.signals import group_ended, member_left
from people.models import User
from sessions.services import end_meetings, release_seats


def connect() -> None:
    """Called once, when the app is ready."""
    member_left.connect(_free_the_seats, dispatch_uid="sessions")
    group_ended.connect(_end_the_meetings, dispatch_uid="sessions.end_the_meetings")


def _free_the_seats(sender: Any, *, membership: Membership, **_: Any) -> None:
    release_seats(membership.user, group=membership.group)


def _end_the_meetings(sender: Any, *, group: Group, actor: User | None, **_: Any) -> None:
    end_meetings(actor, group=group)
