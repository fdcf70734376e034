"""Who looks after a follow-up, what the person is promised, and whom we tell."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from checkins.models import FollowUp
from groups.models import Membership
from groups.querysets import MembershipQuerySet
from notices.services import tell
from people.local_time import instant, local_day
from people.models import Organisation, User

Cause = FollowUp.Cause


def promised_by(cause: str) -> datetime:
    """When somebody will have been in touch: at noon of the organisation's next day, or of its last promised one."""
    organisation = Organisation.current()
    days = 1 if cause == Cause.SUPPORT else organisation.answer_days
    zone = ZoneInfo(organisation.time_zone)
    return instant(local_day(timezone.now(), zone) + timedelta(days=days), time(12), zone)


def ask_keepers(followup: FollowUp) -> None:
    """Tell those who run its group that somebody needs a word."""
    key = f"followup {followup.public_id} {followup.due_at:%Y%m%d%H%M} {followup.group_id}"
    tell(keepers_of(followup), "followup.opened", key, followup=str(followup.public_id))


def tell_again(followup: FollowUp, *, besides: User) -> None:
    key = f"followup {followup.public_id} back {timezone.now():%Y%m%d%H%M%S}"
    tell([k for k in keepers_of(followup) if k != besides], "followup.opened", key, followup=str(followup.public_id))


def keepers_of(followup: FollowUp) -> Iterable[User]:
    """Who runs the group; where nobody does, the safety leads, so that it never waits unseen (T13)."""
    run = Membership.objects.facilitators().filter(group=followup.group_id).exclude(user=followup.about_id)
    here = run.there_on(followup.group.today)  # whoever is away is told when nobody else is there (R62)
    keepers = _active(here) or _active(run)
    return keepers or list(User.objects.active().filter(is_safety_lead=True).exclude(pk=followup.about_id))


def _active(seats: MembershipQuerySet) -> list[User]:
    return list(User.objects.active().filter(pk__in=seats.values("user")))
