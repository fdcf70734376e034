"""Asking how people are, and making sure that somebody answers."""

from checkins.models.checkin import LATE_IS_WELCOME, Answer, CheckIn, Prompt
from checkins.models.followup import CAUSES, READABLE_FOR, Duty, Escalation, FollowUp, Reply
from checkins.models.rhythm import Rhythm

__all__ = [
    "CAUSES",
    "LATE_IS_WELCOME",
    "READABLE_FOR",
    "Answer",
    "CheckIn",
    "Duty",
    "Escalation",
    "FollowUp",
    "Prompt",
    "Reply",
    "Rhythm",
]
