"""Confidential notes of facilitators. No words stand in these tables in the clear."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import Group
from notes.querysets import NoteQuerySet, today
from people.models import AuditEntry, User
from people.sealed import SealedField
from sessions.models import GroupSession

OPENINGS = ["note.write", "note.add", "note.read"]


class Note(models.Model):
    """That there is a note: whose, about what, for how long. The words stand in its versions."""

    class Readers(models.TextChoices):
        AUTHOR = "author", _("Only me")
        FACILITATORS = "facilitators", _("All who run the group")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notes_written")
    member = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="notes_about")
    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    readers = models.CharField(max_length=12, choices=Readers, default=Readers.FACILITATORS)
    created_at = models.DateTimeField(default=timezone.now)
    retain_until = models.DateField()
    emptied_at = models.DateTimeField(null=True, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="note_not_about_oneself", condition=Q(member=None) | ~Q(member=F("author"))),
            models.CheckConstraint(name="note_readers", condition=Q(readers__in=["author", "facilitators"])),
            models.CheckConstraint(name="note_one_subject", condition=Q(member=None) | Q(session=None)),
        ]
        indexes = [models.Index(fields=["group", "-created_at"], name="note_of_group")]

    def __str__(self) -> str:
        return f"note {self.pk}"

    @property
    def is_gone(self) -> bool:
        """Its words were deleted, or must not be shown any more because their day has come."""
        return self.emptied_at is not None or self.retain_until <= today()

    @property
    def openings(self) -> models.QuerySet[AuditEntry]:
        """Who wrote it, added to it and opened it, newest first."""
        mine = AuditEntry.objects.filter(object_kind="notes.note", object_id=str(self.public_id))
        return mine.filter(action__in=OPENINGS).order_by("-at", "-pk")


class NoteVersion(models.Model):
    """The words of a note, or what was added to it later. Inserted, never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    words = SealedField(null=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="noteversion_number", fields=["note", "number"]),
            models.CheckConstraint(name="noteversion_has_words", condition=~Q(words=b"")),
        ]

    def __str__(self) -> str:
        return f"note version {self.pk}"


class NoteKey(models.Model):
    """The wrapped key of one version. Deleting it empties the version for ever."""

    version = models.OneToOneField(NoteVersion, on_delete=models.PROTECT, related_name="key")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="keys")  # row-level security reads it
    wrapped = models.BinaryField()
    master_version = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"note key {self.pk}"
