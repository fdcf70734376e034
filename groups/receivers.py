"""Hears what ends a pair or lets an offer go on: somebody leaves, or cannot sign in any more, or a group ends."""

from typing import Any

from groups.models import Group, Membership
from groups.services.offering import let_offers_go_on
from groups.services.pairs import end_pairs_in, end_pairs_of, part
from groups.signals import group_ended, member_left
from people.models import User
from people.signals import stepped_back


def connect() -> None:
    """Called once, when the app is ready."""
    member_left.connect(_end_pairs_of_who_left, dispatch_uid="groups.end_pairs_of_who_left")
    stepped_back.connect(_go_on_without_who_is_shut_out, dispatch_uid="groups.go_on_without_who_is_shut_out")
    group_ended.connect(_end_pairs_with_it, dispatch_uid="groups.end_pairs_with_it")


def _end_pairs_of_who_left(sender: Any, membership: Membership, **_: Any) -> None:
    if membership.group.kind == Group.Kind.PROGRAMME:
        end_pairs_of(membership.user, programme=membership.group)


def _go_on_without_who_is_shut_out(sender: Any, person: User, **_: Any) -> None:
    """Their places stay theirs; nobody waits for an answer that cannot come."""
    if not person.is_active:
        end_pairs_of(person)
        let_offers_go_on(person)


def _end_pairs_with_it(sender: Any, group: Group, **_: Any) -> None:
    if group.kind == Group.Kind.PROGRAMME:
        end_pairs_in(group)
    if group.is_pair:
        part(group)
