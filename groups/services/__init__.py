"""Every change to groups, in three parts: looking after one, joining and leaving it, running it."""

from groups.services.agreements import accept_agreement, publish_agreement, starting_agreement
from groups.services.belonging import (
    NewName,
    answer_fit,
    ask_fit,
    pause,
    rename,
    rename_all,
    resume,
    resume_due,
)
from groups.services.deciding import (
    accept_request,
    decline_request,
    forget_words,
    read_request,
    waitlist_request,
    what_stands,
)
from groups.services.ending import archive_due, archive_group, end_group, plan_ending, reopen_group, tell_endings
from groups.services.joining import ask_to_join, leave_group, own_words, withdraw_request
from groups.services.keeping import appoint_facilitator, change_group, create_group, door_host, open_group, set_door
from groups.services.offering import accept_offer, offer_free_places, pass_offer, run_out_offers, wait_again
from groups.services.parting import forget_farewells, put_out, read_farewells, say_farewell, unblock
from groups.services.taking import take_invitation

__all__ = [
    "NewName",
    "accept_agreement",
    "accept_offer",
    "accept_request",
    "answer_fit",
    "appoint_facilitator",
    "archive_due",
    "archive_group",
    "ask_fit",
    "ask_to_join",
    "change_group",
    "create_group",
    "decline_request",
    "door_host",
    "end_group",
    "forget_farewells",
    "forget_words",
    "leave_group",
    "offer_free_places",
    "open_group",
    "own_words",
    "pass_offer",
    "pause",
    "plan_ending",
    "publish_agreement",
    "put_out",
    "read_farewells",
    "read_request",
    "rename",
    "rename_all",
    "reopen_group",
    "resume",
    "resume_due",
    "run_out_offers",
    "say_farewell",
    "set_door",
    "starting_agreement",
    "take_invitation",
    "tell_endings",
    "unblock",
    "wait_again",
    "waitlist_request",
    "what_stands",
    "withdraw_request",
]
