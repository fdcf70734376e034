"""Concerns to test with, made without asking anybody."""

from datetime import timedelta

from django.utils import timezone

from notes.models import Concern
from notes.querysets import today
from people.sealed import seal
from tests.factories import FacilitatorFactory, SafetyLeadFactory


def concern(author, facts, *, sent=True, **fields):
    """What somebody wrote, with its words sealed."""
    now = timezone.now()
    defaults = {"happened_at": now, "retain_until": today() + timedelta(days=300), "sent_at": now if sent else None}
    row = Concern(author=author, **(defaults | fields))
    seal(row, "facts", facts, owner=row)
    row.save()
    return row


def sent_to(person, group, words):
    """The ids of what tells a safety lead that something was sent to them."""
    person.is_safety_lead = True
    person.save()
    author = FacilitatorFactory(group=group, alias=words)
    return {"concern": str(concern(author.user, words, group=group).public_id)}


def unread_by_anybody(person, group, words):
    """The ids of what tells an admin that something waits, and nobody may read it."""
    person.is_admin = True
    person.save()
    author = FacilitatorFactory(group=group, alias=words)
    return {"concern": str(concern(author.user, words, group=group).public_id)}


def seen_of(person, group, words):
    """The ids of what tells somebody that theirs was seen."""
    seen = {"seen_at": timezone.now(), "seen_by": SafetyLeadFactory(display_name=words)}
    return {"concern": str(concern(person, words, group=group, **seen).public_id)}
