"""Somebody new is there whom nobody who runs the group let in: they are told, so that a welcome is ready."""

from groups.models import Membership
from notices.services import tell
from people.models import User


def say_somebody_came(row: Membership) -> None:
    """Tell those who run the group, in the app alone: nothing waits for them, so no mail rings for it."""
    hosts = User.objects.filter(pk__in=row.group.at_hand.values("user")).exclude(pk=row.user_id)
    key = f"somebody came {row.public_id} {row.state}"
    tell(hosts, "somebody.came", key, mail=False, membership=str(row.public_id), group=row.group.slug)
