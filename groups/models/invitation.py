"""Ways in from outside: letters to an address, and links that anybody may pass on."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models.group import Group
from groups.querysets import GroupLinkQuerySet, InvitationQuerySet
from people.models import User


class Invitation(models.Model):
    """A letter to an address: come in, and here is what you will be. One open letter an address and group."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        FACILITATOR = "facilitator", _("Facilitator")
        SAFETY_LEAD = "safety_lead", _("Safety lead")
        ADMIN = "admin", _("Admin")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField()
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_made")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations_taken"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="invitation_email_lower", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="invitation_role", condition=Q(role__in=["member", "facilitator", "safety_lead", "admin"])
            ),
            models.CheckConstraint(
                name="invitation_facilitator_has_group", condition=~Q(role="facilitator") | Q(group__isnull=False)
            ),
            models.UniqueConstraint(
                name="invitation_one_open",
                fields=["group", "email"],
                nulls_distinct=False,
                condition=Q(accepted_at=None, revoked_at=None),
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_whom",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def has_run_out(self) -> bool:
        """Whether its time is over and its link opens nothing."""
        return self.expires_at <= timezone.now()


class GroupLink(models.Model):
    """A link into asking for a place that people pass on. It carries nothing about anybody, and it ends."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="links")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = GroupLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="grouplink_one_open", fields=["group"], condition=Q(revoked_at=None)),
            models.CheckConstraint(
                name="grouplink_ends_after_start", condition=Q(expires_at__gt=models.F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"

    @property
    def is_open(self) -> bool:
        """Not taken back, in time, and into a group that goes on. Who made it is asked in `policies.link_holds`."""
        in_time = self.revoked_at is None and self.expires_at > timezone.now()
        return in_time and self.group.state == Group.State.OPEN
