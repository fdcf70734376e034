"""Who may touch a notice: the person it is for."""

from typing import Any

from people.models import User
from people.policy import Rule


def is_for(user: User, notice: Any) -> bool:
    return bool(notice.user_id == user.pk)


RULES: dict[str, Rule] = {"notice.read": is_for}
