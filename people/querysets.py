"""Questions about people and the record of what was done."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.models import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from people.models import AuditEntry, Consent, User


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
        """Somebody new, with the quiet hours that the organisation starts everybody with."""
        organisation = apps.get_model("people", "Organisation")
        hours = dict[str, Any](organisation.objects.values("quiet_from", "quiet_to").first() or {})
        user: User = self.model(email=email.strip().lower(), **hours | fields)
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


class ConsentQuerySet(models.QuerySet["Consent"]):
    """What people said yes to."""

    def standing(self, purpose: str) -> "ConsentQuerySet":
        """Given, and not taken back."""
        return self.filter(purpose=purpose, withdrawn_at=None)

    def said_yes(self, user: "User", purpose: str) -> bool:
        """Whether what this person agreed to stands."""
        return self.standing(purpose).filter(user=user).exists()

    def offered_as(self, user: "User", purpose: str) -> bool:
        """How a question stands before this person answers it: as they left it, or ticked for who was never asked."""
        last = self.filter(user=user, purpose=purpose).order_by("-pk").first()
        return last is None or last.withdrawn_at is None
