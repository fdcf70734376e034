"""Who may change people, the organisation and what is recorded."""

from typing import Any

from people.models import User
from people.policy import Rule


def is_self(user: User, obj: Any) -> bool:
    return bool(user.pk == obj.pk)


def is_admin(user: User, obj: Any) -> bool:
    return user.is_admin


def is_admin_and_not_self(user: User, obj: Any) -> bool:
    return user.is_admin and not is_self(user, obj)


def is_safety_lead(user: User, obj: Any) -> bool:
    return user.is_safety_lead


RULES: dict[str, Rule] = {
    "person.change": is_self,
    "person.list": is_admin,
    "person.roles": is_admin,
    "person.suspend": is_admin_and_not_self,
    "person.reinstate": is_admin,
    "organisation.change": is_admin,
    "audit.read": is_admin,
}
