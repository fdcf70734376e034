"""Hears from groups what frees a seat, who is back, and what ends all meetings."""

from datetime import time
from typing import Any

from groups.models import Group, Membership
from groups.signals import group_ended, group_moved, member_left, member_paused, member_resumed
from people.local_time import instant
from people.models import User
from people.signals import stepped_back
from sessions.services import (
    end_meetings,
    end_standing_seats,
    give_back_bookings,
    release_seats,
    take_up_line,
    take_up_standing_seats,
    tell_new_place,
)


def connect() -> None:
    """Called once, when the app is ready."""
    member_left.connect(_free_the_seats, dispatch_uid="sessions")
    member_left.connect(_free_what_they_lead, dispatch_uid="sessions.free_what_they_lead")
    stepped_back.connect(_free_what_they_may_not_lead, dispatch_uid="sessions.free_what_they_may_not_lead")
    member_paused.connect(_free_those_of_the_break, dispatch_uid="sessions.free_those_of_the_break")
    member_resumed.connect(_back_in_line, dispatch_uid="sessions.back_in_line")
    group_moved.connect(_say_where, dispatch_uid="sessions.say_where")
    group_ended.connect(_end_the_meetings, dispatch_uid="sessions.end_the_meetings")


def _free_the_seats(sender: Any, *, membership: Membership, **_: Any) -> None:
    end_standing_seats(membership.user, group=membership.group)
    release_seats(membership.user, group=membership.group)


def _free_what_they_lead(sender: Any, *, membership: Membership, **_: Any) -> None:
    give_back_bookings(membership.user)


def _free_what_they_may_not_lead(sender: Any, *, person: User, **_: Any) -> None:
    """They stopped running a group, or cannot sign in any more."""
    give_back_bookings(person)


def _free_those_of_the_break(sender: Any, *, membership: Membership, **_: Any) -> None:
    """Up to the morning on which the person comes back, on their own clock."""
    user, day = membership.user, membership.paused_until
    until = instant(day, time(0), user.zone) if day else None
    release_seats(user, group=membership.group, until=until)


def _back_in_line(sender: Any, *, membership: Membership, **_: Any) -> None:
    take_up_standing_seats(membership.user, group=membership.group)
    take_up_line(membership.user, group=membership.group)


def _end_the_meetings(sender: Any, *, group: Group, actor: User | None, **_: Any) -> None:
    end_meetings(actor, group=group)


def _say_where(sender: Any, *, group: Group, actor: User | None, **_: Any) -> None:
    tell_new_place(group, by=actor)
