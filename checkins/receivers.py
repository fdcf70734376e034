"""Hears who joins and leaves, when a group or somebody's part ends, and who came to a session."""

from typing import Any

from checkins.services import follow_roll, forget_missed, release_duties, release_followups, start_rhythm, stop_rhythm
from groups.models import Group, Membership
from groups.signals import group_ended, group_reopened, member_joined, member_left
from people.consents import HELLO
from people.models import User
from people.signals import consent_withdrawn, stepped_back
from sessions.models import GroupSession
from sessions.signals import roll_kept


def connect() -> None:
    """Called once, when the app is ready."""
    member_joined.connect(_begin_to_ask, dispatch_uid="checkins.begin_to_ask")
    member_left.connect(_stop_asking, dispatch_uid="checkins.stop_asking")
    group_ended.connect(_stop_asking_all, dispatch_uid="checkins.stop_asking_all")
    group_reopened.connect(_begin_again, dispatch_uid="checkins.begin_again")
    roll_kept.connect(_look_after, dispatch_uid="checkins.look_after")
    consent_withdrawn.connect(_leave_be, dispatch_uid="checkins.leave_be")
    stepped_back.connect(_hand_over, dispatch_uid="checkins.hand_over")


def _begin_to_ask(sender: Any, membership: Membership, **_: Any) -> None:
    start_rhythm(membership.user)


def _stop_asking(sender: Any, membership: Membership, **_: Any) -> None:
    stop_rhythm(membership.user)
    release_followups(membership.user)
    release_duties(membership.user)


def _stop_asking_all(sender: Any, group: Group, **_: Any) -> None:
    """Those who have no other group are not asked any more."""
    for seat in group.memberships.belonging().select_related("user").order_by("user_id"):
        stop_rhythm(seat.user)


def _begin_again(sender: Any, group: Group, **_: Any) -> None:
    for seat in group.memberships.belonging().select_related("user").order_by("user_id"):
        start_rhythm(seat.user)


def _leave_be(sender: Any, person: User, purpose: str, **_: Any) -> None:
    if purpose == HELLO["purpose"]:
        forget_missed(person)


def _hand_over(sender: Any, person: User, **_: Any) -> None:
    release_followups(person)
    release_duties(person)


def _look_after(sender: Any, session: GroupSession, actor: User, **_: Any) -> None:
    follow_roll(actor, session=session)
