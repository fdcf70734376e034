"""Every change to groups, in three parts: looking after one, joining and leaving it, running it."""

from groups.services.agreements import accept_agreement, publish_agreement, starting_agreement
from groups.services.deciding import (
    accept_request,
    decline_request,
    forget_words,
    read_request,
    waitlist_request,
    what_stands,
)
from groups.services.joining import ask_to_join, leave_group, own_words, withdraw_request
from groups.services.keeping import appoint_facilitator, change_group, create_group, door_host, open_group, set_door
from groups.services.taking import take_invitation

__all__ = [
    "accept_agreement",
    "accept_request",
    "appoint_facilitator",
    "ask_to_join",
    "change_group",
    "create_group",
    "decline_request",
    "door_host",
    "forget_words",
    "leave_group",
    "open_group",
    "own_words",
    "publish_agreement",
    "read_request",
    "set_door",
    "starting_agreement",
    "take_invitation",
    "waitlist_request",
    "what_stands",
    "withdraw_request",
]
