"""Groups, who belongs to them, and what they agreed to."""

from groups.models.agreement import Acceptance, Agreement, Proposal
from groups.models.announcement import Announcement
from groups.models.group import Area, Group, Term
from groups.models.invitation import GroupLink, Invitation
from groups.models.membership import Away, Farewell, Membership, WelcomeTalk
from groups.models.pair import EndingReview, PairAgreement, PairProfile, PairYes
from groups.models.wish import Wish

__all__ = [
    "Acceptance",
    "Agreement",
    "Announcement",
    "Area",
    "Away",
    "EndingReview",
    "Farewell",
    "Group",
    "GroupLink",
    "Invitation",
    "Membership",
    "PairAgreement",
    "PairProfile",
    "PairYes",
    "Proposal",
    "Term",
    "WelcomeTalk",
    "Wish",
]
