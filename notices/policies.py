"""Who may touch a notice, and say what is sent: the person it is for."""

from typing import Any

from people.models import User
from people.policies import is_admin, is_self
from people.policy import Rule


def is_for(user: User, notice: Any) -> bool:
    return bool(notice.user_id == user.pk)


def is_self_or_admin(user: User, person: Any) -> bool:
    return is_self(user, person) or is_admin(user, person)


RULES: dict[str, Rule] = {
    "notice.read": is_for,
    "preference.change": is_self,
    "mail.try": is_self_or_admin,
}
