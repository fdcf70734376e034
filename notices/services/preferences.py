"""What people want to have sent, and what not."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from notices.areas import AREAS
from notices.channels import EMAIL, carriers
from notices.models import Preference
from notices.services.telling import tell
from people import audit
from people.models import User
from people.policy import ensure


def mail_of(user: User) -> dict[str, bool]:
    """For each area whether its mails are sent to this person. Who chose nothing gets all."""
    chosen = Preference.objects.filter(user=user, channel=EMAIL).values_list("area", "wanted")
    return dict.fromkeys(AREAS, True) | dict(chosen)


def goes_out(user: User, *, area: str) -> bool:
    """Whether any mail of this area leaves for this person at all. Why not is said to nobody."""
    return any(user.pk not in channel().refusals([user.pk], area) for channel in carriers())


@transaction.atomic
def save_preferences(actor: User, *, user: User, mail: Mapping[str, bool]) -> list[str]:
    """Switch the mails of these areas on or off; others stay as they are. Returns what changed. Raises NotAllowed."""
    ensure(actor, "preference.change", user)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    now = mail_of(user)
    changed = [area for area in AREAS if area in mail and mail[area] != now[area]]
    for area in changed:
        values = {"wanted": mail[area], "changed_at": timezone.now()}
        Preference.objects.update_or_create(user=user, area=area, channel=EMAIL, defaults=values)
    if changed:
        words = [f"{area} {'on' if mail[area] else 'off'}" for area in changed]
        audit.record(actor, "preference.change", user, about=user, reason=", ".join(words))
    return changed


@transaction.atomic
def stop_mail(user: User, *, area: str) -> list[str]:
    """Whoever holds a mail of this area asked for no more of them. Twice is harmless.

    It may not have been the person (T1): they read in the app that it was done.
    """
    changed = save_preferences(user, user=user, mail={area: False})
    if changed:
        tell([user], "mail.ended", f"mail.ended {area} {timezone.now():%Y%m%d%H%M}", mail=False, area=area)
    return changed
