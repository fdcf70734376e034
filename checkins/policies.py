"""Who may answer a check-in, read an answer, and look after a follow-up."""

from django.utils import timezone

from checkins.models import READABLE_FOR, CheckIn, FollowUp, Reply, Rhythm
from groups.models import Group, Membership
from groups.policies import belongs, runs
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


def _is_party(user: User, followup: FollowUp) -> bool:
    return followup.about_id == user.pk or _looks_after(user, followup)


def _reads_thread(user: User, followup: FollowUp) -> bool:
    """The two sides of it: while it is open, and a while after it was closed."""
    lately = followup.closed_at is None or followup.closed_at > timezone.now() - READABLE_FOR
    return lately and _is_party(user, followup)


def _writes_in_thread(user: User, followup: FollowUp) -> bool:
    """The person while they belong to the group, and whoever may look after it."""
    if followup.about_id == user.pk:
        return belongs(user, followup.group)
    return _looks_after(user, followup)


def _takes_reply_back(user: User, reply: Reply) -> bool:
    """Its author, however long ago it was: the person always, and else who may still look after it (R6)."""
    return reply.author_id == user.pk and _is_party(user, reply.followup)


def _got_hello(user: User, followup: FollowUp) -> bool:
    """Their own, and only while they are in the group it came from."""
    return followup.about_id == user.pk and followup.hello_at is not None and belongs(user, followup.group)


def _opens(user: User, group: Group) -> bool:
    return runs(user, group)


def _keeps_questions(user: User, group: Group | None) -> bool:
    """The organisation's are the admins', a group's are for whoever runs it."""
    return user.is_admin if group is None else not group.has_ended and runs(user, group)


def _passes_on(user: User, followup: FollowUp) -> bool:
    """Whoever hears that something waits unseen may ask somebody else to look. They see nothing of it (T13)."""
    return FollowUp.objects.overseen_by(user).filter(pk=followup.pk).exists()


def _oversees(user: User, obj: object) -> bool:
    """Admins, safety leads, and those who run a mentoring programme."""
    programmes = Membership.objects.facilitated_by(user).filter(group__kind=Group.Kind.PROGRAMME)
    return user.is_admin or user.is_safety_lead or programmes.exists()


def _keeps_duty(user: User, group: Group) -> bool:
    """Those who run the group say among themselves who reads first."""
    return not group.has_ended and runs(user, group)


def _own_rhythm(user: User, rhythm: Rhythm) -> bool:
    return rhythm.user_id == user.pk


RULES: dict[str, Rule] = {
    "rhythm.change": _own_rhythm,
    "checkin.answer": _own,
    "checkin.read": _reads,
    "prompt.keep": _keeps_questions,
    "followup.open": _opens,
    "followup.keep": _looks_after,
    "followup.reach": _reaches,
    "followup.pass_on": _passes_on,
    "followup.oversee": _oversees,
    "duty.keep": _keeps_duty,
    "reply.read": _reads_thread,
    "reply.write": _writes_in_thread,
    "reply.take_back": _takes_reply_back,
    "hello.answer": _got_hello,
}
