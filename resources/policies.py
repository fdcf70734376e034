"""Who may change the directory and put their name to help lines."""

from typing import Any

from people.models import User
from people.policy import Rule


def _is_admin(user: User, obj: Any) -> bool:
    return user.is_admin


RULES: dict[str, Rule] = {
    "resource.change": _is_admin,
    "crisis.change": _is_admin,
    "crisis.confirm": _is_admin,
}
