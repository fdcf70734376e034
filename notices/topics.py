"""What people are told about being told."""

from django.urls import reverse
from django.utils.translation import gettext as _

from notices.models import Preference
from notices.registry import Ids, Topic
from people.models import User


def _is_still_off(user: User, ids: Ids) -> bool:
    return Preference.objects.filter(user=user, area=ids["area"], wanted=False).exists()


def _was_switched_off(ids: Ids, user: User) -> str:
    return _("E-mails of one kind were switched off, with a link in one of them. You can switch them on again.")


def _page(ids: Ids, user: User) -> str:
    return reverse("checkins:messages")


TOPICS: list[Topic] = [
    Topic("mail.ended", _is_still_off, _was_switched_off, _page, "notices/mail/ended", area="replies"),
]
