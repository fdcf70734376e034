"""Questions about people and the record of what was done."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from people.models import AuditEntry, User


class UserQuerySet(models.QuerySet["User"]):
    """People, as somebody may see them."""

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Admins see everybody's name and role; everybody sees themself."""
        return self if user.is_admin else self.filter(pk=user.pk)

    def active(self) -> "UserQuerySet":
        return self.filter(state="active")

    def admins(self) -> "UserQuerySet":
        return self.active().filter(is_admin=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    """Makes people from an e-mail address alone."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(email=(username or "").lower())
        return user


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """The record of who did what."""

    def visible_to(self, user: "User") -> "AuditQuerySet":
        """Admins read the record; each person sees what was done about them."""
        return self if user.is_admin else self.filter(about=user)
