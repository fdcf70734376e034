"""Who may answer a check-in, read an answer, and look after a follow-up."""

from checkins.models import CheckIn, FollowUp, Rhythm
from groups.models import Group
from groups.policies import runs
from people.models import User
from people.policy import Rule


def _own(user: User, checkin: CheckIn) -> bool:
    return checkin.user_id == user.pk


def _reads(user: User, checkin: CheckIn) -> bool:
    """The person, and the facilitators of the group they shared it with. Admins do not (R45)."""
    if checkin.user_id == user.pk:
        return True
    shared = checkin.share == CheckIn.Share.FACILITATORS and checkin.state == CheckIn.State.ANSWERED
    return shared and checkin.group is not None and runs(user, checkin.group)


def _looks_after(user: User, followup: FollowUp) -> bool:
    """Whoever runs the group, and safety leads; never the person themself."""
    if followup.about_id == user.pk:
        return False
    return user.is_safety_lead or runs(user, followup.group)


def _reaches(user: User, followup: FollowUp) -> bool:
    """Only the one who took it on sees how to reach the person, and only while it is owed."""
    return followup.owner_id == user.pk and followup.is_open and _looks_after(user, followup)


def _opens(user: User, group: Group) -> bool:
    return runs(user, group)


def _own_rhythm(user: User, rhythm: Rhythm) -> bool:
    return rhythm.user_id == user.pk


RULES: dict[str, Rule] = {
    "rhythm.change": _own_rhythm,
    "checkin.answer": _own,
    "checkin.read": _reads,
    "followup.open": _opens,
    "followup.keep": _looks_after,
    "followup.reach": _reaches,
}
