"""What people shared that nobody has opened yet, when it changes who reads first: that it waits, and no more."""

from checkins.models import CheckIn, FollowUp
from groups.models import Group, Membership
from notices.services import tell
from people.models import User


def waits_unopened(group: Group) -> bool:
    """Whether an answer that was shared with those who run the group was opened by nobody, or something on their list
    was seen by nobody. A mood alone counts: it was shared so that somebody knows, and is seen only where it is opened.
    Whether there are words cannot be asked here: only their readers see that there are any.
    """
    if CheckIn.objects.filter(group=group).to_read().unopened().exists():
        return True
    return FollowUp.objects.to_do().filter(group=group, seen_at=None).exists()


def hand_on(group: Group, reader: User | None = None) -> None:
    """Tell whoever reads first from now on that something waits; where nobody does, all who run the group.

    Once a day, however often it changes. Part of the caller's transaction.
    """
    if group.has_ended or not waits_unopened(group):
        return
    run = User.objects.active().filter(pk__in=Membership.objects.running().filter(group=group).values("user"))
    key = f"duty.waits {group.pk} {group.today:%Y%m%d}"
    tell([reader] if reader else run, "duty.waits", key, group=group.slug)
