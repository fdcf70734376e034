"""Rooms that the organisation meets in."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from sessions.querysets import RoomQuerySet


class Room(models.Model):
    """A place with chairs and a door of some width. Sessions that met in it stay, so it is retired, not deleted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)  # chairs, those of facilitators too
    access_notes = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("name"), name="room_name_ci", condition=Q(retired_at=None)),
            models.CheckConstraint(name="room_capacity_positive", condition=Q(capacity=None) | Q(capacity__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name
