"""Hears from groups when somebody joins or leaves."""

from typing import Any

from checkins.services import start_rhythm, stop_rhythm
from groups.models import Membership
from groups.signals import member_joined, member_left


def connect() -> None:
    """Called once, when the app is ready."""
    member_joined.connect(_begin_to_ask, dispatch_uid="checkins.begin_to_ask")
    member_left.connect(_stop_asking, dispatch_uid="checkins.stop_asking")


def _begin_to_ask(sender: Any, membership: Membership, **_: Any) -> None:
    start_rhythm(membership.user)


def _stop_asking(sender: Any, membership: Membership, **_: Any) -> None:
    stop_rhythm(membership.user)
