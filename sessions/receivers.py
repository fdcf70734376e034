"""Hears from groups what frees a seat, who is back, and what ends all meetings."""

from datetime import time
from typing import Any

from groups.models import Group, Membership
from groups.signals import group_ended, member_left, member_paused, member_resumed
from people.local_time import instant
from people.models import User
from sessions.services import end_meetings, release_seats, take_up_line


def connect() -> None:
    """Called once, when the app is ready."""
    member_left.connect(_free_the_seats, dispatch_uid="sessions")
    member_paused.connect(_free_those_of_the_break, dispatch_uid="sessions.free_those_of_the_break")
    member_resumed.connect(_back_in_line, dispatch_uid="sessions.back_in_line")
    group_ended.connect(_end_the_meetings, dispatch_uid="sessions.end_the_meetings")


def _free_the_seats(sender: Any, *, membership: Membership, **_: Any) -> None:
    release_seats(membership.user, group=membership.group)


def _free_those_of_the_break(sender: Any, *, membership: Membership, **_: Any) -> None:
    """Up to the morning on which the person comes back, on their own clock."""
    user, day = membership.user, membership.paused_until
    until = instant(day, time(0), user.zone) if day else None
    release_seats(user, group=membership.group, until=until)


def _back_in_line(sender: Any, *, membership: Membership, **_: Any) -> None:
    take_up_line(membership.user, group=membership.group)


def _end_the_meetings(sender: Any, *, group: Group, actor: User | None, **_: Any) -> None:
    end_meetings(actor, group=group)
