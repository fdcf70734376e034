"""One table of who may do what. An action without a row is refused."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from people.models import User

Rule = Callable[["User", Any], bool]

_table: dict[str, Rule] = {}


class NotAllowed(PermissionDenied):
    """The policy said no. The web answers 403, or 404 where existence is private."""


def register(rules: Mapping[str, Rule]) -> None:
    """Add an app's rows. Two different rules for one action are a mistake of ours."""
    for action, rule in rules.items():
        if _table.setdefault(action, rule) is not rule:
            raise ValueError(f"two rules for {action}")


def can(user: Any, action: str, obj: Any = None) -> bool:
    """Whether this person may do this to that. Somebody signed out or not active may nothing."""
    rule = _table.get(action)
    return rule is not None and bool(getattr(user, "is_active", False)) and rule(user, obj)


def ensure(user: Any, action: str, obj: Any = None) -> None:
    """Raise NotAllowed unless the policy says yes."""
    if not can(user, action, obj):
        raise NotAllowed(action)


def actions() -> list[str]:
    """Every action that has a row, for the page of permissions and its test."""
    return sorted(_table)
