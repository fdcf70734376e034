"""A word that somebody took on and that is not given yet: they are reminded once, then the others hear of it."""

from datetime import timedelta

from django.utils import timezone

from checkins.models import FollowUp
from checkins.services.keepers import is_flagged, keepers_of
from notices.services import tell
from people.local_time import local_day
from people.models import Organisation, User
from people.open_hours import OpenHours

LOOK_BACK = timedelta(days=14)  # a clock that stood still for so long catches up


def tell_late() -> int:
    """Remind whoever has what is past its day, and an open day later tell the others. Returns how many were told.

    What somebody looked at and nobody took is told to everybody who runs the group. Each hears of it once.
    """
    now, hours = timezone.now(), Organisation.current().open_hours
    rows = FollowUp.objects.to_do().filter(due_at__lte=now, due_at__gt=now - LOOK_BACK)
    return sum(_tell(row, hours) for row in rows.select_related("group", "about", "owner"))


def _tell(row: FollowUp, hours: OpenHours) -> int:
    if row.owner is None:
        return _late(row, list(keepers_of(row)), "open") if is_flagged(row) and row.seen_at else 0
    told = _late(row, [row.owner], "mine")
    next_day = hours.noon_of(hours.open_day_after(local_day(row.due_at, hours.zone), 1))
    if timezone.now() >= next_day:
        told += _late(row, [keeper for keeper in keepers_of(row) if keeper != row.owner], "others")
    return told


def _late(row: FollowUp, people: list[User], whose: str) -> int:
    key = f"followup {row.public_id} late {whose} {row.owner_id or 0} {row.due_at:%Y%m%d%H%M}"
    return len(tell(people, "followup.late", key, followup=str(row.public_id), keeper=row.owner_id))
