"""Hears from groups what frees a seat."""

from typing import Any

from groups.models import Membership
from groups.signals import member_left
from sessions.services import release_seats


def connect() -> None:
    """Called once, when the app is ready."""
    member_left.connect(_free_the_seats, dispatch_uid="sessions")


def _free_the_seats(sender: Any, *, membership: Membership, **_: Any) -> None:
    release_seats(membership.user, group=membership.group)
