"""Who reads first in the demo's groups, and one very hard week that nobody has looked at in time."""

from datetime import time, timedelta

from django.utils import timezone

from checkins.models import CheckIn, Escalation, FollowUp
from checkins.services import answer_checkin, escalate, set_duty, start_checkin
from groups.models import Group
from people.models import User


def choose_readers(groups: dict[str, Group], people: dict[str, User]) -> None:
    """In two groups besides the first one; in the others somebody is still to be chosen."""
    tunde = people["Tunde A."]
    for name, days in [("loss", [0, 2, 4]), ("talking", [0, 1, 2, 3, 4])]:
        seat = groups[name].memberships.get(user=tunde)
        set_duty(tunde, group=groups[name], reader=seat, days=days, opens=time(9), closes=time(13), takes_words=True)
    _waits_unseen(groups["talking"])


def _waits_unseen(group: Group) -> None:
    """Somebody of this group shared a very hard week two days ago, and nobody looked."""
    asked = CheckIn.objects.values("user")
    seat = group.memberships.members().exclude(user__in=asked).exclude(user__display_name="Wren").earliest("pk")
    checkin = start_checkin(seat.user)
    answer_checkin(seat.user, checkin=checkin, mood=CheckIn.Mood.VERY_HARD, share="facilitators", group=group)
    then = timezone.now() - timedelta(days=2)
    waiting = FollowUp.objects.filter(about=seat.user, group=group, checkin=checkin)
    waiting.update(created_at=then)
    due = then + timedelta(hours=2)
    Escalation.objects.filter(followup__in=waiting).update(planned_at=then)
    Escalation.objects.filter(followup__in=waiting, step__lte=2).update(due_at=due)
    escalate()
