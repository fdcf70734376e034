"""What people are told: a notice in the app, and the outbox that carries it further."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notices.channels import EMAIL, choices
from notices.querysets import DeliveryQuerySet, MailTroubleQuerySet, NoticeQuerySet
from people.models import User
from people.sealed import SealedField


class Notice(models.Model):
    """One thing one person is told. It holds ids; the words are made when somebody reads or sends it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # `notice_list` finds a person's own: a second index would only slow the telling of everybody
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notices", db_index=False)
    topic = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    ids = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="notice_once", fields=["user", "key"])]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_list"),
            models.Index(fields=["user"], name="notice_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"


class Delivery(models.Model):
    """One message on its way through one channel. The row is the queue; a task only carries it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("No longer needed")
        PARKED = "parked", _("Set aside")

    class Dropped(models.TextChoices):
        LATE = "late", _("Came too late to be of use")
        NOT_ASKED = "not_asked", _("Its reader wants no such message")
        NO_ADDRESS = "no_address", _("The address does not work")
        NOT_LISTED = "not_listed", _("Not on the list of this test system")
        OVER = "over", _("No longer needed")

    HELD_UP = "HeldUp"  # what stands in `trouble` when it should have left before its reader's quiet hours
    WAY = "way: "  # what `trouble` begins with when the way was broken, and not this one message refused

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # found by `delivery_once`: each index more is written again whenever a message leaves
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, null=True, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=8, choices=choices, default=EMAIL)
    address = models.EmailField(blank=True)  # only for somebody without an account; emptied once sent
    body = SealedField()  # likewise
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    send_at = models.DateTimeField(default=timezone.now)  # of what was dropped: when
    urgent = models.BooleanField(default=False)  # goes before the others, which may be many
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=60, blank=True)  # the kind of error, never its text
    dropped_for = models.CharField(max_length=10, choices=Dropped, blank=True)
    # the message that told this one as well: several that are due at once are one mail
    carried_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="carries", db_index=False
    )
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(name="delivery_once", fields=["notice", "channel"]),
            models.CheckConstraint(
                name="delivery_sent_has_time",
                condition=models.Q(state="sent", sent_at__isnull=False) | ~models.Q(state="sent"),
            ),
            models.CheckConstraint(
                name="delivery_state", condition=models.Q(state__in=["waiting", "sent", "dropped", "parked"])
            ),
            models.CheckConstraint(
                name="delivery_sent_is_emptied",
                condition=models.Q(state="waiting") | models.Q(address="", body=None),
            ),
            models.CheckConstraint(
                name="delivery_dropped_says_why", condition=models.Q(dropped_for="") | models.Q(state="dropped")
            ),
            models.CheckConstraint(
                name="delivery_carried_was_sent", condition=models.Q(carried_by=None) | models.Q(state="sent")
            ),
            models.CheckConstraint(
                name="delivery_to_somebody",
                condition=models.Q(notice__isnull=False) | ~models.Q(state="waiting") | ~models.Q(address=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["-urgent", "send_at", "id"], name="delivery_next", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["carried_by"], name="delivery_carried", condition=models.Q(carried_by__isnull=False)),
            models.Index(
                fields=["state", "send_at"], name="delivery_gone", condition=models.Q(state__in=["dropped", "parked"])
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Preference(models.Model):
    """What a person does not want sent, or does: an area of topics through a channel. No row: as the area says."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="preferences")
    area = models.CharField(max_length=20)
    channel = models.CharField(max_length=8, choices=choices, default=EMAIL)
    wanted = models.BooleanField()
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="preference_once", fields=["user", "area", "channel"])]

    def __str__(self) -> str:
        return f"preference {self.pk}"


class MailTrouble(models.Model):
    """An address that came back or complained: nothing more goes there until the person has another."""

    class Kind(models.TextChoices):
        BOUNCED = "bounced", _("Mail comes back")
        COMPLAINED = "complained", _("Was marked as spam")

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="mail_trouble")
    address = models.EmailField()
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(default=timezone.now)

    objects = MailTroubleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="mailtrouble_kind", condition=models.Q(kind__in=["bounced", "complained"]))
        ]

    def __str__(self) -> str:
        return f"mail trouble {self.pk}"
