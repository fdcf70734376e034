"""The whole page of what is sent to somebody: saved at once, all or nothing."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from checkins.models import Rhythm
from checkins.services.rhythms import look_after_missed, save_messages
from notices.services import save_preferences
from people.models import User
from people.services import change_person


@transaction.atomic
def save_all_messages(
    user: User, *, mail: Mapping[str, bool], reach: Mapping[str, bool], after_missed: bool, **rhythm: Any
) -> Rhythm:
    """Save how somebody is asked, which mails are sent, and how they may be reached (R41, R59, R124).

    `mail` holds areas, `reach` what must never be done, and the rest is for `save_messages`. What is not named
    stays as it is.
    """
    save_preferences(user, user=user, mail=mail)
    changed = {name: never for name, never in reach.items() if getattr(user, name) != never}
    if changed:
        change_person(user, person=user, **changed)
    look_after_missed(user, on=after_missed)
    return save_messages(user, **rhythm)
